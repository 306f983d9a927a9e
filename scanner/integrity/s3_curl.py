"""HTTP by libcurl: many connections in one thread, for a tenth of what the SDK costs a request.

libcurl says which sockets and how long to wait for (its `multi_socket` interface), so that a wake-up
costs as much as what happened, not as many connections as there are.
"""

import selectors
import ssl
import time

import pycurl

from scanner.integrity.schedule import Job
from scanner.integrity.transport import CONNECT_TIMEOUT, READ_TIMEOUT, Body, Reply

BUFFER = 64 * 1024
_EVENTS = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_SELECTED = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}


class _Exchange:
    """An easy handle, used for one job after the other."""

    __slots__ = ("body", "curl", "job", "lines")

    def __init__(self, ca_bundle: str | None) -> None:
        self.job: Job | None = None
        self.body: Body | None = None
        self.lines: list[bytes] = []
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
        self.job, self.body = job, None
        self.lines.clear()
        self.curl.setopt(pycurl.URL, url)
        self.curl.setopt(pycurl.HTTPHEADER, headers)

    def _write(self, piece: bytes) -> None:
        if self.body is None:
            self.body = self._new_body()
        self.body.feed(piece)

    def reply(self) -> Reply:
        body = self._new_body() if self.body is None else self.body
        return body.reply(self._status(), _headers(self.lines))

    def _new_body(self) -> Body:
        assert self.job is not None
        return Body(self.job, self._status())

    def _status(self) -> int:
        """From the head: libcurl tells it only outside of its callbacks."""
        first = next(line for line in reversed(self.lines) if line.startswith(b"HTTP/"))
        return int(first.split(None, 2)[1])

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
        self._selector = selectors.DefaultSelector()
        self._due: float | None = None
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, concurrency)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)

    def start(self, job: Job, url: str, headers: list[str]) -> None:
        exchange = self._idle.pop() if self._idle else _Exchange(self._ca_bundle)
        exchange.begin(job, url, headers)
        self._busy[exchange.curl] = exchange
        self._multi.add_handle(exchange.curl)

    def wait(self, seconds: float | None) -> list[tuple[Job, Reply]]:
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            self._turn(end)
            done = self._collect()
            if done or (end is not None and time.monotonic() >= end):
                return done

    def _turn(self, end: float | None) -> None:
        """Wait once, for a socket, libcurl's own timer or the end, and let libcurl act."""
        due = min((moment for moment in (end, self._due) if moment is not None), default=None)
        wait = None if due is None else max(due - time.monotonic(), 0)
        for key, events in self._selector.select(wait):
            self._multi.socket_action(key.fd, _SELECTED[events])
        if self._due is not None and self._due <= time.monotonic():
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)

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
                done.append((self._release(curl).end(), Reply(fault=message)))
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
        self._selector.close()

    def _on_socket(self, what: int, fd: int, *_: object) -> None:
        known = fd in self._selector.get_map()
        if what == pycurl.POLL_REMOVE:
            if known:
                self._selector.unregister(fd)
        elif known:
            self._selector.modify(fd, _EVENTS[what])
        else:
            self._selector.register(fd, _EVENTS[what])

    def _on_timer(self, milliseconds: int) -> None:
        self._due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _headers(lines: list[bytes]) -> dict[str, str]:
    """Of the last answer, where several came: informational ones go before."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            found[name.lower()] = value.strip()
        elif name.startswith("HTTP/"):
            found.clear()
    return found
