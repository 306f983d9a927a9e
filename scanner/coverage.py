"""Effective coverage: what of a class of events is recorded in an account's regions, by what.

The union over everything that records there: own trails, organization trails, event data stores.
Three-valued: what can't be read decides nothing, and a known answer never waits for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from scanner.events import EventClass, Hole, data_events, management_events, meet, missed
from scanner.events.classes import DYNAMODB_TABLE, KMS, LAMBDA_FUNCTION, RDS_DATA, S3_OBJECT
from scanner.model.arn import bucket_arn
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, Unreadable, all_of, first_gap
from scanner.model.result import Coverage, Recorded
from scanner.model.result import EventClass as EventClassName
from scanner.model.trail import AdvancedSelectors
from scanner.recorders import Recorder, Recorders, recorders

GLOBAL_SOURCES = ("cloudfront.amazonaws.com", "iam.amazonaws.com", "sts.amazonaws.com")


@dataclass(frozen=True, slots=True)
class Answer:
    """How much of a class of events is recorded in one place.

    `complete` is the verdict; where it is known to be false, `holes` say what surely isn't recorded
    and `troubles` why things that should record don't.
    """

    complete: Reading[bool]
    recorded: Recorded
    by: tuple[str, ...]
    holes: tuple[Hole, ...]
    troubles: tuple[str, ...]


def answer(covering: Iterable[Recorder], unseen: tuple[Gap, ...], wanted: EventClass) -> Answer:
    """The union over the recorders that cover one place, and what might be there unseen."""
    covering = tuple(covering)
    sure: list[tuple[str, AdvancedSelectors]] = []
    hoped: AdvancedSelectors = ()
    gaps: list[Gap] = list(unseen)
    limitless = bool(unseen)
    for recorder in covering:
        match recorder.recording, recorder.selectors:
            case Known(value=False), _:
                pass
            case Known(value=True), Known(value=selectors):
                sure.append((recorder.arn, selectors))
            case Gap() as gap, Known(value=selectors):
                if _contributes(selectors, wanted):
                    gaps.append(gap)
                    hoped += selectors
            case recording, selectors:
                gaps.extend(one for one in (recording, selectors) if isinstance(one, Gap))
                limitless = True
    certain = tuple(selector for _, selectors in sure for selector in selectors)
    by = tuple(sorted(arn for arn, selectors in sure if _contributes(selectors, wanted)))
    troubles = tuple(
        sorted(f"{recorder.name} {recorder.trouble}" for recorder in covering if recorder.trouble is not None)
    )
    holes = unselected(certain, wanted)
    if holes == Known(()):
        return Answer(Known(value=True), "yes", by, (), troubles)
    if isinstance(holes, Gap):
        return Answer(holes, "unknown", by, (), troubles)
    left = Known(()) if limitless else unselected(certain + hoped, wanted)
    if isinstance(left, Gap) or left == Known(()):
        return Answer(first_gap(gaps), "unknown", by, holes.value, troubles)
    # What is certainly recorded may be nothing, and what is hoped for something.
    recorded: Recorded = "partly" if by else "unknown" if gaps else "no"
    return Answer(Known(value=False), recorded, by, left.value, troubles)


@lru_cache(maxsize=65536)
def unselected(selectors: AdvancedSelectors, wanted: EventClass) -> Reading[tuple[Hole, ...]]:
    """What of the class the selectors leave out; a gap where an operator is unknown and would decide."""
    try:
        return Known(missed(selectors, wanted))
    except Unreadable as unread:
        return unread.gap


@lru_cache(maxsize=65536)
def selected_by_all(wanted: EventClass, *recorders: AdvancedSelectors) -> Reading[bool]:
    """Whether some event of the class is selected by every one of the recorders; a gap as above."""
    try:
        return Known(meet(wanted, *recorders))
    except Unreadable as unread:
        return unread.gap


def _contributes(selectors: AdvancedSelectors, wanted: EventClass) -> bool:
    return selected_by_all(wanted, selectors) != Known(value=False)


def answers(account: Account, posture: Posture, wanted: EventClass) -> Mapping[str, Answer]:
    """The answer for each region that is judged, leader region included, by region name."""
    # Several checks ask, and the matrix; and what records in one member records in the next.
    key = (answers, places(account, posture), wanted)
    if key not in posture.derived:
        posture.derived[key] = _answers(places(account, posture), wanted)
    found: Mapping[str, Answer] = posture.derived[key]
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Regions in which the same things record, and may record unseen: they have the same answer."""

    regions: tuple[str, ...]
    covering: tuple[Recorder, ...]
    unseen: tuple[Gap, ...]

    def answer(self, wanted: EventClass) -> Answer:
        return answer(self.covering, self.unseen, wanted)


def places(account: Account, posture: Posture) -> tuple[Place, ...]:
    """The regions that are judged, each in one place."""
    key = (places, account.id)
    if key not in posture.derived:
        posture.derived[key] = _places(account, recorders(account, posture))
    found: tuple[Place, ...] = posture.derived[key]
    return found


def _places(account: Account, found: Recorders) -> tuple[Place, ...]:
    alone = {one.home_region for one in found.known if not one.multi_region} | found.unlisted_trails.keys()
    alike = tuple(region for region in account.judged_regions if region not in alone)
    groups = [(region,) for region in account.judged_regions if region in alone]
    return tuple(
        Place(regions, found.covering(regions[0]), found.unseen(regions[0]))
        for regions in (alike, *groups)
        if regions
    )


def _answers(places: Iterable[Place], wanted: EventClass) -> dict[str, Answer]:
    found = ((place.regions, place.answer(wanted)) for place in places)
    return dict(sorted((region, one) for regions, one in found for region in regions))


def in_region(account: Account, posture: Posture, wanted: EventClass, region: str) -> Answer:
    """The answer for one region, whether the scan looked at it or not."""
    return place_of(account, posture, region).answer(wanted)


def place_of(account: Account, posture: Posture, region: str) -> Place:
    found = recorders(account, posture)
    return Place((region,), found.covering(region), _unseen(account, found, region))


def everywhere(
    account: Account, posture: Posture, wanted: EventClass
) -> tuple[Reading[bool], Mapping[str, Answer]]:
    """Whether all of the class is recorded in every region asked for, and the answer of each region.

    Where the enabled regions could not be read there may be others, which only multi-region
    recorders are sure to cover.
    """
    by_region = answers(account, posture, wanted)
    readings = [one.complete for one in by_region.values()]
    if isinstance(account.enabled_regions, Gap) and not account.narrowed:
        found = recorders(account, posture)
        elsewhere = answer((one for one in found.known if one.multi_region), found.unlisted_stores, wanted)
        readings.append(elsewhere.complete if elsewhere.recorded == "yes" else account.enabled_regions)
    if not readings:
        readings.append(_unscanned_account(account))
    return all_of(readings), by_region


def _unscanned_account(account: Account) -> Gap:
    if isinstance(account.enabled_regions, Gap):
        return account.enabled_regions
    return Gap("none of the regions asked for is enabled", code="NoRegion", account=account.id)


def global_answer(account: Account, posture: Posture) -> Answer:
    """Whether IAM, STS and CloudFront are recorded."""
    return global_place(account, posture).answer(GLOBAL_EVENTS)


def global_place(account: Account, posture: Posture) -> Place:
    """Where IAM, STS and CloudFront are recorded: by what includes global events and records the
    partition's leader region. Where AWS's sources disagree on that region, a recorder of only one of
    the candidates is neither proof nor disproof.
    """
    return _global_place(account, posture, recorders(account, posture))


def _global_place(account: Account, posture: Posture, found: Recorders) -> Place:
    leaders = posture.leader_regions
    covering: list[Recorder] = []
    for recorder in found.known:
        homes = [region for region in leaders if recorder.covers(region)]
        if not recorder.global_events or not homes:
            continue
        if len(homes) == len(leaders):
            covering.append(recorder)
        else:
            doubt = Gap(
                f"{recorder.name} records {homes[0]} alone, and AWS's sources disagree whether "
                f"{' or '.join(leaders)} receives global service events",
                code="LeaderRegionUnsure",
                account=account.id,
                region=homes[0],
            )
            covering.append(replace(recorder, recording=all_of((recorder.recording, doubt))))
    unseen = {gap for region in leaders for gap in _unseen(account, found, region)}
    return Place(leaders, tuple(covering), tuple(sorted(unseen, key=lambda gap: gap.order)))


def _unseen(account: Account, found: Recorders, region: str) -> tuple[Gap, ...]:
    """Why there may be recorders of a region that nobody saw."""
    if account.view(region):
        return found.unseen(region)
    unscanned = Gap(
        f"the region {region} was not looked at",
        action="cloudtrail:DescribeTrails",
        operation="DescribeTrails",
        code="NotRead",
        account=account.id,
        region=region,
    )
    return (unscanned, *found.unlisted_stores)


def log_bucket_prefixes(account: Account, posture: Posture) -> tuple[str, ...]:
    """The objects of the account's own log buckets, which S3 data events may leave out."""
    names = {trail.bucket for trail in posture.trails_of(account)}
    return tuple(sorted(f"{bucket_arn(posture.partition, name)}/" for name in names))


MANAGEMENT_READ = management_events(read_only=True, without_sources=(KMS, RDS_DATA))
MANAGEMENT_WRITE = management_events(read_only=False, without_sources=(KMS, RDS_DATA))
GLOBAL_EVENTS = management_events(sources=GLOBAL_SOURCES)
KMS_EVENTS = management_events(sources=(KMS,))
RDS_DATA_EVENTS = management_events(sources=(RDS_DATA,))


def s3_events(
    account: Account, posture: Posture, *, read_only: bool, service_events: bool = False
) -> EventClass:
    """Object-level reads or writes of every bucket but the account's log buckets. Without
    `service_events` those that AWS makes itself (each key of a DeleteObjects) aren't asked for.
    """
    return data_events(
        S3_OBJECT,
        posture.partition,
        read_only=read_only,
        without=log_bucket_prefixes(account, posture),
        service_events=service_events,
    )


def _regional_classes(account: Account, posture: Posture) -> dict[EventClassName, EventClass]:
    return {
        "management-read": MANAGEMENT_READ,
        "management-write": MANAGEMENT_WRITE,
        "kms": KMS_EVENTS,
        "rds-data": RDS_DATA_EVENTS,
        "s3-read": s3_events(account, posture, read_only=True),
        "s3-write": s3_events(account, posture, read_only=False),
        "lambda": data_events(LAMBDA_FUNCTION, posture.partition, read_only=False),
        "dynamodb": data_events(DYNAMODB_TABLE, posture.partition),
    }


def matrix(account: Account, posture: Posture) -> Iterator[Coverage]:
    """The coverage rows of one account; global service events stand in the leader region."""
    for name, wanted in _regional_classes(account, posture).items():
        for region, one in answers(account, posture, wanted).items():
            yield _row(account, region, name, one)
    whole = global_answer(account, posture)
    for region in posture.leader_regions:
        if account.view(region):
            yield _row(account, region, "global-service", whole)


def _row(account: Account, region: str, name: EventClassName, one: Answer) -> Coverage:
    return Coverage(
        account=account.id,
        region=region,
        event_class=name,
        recorded=one.recorded,
        by=one.by,
        holes=tuple(str(hole) for hole in one.holes),
    )


def unsettled(account: Account, posture: Posture) -> tuple[str, ...]:
    """The regions whose event data stores must be listed: all of the account's, unless its trails
    alone are known to record every class of events everywhere (a store may cover other regions).
    """
    found = recorders(account, posture)
    trails = Recorders(known=found.known, unlisted_trails=found.unlisted_trails, unlisted_stores=())
    settled = all(
        place.answer(wanted).recorded == "yes"
        for wanted in _regional_classes(account, posture).values()
        for place in _places(account, trails)
    ) and (_global_place(account, posture, trails).answer(GLOBAL_EVENTS).recorded == "yes")
    return () if settled else account.judged_regions
