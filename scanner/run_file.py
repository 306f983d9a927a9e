"""A run on disk: one SQLite file, for its owner's eyes only, that says what it is about."""

import contextlib
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from scanner.errors import UserError

_SCOPE = "create table scope (name text primary key, value text not null) without rowid;"
SCAN = "scan.sqlite"
"""The file of a scan, in the directory of its run."""
_LONGEST = 100
"""Characters that an error quotes of a scope."""


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
    is a file and `resume` isn't wanted, or where it is damaged, of another version or about something else.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # By hand, so that it is nobody else's from its first moment; SQLite's own files take after it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not resume:
            raise UserError(
                f"{path} holds an earlier run", hint="--resume goes on with it; or name another --run-dir"
            ) from None
        if (told := _required(path, scope)) is not None:
            return told
    except OSError as error:
        raise UserError(
            f"{path} can't be written: {error.strerror or error}", hint="name another --run-dir"
        ) from error
    told = {**scope, **(facts or {})}
    with contextlib.closing(opened(path)) as made:
        made.executescript(f"begin;{_SCOPE}{schema}")
        made.executemany("insert into scope values (?, ?)", told.items())
        made.execute("commit")
    return told


def opened(path: Path) -> sqlite3.Connection:
    """Each statement stands as soon as it is done, unless one says `begin`: a process that is killed loses
    none, and the file is whole whatever happens.
    """
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    return connection


def _required(path: Path, scope: Mapping[str, str]) -> dict[str, str] | None:
    """None: the run that made the file was ended before it wrote anything."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as found:
            ((health,),) = found.execute("pragma quick_check(1)").fetchall()
            if not found.execute("select name from sqlite_master").fetchall():
                return None
            told = dict(found.execute("select name, value from scope").fetchall())
    except (sqlite3.Error, ValueError) as error:
        health, told = str(error), {}
    if health != "ok":
        raise UserError(f"{path} is damaged: {health}", hint="name another --run-dir, or delete the file")
    for name, value in scope.items():
        if told.get(name) != value:
            raise UserError(
                f"{path} is of another {name}: {_quoted(told.get(name))}, not {_quoted(value)}",
                hint="name another --run-dir",
            )
    return told


def _quoted(value: str | None) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
