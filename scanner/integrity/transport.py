"""Between the S3 client and whatever speaks HTTP: a job goes out, a reply comes back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from scanner.integrity.hashing import Inflated, Inflation
from scanner.integrity.objects import DIGEST_LIMIT, Get
from scanner.integrity.schedule import Job

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 20
"""Seconds in which nothing arrives."""
TEXT_LIMIT = 16 * 2**20
"""Bytes of a listing or an error that are read at most: a page of 1,000 longest keys has 3 MB encoded."""
OK = 200


@dataclass(slots=True)
class Reply:
    """What came back. With a `fault` the rest says nothing."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case; of several with one name the last."""
    text: bytes = b""
    """The body of a listing or an error."""
    inflated: Inflated | None = None
    """The body of an object."""
    fault: str = ""
    """Why there is no complete answer."""


class Body:
    """Takes the body of a reply: an object is inflated and hashed, a listing or an error collected."""

    __slots__ = ("_inflation", "_size", "_text")

    def __init__(self, job: Job, status: int) -> None:
        request = job.request
        self._text: list[bytes] = []
        self._size = 0
        self._inflation: Inflation | None = None
        if isinstance(request, Get) and status == OK:
            limit = DIGEST_LIMIT if request.keep and request.limit is None else request.limit
            self._inflation = Inflation(keep=request.keep, limit=limit)

    def feed(self, piece: bytes) -> None:
        if self._inflation is not None:
            self._inflation.feed(piece)
        elif self._size <= TEXT_LIMIT:
            self._size += len(piece)
            self._text.append(piece)

    def reply(self, status: int, headers: dict[str, str]) -> Reply:
        inflated = None if self._inflation is None else self._inflation.end()
        return Reply(status, headers, b"".join(self._text), inflated)


class Transport(Protocol):
    """Sends jobs, many at a time. Keeps connections open between them."""

    def start(self, job: Job, url: str, headers: list[str]) -> None: ...

    def wait(self, seconds: float | None) -> Iterable[tuple[Job, Reply]]:
        """The jobs that are done, after so many seconds at most; without a limit, at least one."""

    def drop(self) -> None:
        """Forget the jobs that are under way."""

    def close(self) -> None: ...
