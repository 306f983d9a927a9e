"""One way to ask AWS anything: a call becomes a reading, and no error gets past it.

The only place that knows the exceptions of AWS calls. Each call is retried here, within a budget of
its own: throttled ones five times over at most 15 seconds, connection faults twice. Before each
attempt it waits for its turn (`pace`).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pydantic import SecretStr, ValidationError

from scanner.aws.clients import Clients, acting_as
from scanner.aws.failures import Failure, bounded, diagnose, one_line
from scanner.aws.pace import Key, Pace
from scanner.aws.permissions import ASSUME_ROLE, ApiCall
from scanner.aws.recorder import Recorder, Tape
from scanner.model.posture import CallCount
from scanner.model.reading import Gap, Known, Outcome, Reading

T = TypeVar("T")
Answer = Mapping[str, Any]

INCOMPLETE = "IncompleteAnswer"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One question to AWS: the call, what its answer means, and the error codes that mean "none".

    `parse` takes required members with `answer["…"]`: a KeyError, TypeError or ValueError becomes a gap.
    """

    call: ApiCall
    parse: Callable[[Answer], T]
    absent: Mapping[str, T] = field(default_factory=lambda: MappingProxyType({}))


class UnclearError(ValueError):
    """An answer that came, and does not say what was asked."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Ledger:
    """Counts readings by how they ended; safe to share among threads. Retries are no readings."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None, str, Outcome, str | None]] = Counter()
        self._lock = Lock()

    def count(
        self, account: str, region: str | None, action: str, outcome: Outcome, code: str | None = None
    ) -> None:
        with self._lock:
            self._counts[account, region, action, outcome, code] += 1

    def counts(self) -> tuple[CallCount, ...]:
        with self._lock:
            counts = dict(self._counts)
        return tuple(
            CallCount(account=account, region=region, action=action, outcome=outcome, code=code, count=count)
            for (account, region, action, outcome, code), count in sorted(
                counts.items(), key=lambda item: tuple(part or "" for part in item[0])
            )
        )


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, failure: Failure, call: ApiCall, attempts: int) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.call = call
        self.attempts = attempts


_GIVEN_UP = Failure("GivenUp", "the scan was given up", Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads with one account's credentials, in one region (None: what belongs to no region)."""

    clients: Clients
    ledger: Ledger
    pace: Pace
    credentials: Credentials = field(repr=False)
    account: str
    """Whom readings and gaps are filed under: the account that is asked about."""
    region: str | None = None
    payer: str = ""
    """Whose quotas its calls use up: the account of the credentials."""
    hidden: SecretStr | None = None
    """Never to be quoted from an error message."""
    identity: str = ""
    """The ARN of the user, role or session whose credentials these are."""
    recorder: Recorder | None = field(default=None, repr=False)
    """Keeps every reading as evidence, where that is wanted."""

    def at(self, region: str | None) -> "Reader":
        """The same session in another region."""
        return replace(self, region=region)

    def read(self, fact: Fact[T], **parameters: Any) -> Reading[T]:
        """One call; the parameters have the API's names."""
        tape = self._tape(fact.call, parameters)
        return self._settle(fact, lambda: fact.parse(self._answer(fact.call, parameters, tape)), tape)

    def read_all(
        self, fact: Fact[tuple[T, ...]], *, cursor: str = "NextToken", **parameters: Any
    ) -> Reading[tuple[T, ...]]:
        """A call in pages, as one reading; `cursor` names the token in request and answer."""
        tape = self._tape(fact.call, parameters)
        return self._settle(fact, lambda: self._pages(fact, cursor, parameters, tape), tape)

    def _tape(self, call: ApiCall, parameters: dict[str, Any]) -> Tape | None:
        return None if self.recorder is None else self.recorder.tape(call, parameters)

    def _pages(
        self, fact: Fact[tuple[T, ...]], cursor: str, parameters: dict[str, Any], tape: Tape | None
    ) -> tuple[T, ...]:
        items: list[T] = []
        seen: set[str] = set()
        while True:
            answer = self._answer(fact.call, parameters, tape)
            items.extend(fact.parse(answer))
            after = answer.get(cursor)
            if not after:
                return tuple(items)
            if after in seen:
                raise UnclearError(INCOMPLETE, f"page token {after!r} came twice")
            seen.add(after)
            parameters = parameters | {cursor: after}

    def _settle(self, fact: Fact[T], produce: Callable[[], T], tape: Tape | None) -> Reading[T]:
        try:
            value = produce()
        except _Refused as refusal:
            if refusal.call is fact.call and refusal.failure.code in fact.absent:
                self._count(fact.call, tape, Outcome.ABSENT, refusal.failure.code)
                return Known(fact.absent[refusal.failure.code])
            return self._gap(refusal.call, tape, refusal.failure, refusal.attempts)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            code = error.code if isinstance(error, UnclearError) else INCOMPLETE
            return self._gap(fact.call, tape, Failure(code, _misunderstanding(error), Outcome.FAILED), 1)
        self._count(fact.call, tape, Outcome.OK)
        return Known(value)

    def _answer(self, call: ApiCall, parameters: dict[str, Any], tape: Tape | None) -> Answer:
        attempt = 1
        key: Key = (self.payer, self.region, call)
        while True:
            if self.pace.turn(key):
                raise _Refused(_GIVEN_UP, call, attempt)
            try:
                method = getattr(self.clients.get(call.service, self.region), call.method)
                with acting_as(self.credentials):
                    answer: Answer = method(**parameters)
            except (ClientError, BotoCoreError, ResponseParserError) as error:
                failure = diagnose(error)
                if attempt >= failure.attempts or self.pace.pause(key, attempt, failure.outcome):
                    if tape is not None:
                        tape.refused(error, failure.code, self._message(failure))
                    raise _Refused(failure, _culprit(error, call), attempt) from error
                attempt += 1
            else:
                if tape is not None:
                    tape.heard(answer)
                return answer

    def _count(self, call: ApiCall, tape: Tape | None, outcome: Outcome, code: str | None = None) -> None:
        self.ledger.count(self.account, self.region, call.action, outcome, code)
        if tape is not None:
            tape.end(self.account, self.region, self.identity, outcome, code)

    def _gap(self, call: ApiCall, tape: Tape | None, failure: Failure, attempts: int) -> Gap:
        self._count(call, tape, failure.outcome, failure.code)
        message = self._message(failure)
        return Gap(
            detail=f"{call.action} {self._what_happened(failure, attempts)}"
            + (f": {message}" if message else ""),
            action=call.action,
            operation=call.operation,
            code=failure.code,
            account=self.account,
            region=self.region,
            outcome=failure.outcome,
        )

    def _message(self, failure: Failure) -> str:
        """What AWS said, without what is never to be quoted."""
        message = failure.message
        if self.hidden is not None and (secret := self.hidden.get_secret_value()):
            message = message.replace(secret, "***")
        return bounded(message)

    def _what_happened(self, failure: Failure, attempts: int) -> str:
        match failure.outcome:
            case Outcome.DENIED:
                by = f" by {failure.denied_by}" if failure.denied_by else ""
                return f"was denied{by} ({failure.code})"
            case Outcome.THROTTLED:
                return f"was throttled {attempts} times ({failure.code})"
            case Outcome.REGION_DISABLED:
                return f"found the region {self.region or self.clients.home} disabled ({failure.code})"
            case _:
                return f"failed ({failure.code})"


def _culprit(error: Exception, call: ApiCall) -> ApiCall:
    """The call to blame: a session that can't be renewed fails inside whichever call needs it."""
    return ASSUME_ROLE if getattr(error, "operation_name", None) == ASSUME_ROLE.operation else call


def _misunderstanding(error: Exception) -> str:
    """What was missing or wrong in an answer, without quoting it."""
    match error:
        case UnclearError():
            return str(error)
        case KeyError():
            return f"the answer has no {error.args[0]}"
        case ValidationError():
            problems = (
                f"{'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}"
                for problem in error.errors(include_input=False, include_context=False, include_url=False)
            )
            return f"the answer makes no sense: {'; '.join(problems)}"
        case _:
            return f"the answer makes no sense: {one_line(str(error))}"
