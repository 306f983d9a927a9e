"""What was proven, on disk: one row a digest, so that a later run need not fetch it or its log files again.

The digest itself is kept as it was, with its signature, and is verified again when it is read back; of its
log files it is kept which object, by ETag and size, had the content that the digest names. Whoever trusts
a row trusts S3 to give another ETag to another object, and this file.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scanner import run_file
from scanner.model.base import iso

VERSION = "1"
FILE = "verify.sqlite"
BATCH = 200
"""Rows that a crash may lose."""
_LOG = struct.Struct("<16sQQ")
_NOTHING = bytes(_LOG.size)
_SCHEMA = """
create table digest (
  key text primary key, etag text not null, size integer not null, body blob not null,
  metadata text not null, modified text not null, proven text not null, logs blob not null
) without rowid;
"""


@dataclass(frozen=True, slots=True)
class ProvenLog:
    """An object that had the content which its digest names."""

    etag: bytes
    """A digest of the ETag: 16 bytes, whatever the ETag's length."""
    stored: int
    """Bytes of the object as S3 keeps it."""
    size: int
    """Bytes of the log file inside."""

    def is_(self, etag: str, stored: int) -> bool:
        """Whether an object of today's listing is still that one."""
        return self.stored == stored and self.etag == _short(etag)


@dataclass(frozen=True, slots=True)
class Row:
    """One digest, and what came of its log files in the order in which it names them."""

    key: str
    etag: str
    size: int
    """Bytes of the object as S3 keeps it."""
    body: bytes
    """The document, inflated."""
    metadata: Mapping[str, str]
    modified: datetime
    proven: datetime
    """When the log files were last read, those of them that are proven."""
    logs: tuple[ProvenLog | None, ...]
    """None: not proven."""


def proven_log(etag: str, stored: int, size: int) -> ProvenLog:
    return ProvenLog(_short(etag), stored, size)


def _short(etag: str) -> bytes:
    return hashlib.blake2b(etag.encode(), digest_size=16).digest()


class Journal:
    """Rows by the key of their digest. Not for two threads at once; processes may share the file."""

    def __init__(self, folder: Path) -> None:
        self._connection = run_file.opened(folder / FILE)
        self._pending: list[tuple[str | int | bytes, ...]] = []
        self._ahead: dict[str, tuple[Any, ...] | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what was proven, also where the run was interrupted."""
        try:
            self.flush()
        finally:
            self._connection.close()

    def look_ahead(self, keys: Sequence[str]) -> None:
        """Fetch at once what `get` is to tell of these keys next: a quarter of the price one by one.

        `keys` are in order and close to each other, as on a page of a listing.
        """
        self._ahead = dict.fromkeys(keys)
        if keys:
            between = "select * from digest where key between ? and ?"
            self._ahead |= {row[0]: row for row in self._connection.execute(between, (keys[0], keys[-1]))}

    def get(self, key: str) -> Row | None:
        """The row of a digest; None too where it can't be read: then nothing of it is proven."""
        if key in self._ahead:
            found = self._ahead.pop(key)
        else:
            found = self._connection.execute("select * from digest where key = ?", (key,)).fetchone()
        if found is None:
            return None
        _, etag, size, body, metadata, modified, proven, logs = found
        try:
            return Row(
                key=key,
                etag=etag,
                size=size,
                body=zlib.decompress(body),
                metadata=json.loads(metadata),
                modified=datetime.fromisoformat(modified),
                proven=datetime.fromisoformat(proven),
                logs=tuple(_unpacked(logs)),
            )
        except (zlib.error, ValueError, struct.error):
            return None

    def put(self, row: Row) -> None:
        self._ahead.pop(row.key, None)
        self._pending.append(
            (
                row.key,
                row.etag,
                row.size,
                zlib.compress(row.body),
                json.dumps(dict(row.metadata)),
                row.modified.astimezone(UTC).isoformat(),
                iso(row.proven),
                _packed(row.logs),
            )
        )
        if len(self._pending) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write down what is pending, all or nothing."""
        if self._pending:
            self._connection.execute("begin immediate")
            self._connection.executemany(
                "insert or replace into digest values (?, ?, ?, ?, ?, ?, ?, ?)", self._pending
            )
            self._connection.execute("commit")
            self._pending.clear()


def prepare(folder: Path, scope: Mapping[str, str], *, resume: bool) -> None:
    """Make the file, or see that it may be gone on with, as `run_file.prepare` says."""
    run_file.prepare(folder / FILE, _SCHEMA, {"version": VERSION, **scope}, resume=resume)


def _packed(logs: Iterable[ProvenLog | None]) -> bytes:
    return b"".join(_NOTHING if log is None else _LOG.pack(log.etag, log.stored, log.size) for log in logs)


def _unpacked(packed: bytes) -> Iterable[ProvenLog | None]:
    for at in range(0, len(packed), _LOG.size):
        part = packed[at : at + _LOG.size]
        yield None if part == _NOTHING else ProvenLog(*_LOG.unpack(part))
