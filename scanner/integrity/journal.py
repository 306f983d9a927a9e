"""What was proven, on disk: one row a digest, so that a later run need not fetch it or its log files again.

Of a digest it is kept what it says and whether its signature held, of its log files which object, by ETag
and size, had the content that the digest names. When it is read back, none of that is proven again: only the
key that signed must still be among the region's. So whoever trusts a row trusts S3 to give another ETag to
another object, and this file: who can write to it can have it say anything. Its checksums show damage alone.
"""

import hashlib
import json
import os.path
import struct
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from scanner import run_file
from scanner.integrity.digest import Digest, LogFile, Previous
from scanner.model.base import iso

VERSION = "2"
FILE = "verify.sqlite"
_MD5 = 32
"""Hexadecimal digits."""
BATCH = 200
"""Rows that a crash may lose."""
_in_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LOG = struct.Struct("<16sQQ")
_SCHEMA = """
create table digest (
  key text primary key, etag text not null, size integer not null, digest text not null, signature text,
  signed integer not null, modified text not null, proven text not null, logs blob not null,
  checksum integer not null
) without rowid;
"""


class ProvenLog(NamedTuple):
    """An object that had the content which its digest names."""

    etag: bytes
    """16 bytes: the ETag where it is an MD5, as mostly, else a digest of it."""
    stored: int
    """Bytes of the object as S3 keeps it."""
    size: int
    """Bytes of the log file inside."""

    def is_(self, etag: str, stored: int) -> bool:
        """Whether an object of today's listing is still that one."""
        return self.stored == stored and self.etag == _short(etag)


_NONE = ProvenLog(bytes(16), 0, 0)


class Row(NamedTuple):
    """One digest, and what came of its log files in the order in which it names them."""

    key: str
    etag: str
    size: int
    """Bytes of the object as S3 keeps it."""
    digest: Digest
    signature: str | None
    """That lay beside it."""
    signed: bool
    """Whether that was proven, with the key that the digest names."""
    modified: datetime
    proven: datetime
    """When the log files were last read, those of them that are proven."""
    logs: tuple[ProvenLog | None, ...]
    """None: not proven."""


def proven_log(etag: str, stored: int, size: int) -> ProvenLog:
    return ProvenLog(_short(etag), stored, size)


def _short(etag: str) -> bytes:
    if len(etag) == _MD5:
        try:
            return bytes.fromhex(etag)
        except ValueError:
            pass
    return hashlib.blake2b(etag.encode(), digest_size=16).digest()


class Journal:
    """Rows by the key of their digest. Not for two threads at once; processes may share the file."""

    def __init__(self, folder: Path) -> None:
        self._connection = run_file.opened(folder / FILE)
        self._pending: list[tuple[str | int | bytes | None, ...]] = []
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
        _, etag, size, digest, signature, signed, modified, proven, logs, checksum = found
        if checksum != _checksum(digest, signature, signed, logs):
            return None
        return Row(
            key=key,
            etag=etag,
            size=size,
            digest=_read(digest),
            signature=signature and sys.intern(signature),
            signed=bool(signed),
            modified=datetime.fromisoformat(modified),
            proven=datetime.fromisoformat(proven),
            logs=tuple(_unpacked(logs)),
        )

    def put(self, row: Row) -> None:
        self._ahead.pop(row.key, None)
        digest, logs = _written(row.digest), _packed(row.logs)
        self._pending.append(
            (
                row.key,
                row.etag,
                row.size,
                digest,
                row.signature,
                row.signed,
                row.modified.astimezone(UTC).isoformat(),
                iso(row.proven),
                logs,
                _checksum(digest, row.signature, row.signed, logs),
            )
        )
        if len(self._pending) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write down what is pending, all or nothing."""
        if self._pending:
            self._connection.execute("begin immediate")
            self._connection.executemany(
                "insert or replace into digest values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._pending
            )
            self._connection.execute("commit")
            self._pending.clear()


def prepare(folder: Path, scope: Mapping[str, str], *, resume: bool) -> None:
    """Make the file, or see that it may be gone on with, as `run_file.prepare` says."""
    run_file.prepare(folder / FILE, _SCHEMA, {"version": VERSION, **scope}, resume=resume)


def _checksum(digest: str, signature: str | None, signed: int, logs: bytes) -> int:
    return zlib.crc32(logs, zlib.crc32(f"{digest}\n{signature}\n{signed:d}".encode()))


def _written(digest: Digest) -> str:
    """In a third of the document's length: the names of log files begin alike."""
    before, start = digest.previous, os.path.commonprefix([log.key for log in digest.logs])  # noqa: RUF071 - of texts
    return _in_json(
        [
            digest.account,
            digest.bucket,
            digest.key,
            digest.start.isoformat(),
            digest.end.isoformat(),
            digest.signed_end,
            digest.fingerprint,
            digest.algorithm,
            before and [before.bucket, before.key, before.sha256, before.signature],
            digest.sha256,
            start,
            [part for log in digest.logs for part in (log.bucket, log.key[len(start) :], log.sha256)],
        ]
    )


def _read(written: str) -> Digest:
    account, bucket, key, first, last, signed_end, by, algorithm, before, sha256, start, logs = json.loads(
        written
    )
    # Neighbouring digests share their texts, as in `parse_digest`.
    return Digest(
        account=sys.intern(account),
        bucket=sys.intern(bucket),
        key=sys.intern(key),
        start=datetime.fromisoformat(first),
        end=datetime.fromisoformat(last),
        signed_end=signed_end,
        fingerprint=sys.intern(by),
        algorithm=sys.intern(algorithm),
        previous=before and Previous(*map(sys.intern, before)),
        logs=tuple(map(LogFile, logs[::3], (start + name for name in logs[1::3]), logs[2::3])),
        sha256=sys.intern(sha256),
    )


def _packed(logs: Iterable[ProvenLog | None]) -> bytes:
    return b"".join(_LOG.pack(*(log or _NONE)) for log in logs)


def _unpacked(packed: bytes) -> Iterable[ProvenLog | None]:
    for log in map(ProvenLog._make, _LOG.iter_unpack(packed)):
        yield None if log == _NONE else log
