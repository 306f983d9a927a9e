"""HTTP by libcurl: many connections in one thread, for a tenth of what the SDK costs a request."""

import ssl
import time

import pycurl

from scanner.integrity.schedule import Job
from scanner.integrity.transport import CONNECT_TIMEOUT, READ_TIMEOUT, Body, Reply

BUFFER = 32 * 1024
_HEAD_END = b"\r\n"
LONGEST_WAIT = 1.0
SHORTEST_WAIT = 0.01
"""Seconds: how long to sleep at most, and where there is no socket to wait for."""


class _Exchange:
    """An easy handle, used for one job after the other."""

    __slots__ = ("body", "curl", "error", "head", "job", "lines", "status")

    def __init__(self, ca_bundle: str | None) -> None:
        self.job: Job | None = None
        self.body: Body | None = None
        self.error: BaseException | None = None
        self.lines: list[bytes] = []
        self.head: list[bytes] = []
        self.status = 0
        self.curl = curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.PATH_AS_IS, 1)
        curl.setopt(pycurl.USERAGENT, "trailaudit")
        curl.setopt(pycurl.BUFFERSIZE, BUFFER)
        curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT)
        curl.setopt(pycurl.LOW_SPEED_LIMIT, 1)
        curl.setopt(pycurl.LOW_SPEED_TIME, READ_TIMEOUT)
        if ca_bundle is not None:
            curl.setopt(pycurl.CAINFO, ca_bundle)
        curl.setopt(pycurl.HEADERFUNCTION, self.lines.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._write)

    def begin(self, job: Job, url: str, headers: list[str]) -> None:
        self.job, self.body, self.error = job, None, None
        self.lines.clear()
        self.curl.setopt(pycurl.URL, url)
        self.curl.setopt(pycurl.HTTPHEADER, headers)

    def _write(self, piece: bytes) -> int:
        """Says how much it took. What is raised in a callback libcurl would print and forget."""
        try:
            if self.body is None:
                self.body = self._new_body()
            self.body.feed(piece)
        except BaseException as error:  # noqa: BLE001 # Ctrl-C, too
            self.error = error
            return -1
        return len(piece)

    def reply(self) -> Reply:
        body = self._new_body() if self.body is None else self.body
        pairs = (line.decode("latin-1").partition(":") for line in self.head[1:])
        headers = {name.lower(): value.strip() for name, colon, value in pairs if colon}
        return body.reply(self.status, headers)

    def _new_body(self) -> Body:
        """Once the head is there: libcurl tells the status only outside of its callbacks."""
        assert self.job is not None
        self.head = self._last_head()
        self.status = int(self.head[0].split(None, 2)[1])
        return Body(self.job, self.status)

    def _last_head(self) -> list[bytes]:
        """Proxies' answers and informational ones go before it."""
        if self.lines.count(_HEAD_END) <= 1:
            return self.lines
        ends = [at for at, line in enumerate(self.lines) if line == _HEAD_END]
        return self.lines[ends[-2] + 1 :]

    def end(self) -> Job:
        job, self.job, self.body = self.job, None, None
        assert job is not None
        return job


class CurlTransport:
    def __init__(self, ca_bundle: str | None, concurrency: int) -> None:
        # libcurl brings no certificates of its own, and may look for them where its builder had some.
        self._ca_bundle = ca_bundle or ssl.get_default_verify_paths().cafile
        self._idle: list[_Exchange] = []
        self._busy: dict[pycurl.Curl, _Exchange] = {}
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, concurrency)

    def start(self, job: Job, url: str, headers: list[str]) -> None:
        exchange = self._idle.pop() if self._idle else _Exchange(self._ca_bundle)
        exchange.begin(job, url, headers)
        self._busy[exchange.curl] = exchange
        self._multi.add_handle(exchange.curl)

    def wait(self, seconds: float | None) -> list[tuple[Job, Reply]]:
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            self._multi.perform()
            done = self._collect()
            left = None if end is None else end - time.monotonic()
            if done or (left is not None and left <= 0):
                return done
            self._sleep(LONGEST_WAIT if left is None else min(left, LONGEST_WAIT))

    def _sleep(self, seconds: float) -> None:
        """Until something arrives or libcurl has something to do, at most so long."""
        due = self._multi.timeout()
        if due >= 0:
            seconds = min(seconds, due / 1000)
        if self._multi.select(seconds) < 0:
            time.sleep(min(seconds, SHORTEST_WAIT) if self._busy else seconds)

    def _collect(self) -> list[tuple[Job, Reply]]:
        done: list[tuple[Job, Reply]] = []
        more = 1
        while more:
            more, complete, failed = self._multi.info_read()
            for curl in complete:
                exchange = self._release(curl)
                reply = exchange.reply()
                done.append((exchange.end(), reply))
            for curl, _, message in failed:
                exchange = self._release(curl)
                if exchange.error is not None:
                    raise exchange.error
                done.append((exchange.end(), Reply(fault=message)))
        return done

    def _release(self, curl: pycurl.Curl) -> _Exchange:
        self._multi.remove_handle(curl)
        exchange = self._busy.pop(curl)
        self._idle.append(exchange)
        return exchange

    def drop(self) -> None:
        for curl in list(self._busy):
            self._release(curl).end()

    def close(self) -> None:
        self.drop()
        for exchange in self._idle:
            exchange.curl.close()
        self._idle.clear()
        self._multi.close()
