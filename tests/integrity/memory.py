"""Objects in a dictionary, in place of a bucket: one answer after the other, and any outcome on demand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.demo.deliveries import Stored
from scanner.integrity.hashing import inflate_and_hash
from scanner.integrity.objects import (
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
)
from tests.integrity.s3_server import etag


@dataclass
class MemoryObjects(Objects):
    tree: Mapping[str, Stored]
    bucket: str = "logs"
    faults: Mapping[str, Outcome] = field(default_factory=dict)
    """By key; of listings by prefix."""
    page: int = 1000
    asked: list[str] = field(default_factory=list)
    """Keys and prefixes in the order of the requests."""

    def pump(self, requests: Iterable[Request], consume: Consume) -> None:
        pump_one_by_one(requests, consume, self._answers)

    def _answers(self, request: Request) -> Iterable[Answer]:
        return [self._got(request)] if isinstance(request, Get) else self._pages(request)

    def _got(self, request: Get) -> Answer:
        self.asked.append(request.key)
        outcome = self.faults.get(request.key, Outcome.OK)
        if outcome is not Outcome.OK:
            return Got(request, outcome, outcome.value)
        if request.bucket not in (None, self.bucket) or request.key not in self.tree:
            return Got(request, Outcome.MISSING, "404 NoSuchKey")
        stored = self.tree[request.key]
        found = inflate_and_hash([stored.body], keep=request.keep, limit=request.limit)
        told = dict(stored.metadata) if request.keep else {}
        return Got(
            request,
            Outcome.OK,
            found.detail,
            found.container,
            found.sha256,
            found.size,
            found.body,
            told,
            etag(stored.body) if request.keep else None,
            stored.modified if request.keep else None,
        )

    def _pages(self, request: List) -> Iterator[Page]:
        self.asked.append(request.prefix)
        outcome = self.faults.get(request.prefix, Outcome.OK)
        if outcome is not Outcome.OK:
            yield Page(request, outcome, outcome.value)
            return
        keys = [key for key in sorted(self.tree, key=str.encode) if self._within(key, request)]
        prefixes: dict[str, None] = {}
        objects: list[Listed] = []
        for key in keys:
            rest = key[len(request.prefix) :]
            if request.delimiter and request.delimiter in rest:
                folder = request.prefix + rest.partition(request.delimiter)[0] + request.delimiter
                if request.until is None or folder < request.until:
                    prefixes[folder] = None
            elif request.until is None or key < request.until:
                body = self.tree[key].body
                objects.append(Listed(key, len(body), etag(body), self.tree[key].modified, "STANDARD"))
        cuts = range(0, max(len(objects), 1), self.page)
        for at in cuts:
            yield Page(
                request,
                Outcome.OK,
                objects=tuple(objects[at : at + self.page]),
                prefixes=tuple(prefixes) if at == cuts[-1] else (),
                last=at == cuts[-1],
            )

    @staticmethod
    def _within(key: str, request: List) -> bool:
        return key.startswith(request.prefix) and (request.start_after is None or key > request.start_after)
