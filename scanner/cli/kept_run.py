"""`scan --run-dir`: a run on disk, from the first answer of AWS to the result."""

import contextlib
import hashlib
import json
import logging
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from scanner import run_file
from scanner.errors import UserError
from scanner.model.base import iso

if TYPE_CHECKING:
    from scanner.aws.journal import Journal
    from scanner.aws.scope import Scope

RESULT = "create table if not exists result (body blob not null);"

log = logging.getLogger(__name__)


class KeptRun:
    """The directory of one run. Raises UserError where it can't be made or gone on with."""

    def __init__(self, path: str, scope: "Scope", needs: frozenset[str], *, resume: bool) -> None:
        # Not at the top: the AWS SDK takes a third of a second.
        from scanner.aws.journal import prepare  # noqa: PLC0415

        self.path = path
        now = datetime.now(UTC)
        begun = {"started": now.isoformat(), "id": run_id(now)}
        told = prepare(Path(path), _about(scope, needs), begun, resume=resume)
        self.id = told["id"]
        self.started = _time(Path(path), told["started"])
        """When the first run began: of that moment is what is read, however often it goes on."""
        if told != begun:
            log.info("going on with the run of %s: what AWS answered is not asked again", iso(self.started))

    def journal(self) -> "Journal":
        """What AWS answered; to be closed before the result is kept."""
        from scanner.aws.journal import Journal  # noqa: PLC0415 - as above

        return Journal(Path(self.path))

    def keep(self, result: Iterable[bytes]) -> None:
        """Put the JSON of the result, in pieces, beside the answers. Raises UserError where that fails."""
        packer = zlib.compressobj()
        body = b"".join((*map(packer.compress, result), packer.flush()))
        file = Path(self.path) / run_file.SCAN
        try:
            with contextlib.closing(run_file.opened(file, alone=True)) as connection:
                connection.execute(RESULT)
                with run_file.transaction(connection):
                    connection.execute("delete from result")
                    connection.execute("insert into result values (?)", (body,))
                # One plain file, that can be read where nothing can be written.
                connection.execute("pragma journal_mode = delete")
        except sqlite3.Error as error:
            raise run_file.unusable(file, error) from error


def run_id(started: datetime) -> str:
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def kept_result(folder: Path) -> bytes:
    """The JSON of the result of a run that was kept there. Raises UserError where there is none."""
    file = folder / run_file.SCAN
    if not file.is_file():
        raise UserError(f"{folder} holds no run", hint="name the directory that `scan --run-dir` was told")
    try:
        with contextlib.closing(run_file.looked_into(file)) as kept:
            tables = {name for (name,) in kept.execute("select name from sqlite_master")}
            found = kept.execute("select body from result").fetchone() if "result" in tables else None
            body = None if found is None else zlib.decompress(found[0])
    except sqlite3.Error as error:
        raise run_file.unusable(file, error) from error
    except (zlib.error, TypeError) as error:
        raise run_file.damaged(file, str(error)) from error
    if body is None:
        raise UserError(
            f"the run in {folder} has not come to its end", hint="go on with it: scan --run-dir … --resume"
        )
    return body


def _time(path: Path, told: str) -> datetime:
    try:
        return datetime.fromisoformat(told)
    except ValueError as error:
        raise run_file.damaged(path / run_file.SCAN, f"it began at {told!r}") from error


def _about(scope: "Scope", needs: frozenset[str]) -> Mapping[str, str]:
    """What answers depend on: neither how fast they are asked for, nor what is made of them."""
    asked = scope.model_dump(
        mode="json", exclude={"concurrency", "external_id", "profile", "session_duration"}
    )
    facts = hashlib.sha256("\n".join(sorted(needs)).encode()).hexdigest()
    return {
        "release": version("trailaudit"),
        **{f"choice of {name}": _written(value) for name, value in sorted(asked.items())},
        "set of facts that its checks need": facts[:12],
    }


def _written(value: JsonValue) -> str:
    """In which order accounts and regions were named is no difference."""
    return json.dumps(sorted(value, key=str) if isinstance(value, list) else value)
