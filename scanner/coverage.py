"""Effective coverage: what of a class of events is recorded in an account's regions, by what.

The union over everything that records there: own trails, organization trails, event data stores.
Three-valued: what can't be read decides nothing, and a known answer never waits for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from scanner.events import EventClass, Hole, data_events, management_events, missed, translate
from scanner.events.classes import DYNAMODB_TABLE, KMS, LAMBDA_FUNCTION, RDS_DATA, S3_OBJECT
from scanner.model.arn import bucket_arn, parse_arn
from scanner.model.base import iso
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Outcome, Reading, all_of, first_gap
from scanner.model.result import Coverage, Recorded
from scanner.model.result import EventClass as EventClassName
from scanner.model.store import EventDataStore, StoreSettings
from scanner.model.trail import AdvancedSelectors, Selectors, Trail, TrailStatus
from scanner.words import span

FRESH = timedelta(hours=24)
"""A recording trail delivered its last log file within this time."""
WARM_UP = timedelta(hours=1)
"""A trail that was started less than this ago counts as recording before its first log file."""
GLOBAL_SOURCES = ("cloudfront.amazonaws.com", "iam.amazonaws.com", "sts.amazonaws.com")


def obstacle(status: TrailStatus, now: datetime) -> str | None:
    """Why a trail in this state records nothing, in words that follow its name; None if it records."""
    if not status.logging:
        return "is stopped" if status.stopped is None else f"is stopped since {iso(status.stopped)}"
    if status.delivery_error:
        return f"cannot deliver ({status.delivery_error})"
    if status.delivered is not None and now - status.delivered <= FRESH:
        return None
    if status.started is not None and now - status.started < WARM_UP:
        return None
    if status.delivered is None:
        return "never delivered a log file"
    return f"delivered its last log file {span(now - status.delivered)} ago"


def selected(trail: Trail) -> Reading[AdvancedSelectors]:
    """What the trail selects, as advanced selectors; a gap where AWS named no selectors at all."""
    if isinstance(trail.selectors, Gap):
        return trail.selectors
    selectors = trail.selectors.value
    if not selectors.basic and not selectors.advanced:
        return Gap(
            "the answer names no selectors: what the trail records by default can't be told",
            action="cloudtrail:GetEventSelectors",
            operation="GetEventSelectors",
            code="NoSelectors",
            account=trail.owner,
            region=trail.home_region,
        )
    return Known(_translated(selectors, trail.partition))


@lru_cache(maxsize=4096)
def _translated(selectors: Selectors, partition: str) -> AdvancedSelectors:
    return translate(selectors, partition)


@lru_cache(maxsize=65536)
def _missed(selectors: AdvancedSelectors, wanted: EventClass) -> tuple[Hole, ...]:
    return missed(selectors, wanted)


@dataclass(frozen=True, slots=True)
class Recorder:
    """A trail or an event data store, as it stands in one account."""

    arn: str
    multi_region: bool
    home_region: str
    global_events: bool
    """It records IAM, STS and CloudFront where it records the leader region."""
    selectors: Reading[AdvancedSelectors]
    recording: Reading[bool]
    trouble: str | None
    """Why it records nothing, where that is known."""

    def covers(self, region: str) -> bool:
        return self.multi_region or self.home_region == region

    @property
    def name(self) -> str:
        return parse_arn(self.arn).resource


def trail_recorder(trail: Trail, account: Account, posture: Posture) -> Recorder:
    """The trail as it stands in this account: its owner's reading, and what the member knows against it."""
    inherited = account.id == trail.owner or posture.in_scope(trail.owner)
    own = next((one.status for one in account.member_status if one.trail == trail.arn), None)
    statuses = [trail.status] if inherited or own is None else [own]
    if inherited and isinstance(own, Known):
        statuses.append(own)
    troubles = [
        trouble
        for status in statuses
        if isinstance(status, Known) and (trouble := obstacle(status.value, posture.taken_at)) is not None
    ]
    recording = all_of(status.map(lambda known: obstacle(known, posture.taken_at) is None) for status in statuses)
    home = _home_enabled(trail, account)
    if home == Known(value=False):
        troubles.append(f"has its home in {trail.home_region}, which this account has not enabled")
    return Recorder(
        arn=trail.arn,
        multi_region=trail.multi_region,
        home_region=trail.home_region,
        global_events=trail.global_events,
        selectors=selected(trail),
        recording=all_of((recording, home)),
        trouble=troubles[0] if troubles else None,
    )


def _home_enabled(trail: Trail, account: Account) -> Reading[bool]:
    """Whether a member gets anything of an organization trail: its home region must be enabled there."""
    view = account.view(trail.home_region)
    if not trail.organization or account.id == trail.owner or (view and isinstance(view.trails, Known)):
        return Known(value=True)
    return account.enabled_regions.map(lambda regions: trail.home_region in regions)


def _store_recorder(store: EventDataStore) -> Recorder:
    match store.settings:
        case Known(settings):
            ingesting = settings.status == "ENABLED"
            return Recorder(
                arn=store.arn,
                multi_region=settings.multi_region,
                home_region=store.home_region,
                global_events=settings.multi_region,
                selectors=Known(settings.selectors),
                recording=Known(ingesting),
                trouble=None if ingesting else f"does not ingest ({settings.status})",
            )
        case Gap() as gap:
            return Recorder(
                arn=store.arn,
                multi_region=True,
                home_region=store.home_region,
                global_events=True,
                selectors=gap,
                recording=gap,
                trouble=None,
            )


def _stores_of(account: Account, posture: Posture) -> Iterator[EventDataStore]:
    """Stores that record this account: its own, and those of its organization."""
    own = {arn for view in account.views if isinstance(view.stores, Known) for arn in view.stores.value}
    for store in posture.stores:
        if store.arn in own or (account.in_organization and _serves_organization(store)):
            yield store


def _serves_organization(store: EventDataStore) -> bool:
    settings: Reading[StoreSettings] = store.settings
    return isinstance(settings, Known) and settings.value.organization


@dataclass(frozen=True, slots=True)
class Recorders:
    """Everything that may record in one account, and where there may be more."""

    known: tuple[Recorder, ...]
    unlisted_trails: Mapping[str, Gap]
    """Regions whose trails could not be listed."""
    unlisted_stores: tuple[Gap, ...]
    """Regions whose event data stores could not be listed: one of another region may cover this one."""

    def unseen(self, region: str) -> tuple[Gap, ...]:
        trails = self.unlisted_trails.get(region)
        return ((trails,) if trails else ()) + self.unlisted_stores


def recorders(account: Account, posture: Posture) -> Recorders:
    trails = (trail_recorder(trail, account, posture) for trail in posture.trails_of(account))
    stores = (_store_recorder(store) for store in _stores_of(account, posture))
    return Recorders(
        known=(*trails, *stores),
        unlisted_trails={view.region: view.trails for view in account.views if isinstance(view.trails, Gap)},
        unlisted_stores=tuple(
            view.stores
            for view in account.views
            if isinstance(view.stores, Gap) and view.stores.outcome is not Outcome.REGION_DISABLED
        ),
    )


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
    hoped: list[AdvancedSelectors] = []
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
                    hoped.append(selectors)
            case recording, selectors:
                gaps.extend(one for one in (recording, selectors) if isinstance(one, Gap))
                limitless = True
    certain = tuple(selector for _, selectors in sure for selector in selectors)
    holes = _missed(certain, wanted)
    by = tuple(sorted(arn for arn, selectors in sure if _contributes(selectors, wanted)))
    troubles = tuple(
        sorted(f"{recorder.name} {recorder.trouble}" for recorder in covering if recorder.trouble is not None)
    )
    if not holes:
        return Answer(Known(value=True), "yes", by, (), troubles)
    if not gaps:
        return Answer(Known(value=False), "partly" if by else "no", by, holes, troubles)
    left = () if limitless else _missed(certain + tuple(one for more in hoped for one in more), wanted)
    if not left:
        return Answer(first_gap(gaps), "unknown", by, holes, troubles)
    return Answer(Known(value=False), "partly" if by else "unknown", by, left, troubles)


def _contributes(selectors: AdvancedSelectors, wanted: EventClass) -> bool:
    return _missed(selectors, wanted) != _missed((), wanted)


def answers(account: Account, posture: Posture, wanted: EventClass, found: Recorders | None = None) -> dict[str, Answer]:
    """The answer for each region that is judged, leader region included, by region name."""
    found = found or recorders(account, posture)
    return _by_region(account.judged_regions, found, lambda covering, unseen: answer(covering, unseen, wanted))


def _by_region(
    regions: Iterable[str],
    found: Recorders,
    ask: Callable[[tuple[Recorder, ...], tuple[Gap, ...]], Answer],
) -> dict[str, Answer]:
    """Ask once for all regions in which the same things record."""
    asked: dict[tuple[tuple[str, ...], tuple[Gap, ...]], Answer] = {}
    result: dict[str, Answer] = {}
    for region in regions:
        covering = tuple(one for one in found.known if one.covers(region))
        unseen = found.unseen(region)
        key = (tuple(one.arn for one in covering), unseen)
        if key not in asked:
            asked[key] = ask(covering, unseen)
        result[region] = asked[key]
    return result


def everywhere(
    account: Account, posture: Posture, wanted: EventClass, found: Recorders | None = None
) -> tuple[Reading[bool], dict[str, Answer]]:
    """Whether all of the class is recorded in every region asked for, and the answer of each region.

    Where the enabled regions could not be read there may be others, which only multi-region
    recorders are sure to cover.
    """
    found = found or recorders(account, posture)
    by_region = answers(account, posture, wanted, found)
    readings = [one.complete for one in by_region.values()]
    if isinstance(account.enabled_regions, Gap) and not account.narrowed:
        elsewhere = answer((one for one in found.known if one.multi_region), found.unlisted_stores, wanted)
        readings.append(elsewhere.complete if elsewhere.recorded == "yes" else account.enabled_regions)
    if not readings:
        readings.append(_unscanned_account(account))
    return all_of(readings), by_region


def _unscanned_account(account: Account) -> Gap:
    if isinstance(account.enabled_regions, Gap):
        return account.enabled_regions
    return Gap("none of the regions asked for is enabled", code="NoRegion", account=account.id)


def global_answer(account: Account, posture: Posture, found: Recorders | None = None) -> Answer:
    """Whether IAM, STS and CloudFront are recorded: by what includes global events and records the
    partition's leader region. Where AWS's sources disagree on that region, a recorder of only one of
    the candidates is neither proof nor disproof."""
    found = found or recorders(account, posture)
    leaders = posture.leader_regions
    wanted = management_events(sources=GLOBAL_SOURCES)
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
            covering.append(_doubted(recorder, doubt))
    unseen = {
        gap
        for region in leaders
        for gap in (
            found.unseen(region) if account.view(region) else (_unscanned(account, region), *found.unlisted_stores)
        )
    }
    return answer(covering, tuple(sorted(unseen, key=lambda gap: gap.order)), wanted)


def _doubted(recorder: Recorder, doubt: Gap) -> Recorder:
    return Recorder(
        arn=recorder.arn,
        multi_region=recorder.multi_region,
        home_region=recorder.home_region,
        global_events=recorder.global_events,
        selectors=recorder.selectors,
        recording=all_of((recorder.recording, doubt)),
        trouble=recorder.trouble,
    )


def _unscanned(account: Account, region: str) -> Gap:
    return Gap(
        f"the leader region {region} could not be looked at",
        action="cloudtrail:DescribeTrails",
        operation="DescribeTrails",
        code="NotRead",
        account=account.id,
        region=region,
    )


def log_bucket_prefixes(account: Account, posture: Posture) -> tuple[str, ...]:
    """The objects of the account's own log buckets, which S3 data events may leave out."""
    names = {trail.bucket for trail in posture.trails_of(account)}
    return tuple(sorted(f"{bucket_arn(posture.partition, name)}/" for name in names))


MANAGEMENT_READ = management_events(read_only=True, without_sources=(KMS, RDS_DATA))
MANAGEMENT_WRITE = management_events(read_only=False, without_sources=(KMS, RDS_DATA))
KMS_EVENTS = management_events(sources=(KMS,))
RDS_DATA_EVENTS = management_events(sources=(RDS_DATA,))


def s3_events(account: Account, posture: Posture, *, read_only: bool, service_events: bool = False) -> EventClass:
    """Object-level reads or writes of every bucket but the account's log buckets. Without
    `service_events` those that AWS makes itself (each key of a DeleteObjects) aren't asked for."""
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
    found = recorders(account, posture)
    for name, wanted in _regional_classes(account, posture).items():
        for region, one in answers(account, posture, wanted, found).items():
            yield _row(account, region, name, one)
    whole = global_answer(account, posture, found)
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
    alone are known to record every class of events everywhere (a store may cover other regions)."""
    found = recorders(account, posture)
    trails = Recorders(known=found.known, unlisted_trails=found.unlisted_trails, unlisted_stores=())
    settled = all(
        one.recorded == "yes"
        for wanted in _regional_classes(account, posture).values()
        for one in answers(account, posture, wanted, trails).values()
    ) and (global_answer(account, posture, trails).recorded == "yes")
    return () if settled else account.judged_regions
