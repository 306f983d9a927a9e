"""Whole scans of a scripted AWS, one call of which is refused, throttled or cut short."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

import botocore.session
from botocore.parsers import ResponseParserError, create_parser
from moto.core.model import ServiceModel
from moto.core.serialize import get_serializer_class

from scanner.aws.collect import collect
from scanner.aws.permissions import ApiCall, actions
from scanner.aws.pool import Pool
from scanner.check import Check
from scanner.errors import UserError
from scanner.model.finding import Finding
from scanner.model.posture import Posture
from scanner.registry import checks as installed
from scanner.scan import needs
from tests.aws.fake import Call, FakeAws, Refusal, Wire
from tests.truth.answers import FUNCTION, NOW, REGIONS
from tests.truth.worlds import World

OPTIONS: dict[str, dict[str, Any]] = {
    "bucket-replication": {"enabled": True},
    "critical-resources": {"resources": (FUNCTION, "arn:aws:s3:::payroll")},
    "data-event-types": {"types": ("AWS::Lambda::Function",)},
    "trail-tags": {"required_keys": ("owner",)},
}
"""Of the checks that ask nothing by default: so that they ask."""
CHECKS: tuple[Check, ...] = tuple(check.model_validate(OPTIONS.get(check.id, {})) for check in installed())
RESTS_ON: dict[str, frozenset[str]] = {check.id: frozenset(actions(check.needs)) for check in CHECKS}
"""For each check the actions that a scan for it alone may use: nothing else may change its verdicts."""

GLOBAL = "aws-global"
"""What the SDK calls the region of services that have none."""

Key = tuple[str, str, str | None, str]
"""Check, account, region and resource."""
Change = Callable[[ApiCall, Any], Any]
"""Of the answer that the call would have got."""


def denied(call: ApiCall, _: Any) -> Refusal:
    by_json = call.service in ("account", "cloudtrail", "kms", "logs", "organizations")
    return Refusal("AccessDeniedException" if by_json else "AccessDenied", status=400 if by_json else 403)


def throttled(call: ApiCall, _: Any) -> Refusal:
    slow = call.service in ("s3", "s3control")
    return Refusal("SlowDown", status=503) if slow else Refusal("ThrottlingException")


def emptied(_call: ApiCall, answer: Any) -> Any:
    """None of the members that were promised."""
    return {} if isinstance(answer, dict) else answer


def hollowed(_call: ApiCall, answer: Any) -> Any:
    """All that was promised, with nothing in it."""
    return {name: _hollow(value) for name, value in answer.items()} if isinstance(answer, dict) else answer


def _hollow(value: Any) -> Any:
    match value:
        case dict():
            return {}
        case list():
            return [{} if isinstance(item, dict) else "" for item in value]
        case str():
            return ""
        case _:
            return value


def cut(call: ApiCall, answer: Any) -> Any:
    """What the SDK's own parser makes of half a body."""
    if not isinstance(answer, dict):
        return answer
    body = written(call, answer)
    try:
        return _parsed(call, body[: len(body) // 2])
    except ResponseParserError as error:
        return error


def reread(call: ApiCall, answer: Any) -> Any:
    """What the SDK's own parser makes of the whole body: the answer itself, or the script is wrong."""
    return _parsed(call, written(call, answer)) if isinstance(answer, dict) else answer


def written(call: ApiCall, answer: dict[str, Any]) -> bytes:
    """The body in which the service says it."""
    operation = _moto_model(call.service).operation_model(call.operation)
    protocol = _model(call.service).resolved_protocol
    body = get_serializer_class(call.service, protocol)(operation).serialize(answer)["body"]
    return body if isinstance(body, bytes) else body.encode()


def _parsed(call: ApiCall, body: bytes) -> dict[str, Any]:
    model = _model(call.service)
    shape = model.operation_model(call.operation).output_shape
    found = create_parser(model.resolved_protocol).parse(
        {"body": body, "headers": {}, "status_code": 200}, shape
    )
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@cache
def _moto_model(service: str) -> Any:
    loader = botocore.session.get_session().get_component("data_loader")
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@dataclass(frozen=True)
class Disturbance:
    """What happens to the answers of one call: everywhere, or in one account or region."""

    call: ApiCall
    change: Change
    account: str | None = None
    region: str | None = None

    def concerns(self, call: Call) -> bool:
        return (
            (call.service, call.operation) == (self.call.service, self.call.operation)
            and self.account in (None, call.account)
            and self.region in (None, call.region)
        )

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.account, self.region))) or "everywhere"
        return f"{self.call.operation} {self.change.__name__} {where}"


@dataclass
class DisturbedAws(FakeAws):
    disturbances: Sequence[Disturbance] = ()
    met: int = 0
    """How many answers were disturbed."""

    def answer(self, call: Call) -> Any:
        if call.region not in (*REGIONS, GLOBAL):
            return Refusal("UnrecognizedClientException")
        answer = super().answer(call)
        for one in self.disturbances:
            if one.concerns(call):
                self.met += 1
                answer = one.change(one.call, answer)
        return answer


@dataclass(frozen=True)
class Sight:
    """What a scan concluded."""

    findings: dict[Key, Finding]
    unreachable: dict[str, str | None]
    """The accounts that could not be entered, with the action that failed."""
    posture: Posture | None = None
    refused: str | None = None
    """Why there was no scan at all."""
    met: int = 0
    places: frozenset[tuple[str, str, str, str]] = frozenset()
    """Which service and operation was asked with whose session in which region."""

    def only(self, ids: frozenset[str]) -> dict[Key, Finding]:
        """The findings of these checks."""
        return {key: finding for key, finding in self.findings.items() if finding.check in ids}


@dataclass
class Bench:
    """Scans one after the other, and remembers those that are asked for again.

    They wait for nothing: neither for a throttled call nor for the turn of another.
    """

    wire: Wire
    _seen: dict[tuple[object, ...], Sight] = field(default_factory=dict)

    def scan(self, world: World, *disturbances: Disturbance, checks: Sequence[Check] = CHECKS) -> Sight:
        aws = DisturbedAws(self.wire.clients, disturbances=disturbances)
        world.establish(aws)
        self.wire.fake = aws
        try:
            with patch.object(Pool, "sleep", lambda _self, _seconds: False):
                posture = collect(world.scope, needs(checks), now=NOW, clients=aws.clients)
        except UserError as error:
            return Sight({}, {}, refused=str(error), met=aws.met)
        gaps = {one.id: one.gap for one in posture.accounts if one.state == "unreachable"}
        return Sight(
            judged(posture, checks),
            {account: gap.action if gap else None for account, gap in gaps.items()},
            posture,
            met=aws.met,
            places=frozenset((one.service, one.operation, one.account, one.region) for one in aws.calls),
        )

    def remembered(self, world: World, *disturbances: Disturbance) -> Sight:
        key = (world.name, *disturbances)
        if key not in self._seen:
            self._seen[key] = self.scan(world, *disturbances)
        return self._seen[key]


def judged(posture: Posture, checks: Sequence[Check] = CHECKS) -> dict[Key, Finding]:
    findings = [finding for check in checks for finding in check.evaluate(posture)]
    found = {(one.check, one.account, one.region, one.resource): one for one in findings}
    assert len(found) == len(findings), "two verdicts on one subject"
    return found
