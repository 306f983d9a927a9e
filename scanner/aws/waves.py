"""What is asked of the accounts that were entered, and in which order.

Each account and region says what it sees; what is seen by several (organization trails, central
buckets, keys) is then read once, with the session of the account that owns it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from scanner.aws import permissions, stores, trails
from scanner.aws.history import with_history
from scanner.aws.pool import Pool, spread
from scanner.aws.scope import Scope
from scanner.aws.shared import (
    Sessions,
    read_alarm_boards,
    read_buckets,
    read_keys,
    read_log_groups,
    read_topics,
)
from scanner.aws.targets import Visit
from scanner.coverage import unsettled
from scanner.model.arn import LEADER_REGIONS, parse_arn
from scanner.model.organization import Organization
from scanner.model.posture import Account, Caller, MemberStatus, Posture, RegionView
from scanner.model.reading import Gap, Known, Outcome, Reading, not_read
from scanner.model.store import EventDataStore
from scanner.model.trail import Trail, TrailStatus
from scanner.recorders import may_manage

Place = tuple[str, str]
"""An account and a region."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the regions answered to DescribeTrails."""

    listings: Mapping[Place, Reading[tuple[Trail, ...]]]
    trails: Mapping[str, Trail]
    """Each once, by ARN, sorted; only the settings are read."""
    seers: Mapping[str, tuple[str, ...]]
    """The accounts that see a trail, sorted."""


@dataclass(frozen=True)
class Waves:
    """Of all accounts in scope; or, as a `share`, of some, without a word about what others of them may have:
    that is left to whoever reads them all.
    """

    scope: Scope
    needs: frozenset[str]
    caller: Caller
    organization: Reading[Organization | None]
    visits: tuple[Visit, ...]
    known_regions: tuple[str, ...]
    """In which the SDK knows CloudTrail."""
    pool: Pool
    now: datetime
    share: bool = False

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(
            readers={visit.target.id: visit.reader for visit in self.visits if visit.reader is not None},
            names={visit.target.id: visit.target.name for visit in self.visits},
            share=self.share,
        )

    def read(self) -> Posture:
        """Everything but the count of the calls."""
        sight = self.see_trails()
        users = {arn: who for arn, trail in sight.trails.items() if (who := self.users(trail, sight))}
        read, member_status = self.read_trails(sight, users)
        draft = Posture(
            taken_at=self.now,
            caller=self.caller,
            role=self.scope.role,
            organization=self.organization,
            accounts=self.accounts(sight, member_status, stores={}),
            trails=read,
        )
        listed = self.list_stores(draft)
        sessions, pool, needs = self.sessions, self.pool, self.needs
        found = read_buckets(
            read,
            users,
            sessions,
            pool,
            needs=needs,
            partition=self.caller.partition,
            trusted=self.scope.trusted_accounts,
        )
        groups = read_log_groups(read, sessions, pool, needs=needs)
        boards = read_alarm_boards(groups, sessions, pool, needs=needs)
        posture = Posture(
            taken_at=self.now,
            caller=self.caller,
            role=self.scope.role,
            organization=self.organization,
            accounts=self.accounts(sight, member_status, stores=listed),
            trails=read,
            stores=self.read_stores(listed),
            buckets=found.of_trails,
            destinations=found.destinations,
            keys=read_keys(read, users, sessions, pool, needs=needs),
            log_groups=groups,
            alarm_boards=boards,
            topics=read_topics(groups, boards, sessions, pool, needs=needs),
        )
        return with_history(posture, sessions, pool, needs=needs)

    def see_trails(self) -> _Sight:
        # Every member describes an organization's trail, in every region, and mostly in the same words.
        alike: dict[Trail, Trail] = {}

        def listing_of(place: Place) -> Reading[tuple[Trail, ...]]:
            listed = trails.list_trails(self.sessions.at(*place))
            return listed.map(lambda seen: tuple(alike.setdefault(trail, trail) for trail in seen))

        listings = self.pool.map(
            listing_of,
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
        seers = sight.seers[trail.arn]
        first = self.sessions.keeper(trail.owner, seers[0])
        return () if first is None else tuple(dict.fromkeys((first, *seers)))

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
        jobs = {(who[0], arn, fact) for arn, who in users.items() for fact in facts}
        jobs |= {(account, arn, "status") for account, arn in members}

        def read(job: tuple[str, str, str]) -> Reading[Any]:
            account, arn, fact = job
            reading: Reading[Any] = facts[fact](self.sessions.at(account, sight.trails[arn].home_region), arn)
            return reading

        done = self.pool.map(read, spread(sorted(jobs), account=lambda job: job[0]))
        complete = tuple(
            sight.trails[arn].model_copy(update={fact: done[who[0], arn, fact] for fact in facts})
            for arn, who in users.items()
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
        # Members see the same things: one view serves all that are alike.
        alike: dict[RegionView, RegionView] = {}

        def view(account: str, region: str, listing: Reading[tuple[Trail, ...]]) -> RegionView:
            seen = RegionView(
                region=region,
                trails=listing.map(lambda found: tuple(sorted({trail.arn for trail in found}))),
                stores=stores.get((account, region), unasked),
            )
            return alike.setdefault(seen, seen)

        return tuple(
            _not_entered(visit, visit.session)
            if isinstance(visit.session, Gap)
            else self._entered(
                visit,
                tuple(
                    view(visit.target.id, region, listing)
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
        """Everywhere where a check is about stores, else where trails alone don't record everything."""
        if permissions.LIST_EVENT_DATA_STORES.action in self.needs:
            places = [(one.id, region) for one in draft.reachable for region in one.judged_regions]
        else:
            places = [] if self.share else list(self._unsettled(draft))
        return self.pool.map(
            lambda place: stores.list_stores(self.sessions.at(*place)),
            spread(places, account=lambda place: place[0]),
        )

    def _unsettled(self, draft: Posture) -> Iterator[Place]:
        """What trails don't record of a member, a store of the management account may."""
        wanted = [(account, unsettled(account, draft)) for account in draft.reachable]
        members = any(account.in_organization and regions for account, regions in wanted)
        for account, regions in wanted:
            manages = members and account.in_organization and may_manage(account.id, draft)
            for region in account.judged_regions if manages else regions:
                yield account.id, region

    def read_stores(self, listed: Mapping[Place, Reading[tuple[str, ...]]]) -> tuple[EventDataStore, ...]:
        """Each once, with its owner's session, in its home region."""
        reader_of: dict[str, str] = {}
        for (account, _), listing in sorted(listed.items(), key=lambda item: item[0]):
            for arn in listing.value if isinstance(listing, Known) else ():
                if (reader := self.sessions.keeper(parse_arn(arn).account, account)) is not None:
                    reader_of.setdefault(arn, reader)
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
