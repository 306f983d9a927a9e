"""CloudTrail events to try filters on: one for each way in which an event that must be seen can come.

Each differs from the plain one in one point (another user, account, region …), so what a filter misses tells
how it is narrowed. The shape is that of the CloudTrail User Guide, "CloudTrail record contents".
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from scanner.patterns.filters import Caller, Filter, Harmless, filter_of, harmless_of

ACCOUNTS = ("111122223333", "444455556666")
"""Whose events are tried where it isn't said."""

REGIONS = ("eu-west-1", "ap-southeast-2")
GLOBAL_REGION = "us-east-1"
_GLOBAL_SOURCES = frozenset({"iam.amazonaws.com", "organizations.amazonaws.com"})
"""They record in one region of the partition, so a filter may be bound to it."""

_SIGN_IN = "signin.amazonaws.com"
_READS = ("Describe", "Get", "List", "Lookup")

_SETTLED = frozenset({"eventVersion", "eventType", "eventCategory", "managementEvent", "readOnly"})
_OUTCOME = frozenset({"errorCode", "errorMessage"})
"""What a call that failed has: it changed nothing, so a filter on changes may leave it out."""

_CALLERS: dict[Caller, str] = {
    "user": "by a user",
    "role": "by a role",
    "root": "by root",
    "service": "through another service",
}


class Way(NamedTuple):
    """How an event comes about."""

    label: str
    caller: Caller
    account: str
    region: str
    person: str = "alice"
    console: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """One event to try.

    `settled` are the dotted paths that make the event what it is: a filter may ask for them. `event` is
    shared between callers: copy it (`with_field`) instead of changing it.
    """

    name: str
    """What is seen: the event's name, or the case where any event will do."""
    way: str
    event: Mapping[str, Any]
    settled: frozenset[str] = frozenset()
    may_exclude: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Values by dotted path that a filter may leave out."""
    plain: bool = False
    """The one that the others of this name differ from."""


@lru_cache(maxsize=64)
def required_samples(alarm_id: str, accounts: tuple[str, ...] = ACCOUNTS) -> tuple[Sample, ...]:
    """The events that the alarm's filters must see between them; the plain one of each name comes first.

    `accounts` are those to try. Raises KeyError for an id that isn't among `alarm_ids`.
    """
    return tuple(_required(filter_of(alarm_id), accounts))


@lru_cache(maxsize=64)
def harmless_samples(alarm_id: str, accounts: tuple[str, ...] = ACCOUNTS) -> tuple[Sample, ...]:
    """Ordinary events that the alarm's filters needn't see."""
    return tuple(_harmless(one, accounts[0]) for one in harmless_of(alarm_id))


def with_field(event: Mapping[str, Any], path: Sequence[str], value: object) -> dict[str, Any]:
    """A copy of the event whose field at the path has the value, whatever stood there."""
    changed: dict[str, Any] = copy.deepcopy(dict(event))
    place = changed
    for step in path[:-1]:
        if not isinstance(place.get(step), dict):
            place[step] = {}
        place = place[step]
    place[path[-1]] = value
    return changed


def _required(wanted: Filter, accounts: tuple[str, ...]) -> Iterator[Sample]:
    for source, names in wanted.events.items():
        for name in names:
            for case in wanted.cases:
                settled = _settled(wanted, source) | case.set.keys()
                seen = case.name if wanted.any_event and case.name else name
                for at, way in enumerate(_ways(wanted, source, accounts)):
                    event = _event(source, name, way, case.set)
                    yield Sample(seen, way.label, event, settled, wanted.may_exclude, plain=at == 0)


def _settled(wanted: Filter, source: str) -> frozenset[str]:
    settled = _SETTLED if wanted.any_event else _SETTLED | _OUTCOME | {"eventName", "eventSource"}
    if source in _GLOBAL_SOURCES:
        settled |= {"awsRegion"}
    if "service" not in wanted.callers:
        # Few kinds of identities can be behind it, and each is tried.
        settled |= {"userIdentity.type", "userIdentity.invokedBy"}
    return settled


def _ways(wanted: Filter, source: str, accounts: tuple[str, ...]) -> Iterator[Way]:
    caller, account = wanted.callers[0], accounts[0]
    region = GLOBAL_REGION if source in _GLOBAL_SOURCES else REGIONS[0]
    yield Way(_CALLERS[caller], caller, account, region)
    for other in wanted.callers[1:]:
        yield Way(_CALLERS[other], other, account, region)
    if caller == "user":
        yield Way("by another user", caller, account, region, person="bert")
    for other_account in accounts[1:]:
        label = "in another account" if accounts == ACCOUNTS else f"in account {other_account}"
        yield Way(label, caller, other_account, region)
    if source not in _GLOBAL_SOURCES:
        yield Way("in another region", caller, account, REGIONS[1])
    if source != _SIGN_IN:
        yield Way("from the console", caller, account, region, console=True)


def _harmless(one: Harmless, account: str) -> Sample:
    source, name = one.event.split(":")
    region = GLOBAL_REGION if source in _GLOBAL_SOURCES else REGIONS[0]
    event = _event(source, name, Way("", one.caller, account, region), one.set)
    return Sample(one.name or name, "", event)


def _event(source: str, name: str, way: Way, fields: Mapping[str, str]) -> Mapping[str, Any]:
    sign_in = source == _SIGN_IN
    event: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": _identity(way, sign_in=sign_in),
        "eventTime": "2026-01-31T09:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": way.region,
        **_origin(way, source, sign_in=sign_in),
        "requestParameters": None,
        "responseElements": None,
        "requestID": "5d3f1a52-8f0e-4f5e-9a53-0c1f2b7c9d10",
        "eventID": "0f6c8a4e-2f0b-4c7d-b6d5-7b1a4d9e3c21",
        "readOnly": name.startswith(_READS),
        "eventType": "AwsConsoleSignIn" if sign_in else "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": way.account,
        "eventCategory": "Management",
    }
    for path, value in fields.items():
        event = with_field(event, path.split("."), value)
    return event


def _identity(way: Way, *, sign_in: bool) -> dict[str, Any]:
    session = {"creationDate": "2026-01-31T08:00:00Z", "mfaAuthenticated": str(way.console).lower()}
    owner = {"accountId": way.account}
    match way.caller:
        case "root":
            who: dict[str, Any] = {
                "type": "Root",
                "principalId": way.account,
                "arn": f"arn:aws:iam::{way.account}:root",
            }
        case "role":
            role = {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLE01",
                "arn": f"arn:aws:iam::{way.account}:role/deploy",
                "accountId": way.account,
                "userName": "deploy",
            }
            return owner | {
                "type": "AssumedRole",
                "principalId": "AROAEXAMPLEEXAMPLE01:build",
                "arn": f"arn:aws:sts::{way.account}:assumed-role/deploy/build",
                "accessKeyId": "ASIAEXAMPLEEXAMPLE01",
                "sessionContext": {"sessionIssuer": role, "attributes": session},
            }
        case "user" | "service":
            who = {
                "type": "IAMUser",
                "principalId": f"AIDAEXAMPLE{way.person.upper()}",
                "arn": f"arn:aws:iam::{way.account}:user/{way.person}",
                "userName": way.person,
            }
    if not sign_in:
        who |= {"accessKeyId": f"AKIAEXAMPLE{way.person.upper()}"}
    if way.console:
        who |= {"sessionContext": {"attributes": session}}
    if way.caller == "service":
        who |= {"invokedBy": "cloudformation.amazonaws.com"}
    return owner | who


def _origin(way: Way, source: str, *, sign_in: bool) -> dict[str, Any]:
    """Where the call came from."""
    if way.caller == "service":
        service = "cloudformation.amazonaws.com"
        return {"sourceIPAddress": service, "userAgent": service}
    address = "203.0.113.17" if way.person == "alice" else "2001:db8::5"
    browser = {"sourceIPAddress": address, "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/147.0"}
    if sign_in:
        return browser
    if way.console:
        return browser | {"sessionCredentialFromConsole": "true"}
    host = f"{source.removesuffix('.amazonaws.com')}.{way.region}.amazonaws.com"
    agent = "aws-cli/2.33.1" if way.person == "alice" else "Boto3/1.44.5"
    tls = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}
    return {"sourceIPAddress": address, "userAgent": agent, "tlsDetails": tls}
