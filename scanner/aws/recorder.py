"""Keeps what AWS answered: evidence for the verdicts that rest on it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from scanner.aws.permissions import ApiCall
from scanner.aws.redaction import redacted
from scanner.model.evidence import Record
from scanner.model.reading import Outcome

LONGEST = 2_000
"""Characters of an answer that a record holds itself."""
Keep = Callable[[str, Mapping[str, JsonValue]], str]
"""Puts a record away under an account and says by which id it is found again; called from many threads."""


def _now() -> datetime:
    return datetime.now(UTC)


class Recorder:
    """Of one scan; safe to share among threads. It holds little of each answer: all of it is for `keep`."""

    def __init__(self, keep: Keep, clock: Callable[[], datetime] = _now) -> None:
        self.keep = keep
        self.clock = clock
        self._records: list[Record] = []

    def tape(self, call: ApiCall, parameters: Mapping[str, Any]) -> "Tape":
        return Tape(self, call, parameters)

    def note(self, record: Record) -> None:
        self._records.append(record)

    @property
    def records(self) -> tuple[Record, ...]:
        """In the order of their times."""
        return tuple(sorted(self._records, key=lambda record: (record.at, record.account, record.action)))


class Tape:
    """What is answered in the course of one reading."""

    def __init__(self, recorder: Recorder, call: ApiCall, parameters: Mapping[str, Any]) -> None:
        self._recorder = recorder
        self._call = call
        self._parameters = parameters
        self._answers: list[Mapping[str, Any]] = []
        self._at: list[datetime] = []

    def heard(self, at: datetime, answer: Mapping[str, Any]) -> None:
        """A refusal is an answer with an `Error`."""
        self._at.append(at)
        self._answers.append(answer)

    def end(self, account: str, region: str | None, caller: str, outcome: Outcome, code: str | None) -> None:
        """Put the reading away. `account` is the one that was asked about."""
        last = self._answers[-1] if self._answers else {}
        at = self._at[0] if self._at else self._recorder.clock()
        # Of the first call of all, the answer itself tells who asks.
        account = account or str(last.get("Account", ""))
        caller = caller or str(last.get("Arn", ""))
        pages = [_page(answer, time) for answer, time in zip(self._answers, self._at, strict=True)]
        told: dict[str, Any] = {
            "action": self._call.action,
            "operation": self._call.operation,
            "account": account,
            "region": region,
            "parameters": redacted(dict(self._parameters)),
            "at": at.isoformat(),
            "request_ids": [page["request_id"] for page in pages if page["request_id"]],
            "caller": caller,
            "outcome": outcome.value,
            "code": code,
        }
        id_ = self._recorder.keep(account, told | {"answers": pages})
        self._recorder.note(Record(id=id_, facts=_facts([page["answer"] for page in pages]), **told))


def _page(answer: Mapping[str, Any], at: datetime) -> dict[str, JsonValue]:
    """One answer; `date` is what AWS's own clock said."""
    metadata = answer.get("ResponseMetadata") or {}
    return {
        "at": at.isoformat(),
        "request_id": metadata.get("RequestId") or None,
        "status": metadata.get("HTTPStatusCode"),
        "date": (metadata.get("HTTPHeaders") or {}).get("date"),
        "answer": redacted({name: value for name, value in answer.items() if name != "ResponseMetadata"}),
    }


def _facts(answers: list[JsonValue]) -> str:
    text = json.dumps(answers[0] if len(answers) == 1 else answers, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… (cut: {len(text):,} characters)"
