"""The check `duplicate-management-events`."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from scanner.check import AccountCheck, Fail, NotApplicable, Pass, Unknown, Verdict
from scanner.coverage import selected_by_all
from scanner.events import EventClass, management_events
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of, first_gap
from scanner.recorders import Recorder, recorders
from scanner.words import listed, plural

KINDS = {"reads": management_events(read_only=True), "writes": management_events(read_only=False)}

Pair = tuple[Recorder, Recorder]
Places = dict[str, set[Recorder]]
"""By region, the trails that record what another one records there too."""


class DuplicateManagementEvents(AccountCheck):
    """No management event is recorded by more than one trail.

    Why it matters: CloudTrail delivers one copy of each management event for nothing and charges every
    further one; with a busy account that is soon the largest part of its bill. Mostly an organization
    trail came later, and the account's own trail was forgotten. Event data stores are charged
    otherwise and do not count here.

    How to fix: Decide which trail is to stay, let the others select no management events or delete them.
    See first that nobody uses their log files, log groups and alarms. Two trails that part reads and
    writes between them are no duplicates.

    - Console: CloudTrail > Trails > the trail > Management events > Edit: clear it.
    - CLI: `aws cloudtrail put-event-selectors` with data events only, or `aws cloudtrail delete-trail`.

    A second trail that is there on purpose (another team's, an isolated copy) is a finding to waive.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html
    """

    id = "duplicate-management-events"

    severity: Severity = Severity.LOW

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        found = recorders(account, posture)
        trails = [one for one in found.known if one.arn in account.trail_arns]
        doubled = {
            kind: {pair: _doubled(pair, wanted) for pair in combinations(trails, 2)}
            for kind, wanted in KINDS.items()
        }
        places = {kind: _places(account, pairs) for kind, pairs in doubled.items()}
        if any(places.values()):
            return Fail(f"is recorded more than once: {'; '.join(_copies(places))}{_scanned(account)}")
        readings = [
            reading
            for pairs in doubled.values()
            for pair, reading in pairs.items()
            if any(_both_cover(pair, region) for region in account.judged_regions)
        ]
        gaps = [*found.unlisted_trails.values(), *_unscanned(account)]
        match any_of((*readings, *gaps)):
            case Gap() as gap:
                return Unknown(gap)
            case _ if not account.views:
                return NotApplicable("No region asked for is enabled here.")
            case _ if not trails:
                return NotApplicable("The account has no trail.")
            case _:
                return Pass(f"no management event is recorded by two trails{_scanned(account)}")


def _doubled(pair: Pair, wanted: EventClass) -> Reading[bool]:
    """Whether both trails record, and some same events of the class, where they meet."""
    one, other = pair
    match one.selectors, other.selectors:
        case Known(selectors), Known(others):
            common = selected_by_all(wanted, selectors, others)
        case unread:
            common = first_gap(each for each in unread if isinstance(each, Gap))
    return all_of((one.recording, other.recording, common))


def _both_cover(pair: Pair, region: str) -> bool:
    return all(one.covers(region) for one in pair)


def _places(account: Account, pairs: Mapping[Pair, Reading[bool]]) -> Places:
    sure = [pair for pair, reading in pairs.items() if reading == Known(value=True)]
    places: Places = {}
    for region in account.judged_regions:
        for pair in sure:
            if _both_cover(pair, region):
                places.setdefault(region, set()).update(pair)
    return places


def _copies(places: Mapping[str, Places]) -> Iterator[str]:
    """One phrase for all places where the same kinds of events are recorded by the same trails."""
    grouped: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for region in sorted({region for by_region in places.values() for region in by_region}):
        by_trails: dict[tuple[str, ...], list[str]] = {}
        for kind, by_region in places.items():
            if region in by_region:
                by_trails.setdefault(_names(by_region[region]), []).append(kind)
        for names, doubled in by_trails.items():
            grouped.setdefault((tuple(doubled), names), []).append(region)
    for (kinds, names), regions in sorted(grouped.items()):
        yield f"management {listed(kinds)} by {listed(names)} in {listed(regions)}"


def _names(trails: set[Recorder]) -> tuple[str, ...]:
    """Their names, or their ARNs where an organization's trail is called like the account's own."""
    names = {one.name for one in trails}
    return tuple(sorted(names if len(names) == len(trails) else {one.arn for one in trails}))


def _unscanned(account: Account) -> tuple[Gap, ...]:
    """Regions that nobody knows may have trails of their own."""
    regions = account.enabled_regions
    return (regions,) if isinstance(regions, Gap) and not account.narrowed else ()


def _scanned(account: Account) -> str:
    return f" (in the {plural(len(account.judged_regions), 'region')} scanned)" if account.narrowed else ""
