"""From a scope to a posture: who reads what, with whose session, in which order.

Each account and region says what it sees; what is seen by several (organization trails, central
buckets, keys) is then read once, with the session of the account that owns it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scanner.aws import permissions, stores, trails
from scanner.aws.clients import Clients
from scanner.aws.history import with_history
from scanner.aws.journal import Journal
from scanner.aws.organization import read_organization
from scanner.aws.pace import Pace
from scanner.aws.pool import Pool, Progress, spread
from scanner.aws.reader import Ledger, Reader
from scanner.aws.recorder import Recorder
from scanner.aws.scope import Scope
from scanner.aws.shared import (
    Sessions,
    read_alarm_boards,
    read_buckets,
    read_keys,
    read_log_groups,
    read_topics,
)
from scanner.aws.states import with_states
from scanner.aws.targets import Visit, enter, find_targets, identify, organization_reader
from scanner.coverage import unsettled
from scanner.errors import UserError
from scanner.model.arn import LEADER_REGIONS, parse_arn, principal
from scanner.model.posture import Account, Caller, MemberStatus, Posture, RegionView
from scanner.model.reading import Gap, Known, Outcome, Reading, not_read
from scanner.model.store import EventDataStore
from scanner.model.trail import Trail, TrailStatus
from scanner.recorders import may_manage

Place = tuple[str, str]
"""An account and a region."""


def _silent(_done: int, _total: int) -> None:
    pass


def collect(
    scope: Scope,
    needs: frozenset[str],
    *,
    now: datetime,
    on_progress: Progress = _silent,
    clients: Clients | None = None,
    recorder: Recorder | None = None,
    journal: Journal | None = None,
) -> Posture:
    """Read what checks with these needs rest on (`Check.reads`); what nobody needs is a `NotRead` gap.

    `clients` default to those of the scope's profile; a `recorder` keeps every reading as evidence, a
    `journal` what was answered, and asks for nothing that it knows. Raises UserError where nothing can be
    scanned, SourceExpiredError where the credentials that it starts from don't last to the end.
    """
    clients = clients or Clients(profile=scope.profile, regions=scope.regions, threads=scope.concurrency)
    with Pool(scope.concurrency, on_progress) as pool:
        ledger = Ledger()
        start = Reader(clients, ledger, Pace(sleep=pool.sleep), clients.caller, account="", recorder=recorder)
        caller, own = identify(start)
        if journal is not None:
            journal.belong_to(principal(caller.arn))
            own = replace(own, journal=journal)
        desk = organization_reader(scope, caller, own)
        organization = read_organization(desk, needs)
        targets = find_targets(scope, caller, desk)
        visits = tuple(pool.map(lambda target: enter(scope, caller, own, target), targets).values())
        known_regions = clients.known_regions(caller.partition)
        _refuse_unknown_regions(scope, visits, known_regions)

        sessions = Sessions(
            readers={visit.target.id: visit.reader for visit in visits if visit.reader is not None},
            names={visit.target.id: visit.target.name for visit in visits},
        )
        waves = _Waves(scope, needs, caller, visits, sessions, known_regions, pool)
        sight = waves.see_trails()
        users = {arn: waves.users(trail, sight) for arn, trail in sight.trails.items()}
        read, member_status = waves.read_trails(sight, users)
        draft = Posture(
            taken_at=now,
            caller=caller,
            role=scope.role,
            organization=organization,
            accounts=waves.accounts(sight, member_status, stores={}),
            trails=read,
        )
        listed = waves.list_stores(draft)
        found = read_buckets(
            read,
            users,
            sessions,
            pool,
            needs=needs,
            partition=caller.partition,
            trusted=scope.trusted_accounts,
        )
        groups = read_log_groups(read, sessions, pool, needs=needs)
        boards = read_alarm_boards(groups, sessions, pool, needs=needs)
        posture = Posture(
            taken_at=now,
            caller=caller,
            role=scope.role,
            organization=organization,
            accounts=waves.accounts(sight, member_status, stores=listed),
            trails=read,
            stores=waves.read_stores(listed),
            buckets=found.of_trails,
            destinations=found.destinations,
            keys=read_keys(read, users, sessions, pool, needs=needs),
            log_groups=groups,
            alarm_boards=boards,
            topics=read_topics(groups, boards, sessions, pool, needs=needs),
        )
        posture = with_history(posture, sessions, pool, needs=needs)
        posture = posture.model_copy(update={"calls": ledger.counts()})
    return with_states(posture)


def _refuse_unknown_regions(scope: Scope, visits: Iterable[Visit], known_regions: tuple[str, ...]) -> None:
    """AWS may know regions that the SDK doesn't, and the other way round: either is enough."""
    known = set(known_regions)
    for visit in visits:
        if isinstance(visit.enabled, Known):
            known.update(visit.enabled.value)
    if unknown := sorted(set(scope.regions) - known):
        raise UserError(f"unknown region: {', '.join(unknown)}", hint=f"regions: {', '.join(sorted(known))}")


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the regions answered to DescribeTrails."""

    listings: Mapping[Place, Reading[tuple[Trail, ...]]]
    trails: Mapping[str, Trail]
    """Each once, by ARN, sorted; only the settings are read."""
    seers: Mapping[str, tuple[str, ...]]
    """The accounts that see a trail, sorted."""


@dataclass(frozen=True, slots=True)
class _Waves:
    """What is asked of each account and region."""

    scope: Scope
    needs: frozenset[str]
    caller: Caller
    visits: tuple[Visit, ...]
    sessions: Sessions
    known_regions: tuple[str, ...]
    pool: Pool

    def see_trails(self) -> _Sight:
        listings = self.pool.map(
            lambda place: trails.list_trails(self.sessions.at(*place)),
            spread(
                (
                    (visit.target.id, region)
                    for visit in self.visits
                    if visit.reader is not None
                    for region in sorted({*self._asked(visit), *self._leaders(visit)})
                ),
                account=lambda place: place[0],
            ),
        )
        seen = [
            (place, trail)
            for place, listing in listings.items()
            if isinstance(listing, Known)
            for trail in listing.value
        ]
        found: dict[str, Trail] = {}
        seers: dict[str, set[str]] = {}
        # The owner in the home region describes a trail best; the rest is for order's sake.
        for place, trail in sorted(
            seen, key=lambda one: (one[0] != (one[1].owner, one[1].home_region), one[0])
        ):
            found.setdefault(trail.arn, trail)
            seers.setdefault(trail.arn, set()).add(place[0])
        return _Sight(
            listings,
            dict(sorted(found.items())),
            {arn: tuple(sorted(accounts)) for arn, accounts in seers.items()},
        )

    def _asked(self, visit: Visit) -> tuple[str, ...]:
        """The regions to judge; where AWS didn't say which are enabled, all that might be."""
        if isinstance(visit.enabled, Gap):
            return self.scope.regions or self.known_regions
        asked = self.scope.regions or visit.enabled.value
        return tuple(region for region in visit.enabled.value if region in asked)

    def _leaders(self, visit: Visit) -> tuple[str, ...]:
        leaders = LEADER_REGIONS.get(self.caller.partition, ())
        if isinstance(visit.enabled, Gap):
            return leaders
        return tuple(region for region in leaders if region in visit.enabled.value)

    def users(self, trail: Trail, sight: _Sight) -> tuple[str, ...]:
        """The accounts with whose sessions a trail is read: its owner's if in scope, then who sees it."""
        owner = (trail.owner,) if trail.owner in self.sessions.readers else ()
        return tuple(dict.fromkeys(owner + sight.seers[trail.arn]))

    def read_trails(
        self, sight: _Sight, users: Mapping[str, tuple[str, ...]]
    ) -> tuple[tuple[Trail, ...], dict[tuple[str, str], Reading[TrailStatus]]]:
        """Each trail by ARN in its home region; and its status for each member, by (account, ARN)."""
        facts: dict[str, Any] = {"status": trails.read_status, "selectors": trails.read_selectors}
        if permissions.GET_INSIGHT_SELECTORS.action in self.needs:
            facts["insights"] = trails.read_insights
        if permissions.LIST_TAGS.action in self.needs:
            facts["tags"] = trails.read_tags
        members = sorted(
            (account, arn)
            for arn, trail in sight.trails.items()
            for account in sight.seers[arn]
            if account != trail.owner
        )
        jobs = {(users[arn][0], arn, fact) for arn in sight.trails for fact in facts}
        jobs |= {(account, arn, "status") for account, arn in members}

        def read(job: tuple[str, str, str]) -> Reading[Any]:
            account, arn, fact = job
            reading: Reading[Any] = facts[fact](self.sessions.at(account, sight.trails[arn].home_region), arn)
            return reading

        done = self.pool.map(read, spread(sorted(jobs), account=lambda job: job[0]))
        complete = tuple(
            trail.model_copy(update={fact: done[users[arn][0], arn, fact] for fact in facts})
            for arn, trail in sight.trails.items()
        )
        return complete, {member: done[*member, "status"] for member in members}

    def accounts(
        self,
        sight: _Sight,
        member_status: Mapping[tuple[str, str], Reading[TrailStatus]],
        *,
        stores: Mapping[Place, Reading[tuple[str, ...]]],
    ) -> tuple[Account, ...]:
        listings: dict[str, list[tuple[str, Reading[tuple[Trail, ...]]]]] = {}
        for (account, region), listing in sorted(sight.listings.items(), key=lambda item: item[0]):
            listings.setdefault(account, []).append((region, listing))
        statuses: dict[str, list[MemberStatus]] = {}
        for (account, arn), status in member_status.items():
            statuses.setdefault(account, []).append(MemberStatus(trail=arn, status=status))
        unasked = not_read(permissions.LIST_EVENT_DATA_STORES.action)
        return tuple(
            _not_entered(visit, visit.session)
            if isinstance(visit.session, Gap)
            else self._entered(
                visit,
                tuple(
                    RegionView(
                        region=region,
                        trails=listing.map(lambda found: tuple(sorted({trail.arn for trail in found}))),
                        stores=stores.get((visit.target.id, region), unasked),
                    )
                    for region, listing in listings.get(visit.target.id, ())
                    if not _is_disabled(visit, listing)
                ),
                tuple(statuses.get(visit.target.id, ())),
            )
            for visit in self.visits
        )

    def _entered(
        self, visit: Visit, views: tuple[RegionView, ...], statuses: tuple[MemberStatus, ...]
    ) -> Account:
        asked = self._asked(visit)
        return Account(
            id=visit.target.id,
            name=visit.target.name,
            state="assessed",
            in_organization=visit.target.in_organization,
            regions=tuple(view.region for view in views if view.region in asked),
            narrowed=bool(self.scope.regions),
            enabled_regions=visit.enabled,
            views=views,
            member_status=statuses,
        )

    def list_stores(self, draft: Posture) -> dict[Place, Reading[tuple[str, ...]]]:
        """Everywhere where a check is about stores, else where trails alone don't record everything.

        What trails don't record of a member, a store of the management account may.
        """
        wanted = [(account, unsettled(account, draft)) for account in draft.reachable]
        everywhere = permissions.LIST_EVENT_DATA_STORES.action in self.needs
        members = any(account.in_organization and regions for account, regions in wanted)
        places = (
            (account.id, region)
            for account, regions in wanted
            for region in (
                account.judged_regions
                if everywhere or (members and account.in_organization and may_manage(account.id, draft))
                else regions
            )
        )
        return self.pool.map(
            lambda place: stores.list_stores(self.sessions.at(*place)),
            spread(places, account=lambda place: place[0]),
        )

    def read_stores(self, listed: Mapping[Place, Reading[tuple[str, ...]]]) -> tuple[EventDataStore, ...]:
        """Each once, with its owner's session, in its home region."""
        reader_of: dict[str, str] = {}
        for (account, _), listing in sorted(listed.items(), key=lambda item: item[0]):
            for arn in listing.value if isinstance(listing, Known) else ():
                owner = parse_arn(arn).account
                reader_of.setdefault(arn, owner if owner in self.sessions.readers else account)
        settings = self.pool.map(
            lambda arn: stores.read_settings(self.sessions.at(reader_of[arn], parse_arn(arn).region), arn),
            sorted(reader_of),
        )
        return tuple(EventDataStore(arn=arn, settings=found) for arn, found in settings.items())


def _not_entered(visit: Visit, gap: Gap) -> Account:
    skipped = visit.target.skipped
    return Account(
        id=visit.target.id,
        name=visit.target.name,
        state="unreachable" if skipped is None else "skipped",
        reason=gap.detail if skipped is None else skipped,
        gap=gap if skipped is None else None,
        in_organization=visit.target.in_organization,
        enabled_regions=gap,
    )


def _is_disabled(visit: Visit, listing: Reading[tuple[Trail, ...]]) -> bool:
    """Whether a region that was only tried, as nobody said which are enabled, turned out not to be."""
    return (
        isinstance(visit.enabled, Gap)
        and isinstance(listing, Gap)
        and listing.outcome is Outcome.REGION_DISABLED
    )
