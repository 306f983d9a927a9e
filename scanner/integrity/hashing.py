"""SHA-256 of what is inside of a gzip, while it arrives.

CloudTrail hashes the uncompressed bytes, so the wrapping may differ and the hash still hold: what is
wrong with the wrapping is told apart (`Container`). Inflated bytes pass through a window and are gone,
so a bomb costs time and no memory.
"""

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from scanner.integrity.objects import Container

WINDOW = 64 * 1024
"""Inflated bytes held at once: they are hashed while they are still in the processor's cache."""

GZIP = 16 + zlib.MAX_WBITS


def _fastest() -> tuple[Any, Any]:
    """`decompressobj` of isal where it is installed, of zlib otherwise, and what it raises."""
    try:
        from isal import isal_zlib  # noqa: PLC0415 # an extra
    except ImportError:
        return zlib.decompressobj, zlib.error
    return isal_zlib.decompressobj, isal_zlib.error


_decompressobj, _Corrupt = _fastest()


class Inflated(NamedTuple):
    container: Container
    detail: str = ""
    """What is wrong with the container."""
    sha256: str | None = None
    """Hex; of the first gzip member, None unless it is complete."""
    size: int = 0
    """Inflated bytes."""
    body: bytes | None = None
    """The inflated bytes, if they were to be kept and there is a hash."""


class Inflation:
    """Takes an object's bytes piece by piece; `end` says what was in them."""

    __slots__ = ("_body", "_hash", "_inflate", "_limit", "_size", "_stored", "_trailing", "_wrong")

    def __init__(self, *, keep: bool = False, limit: int | None = None) -> None:
        """`limit`: inflated bytes that are looked at, at most."""
        self._inflate = _decompressobj(GZIP)
        self._hash = hashlib.sha256()
        self._body: list[bytes] | None = [] if keep else None
        self._limit = limit
        self._size = self._stored = self._trailing = 0
        self._wrong: tuple[Container, str] | None = None

    def feed(self, piece: bytes) -> None:
        self._stored += len(piece)
        if self._wrong is not None:
            return
        inflate = self._inflate
        if inflate.eof:
            self._trailing += len(piece)
            return
        while piece:
            try:
                part = inflate.decompress(piece, WINDOW)
            except _Corrupt:
                self._give_up(Container.GARBAGE, f"no valid gzip before byte {self._stored:,}")
                return
            self._size += len(part)
            if self._limit is not None and self._size > self._limit:
                self._give_up(Container.OVERSIZE, f"inflates to more than {self._limit:,} bytes")
                return
            self._hash.update(part)
            if self._body is not None:
                self._body.append(part)
            if inflate.eof:
                self._trailing += len(inflate.unused_data)
                return
            piece = inflate.unconsumed_tail

    def end(self) -> Inflated:
        if self._wrong is not None:
            container, detail = self._wrong
            return Inflated(container, detail, size=self._size)
        if not self._inflate.eof:
            ends = f"ends after {self._stored:,} bytes, inside of its gzip" if self._stored else "is empty"
            return Inflated(Container.CUT, ends, size=self._size)
        return Inflated(
            Container.TRAILING if self._trailing else Container.WHOLE,
            f"{self._trailing:,} bytes follow the end of the gzip" if self._trailing else "",
            self._hash.hexdigest(),
            self._size,
            None if self._body is None else b"".join(self._body),
        )

    def _give_up(self, container: Container, detail: str) -> None:
        self._wrong = (container, detail)
        self._body = None


def inflate_and_hash(pieces: Iterable[bytes], *, keep: bool = False, limit: int | None = None) -> Inflated:
    """All pieces of an object at once; see `Inflation`."""
    inflation = Inflation(keep=keep, limit=limit)
    for piece in pieces:
        inflation.feed(piece)
    return inflation.end()
