"""What AWS answered, on disk: a scan that was ended goes on without asking for anything twice.

One row a reading, written as soon as the reading is done: the answers (one, or the pages of a list) or
AWS's refusal, by account, region, operation and parameters. What AWS did not settle (it throttled, it broke,
nobody could be reached, the answer was cut) is not kept: it is asked again. Credentials are never kept.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from scanner import run_file
from scanner.aws.failures import Failure
from scanner.errors import UserError
from scanner.model.reading import Outcome

VERSION = "1"
_SCHEMA = """
create table answer (
  account text not null, region text not null, operation text not null, parameters blob not null,
  told blob not null, primary key (account, region, operation, parameters)
) without rowid;
create table session (role text primary key, identity text not null) without rowid;
"""
_TIME = "$time"
_CALLER = "the caller"
_HIDDEN = "ExternalId"
"""The parameter of which not even a hash is kept, only whether there is one."""


class Question(NamedTuple):
    """What one reading asks. `account` is the one that is asked about."""

    account: str
    region: str | None
    operation: str
    parameters: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str, str, bytes]:
        asked = {name: name == _HIDDEN or value for name, value in self.parameters.items()}
        text = json.dumps(asked, default=_utc, sort_keys=True)
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        return (self.account, self.region or "", self.operation, digest)


@dataclass(frozen=True, slots=True)
class Heard:
    """How a reading went: its answers with their times, then, perhaps, a refusal."""

    answers: tuple[tuple[datetime, Mapping[str, Any]], ...]
    refusal: Failure | None = None


Row = tuple[str, str, str, bytes, bytes]
"""As it stands in the table of answers: what one machine may send another."""


class Memory(Protocol):
    """What readers need to know of a journal, be it on disk or not."""

    def recall(self, question: Question) -> Heard | None: ...

    def keep(self, question: Question, heard: Heard) -> None: ...

    def session(self, role: str) -> str | None: ...

    def keep_session(self, role: str, identity: str) -> None: ...


class Journal:
    """Of one scan; safe to share among threads."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError where another process has it, or it can't be opened."""
        self._path = folder / run_file.SCAN
        self._lock = Lock()
        self._closed = False
        try:
            self._connection = run_file.opened(self._path, alone=True)
        except sqlite3.Error as error:
            raise run_file.unusable(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Threads of a scan that was given up may still come: nothing is known to them, nothing is kept."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def recall(self, question: Question) -> Heard | None:
        """What was heard when this was asked before; None too where that makes no sense any more."""
        found = self._fetch(
            "select told from answer where (account, region, operation, parameters) = (?, ?, ?, ?)",
            question.key,
        )
        return None if found is None else unpacked(found)

    def keep(self, question: Question, heard: Heard) -> None:
        """Write it down, where it can be: what can't is asked again."""
        if (row := packed(heard)) is not None:
            self.put([(*question.key, row)])

    def put(self, rows: Iterable[Row]) -> None:
        """Write rows down, all of them or none."""
        self._write("insert or replace into answer values (?, ?, ?, ?, ?)", rows)

    def accounts(self) -> frozenset[str]:
        """Those of which it holds an answer."""
        told = self._fetch("select group_concat(distinct account) from answer", ())
        return frozenset(told.split(",") if told else ())

    def session(self, role: str) -> str | None:
        """The ARN of the session that this role gave, proven to be its account's."""
        found: str | None = self._fetch("select identity from session where role = ?", (role,))
        return found

    def belong_to(self, principal: str) -> None:
        """Raise UserError where another principal's credentials began the run: they see other things."""
        begun = self.session(_CALLER)
        if begun is not None and begun != principal:
            raise UserError(
                f"{self._path} was begun by {begun}, not {principal}",
                hint="go on with the same credentials, or name another --run-dir",
            )
        self.keep_session(_CALLER, principal)

    def keep_session(self, role: str, identity: str) -> None:
        self._write("insert or replace into session values (?, ?)", [(role, identity)])

    def _fetch(self, query: str, values: tuple[Any, ...]) -> Any:
        try:
            with self._lock:
                found = None if self._closed else self._connection.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise run_file.unusable(self._path, error) from error
        return None if found is None else found[0]

    def _write(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            with self._lock:
                if not self._closed:
                    with run_file.transaction(self._connection):
                        self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise run_file.unusable(self._path, error) from error


@contextmanager
def fleeting() -> Iterator[Journal]:
    """A journal for one run, of which nothing is left."""
    with TemporaryDirectory(prefix="trailaudit-") as folder:
        prepare(Path(folder), {}, {}, resume=False)
        with Journal(Path(folder)) as journal:
            yield journal


def prepare(
    folder: Path, scope: Mapping[str, str], facts: Mapping[str, str], *, resume: bool
) -> dict[str, str]:
    """Make the file, or see that it may be gone on with; the facts that it was begun with.

    Raises UserError as `run_file.prepare` says.
    """
    told = run_file.prepare(
        folder / run_file.SCAN, _SCHEMA, {"version": VERSION, **scope}, resume=resume, facts=facts
    )
    return {name: told[name] for name in facts}


def packed(heard: Heard) -> bytes | None:
    """None where it holds what JSON can't: a body of bytes."""
    times = 0

    def plain(value: object) -> dict[str, str]:
        nonlocal times
        if not isinstance(value, datetime):
            raise TypeError(f"an answer holds a {type(value).__name__}")
        times += 1
        return {_TIME: value.isoformat()}

    told = {
        "answers": [[at.astimezone(UTC).isoformat(), answer] for at, answer in heard.answers],
        "refusal": None if heard.refusal is None else asdict(heard.refusal),
    }
    try:
        text = json.dumps(told, default=plain, separators=(",", ":"))
    except (TypeError, ValueError):
        return None
    if text.count(f'"{_TIME}":') != times:  # a member that AWS gave this name would come back as a time
        return None
    return zlib.compress(text.encode(), 1)


def unpacked(row: bytes) -> Heard | None:
    """None where the row makes no sense: it is asked again."""
    try:
        told = json.loads(zlib.decompress(row), object_hook=_revived)
        refusal = told["refusal"]
        heard = Heard(
            tuple((datetime.fromisoformat(at), answer) for at, answer in told["answers"]),
            None if refusal is None else Failure(**refusal | {"outcome": Outcome(refusal["outcome"])}),
        )
    except (zlib.error, ValueError, KeyError, TypeError):
        return None
    return heard if heard.answers else None


def _utc(value: object) -> str:
    """The only values of parameters that JSON doesn't have: the same moment is the same question."""
    if not isinstance(value, datetime):
        raise TypeError(f"a parameter is a {type(value).__name__}")
    return value.astimezone(UTC).isoformat()


def _revived(found: dict[str, Any]) -> Any:
    return datetime.fromisoformat(found[_TIME]) if found.keys() == {_TIME} else found
