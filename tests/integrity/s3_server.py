"""A bucket behind HTTP that can be late, refuse, cut its answers and hang up: what a client must bear.

One asyncio loop, by hand, so that a benchmark measures the client and not the server.
"""

import asyncio
import threading
import zlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ssl import SSLContext
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit
from xml.sax.saxutils import escape

from scanner.demo.deliveries import Stored

MODIFIED = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


def stored(body: bytes, metadata: Mapping[str, str] | None = None) -> Stored:
    return Stored(body, metadata or {}, MODIFIED)


@dataclass(frozen=True)
class Refuse:
    status: int
    code: str
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """The connection ends after so many bytes of the answer, its head included."""

    after: int = 0
    says_length: bool = True


@dataclass(frozen=True)
class Hang:
    """Nothing is ever answered."""


Fault = Refuse | Cut | Hang


@dataclass
class S3Server:
    """One bucket. Faults are by key, and by prefix for listings."""

    objects: Mapping[str, Stored]
    bucket: str = "logs"
    region: str = "eu-west-1"
    latency: float = 0
    """Seconds before an answer."""
    page: int = 1000
    faults: dict[str, list[Fault | None]] = field(default_factory=dict)
    """The first requests for a key meet these, one after the other."""
    always: dict[str, Fault] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was last sent with a request for a key."""
    at_once: int = 0
    most_at_once: int = 0
    slow_down_beyond: int | None = None
    """More requests at once than this are throttled."""
    connections: list[asyncio.Transport] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keys = sorted(self.objects, key=str.encode)
        self._encoded = [key.encode() for key in self._keys]

    def answer(self, target: str, headers: dict[str, str], _body: bytes) -> bytes | Cut | Hang:
        """The whole answer to a request, head included; S3 reads no body, others who stand here may."""
        url = urlsplit(target)
        path, query = unquote(url.path), parse_qs(url.query, keep_blank_values=True)
        bucket, _, key = path[1:].partition("/")
        name = query["prefix"][0] if "prefix" in query else key
        self.asked[name] += 1
        self.headers[name] = headers
        fault = self._fault(name)
        if isinstance(fault, Cut) and fault.after:
            answer = self._bucket(bucket, key, query, headers)
            if not fault.says_length:
                answer = answer.replace(b"content-length", b"x-length")
            return answer[: answer.index(b"\r\n\r\n") + 4 + fault.after]
        if isinstance(fault, Refuse):
            return _refuse(fault)
        return fault or self._bucket(bucket, key, query, headers)

    def _fault(self, name: str) -> Fault | None:
        coming = self.faults.get(name)
        if coming:
            return coming.pop(0)
        if self.slow_down_beyond is not None and self.at_once > self.slow_down_beyond:
            return Refuse(503, "SlowDown", "Please reduce your request rate.")
        return self.always.get(name)

    def _bucket(self, bucket: str, key: str, query: dict[str, list[str]], headers: dict[str, str]) -> bytes:
        signed_for = headers["authorization"].partition("Credential=")[2].split("/")[2]
        if signed_for != self.region:
            where = {"x-amz-bucket-region": self.region}
            return _refuse(Refuse(400, "AuthorizationHeaderMalformed", "the region is wrong", where))
        if bucket != self.bucket:
            return _refuse(Refuse(404, "NoSuchBucket", "The specified bucket does not exist"))
        if "prefix" in query:
            return whole(200, self._list({name: values[0] for name, values in query.items()}).encode())
        found = self.objects.get(key)
        if found is None:
            return _refuse(Refuse(404, "NoSuchKey", "The specified key does not exist."))
        told = {f"x-amz-meta-{name}": value for name, value in found.metadata.items()}
        told["last-modified"] = f"{found.modified:%a, %d %b %Y %H:%M:%S} GMT"
        return whole(200, found.body, told | {"etag": f'"{etag(found.body)}"', "content-encoding": "gzip"})

    def _list(self, query: dict[str, str]) -> str:
        prefix, delimiter = query["prefix"], query.get("delimiter")
        # The marker is what the older listing has for both.
        after = query.get("continuation-token", query.get("start-after", query.get("marker")))
        at = bisect_left(self._encoded, prefix.encode())
        if after is not None:
            at = max(at, bisect_right(self._encoded, after.encode()))
        objects: list[str] = []
        prefixes: list[str] = []
        more = ""
        last = after or ""
        while at < len(self._keys) and self._keys[at].startswith(prefix):
            key = self._keys[at]
            at += 1
            folder = self._folder(key, prefix, delimiter)
            if folder is not None and (folder in prefixes or last.startswith(folder)):
                continue
            if len(objects) + len(prefixes) == self.page:
                more = f"<NextContinuationToken>{escape(last)}</NextContinuationToken>"
                break
            last = key
            if folder is None:
                objects.append(self._contents(key))
            else:
                prefixes.append(folder)
        folders = "".join(
            f"<CommonPrefixes><Prefix>{escape(quote_plus(folder, safe='/'))}</Prefix></CommonPrefixes>"
            for folder in prefixes
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><KeyCount>{len(objects) + len(prefixes)}'
            f"</KeyCount><IsTruncated>{'true' if more else 'false'}</IsTruncated>{more}{''.join(objects)}{folders}"
            "</ListBucketResult>"
        )

    @staticmethod
    def _folder(key: str, prefix: str, delimiter: str | None) -> str | None:
        if delimiter is None or delimiter not in key[len(prefix) :]:
            return None
        return prefix + key[len(prefix) :].partition(delimiter)[0] + delimiter

    def _contents(self, key: str) -> str:
        found = self.objects[key]
        return (
            f"<Contents><Key>{escape(quote_plus(key, safe='/'))}</Key>"
            f"<LastModified>{found.modified:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
            f"<ETag>&quot;{etag(found.body)}&quot;</ETag><Size>{len(found.body)}</Size>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
        )


def etag(body: bytes) -> str:
    return f"{zlib.crc32(body):08x}{len(body):024x}"


def _refuse(fault: Refuse) -> bytes:
    told = f"<Error><Code>{fault.code}</Code><Message>{escape(fault.message)}</Message></Error>"
    return whole(fault.status, told.encode(), dict(fault.headers))


def whole(status: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    lines = {"content-length": str(len(body)), "x-amz-request-id": "r", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} -\r\n{head}\r\n".encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, server: S3Server) -> None:
        self._server = server
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.append(transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            pairs = (line.split(": ", 1) for line in lines)
            headers = {name.lower(): value for name, value in pairs}
            after = end + 4 + int(headers.get("content-length", 0))
            if len(self._buffer) < after:
                return
            body, self._buffer = self._buffer[end + 4 : after], self._buffer[after:]
            server = self._server
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
            answer = server.answer(first.split(" ", 2)[1], headers, body)
            if server.latency:
                asyncio.get_running_loop().call_later(server.latency, self._send, answer)
            else:
                self._send(answer)

    def _send(self, answer: bytes | Cut | Hang) -> None:
        self._server.at_once -= 1
        if isinstance(answer, Hang):
            return
        if isinstance(answer, Cut):
            self._transport.abort()
            return
        self._transport.write(answer)
        length = answer.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not length or len(answer) < answer.index(b"\r\n\r\n") + 4 + int(length):
            self._transport.close()


async def listen(server: S3Server, tls: SSLContext | None = None) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _Connection(server), "127.0.0.1", 0, backlog=1024, ssl=tls)


def url_of(listening: asyncio.Server) -> str:
    return f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


@contextmanager
def serving(server: S3Server, tls: SSLContext | None = None) -> Iterator[str]:
    """The server in a thread of its own; yields its URL."""
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(listen(server, tls))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        url = url_of(listening)
        yield url.replace("http:", "https:") if tls else url
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()
        for connection in server.connections:
            connection.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
