"""What AWS says of a trail's deliveries: the keys that sign them, and when they were meant to cease."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError

from scanner.aws.buckets import read_setting
from scanner.aws.clients import Clients, ContextCredentials, acting_as
from scanner.aws.organization import ACTIVE, list_members, read_organization
from scanner.aws.pace import Pace
from scanner.aws.permissions import LIST_PUBLIC_KEYS, LOOKUP_EVENTS
from scanner.aws.reader import Answer, Fact, Ledger, Reader
from scanner.aws.scope import Scope
from scanner.aws.targets import enabled_regions, identify, session_in
from scanner.aws.trails import list_trails
from scanner.errors import UserError
from scanner.integrity.digest import PublicKey
from scanner.integrity.history import Switch
from scanner.integrity.objects import Credentials
from scanner.model.bucket import Versioning
from scanner.model.history import KEPT
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import Trail
from scanner.retention import Folder, lifetime

LATE = timedelta(hours=2)
"""A digest comes up to so much later than the hour that it is about, signed with a key of that time."""

SWITCHES = ("CreateTrail", "DeleteTrail", "StartLogging", "StopLogging", "UpdateTrail")
"""The calls after which digest files begin or cease to come."""


def sign_in(scope: Scope, owner: str, region: str) -> Reader:
    """A session that can ask about a trail: in its owner's account where a role is named, else the caller's.

    An organization trail can be described, and its bucket perhaps read, from other accounts too. Raises
    UserError where there are no credentials, or the role can't be assumed.
    """
    clients = Clients(profile=scope.profile, regions=(region,))
    caller, own = identify(Reader(clients, Ledger(), Pace(), clients.caller, account=""))
    if scope.role_name is None:
        return own.at(region)
    session = session_in(scope, caller, own, owner)
    if isinstance(session, Gap):
        raise UserError(
            f"the role {scope.role} of account {owner} can't be assumed: {session.detail}",
            hint=f"its trust policy must let {caller.arn} assume it",
        )
    return session.value.at(region)


def frozen_credentials(reader: Reader) -> Credentials:
    """What a client other than the SDK's signs its next request with. Raises UserError."""
    try:
        with acting_as(reader.credentials):
            found = ContextCredentials().get_frozen_credentials()
    except BotoCoreError as error:
        raise UserError(f"the AWS credentials can't be renewed: {error}", hint="sign in again") from error
    return Credentials(found.access_key or "", found.secret_key or "", found.token)


def read_public_keys(reader: Reader, start: datetime, end: datetime) -> Reading[tuple[PublicKey, ...]]:
    """The keys that were valid at any time of the period in the reader's region; each region has its own."""
    return reader.read_all(_KEYS, StartTime=start - LATE, EndTime=end + LATE)


def read_switches(reader: Reader, trail: str, *, now: datetime) -> Reading[tuple[Switch, ...]]:
    """When the trail's logging or its validation was switched on and off, oldest first.

    AWS remembers 90 days. The reader's region must be the trail's home: only there can it be switched.
    """
    found: dict[str, Switch] = {}
    for name in SWITCHES:
        asked = [{"AttributeKey": "EventName", "AttributeValue": name}]
        fact = Fact(LOOKUP_EVENTS, lambda answer: tuple(_switches(answer, trail)))
        events = reader.read_all(
            fact, LookupAttributes=asked, StartTime=now - KEPT, EndTime=now, MaxResults=50
        )
        if isinstance(events, Gap):
            return events
        found.update(events.value)
    return Known(tuple(sorted(found.values(), key=lambda switch: (switch.at, switch.call))))


def is_shared(reader: Reader, trail: Trail) -> Reading[bool]:
    """Whether another trail puts log files of the reader's region into the same folder."""
    place = (trail.bucket, trail.prefix, trail.organization)
    return list_trails(reader).map(
        lambda trails: any(
            other.arn != trail.arn and (other.bucket, other.prefix, other.organization) == place
            for other in trails
        )
    )


def read_expiry(reader: Reader, trail: Trail, now: datetime) -> Reading[Mapping[Folder, timedelta | None]]:
    """The age from which lifecycle rules may take files from the bucket, by folder; None: they take none.

    Where the bucket is versioned they hide them, which is the same to a reader.
    """
    rules = read_setting(reader, trail.bucket, "lifecycle")
    if isinstance(rules, Gap):
        return rules
    found = {}
    for folder in (Folder.DIGEST, Folder.LOG):
        days = lifetime(rules.value, Versioning(), trail, folder, now=now).days
        found[folder] = None if days is None else timedelta(days=days)
    return Known(found)


def organization_id(reader: Reader) -> Reading[str | None]:
    """The organization that the session's account belongs to."""
    return read_organization(reader, frozenset()).map(lambda found: None if found is None else found.id)


def expected_lanes(reader: Reader, trail: Trail) -> Reading[tuple[tuple[str, str], ...]]:
    """Accounts and regions that digests must come from, whatever is still in the bucket; sorted.

    All enabled regions of the owner's account; of each member the trail's home region, since nobody but
    the member can tell which others it has enabled.
    """
    if not trail.multi_region:
        return Known(((trail.owner, trail.home_region),))
    lanes = {(trail.owner, trail.home_region)}
    if reader.account == trail.owner:
        regions = enabled_regions(reader)
        if isinstance(regions, Gap):
            return regions
        lanes |= {(trail.owner, region) for region in regions.value}
    if trail.organization:
        members = list_members(reader)
        if isinstance(members, Gap):
            return members
        lanes |= {(member.id, trail.home_region) for member in members.value if member.state == ACTIVE}
    return Known(tuple(sorted(lanes)))


def _keys(answer: Answer) -> tuple[PublicKey, ...]:
    return tuple(PublicKey(item["Fingerprint"], bytes(item["Value"])) for item in answer["PublicKeyList"])


def _switches(answer: Answer, trail: str) -> list[tuple[str, Switch]]:
    found = []
    for item in answer["Events"]:
        record = json.loads(item["CloudTrailEvent"])
        on = _switched_on(item["EventName"], record.get("requestParameters") or {})
        if on is None or record.get("errorCode") or not _is_about(record, trail):
            continue
        by = (record.get("userIdentity") or {}).get("arn") or item.get("Username") or "an unnamed caller"
        moment = item["EventTime"].astimezone(UTC)
        found.append((item["EventId"], Switch(at=moment, on=on, call=item["EventName"], by=by)))
    return found


def _is_about(record: Mapping[str, Any], trail: str) -> bool:
    """The request names its trail by name or by ARN."""
    named = (record.get("requestParameters") or {}).get("name")
    return named in (trail, trail.rpartition("/")[2])


def _switched_on(call: str, request: Mapping[str, Any]) -> bool | None:
    match call:
        case "StartLogging":
            return True
        case "StopLogging" | "DeleteTrail":
            return False
        case "CreateTrail":
            return request.get("enableLogFileValidation") is True
        case _:
            told = request.get("enableLogFileValidation")
            return told if isinstance(told, bool) else None


_KEYS: Fact[tuple[PublicKey, ...]] = Fact(LIST_PUBLIC_KEYS, _keys)
