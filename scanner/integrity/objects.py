"""Objects in a bucket, as the proof of log files asks for them: many at once, each hashed as it arrives.

One pump lists and gets. What a digest or a page names is asked for by whoever consumes it: the consumer
returns further requests, and they go before those that were waiting. So memory is bounded by what is
under way, however many objects there are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType, TracebackType
from typing import NamedTuple, Protocol, Self

DIGEST_LIMIT = 32 * 2**20
"""Bytes of a digest's document that are read at most: 80,000 log files in one hour."""


class Credentials(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None = None


class Outcome(StrEnum):
    """What came of a request. Only `ok` and `missing` say something about the object itself."""

    OK = "ok"
    MISSING = "missing"
    DENIED = "denied"
    KMS_DENIED = "kms-denied"
    ARCHIVED = "archived"
    THROTTLED = "throttled"
    FAILED = "failed"


class Container(StrEnum):
    """How the bytes of an object that arrived completely are wrapped."""

    WHOLE = "whole"
    """One complete gzip member, and nothing else."""
    TRAILING = "trailing"
    """One complete gzip member, and more bytes after it: the hash is the member's."""
    CUT = "cut"
    """It ends inside of its gzip member."""
    GARBAGE = "garbage"
    """No gzip, or a member that can't be inflated or fails its own checksum."""
    OVERSIZE = "oversize"
    """It inflates to more than the request's limit; the rest wasn't read."""


@dataclass(frozen=True, slots=True)
class Get:
    """Read an object, inflate it and hash what was inside."""

    key: str
    tag: object = None
    """Whatever the consumer wants to be told again."""
    keep: bool = False
    """Whether the answer brings the inflated body and the user metadata: for digests."""
    limit: int | None = None
    """Bytes of inflated body that are read at most. One that is kept has `DIGEST_LIMIT` if no other."""
    bucket: str | None = None
    """If it isn't the bucket that these objects are in."""


@dataclass(frozen=True, slots=True)
class List:
    """List the keys with a prefix, in their order (UTF-8), page by page."""

    prefix: str
    tag: object = None
    start_after: str | None = None
    """Leaves out this key and all before it."""
    until: str | None = None
    """Leaves out this key and all after it, and asks for no page beyond it."""
    delimiter: str | None = None
    """Given, keys that have it after the prefix are told as one of `Page.prefixes`."""
    bucket: str | None = None


Request = Get | List


class Listed(NamedTuple):
    key: str
    size: int
    """Bytes as stored: compressed."""
    etag: str
    """Without its quotes."""
    last_modified: datetime
    storage_class: str


class Got(NamedTuple):
    """The answer to a `Get`."""

    request: Get
    outcome: Outcome
    detail: str = ""
    """Why, where the outcome isn't `ok`; what is wrong with the container, where it isn't whole."""
    container: Container | None = None
    """Given when the outcome is `ok`, and only then."""
    sha256: str | None = None
    """Hex, of the inflated bytes of the first gzip member; None unless that is complete."""
    size: int = 0
    """Inflated bytes."""
    body: bytes | None = None
    """Given when the request keeps it and there is a hash."""
    metadata: Mapping[str, str] = MappingProxyType({})
    """User metadata in lower case without `x-amz-meta-`, where the request keeps it."""
    etag: str | None = None
    """As in `Listed`; like `last_modified` given where the request keeps."""
    last_modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The next answer to a `List`."""

    request: List
    outcome: Outcome
    detail: str = ""
    objects: tuple[Listed, ...] = ()
    prefixes: tuple[str, ...] = ()
    """Prefixes that end with the request's delimiter."""
    last: bool = True
    """Whether no page follows. One that isn't `ok` is the last: what is after it wasn't seen."""


Answer = Got | Page
Consume = Callable[[Answer], Iterable[Request] | None]
"""Told each answer, in the thread that pumps; may return further requests, lazily too."""


class Objects(Protocol):
    """A bucket, or a copy of one. Not for two threads at once."""

    bucket: str

    def pump(self, requests: Iterable[Request], consume: Consume) -> None:
        """Answer all requests, many at a time, in no particular order but pages, which come in theirs.

        Requests are taken lazily. A fault becomes the answer's outcome; only what `consume` raises, and
        UserError where nothing at all could be signed, comes out of here.
        """

    def close(self) -> None:
        """Let go of what is open."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def pump_one_by_one(
    requests: Iterable[Request], consume: Consume, answers: Callable[[Request], Iterable[Answer]]
) -> None:
    """A pump for objects that are at hand: `answers` are those to one request."""
    waiting = [iter(requests)]
    while waiting:
        request = next(waiting[-1], None)
        if request is None:
            waiting.pop()
            continue
        for answer in answers(request):
            further = consume(answer)
            if further is not None:
                waiting.append(iter(further))


def refused(request: Request, outcome: Outcome, detail: str) -> Answer:
    """The answer that brings nothing."""
    return Got(request, outcome, detail) if isinstance(request, Get) else Page(request, outcome, detail)


def list_all(objects: Objects, request: List) -> tuple[Outcome, str, list[Listed], list[str]]:
    """All pages of a listing together: outcome, detail, objects, prefixes. For short ones."""
    outcome, detail = Outcome.OK, ""
    found: list[Listed] = []
    prefixes: list[str] = []

    def consume(answer: Answer) -> None:
        nonlocal outcome, detail
        assert isinstance(answer, Page)
        outcome, detail = answer.outcome, answer.detail
        found.extend(answer.objects)
        prefixes.extend(answer.prefixes)

    objects.pump([request], consume)
    return outcome, detail, found, prefixes
