"""An AWS that answers by rule, behind the SDK's own client: nothing is sent, everything is parsed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from scanner.aws import clients as module
from scanner.aws.clients import Clients
from scanner.aws.pace import Pace
from scanner.aws.reader import Ledger, Reader

CALLER = "111111111111"
MEMBER = "222222222222"
ARCHIVE = "333333333333"
HOME = "eu-west-1"
ORGANIZATION = "o-example"


@dataclass(frozen=True)
class Refusal:
    """An error answer."""

    code: str
    message: str = "because"
    status: int = 400


@dataclass(frozen=True)
class Call:
    account: str
    region: str
    operation: str
    params: dict[str, Any] = field(hash=False)
    service: str = ""


Answer = dict[str, Any] | Refusal | Exception | Callable[[Call], Any]


@dataclass
class FakeAws:
    """The last rule that fits answers. An unforeseen call is an error of the test."""

    clients: Clients
    calls: list[Call] = field(default_factory=list)
    rules: list[tuple[str, str | None, str | None, dict[str, Any], Answer]] = field(default_factory=list)
    left: int | None = None
    """So many calls are answered, then somebody presses Ctrl-C."""

    def on(
        self,
        operation: str,
        answer: Answer,
        *,
        account: str | None = None,
        region: str | None = None,
        **params: Any,
    ) -> None:
        self.rules.append((operation, account, region, params, answer))

    def answer(self, call: Call) -> Any:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        self.calls.append(call)
        for operation, account, region, params, answer in reversed(self.rules):
            if (
                operation == call.operation
                and account in (None, call.account)
                and region in (None, call.region)
                and params.items() <= call.params.items()
            ):
                return answer(call) if callable(answer) else answer
        raise AssertionError(f"unforeseen: {call}")

    def reader(self, account: str = CALLER, region: str | None = HOME, **changes: Any) -> Reader:
        settings: dict[str, Any] = {"ledger": Ledger(), "pace": Pace(sleep=lambda _: False), **changes}
        mine = self.clients.caller if account == CALLER else credentials(account)
        return Reader(self.clients, credentials=mine, account=account, region=region, **settings)

    def operations(self) -> list[str]:
        return [call.operation for call in self.calls]


def credentials(account: str) -> Credentials:
    return Credentials(f"AKIA{account}", "secret", "token")


def issued(account: str) -> dict[str, Any]:
    """What AssumeRole answers."""
    return {
        "Credentials": {
            "AccessKeyId": f"ASIA{account}",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": datetime.now(UTC) + timedelta(hours=1),
        }
    }


def identity(account: str, partition: str = "aws", who: str = "user/auditor") -> dict[str, Any]:
    return {"Account": account, "Arn": f"arn:{partition}:iam::{account}:{who}", "UserId": "AIDA"}


def client_error(code: str, operation: str = "DescribeTrails", status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "because"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )


class Wire:
    """The hooks of one set of clients; tests take turns with it."""

    def __init__(self, clients: Clients) -> None:
        self.clients = clients
        self.fake = FakeAws(clients)
        clients.session.register("before-parameter-build", self._note)
        clients.session.register("before-call", self._call)

    def _note(self, **event: Any) -> None:
        event["context"]["asked"] = dict(event["params"])

    def _call(self, **event: Any) -> Any:
        context = event["context"]
        acting = module._acting.get().get_frozen_credentials().access_key or ""
        model = event["model"]
        call = Call(
            acting[4:],
            context["client_region"],
            model.name,
            context.get("asked", {}),
            model.service_model.service_name,
        )
        answer = self.fake.answer(call)
        metadata: dict[str, Any] = {"RequestId": f"request-{len(self.fake.calls)}", "HTTPStatusCode": 200}
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Refusal):
            parsed = {
                "Error": {"Code": answer.code, "Message": answer.message},
                "ResponseMetadata": metadata | {"HTTPStatusCode": answer.status},
            }
            return SimpleNamespace(status_code=answer.status, raw=None), parsed
        return SimpleNamespace(status_code=200, raw=None), {**answer, "ResponseMetadata": metadata}
