"""One way to ask AWS anything: a call becomes a reading, and no error gets past it.

The only place that knows the exceptions of AWS calls. Each call is retried here, within a budget of
its own: throttled ones five times over at most 15 seconds, connection faults twice. Before each
attempt it waits for its turn (`pace`). A service that let an account's call time out twice in a region is
not asked there again: each of the calls to come would take as long.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pydantic import SecretStr, ValidationError

from scanner.aws.clients import Clients, acting_as
from scanner.aws.failures import EXPIRED, UNANSWERED, Failure, bounded, diagnose, one_line
from scanner.aws.journal import Heard, Memory, Question
from scanner.aws.pace import Endpoint, Key, Pace
from scanner.aws.permissions import ASSUME_ROLE, ApiCall
from scanner.aws.recorder import Recorder
from scanner.errors import SourceExpiredError
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
    """Raised from the SDK's error, where there is one."""

    def __init__(self, failure: Failure, call: ApiCall, attempts: int) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.call = call
        self.attempts = attempts


_GIVEN_UP = Failure("GivenUp", "the scan was given up", Outcome.FAILED)
_DEAF = Failure(
    "NoAnswer",
    "the service answered nothing to the account in this region before, so it was not asked again",
    Outcome.FAILED,
)


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
    journal: Memory | None = field(default=None, repr=False)
    """Knows what was answered before, where that is kept."""
    indispensable: bool = False
    """A refusal ends the scan, until somebody has put it right: so it is not remembered."""

    def at(self, region: str | None) -> "Reader":
        """The same session in another region."""
        return replace(self, region=region)

    def read(self, fact: Fact[T], **parameters: Any) -> Reading[T]:
        """One call; the parameters have the API's names."""
        talk = _Talk(self, fact.call, parameters)
        return self._settle(fact, talk, lambda: fact.parse(talk.ask(parameters)))

    def read_all(
        self, fact: Fact[tuple[T, ...]], *, cursor: str = "NextToken", **parameters: Any
    ) -> Reading[tuple[T, ...]]:
        """A call in pages, as one reading; `cursor` names the token in request and answer."""
        talk = _Talk(self, fact.call, parameters)
        return self._settle(
            fact, talk, lambda: tuple(item for page in talk.pages(cursor) for item in fact.parse(page))
        )

    def read_up_to(
        self, most: int, fact: Fact[tuple[T, ...]], *, cursor: str = "NextToken", **parameters: Any
    ) -> Reading[tuple[T, ...] | None]:
        """As `read_all`; Known(None) where more than `most` pages would have to be asked for."""
        talk = _Talk(self, fact.call, parameters)
        wanted: Fact[tuple[T, ...] | None] = Fact(fact.call, fact.parse, fact.absent)

        def collected() -> tuple[T, ...] | None:
            items: list[T] = []
            for number, page in enumerate(talk.pages(cursor), start=1):
                items += fact.parse(page)
                if number == most and page.get(cursor):
                    return None
            return tuple(items)

        return self._settle(wanted, talk, collected)

    def _settle(self, fact: Fact[T], talk: "_Talk", produce: Callable[[], T]) -> Reading[T]:
        try:
            value = produce()
        except _Refused as refusal:
            talk.end(keep=refusal.call is fact.call and talk.is_settled_by(refusal.failure))
            if refusal.call is fact.call and refusal.failure.code in fact.absent:
                self._count(fact.call, talk, Outcome.ABSENT, refusal.failure.code)
                return Known(fact.absent[refusal.failure.code])
            return self._gap(refusal.call, talk, refusal.failure, refusal.attempts)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            code = error.code if isinstance(error, UnclearError) else INCOMPLETE
            return self._gap(fact.call, talk, Failure(code, _misunderstanding(error), Outcome.FAILED), 1)
        talk.end(keep=fact.call is not ASSUME_ROLE)
        self._count(fact.call, talk, Outcome.OK)
        return Known(value)

    def attempt(self, call: ApiCall, parameters: dict[str, Any]) -> Answer:
        """The answer of one call, tried as often as it is worth."""
        key: Key = (self.payer, self.region, call)
        # Not by who pays: the caller's own sessions pay for entering every other account.
        endpoint: Endpoint = (self.account, self.region, call.service)
        failed: Counter[Outcome] = Counter()
        while True:
            if self.pace.is_given_up(endpoint):
                raise _Refused(_DEAF, call, failed.total())
            if self.pace.turn(key):
                raise _Refused(_GIVEN_UP, call, failed.total())
            try:
                method = getattr(self.clients.get(call.service, self.region), call.method)
                with acting_as(self.credentials):
                    answer: Answer = method(**parameters)
            except (ClientError, BotoCoreError, ResponseParserError) as error:
                failure = diagnose(error)
                if failure.code in EXPIRED and self.credentials is self.clients.caller:
                    raise SourceExpiredError(self._message(failure)) from error
                failed[failure.outcome] += 1
                spent = failed[failure.outcome] >= failure.attempts
                if spent and failure.code in UNANSWERED:
                    self.pace.give_up(endpoint)
                if spent or self.pace.pause(key, failed[failure.outcome], failure.outcome):
                    raise _Refused(failure, _culprit(error, call), failed.total()) from error
            else:
                return answer

    def _count(self, call: ApiCall, talk: "_Talk", outcome: Outcome, code: str | None = None) -> None:
        self.ledger.count(self.account, self.region, call.action, outcome, code)
        if talk.tape is not None:
            talk.tape.end(self.account, self.region, self.identity, outcome, code)

    def _gap(self, call: ApiCall, talk: "_Talk", failure: Failure, attempts: int) -> Gap:
        self._count(call, talk, failure.outcome, failure.code)
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
        """What AWS said, as far as a person reads."""
        return bounded(self.quotable(failure.message))

    def quotable(self, message: str) -> str:
        """Without what is never to be quoted."""
        if self.hidden is not None and (secret := self.hidden.get_secret_value()):
            return message.replace(secret, "***")
        return message

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


class _Talk:
    """What is asked and answered in the course of one reading: live, or as it was heard before."""

    __slots__ = ("_call", "_heard", "_parameters", "_question", "_reader", "_recalled", "_refusal", "tape")

    def __init__(self, reader: Reader, call: ApiCall, parameters: dict[str, Any]) -> None:
        self._reader, self._call, self._parameters = reader, call, parameters
        self._heard: list[tuple[datetime, Answer]] = []
        self._refusal: Failure | None = None
        self._question: Question | None = None
        self._recalled: Heard | None = None
        self.tape = None if reader.recorder is None else reader.recorder.tape(call, parameters)
        if reader.journal is not None:
            self._question = Question(reader.account, reader.region, call.operation, parameters)
            found = reader.journal.recall(self._question)
            dispensable = found is None or found.refusal is None or not reader.indispensable
            self._recalled = found if dispensable else None

    def ask(self, parameters: dict[str, Any]) -> Answer:
        if self._recalled is not None:
            return self._again(self._recalled)
        try:
            answer = self._reader.attempt(self._call, parameters)
        except _Refused as refusal:
            self._refuse(refusal)
            raise
        self._hear(self._now(), answer)
        return answer

    def pages(self, cursor: str) -> Iterator[Answer]:
        parameters = self._parameters
        seen: set[str] = set()
        while True:
            answer = self.ask(parameters)
            yield answer
            after = answer.get(cursor)
            if not after:
                return
            if after in seen:
                raise UnclearError(INCOMPLETE, f"page token {after!r} came twice")
            seen.add(after)
            parameters = parameters | {cursor: after}

    def is_settled_by(self, failure: Failure) -> bool:
        """What is wrong with a later page may be its token alone, which is good for a while only."""
        on_first_page = len(self._heard) <= 1
        final = failure.settled and not self._reader.indispensable
        return final and (on_first_page or failure.outcome is not Outcome.FAILED)

    def end(self, *, keep: bool) -> None:
        """Write down what was heard, where that settles the question."""
        if keep and self._recalled is None and self._question is not None:
            assert self._reader.journal is not None
            self._reader.journal.keep(self._question, Heard(tuple(self._heard), self._refusal))

    def _again(self, recalled: Heard) -> Answer:
        at, answer = recalled.answers[len(self._heard)]
        self._hear(at, answer)
        if recalled.refusal is not None and len(self._heard) == len(recalled.answers):
            raise _Refused(recalled.refusal, self._call, recalled.refusal.attempts)
        return answer

    def _hear(self, at: datetime, answer: Answer) -> None:
        self._heard.append((at, answer))
        if self.tape is not None:
            self.tape.heard(at, answer)

    def _refuse(self, refusal: _Refused) -> None:
        error = refusal.__cause__
        if error is None:  # nothing was asked
            return
        message = self._reader.quotable(refusal.failure.message)
        self._refusal = replace(refusal.failure, message=message)
        metadata = error.response.get("ResponseMetadata", {}) if isinstance(error, ClientError) else {}
        told = {"Code": refusal.failure.code, "Message": bounded(message)}
        self._hear(self._now(), {"Error": told, "ResponseMetadata": metadata})

    def _now(self) -> datetime:
        recorder = self._reader.recorder
        return datetime.now(UTC) if recorder is None else recorder.clock()


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
