"""What trails point at, and where that sends to, read once each: buckets, keys and log groups, with their
owners' sessions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.alarms import topics_told
from scanner.aws import alarms, buckets, keys, loggroups, permissions
from scanner.aws.owners import OUT_OF_SCOPE, Attribution, Owners
from scanner.aws.pool import Pool, spread
from scanner.aws.reader import Reader
from scanner.model.alarms import AlarmBoard, Topic
from scanner.model.arn import is_arn, parse_arn
from scanner.model.bucket import Bucket
from scanner.model.key import Key
from scanner.model.logs import LogGroup
from scanner.model.reading import Gap, Known, Reading, not_read
from scanner.model.trail import Trail

Users = Mapping[str, tuple[str, ...]]
"""For each trail, by ARN, the accounts in scope that read for it: its owner first, then who sees it."""

_ACCOUNT_BLOCK = "account_public_access_block"
_ACTIONS = {field: fact.call.action for field, fact in buckets.SETTINGS.items()} | {
    _ACCOUNT_BLOCK: permissions.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK.action
}
_OF_RECEIVERS = frozenset({"encryption", "policy", "acl", "ownership", "object_lock"})
"""What decides whether a bucket can receive access logs."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The accounts that were entered, by id, and what they are called."""

    readers: Mapping[str, Reader]
    names: Mapping[str, str | None]
    share: bool = False
    """Whether other accounts in scope are entered elsewhere."""

    def keeper(self, owner: str, otherwise: str) -> str | None:
        """With whose session to read what `owner` has: its own, or `otherwise` that of who knows of it.

        None where the owner may have been entered elsewhere: it is read there, or by whoever reads them all.
        """
        if owner in self.readers:
            return owner
        return None if self.share else otherwise

    def at(self, account: str, region: str | None) -> Reader:
        return self.readers[account].at(region)


class Buckets(NamedTuple):
    of_trails: tuple[Bucket, ...]
    destinations: tuple[Bucket, ...]
    """Other buckets that those send access logs or replicas to."""


def read_buckets(
    trails: tuple[Trail, ...],
    users: Users,
    sessions: Sessions,
    pool: Pool,
    *,
    needs: frozenset[str],
    partition: str,
    trusted: tuple[str, ...],
) -> Buckets:
    """The buckets of the trails and where they send to, by name; none where nobody needs anything of S3."""
    if not permissions.needs_buckets(needs):
        return Buckets((), ())
    known_to: dict[str, dict[str, None]] = {}
    for trail in trails:
        known_to.setdefault(trail.bucket, {}).update(dict.fromkeys(users[trail.arn]))
    owners = Owners(
        sessions.readers,
        sessions.names,
        partition=partition,
        trusted=trusted,
        pool=pool,
        share=sessions.share,
    )
    wave = _BucketWave(owners, sessions, pool, needs)
    found = wave.read({name: tuple(accounts) for name, accounts in known_to.items()}, frozenset(_ACTIONS))
    senders: dict[str, set[str]] = {}
    receivers: set[str] = set()
    for bucket in found:
        logs, replicas = _sends_to(bucket)
        receivers |= logs
        for name in (logs | replicas) - known_to.keys():
            senders.setdefault(name, set()).add(bucket.owner.require())
    asked = {name: tuple(sorted(accounts)) for name, accounts in senders.items()}
    destinations = (
        *wave.read({name: asked[name] for name in asked.keys() & receivers}, _OF_RECEIVERS),
        *wave.read({name: asked[name] for name in asked.keys() - receivers}, frozenset()),
    )
    return Buckets(found, tuple(sorted(destinations, key=lambda bucket: bucket.name)))


def _sends_to(bucket: Bucket) -> tuple[set[str], set[str]]:
    """The names of the buckets that get its access logs, and of those that get its replicas."""
    logs: set[str] = set()
    replicas: set[str] = set()
    if isinstance(bucket.logging, Known) and bucket.logging.value is not None:
        logs.add(bucket.logging.value.target_bucket)
    if isinstance(bucket.replication, Known):
        replicas.update(rule.bucket for rule in bucket.replication.value)
    return logs, replicas


@dataclass(frozen=True, slots=True)
class _BucketWave:
    """Attributes buckets to accounts, and reads them with the sessions of these."""

    owners: Owners
    sessions: Sessions
    pool: Pool
    needs: frozenset[str]

    def read(self, users: Mapping[str, tuple[str, ...]], fields: frozenset[str]) -> tuple[Bucket, ...]:
        """Sorted by name. `users` as in `Owners.find`; other fields than these become gaps."""
        if not users:
            return ()
        attributions = self.owners.find(users)
        owned = {
            name: found.owner.value
            for name, found in attributions.items()
            if isinstance(found.owner, Known) and found.owner.value in self.sessions.readers
        }
        wanted = tuple(
            field for field in buckets.SETTINGS if field in fields and _ACTIONS[field] in self.needs
        )

        def settings_of(name: str) -> Mapping[str, Reading[Any]]:
            region = attributions[name].region
            reader = self.sessions.at(owned[name], region.value if isinstance(region, Known) else None)
            return {field: buckets.read_setting(reader, name, field) for field in wanted}

        # One bucket is one piece of work: the SDK resolves the endpoint of a bucket anew (half of what a
        # call costs) for each that it has not met among its last hundred.
        settings = self.pool.map(settings_of, spread(owned, account=owned.__getitem__))
        asks_blocks = _ACCOUNT_BLOCK in fields and _ACTIONS[_ACCOUNT_BLOCK] in self.needs
        blocks = self.pool.map(
            lambda account: buckets.read_account_block(self.sessions.at(account, None)),
            sorted(set(owned.values())) if asks_blocks else (),
        )

        def read(name: str, field: str) -> Reading[Any]:
            done = blocks.get(owned[name]) if field == _ACCOUNT_BLOCK else settings[name].get(field)
            return done or not_read(_ACTIONS[field])

        return tuple(
            _bucket(
                name,
                found,
                {field: read(name, field) for field in _ACTIONS}
                if name in owned
                else dict.fromkeys(_ACTIONS, _without_session(name, found)),
            )
            for name, found in attributions.items()
        )


def _bucket(name: str, found: Attribution, settings: Mapping[str, Reading[Any]]) -> Bucket:
    return Bucket(name=name, exists=found.exists, owner=found.owner, region=found.region, **settings)


def _without_session(name: str, found: Attribution) -> Gap:
    """Why a bucket that can't be read is not read."""
    if isinstance(found.owner, Known):
        return _out_of_scope("bucket", name, found.owner.value)
    return found.owner


def read_keys(
    trails: tuple[Trail, ...], users: Users, sessions: Sessions, pool: Pool, *, needs: frozenset[str]
) -> tuple[Key, ...]:
    """The keys of the trails, by id; none where nobody needs anything of KMS."""
    if not any(action.startswith("kms:") for action in needs):
        return ()
    places: dict[str, tuple[str, str]] = {}
    for trail in trails:
        if trail.key_id is None:
            continue
        account: str | None
        account, region = users[trail.arn][0], trail.home_region
        if is_arn(trail.key_id):
            key = parse_arn(trail.key_id)
            account, region = sessions.keeper(key.account, account), key.region
        if account is not None:
            places.setdefault(trail.key_id, (account, region))
    found = pool.map(lambda id_: keys.read_key(sessions.at(*places[id_]), id_, needs), sorted(places))
    return tuple(found.values())


def read_log_groups(
    trails: tuple[Trail, ...], sessions: Sessions, pool: Pool, *, needs: frozenset[str]
) -> tuple[LogGroup, ...]:
    """The log groups of the trails, by ARN; none where nobody needs them."""
    wanted = {field: action for field, (action, _) in _OF_LOG_GROUPS.items() if action in needs}
    if not wanted:
        return ()
    arns = {loggroups.without_wildcard(trail.log_group_arn) for trail in trails if trail.log_group_arn}
    jobs = [(arn, field) for arn in sorted(arns) for field in wanted]
    done = pool.map(lambda job: _of_log_group(*job, sessions), jobs)
    return tuple(
        LogGroup(
            arn=arn,
            **{
                field: done[arn, field] if field in wanted else not_read(action)
                for field, (action, _) in _OF_LOG_GROUPS.items()
            },
        )
        for arn in sorted(arns)
    )


_OF_LOG_GROUPS: Mapping[str, tuple[str, Callable[[Reader, str], Reading[Any]]]] = {
    "settings": (permissions.DESCRIBE_LOG_GROUPS.action, loggroups.read_settings),
    "filters": (permissions.DESCRIBE_METRIC_FILTERS.action, loggroups.read_filters),
}
"""What is read of a log group, by the member of `LogGroup`: the action, and how."""


def _of_log_group(arn: str, field: str, sessions: Sessions) -> Reading[Any]:
    parts = parse_arn(arn) if is_arn(arn) else None
    if parts is None or not parts.resource.startswith("log-group:"):
        return Gap(f"{arn} is not the ARN of a log group", code="InvalidArn")
    if parts.account not in sessions.readers:
        # Another account would answer with its own log groups: a false "there is none".
        return _out_of_scope("log group", arn, parts.account)
    name = parts.resource.removeprefix("log-group:")
    _, read = _OF_LOG_GROUPS[field]
    return read(sessions.at(parts.account, parts.region), name)


def read_alarm_boards(
    groups: tuple[LogGroup, ...], sessions: Sessions, pool: Pool, *, needs: frozenset[str]
) -> tuple[AlarmBoard, ...]:
    """The alarms of each account and region in which a log group has metric filters."""
    if permissions.DESCRIBE_ALARMS.action not in needs:
        return ()
    places = {
        (parse_arn(group.arn).account, parse_arn(group.arn).region)
        for group in groups
        if isinstance(group.filters, Known) and group.filters.value
    }
    found = pool.map(lambda place: alarms.read_alarms(sessions.at(*place)), sorted(places))
    return tuple(
        AlarmBoard(account=account, region=region, alarms=reading)
        for (account, region), reading in found.items()
    )


def read_topics(
    groups: tuple[LogGroup, ...],
    boards: tuple[AlarmBoard, ...],
    sessions: Sessions,
    pool: Pool,
    *,
    needs: frozenset[str],
) -> tuple[Topic, ...]:
    """The topics that alarms on the log groups' metrics tell, by ARN.

    Read with the session of the topic's owner where that is in scope, else with that of the alarm's account,
    which the topic's policy may let in.
    """
    if permissions.LIST_SUBSCRIPTIONS_BY_TOPIC.action not in needs:
        return ()
    reader_of: dict[str, str] = {}
    for board in boards:
        for arn in sorted(topics_told(board, groups)):
            if (reader := sessions.keeper(parse_arn(arn).account, board.account)) is not None:
                reader_of.setdefault(arn, reader)
    found = pool.map(
        lambda arn: alarms.read_subscriptions(sessions.at(reader_of[arn], parse_arn(arn).region), arn),
        sorted(reader_of),
    )
    return tuple(Topic(arn=arn, subscriptions=reading) for arn, reading in found.items())


def _out_of_scope(thing: str, name: str, owner: str) -> Gap:
    return Gap(
        f"the {thing} {name} belongs to account {owner}, which this scan does not cover",
        code=OUT_OF_SCOPE,
        account=owner,
    )
