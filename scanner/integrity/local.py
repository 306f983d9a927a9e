"""A copy of a bucket in a directory: `DIR/AWSLogs/…` as `aws s3 sync` leaves it.

A copy has no user metadata, so no signatures; and its times of change are the copy's.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from scanner.integrity.hashing import inflate_and_hash
from scanner.integrity.objects import (
    DIGEST_LIMIT,
    Answer,
    Consume,
    Get,
    Got,
    List,
    Listed,
    Objects,
    Outcome,
    Page,
    Request,
    pump_one_by_one,
    refused,
)

PIECE = 64 * 1024
PAGE = 1000


class LocalObjects(Objects):
    """See `Objects`. One file after the other: a disk doesn't make wait as a network does."""

    def __init__(self, directory: Path, bucket: str) -> None:
        """`bucket`: what the digests name as theirs."""
        self.bucket = bucket
        self._root = directory.resolve()

    def pump(self, requests: Iterable[Request], consume: Consume) -> None:
        pump_one_by_one(requests, consume, self._answers)

    def _answers(self, request: Request) -> Iterable[Answer]:
        if request.bucket not in (None, self.bucket):
            detail = f"the copy is of {self.bucket}, not of {request.bucket}"
            return [refused(request, Outcome.FAILED, detail)]
        return [self._get(request)] if isinstance(request, Get) else self._list(request)

    def _get(self, request: Get) -> Got:
        path = self._root / request.key
        if os.pardir in Path(request.key).parts or not path.is_relative_to(self._root):
            return Got(request, Outcome.FAILED, "the key leads out of the copy")
        try:
            with path.open("rb") as file:
                limit = DIGEST_LIMIT if request.keep and request.limit is None else request.limit
                found = inflate_and_hash(_pieces(file), keep=request.keep, limit=limit)
                stat = os.fstat(file.fileno()) if request.keep else None
        except OSError as error:
            return Got(request, _outcome(error), str(error))
        except ValueError as error:  # no file can be called so
            return Got(request, Outcome.MISSING, str(error))
        return Got(
            request,
            Outcome.OK,
            found.detail,
            found.container,
            found.sha256,
            found.size,
            found.body,
            etag=_etag(stat) if stat else None,
            last_modified=_modified(stat) if stat else None,
        )

    def _list(self, request: List) -> Iterator[Page]:
        """A directory that can't be read ends the listing."""
        found = self._walk(request, "")
        page: list[Listed | str] = []
        try:
            while len(page := list(islice(found, PAGE))) == PAGE:
                yield _page(request, page, last=False)
        except OSError as error:
            yield Page(request, _outcome(error), str(error))
            return
        yield _page(request, page, last=True)

    def _walk(self, request: List, folder: str) -> Iterator[Listed | str]:
        """Objects, and folders that end at the delimiter, in the order of their keys."""
        with os.scandir(self._root / folder) as entries:
            named = sorted((folder + entry.name + "/" * entry.is_dir(), entry) for entry in entries)
        for key, entry in sorted(named, key=lambda pair: os.fsencode(pair[0])):
            if request.until is not None and key >= request.until:
                return
            if not key.startswith(request.prefix) and not request.prefix.startswith(key):
                continue
            if request.delimiter and request.delimiter in key[len(request.prefix) :]:
                yield request.prefix + key[len(request.prefix) :].partition(request.delimiter)[0] + "/"
            elif key.endswith("/"):
                if not _before(key, request.start_after):
                    yield from self._walk(request, key)
            elif key.startswith(request.prefix) and (
                request.start_after is None or key > request.start_after
            ):
                stat = entry.stat()
                yield Listed(key, stat.st_size, _etag(stat), _modified(stat), "STANDARD")


def _before(folder: str, start_after: str | None) -> bool:
    """Whether all keys in the folder come before what is listed."""
    return start_after is not None and folder < start_after and not start_after.startswith(folder)


def _page(request: List, found: list[Listed | str], *, last: bool) -> Page:
    return Page(
        request,
        Outcome.OK,
        objects=tuple(entry for entry in found if not isinstance(entry, str)),
        prefixes=tuple(entry for entry in found if isinstance(entry, str)),
        last=last,
    )


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _outcome(error: OSError) -> Outcome:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return Outcome.MISSING
        case PermissionError():
            return Outcome.DENIED
        case _:
            return Outcome.FAILED


def _etag(stat: os.stat_result) -> str:
    return f"{stat.st_size:x}-{stat.st_mtime_ns:x}"


def _modified(stat: os.stat_result) -> datetime:
    return datetime.fromtimestamp(stat.st_mtime, UTC)
