"""What was seen: the whole input of judging, written down and read back as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from scanner.model.alarms import AlarmBoard, Topic
from scanner.model.arn import LEADER_REGIONS, root_arn
from scanner.model.base import CLOSED, Frozen, Moment
from scanner.model.bucket import Bucket
from scanner.model.history import History
from scanner.model.key import Key
from scanner.model.logs import LogGroup
from scanner.model.organization import Organization
from scanner.model.reading import Gap, Known, Outcome, Reading
from scanner.model.store import EventDataStore
from scanner.model.trail import Trail, TrailStatus
from scanner.model.verification import Verified

POSTURE_VERSION: Literal["1"] = "1"

AccountState = Literal["assessed", "partial", "unreachable", "skipped"]


class RegionView(Frozen):
    """What an account sees in one region: ARNs of trails (shadows too) and of event data stores.

    `stores` is a `NotRead` gap where trails record everything already, so that nobody need ask.
    """

    region: str
    trails: Reading[tuple[str, ...]]
    stores: Reading[tuple[str, ...]]


class MemberStatus(Frozen):
    """GetTrailStatus of an organization trail, as a member account reads it (by ARN, home region)."""

    trail: str
    status: Reading[TrailStatus]


class Account(Frozen):
    """One account of the scope. Unreachable and skipped ones have no views; `reason` says why."""

    id: str
    name: str | None = None
    state: AccountState
    reason: str | None = None
    gap: Gap | None = None
    """For an unreachable account: what kept the scan out."""
    in_organization: bool = False
    """Organizations lists it (a fact only where the organization was listed)."""
    regions: tuple[str, ...] = ()
    """The regions that are judged one by one: those asked for and enabled, sorted."""
    narrowed: bool = False
    """`--region` chose them: other enabled regions were not looked at."""
    enabled_regions: Reading[tuple[str, ...]]
    views: tuple[RegionView, ...] = ()
    """One for each of `regions`, and for the partition's leader region(s) where enabled."""
    member_status: tuple[MemberStatus, ...] = ()
    history: tuple[History, ...] = ()
    """One for each region and event source that was asked; empty where no check needs it."""

    @property
    def reachable(self) -> bool:
        return self.state in ("assessed", "partial")

    @cached_property
    def _views(self) -> dict[str, RegionView]:
        return {view.region: view for view in self.views}

    def view(self, region: str) -> RegionView | None:
        return self._views.get(region)

    @property
    def judged_regions(self) -> tuple[str, ...]:
        """What account checks judge: the regions scanned and the leader region, sorted."""
        return tuple(sorted(self._views))

    @cached_property
    def trail_arns(self) -> tuple[str, ...]:
        """Every trail that is seen in this account, in any region; sorted."""
        return tuple(
            sorted(
                {arn for view in self.views if isinstance(view.trails, Known) for arn in view.trails.value}
            )
        )

    @cached_property
    def unlisted(self) -> tuple[Gap, ...]:
        """The gaps of the regions whose trails could not be listed."""
        return tuple(view.trails for view in self.views if isinstance(view.trails, Gap))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """How often one API action ended one way, by account and region."""

    __pydantic_config__: ClassVar[ConfigDict] = CLOSED

    account: str
    region: str | None
    action: str
    outcome: Outcome
    code: str | None = None
    count: int


class Caller(Frozen):
    """Whose credentials the scan started from."""

    account: str
    arn: str
    partition: str


class Posture(Frozen):
    """Everything that was read, sorted; a shared thing stands here once."""

    version: Literal["1"] = POSTURE_VERSION
    taken_at: Moment
    """When reading began: the only clock that a check may see."""
    caller: Caller
    role: str | None = None
    """The role (path and name) that was assumed in accounts other than the caller's."""
    organization: Reading[Organization | None]
    """Known(None): the caller's account stands alone."""
    accounts: tuple[Account, ...]
    trails: tuple[Trail, ...] = ()
    stores: tuple[EventDataStore, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    destinations: tuple[Bucket, ...] = ()
    """Other buckets that those send access logs or replicas to; of them only what this asks for was read."""
    keys: tuple[Key, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    alarm_boards: tuple[AlarmBoard, ...] = ()
    topics: tuple[Topic, ...] = ()
    verifications: tuple[Verified, ...] = ()
    """What was proven of trails' files, as the user named it; oldest first."""
    calls: tuple[CallCount, ...] = ()

    @property
    def partition(self) -> str:
        return self.caller.partition

    @property
    def leader_regions(self) -> tuple[str, ...]:
        return LEADER_REGIONS.get(self.partition, ())

    @cached_property
    def _index(self) -> dict[tuple[str, str], object]:
        index: dict[tuple[str, str], object] = {}
        index.update({("account", item.id): item for item in self.accounts})
        index.update({("trail", item.arn): item for item in self.trails})
        index.update({("store", item.arn): item for item in self.stores})
        index.update({("destination", item.name): item for item in (*self.destinations, *self.buckets)})
        index.update({("bucket", item.name): item for item in self.buckets})
        index.update({("key", item.id): item for item in self.keys})
        index.update({("log group", item.arn): item for item in self.log_groups})
        index.update({("alarms", f"{item.account} {item.region}"): item for item in self.alarm_boards})
        index.update({("topic", item.arn): item for item in self.topics})
        return index

    @cached_property
    def _users(self) -> dict[str, tuple[Trail, ...]]:
        users: dict[str, list[Trail]] = {}
        for trail in self.trails:
            users.setdefault(trail.bucket, []).append(trail)
        return {bucket: tuple(trails) for bucket, trails in users.items()}

    @cached_property
    def _seers(self) -> dict[str, tuple[Account, ...]]:
        seers: dict[str, list[Account]] = {}
        for account in self.reachable:
            for arn in account.trail_arns:
                seers.setdefault(arn, []).append(account)
        return {arn: tuple(accounts) for arn, accounts in seers.items()}

    @cached_property
    def derived(self) -> dict[Any, Any]:
        """What pure functions have worked out from this posture, under keys of their own; never saved."""
        return {}

    def with_verifications(self, more: Iterable[Verified]) -> "Posture":
        """With these too, each once."""
        known = {*self.verifications, *more}
        found = tuple(sorted(known, key=lambda one: one.order))
        return self if found == self.verifications else self.model_copy(update={"verifications": found})

    def account(self, account: str) -> Account | None:
        found = self._index.get(("account", account))
        return found if isinstance(found, Account) else None

    def trail(self, arn: str) -> Trail | None:
        found = self._index.get(("trail", arn))
        return found if isinstance(found, Trail) else None

    def store(self, arn: str) -> EventDataStore | None:
        found = self._index.get(("store", arn))
        return found if isinstance(found, EventDataStore) else None

    def bucket(self, name: str) -> Bucket | None:
        found = self._index.get(("bucket", name))
        return found if isinstance(found, Bucket) else None

    def destination(self, name: str) -> Bucket | None:
        """A bucket that log buckets send something to; it may be a log bucket too."""
        found = self._index.get(("destination", name))
        return found if isinstance(found, Bucket) else None

    def key(self, key: str) -> Key | None:
        found = self._index.get(("key", key))
        return found if isinstance(found, Key) else None

    def log_group(self, arn: str) -> LogGroup | None:
        found = self._index.get(("log group", arn))
        return found if isinstance(found, LogGroup) else None

    def alarm_board(self, account: str, region: str) -> AlarmBoard | None:
        found = self._index.get(("alarms", f"{account} {region}"))
        return found if isinstance(found, AlarmBoard) else None

    def topic(self, arn: str) -> Topic | None:
        found = self._index.get(("topic", arn))
        return found if isinstance(found, Topic) else None

    def in_scope(self, account: str) -> bool:
        """Whether the account was scanned with a session of its own."""
        found = self.account(account)
        return found is not None and found.reachable

    @cached_property
    def reachable(self) -> tuple[Account, ...]:
        return tuple(account for account in self.accounts if account.reachable)

    def trails_of(self, account: Account) -> tuple[Trail, ...]:
        """The account's own trails and the organization trails that it takes part in, by ARN."""
        return tuple(trail for arn in account.trail_arns if (trail := self.trail(arn)) is not None)

    def seers(self, trail: Trail) -> tuple[Account, ...]:
        """The accounts in scope that see the trail, in the order of their ids."""
        return self._seers.get(trail.arn, ())

    def users(self, bucket: str) -> tuple[Trail, ...]:
        """The trails that deliver to the bucket, in the order of their ARNs."""
        return self._users.get(bucket, ())

    def root(self, account: str) -> str:
        return root_arn(self.partition, account)
