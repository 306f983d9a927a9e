"""What a verdict's subject has to do with: trails, buckets, keys and the like, as topics of records.

A topic says what a call was about: a thing that the call names, or the place where it listed things.
"""

from collections.abc import Iterator
from typing import NamedTuple

from scanner.alarms import group_name, topics_told, without_wildcard
from scanner.model.arn import is_arn, parse_arn
from scanner.model.bucket import Bucket
from scanner.model.evidence import Record
from scanner.model.finding import Finding
from scanner.model.posture import Account, Posture, RegionView
from scanner.model.reading import Known
from scanner.model.store import EventDataStore
from scanner.model.trail import Trail

ORGANIZATION = "organization"
_NAMING = ("TrailName", "Name", "ResourceIdList", "EventDataStore", "Bucket", "KeyId", "TopicArn")
"""The parameters that name the thing that a call is about."""
_NAMING_GROUPS = ("logGroupName", "logGroupNamePrefix")
_OF_TRAILS = ("TrailName", "Name", "ResourceIdList")


class Ground(NamedTuple):
    """A topic, and the action without which a check has no interest in it."""

    topic: str
    through: str | None = None


def topic(record: Record) -> str:
    """What the call was about."""
    if record.action.startswith("organizations:"):
        return ORGANIZATION
    for name in _NAMING_GROUPS:
        if name in record.parameters:
            return _group(record.account, record.region, str(record.parameters[name]))
    for name in _NAMING:
        if name in record.parameters:
            named = record.parameters[name]
            thing = str(named[0] if isinstance(named, list) and named else named)
            return _seen_by(thing, record.account) if name in _OF_TRAILS else thing
    return _listing(record.operation, record.account, record.region)


def _listing(operation: str, account: str, region: str | None = None) -> str:
    return f"{operation} {account} {region or ''}"


def _seen_by(trail: str, account: str) -> str:
    """Members of an organization ask for the status of the same trail."""
    return f"{trail} {account}"


def _group(account: str, region: str | None, name: str) -> str:
    return f"log group {account} {region} {name}"


def grounds(finding: Finding, posture: Posture) -> frozenset[Ground]:
    """All that a check may look at to judge the finding's subject."""
    return frozenset(_grounds(finding, posture))


def _grounds(finding: Finding, posture: Posture) -> Iterator[Ground]:
    resource = finding.resource
    if trail := posture.trail(resource):
        yield from _of_trail(trail, finding.account, posture)
    elif store := posture.store(resource):
        yield from _of_store(store, posture)
    elif group := posture.log_group(resource):
        yield from _of_group(group.arn, posture)
        for one in posture.trails:
            if one.log_group_arn and without_wildcard(one.log_group_arn) == group.arn:
                yield Ground(_described(one, posture))
    elif bucket := _bucket(resource, posture):
        yield from _of_bucket(bucket, posture)
        for one in posture.users(bucket.name):
            yield Ground(_described(one, posture))
    else:
        account = posture.account(finding.account)
        yield Ground(ORGANIZATION)
        if account is not None:
            yield from _of_account(account, finding.region, posture)


def _bucket(resource: str, posture: Posture) -> Bucket | None:
    found = parse_arn(resource) if is_arn(resource) else None
    return posture.bucket(found.resource) if found is not None and found.service == "s3" else None


def _of_account(account: Account, region: str | None, posture: Posture) -> Iterator[Ground]:
    """Of a whole account, or of what it sees in one region."""
    for operation in ("ListRegions", "DescribeRegions", "ListBuckets", "GetPublicAccessBlock"):
        yield Ground(_listing(operation, account.id))
    yield from (Ground(_listing("LookupEvents", account.id, one.region)) for one in account.history)
    views = [view for view in account.views if region in (None, view.region)]
    for view in views:
        for operation in ("DescribeTrails", "ListEventDataStores"):
            yield Ground(_listing(operation, account.id, view.region))
    for arn in sorted({arn for view in views for arn in _seen(view)}):
        if trail := posture.trail(arn):
            yield from _of_trail(trail, account.id, posture)
        elif store := posture.store(arn):
            yield from _of_store(store, posture)
    if account.in_organization:
        for store in posture.stores:
            if isinstance(store.settings, Known) and store.settings.value.organization:
                yield from _of_store(store, posture)


def _seen(view: RegionView) -> Iterator[str]:
    for listed in (view.trails, view.stores):
        if isinstance(listed, Known):
            yield from listed.value


def _of_trail(trail: Trail, account: str, posture: Posture) -> Iterator[Ground]:
    """As its reader and the account that the verdict is filed under see it."""
    yield Ground(_seen_by(trail.arn, account))
    known = posture.derived.setdefault(_of_trail, {})
    if trail.arn not in known:
        known[trail.arn] = frozenset(_around(trail, posture))
    yield from known[trail.arn]


def _around(trail: Trail, posture: Posture) -> Iterator[Ground]:
    yield Ground(_described(trail, posture))
    seers = posture.seers(trail)
    reader = trail.owner if posture.in_scope(trail.owner) or not seers else seers[0].id
    yield Ground(_seen_by(trail.arn, reader))
    if bucket := posture.bucket(trail.bucket):
        yield from _of_bucket(bucket, posture)
    if trail.key_id is not None:
        yield Ground(trail.key_id)
        key = posture.key(trail.key_id)
        if key is not None and isinstance(key.metadata, Known) and key.metadata.value is not None:
            yield Ground(key.metadata.value.arn)
    if trail.log_group_arn is not None:
        yield from _of_group(without_wildcard(trail.log_group_arn), posture)


def _described(trail: Trail, posture: Posture) -> str:
    """Where DescribeTrails told of it: to its owner at home if that was asked, else who saw it first."""
    home = (trail.owner, trail.home_region)
    places = [
        (account.id, view.region)
        for account in posture.seers(trail)
        for view in account.views
        if isinstance(view.trails, Known) and trail.arn in view.trails.value
    ]
    account, region = min(places, key=lambda place: (place != home, place), default=home)
    return _listing("DescribeTrails", account, region)


def _of_store(store: EventDataStore, posture: Posture) -> Iterator[Ground]:
    yield Ground(store.arn)
    for account in posture.reachable:
        view = account.view(store.home_region)
        if view is not None and isinstance(view.stores, Known) and store.arn in view.stores.value:
            yield Ground(_listing("ListEventDataStores", account.id, store.home_region))


def _of_bucket(bucket: Bucket, posture: Posture) -> Iterator[Ground]:
    """With where it sends its access logs and replicas, for those who ask for these."""
    yield from _itself(bucket)
    sent: list[tuple[str, str]] = []
    if isinstance(bucket.logging, Known) and bucket.logging.value is not None:
        sent.append((bucket.logging.value.target_bucket, "s3:GetBucketLogging"))
    if isinstance(bucket.replication, Known):
        sent += [(rule.bucket, "s3:GetReplicationConfiguration") for rule in bucket.replication.value]
    for name, through in sent:
        if receiver := posture.destination(name):
            yield from (Ground(one.topic, through) for one in _itself(receiver))


def _itself(bucket: Bucket) -> Iterator[Ground]:
    yield Ground(bucket.name)
    if isinstance(bucket.owner, Known):
        yield Ground(_listing("ListBuckets", bucket.owner.value))
        yield Ground(_listing("GetPublicAccessBlock", bucket.owner.value))


def _of_group(arn: str, posture: Posture) -> Iterator[Ground]:
    """With the alarms of its place, and the topics that these tell."""
    if not is_arn(arn):
        return
    _, _, region, account, _ = parse_arn(arn)
    yield Ground(_group(account, region, group_name(arn)))
    yield Ground(_listing("DescribeAlarms", account, region))
    board, group = posture.alarm_board(account, region), posture.log_group(arn)
    if board is not None and group is not None:
        yield from (Ground(told) for told in topics_told(board, [group]))
