"""A run on disk: one SQLite file, for its owner's eyes only, that says what it is about."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scanner.errors import UserError

_SCOPE = "create table scope (name text primary key, value text not null) without rowid;"
SCAN = "scan.sqlite"
"""The file of a scan, in the directory of its run."""
_LONGEST = 100
"""Characters that an error quotes of a scope."""
_ANOTHER = "name another --run-dir"
_PATIENCE = 60
"""Seconds to wait while another process writes."""
_ALONE = 2
"""Seconds to wait for a file that one process has for itself."""


def prepare(
    path: Path,
    schema: str,
    scope: Mapping[str, str],
    *,
    resume: bool,
    facts: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Make the file, or see that it may be gone on with; what it says of itself.

    `scope` is what its rows are about; `facts` are kept from the first run on. Raises UserError where there
    is a file and `resume` isn't wanted, or where it is damaged, of another version, about something else or
    in use.
    """
    told = {**scope, **(facts or {})}
    try:
        if not _created(path):
            if not resume:
                raise UserError(
                    f"{path} holds an earlier run", hint=f"--resume goes on with it; or {_ANOTHER}"
                )
            if (found := _required(path, schema, scope, told.keys())) is not None:
                return found
        with contextlib.closing(opened(path)) as made:
            made.executescript(f"begin;{_SCOPE}{schema}")
            made.executemany("insert into scope values (?, ?)", told.items())
            made.execute("commit")
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    return told


def opened(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Each statement stands as soon as it is done, unless one says `begin`: a process that is killed loses
    none, and the file is whole whatever happens.

    `alone`: no other process reads or writes it until it is closed; a sqlite3.Error where one does already.
    """
    connection = sqlite3.connect(
        path, timeout=_ALONE if alone else _PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        if alone:
            connection.execute("pragma locking_mode = exclusive")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        if alone:  # it is locked when it is first looked at
            connection.execute("select count(*) from sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def looked_into(path: Path) -> sqlite3.Connection:
    """To read only: also where nothing can be written, if the run has ended."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_ALONE)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, whatever ends it."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("rollback")
        raise


def unusable(path: Path, error: sqlite3.Error) -> UserError:
    """What is to be said where SQLite can't read or write the file."""
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
        case sqlite3.SQLITE_BUSY:
            return UserError(f"{path} is in use by another run", hint=f"wait for its end, or {_ANOTHER}")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return UserError(
                f"{path} can't be written: {error}",
                hint="what it holds is whole: make room, then go on with --resume",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return UserError(f"{path} can't be opened or written: {error}", hint=_ANOTHER)
        case _:
            return damaged(path, str(error))


def damaged(path: Path, problem: str) -> UserError:
    return UserError(f"{path} is damaged: {problem}", hint=f"{_ANOTHER}, or delete the file")


def _created(path: Path) -> bool:
    """False: there was a file already."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        is_file = isinstance(error, FileExistsError)
        told = f"{path.parent} is no directory" if is_file else error.strerror or error
        raise UserError(f"{path} can't be written: {told}", hint=_ANOTHER) from error
    try:
        # By hand, so that it is nobody else's from its first moment; SQLite's own files take after it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise UserError(f"{path} can't be written: {error.strerror or error}", hint=_ANOTHER) from error
    return True


def _required(
    path: Path, schema: str, scope: Mapping[str, str], names: Iterable[str]
) -> dict[str, str] | None:
    """None: the run that made the file was ended before it wrote anything."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_ALONE)) as found:
            ((health,),) = found.execute("pragma quick_check(1)").fetchall()
            if health != "ok":
                raise damaged(path, health)
            tables = _tables(found)
            if not tables:
                return None
            told = dict(found.execute("select name, value from scope").fetchall())
    except ValueError as error:
        raise damaged(path, str(error)) from error
    if told.get("version") == scope.get("version") and (missing := _wanted(schema) - tables):
        raise damaged(path, f"it has no table {min(missing)}")
    for name, value in scope.items():
        if told.get(name) != value:
            raise UserError(
                f"{path} is of another {name}: {_quoted(told.get(name))}, not {_quoted(value)}",
                hint=_ANOTHER,
            )
    if missing := set(names) - told.keys():
        raise damaged(path, f"it doesn't tell its {min(missing)}")
    return told


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}


def _wanted(schema: str) -> set[str]:
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(schema)
        return _tables(empty)


def _quoted(value: str | None) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
