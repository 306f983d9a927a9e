"""What records in an account: trails and event data stores, each as it stands there, three-valued."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from scanner.events import translate
from scanner.model.arn import parse_arn
from scanner.model.base import iso
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Outcome, Reading, all_of, first_gap
from scanner.model.store import EventDataStore
from scanner.model.trail import AdvancedSelectors, Selectors, Trail, TrailStatus
from scanner.words import span

FRESH = timedelta(hours=24)
"""A recording trail delivered its last log file within this time."""
WARM_UP = timedelta(hours=1)
"""A trail that was started less than this ago counts as recording before its first log file."""


def stopped(status: TrailStatus) -> str | None:
    """That a trail is stopped, in words that follow its name; None if it is logging."""
    if status.logging:
        return None
    return "is stopped" if status.stopped is None else f"is stopped since {iso(status.stopped)}"


def obstacle(status: TrailStatus, now: datetime) -> str | None:
    """Why a trail in this state records nothing, in words that follow its name; None if it records."""
    if not status.logging:
        return stopped(status)
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
    recording = all_of(
        status.map(lambda known: obstacle(known, posture.taken_at) is None) for status in statuses
    )
    home = home_enabled(trail, account)
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


def home_enabled(trail: Trail, account: Account) -> Reading[bool]:
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
    """Stores that record this account, or may do so: its own, and those of its organization."""
    own = {arn for view in account.views if isinstance(view.stores, Known) for arn in view.stores.value}
    for store in posture.stores:
        if store.arn in own or (account.in_organization and _may_serve_organization(store, posture)):
            yield store


def _may_serve_organization(store: EventDataStore, posture: Posture) -> bool:
    match store.settings:
        case Known(settings):
            return settings.organization
        case Gap():
            return may_manage(store.owner, posture)


def may_manage(account: str, posture: Posture) -> bool:
    """Whether it is, or may be, the management account: all organization event data stores are in that one,
    and no member is told of them.
    """
    managed = posture.organization.map(
        lambda found: found is not None and found.management_account == account
    )
    return managed != Known(value=False)


def _unlisted_stores(account: Account, posture: Posture) -> Iterator[Gap]:
    """Why there may be other stores that record this account."""
    yield from _untold(account)
    if account.in_organization and (gap := _untold_by_managers(posture)) is not None:
        yield gap


def _untold(account: Account) -> Iterator[Gap]:
    if account.gap is not None:
        yield account.gap
    for view in account.views:
        if isinstance(view.stores, Gap) and view.stores.outcome is not Outcome.REGION_DISABLED:
            yield view.stores


def _untold_by_managers(posture: Posture) -> Gap | None:
    """One gap for all accounts that may be the management account: where nobody says which one is, they are
    as many as the accounts that ask.
    """
    if _untold_by_managers not in posture.derived:
        managers = (one for one in posture.accounts if one.in_organization and may_manage(one.id, posture))
        gaps = [gap for manager in managers for gap in _untold(manager)]
        posture.derived[_untold_by_managers] = first_gap(gaps) if gaps else None
    found: Gap | None = posture.derived[_untold_by_managers]
    return found


@dataclass(frozen=True, slots=True)
class Recorders:
    """Everything that may record in one account, and where there may be more."""

    known: tuple[Recorder, ...]
    unlisted_trails: Mapping[str, Gap]
    """Regions whose trails could not be listed."""
    unlisted_stores: tuple[Gap, ...]
    """Regions whose event data stores could not be listed, the management account's too: one of another
    region may cover this one.
    """

    def covering(self, region: str) -> tuple[Recorder, ...]:
        return tuple(one for one in self.known if one.covers(region))

    def unseen(self, region: str) -> tuple[Gap, ...]:
        trails = self.unlisted_trails.get(region)
        return ((trails,) if trails else ()) + self.unlisted_stores


def recorders(account: Account, posture: Posture) -> Recorders:
    """Worked out once for each account of a posture: most checks of an account ask."""
    key = (recorders, account.id)
    if key not in posture.derived:
        posture.derived[key] = _recorders(account, posture)
    found: Recorders = posture.derived[key]
    return found


def _recorders(account: Account, posture: Posture) -> Recorders:
    trails = (trail_recorder(trail, account, posture) for trail in posture.trails_of(account))
    stores = (_store_recorder(store) for store in _stores_of(account, posture))
    return Recorders(
        known=(*trails, *stores),
        unlisted_trails={view.region: view.trails for view in account.views if isinstance(view.trails, Gap)},
        unlisted_stores=tuple(_unlisted_stores(account, posture)),
    )
