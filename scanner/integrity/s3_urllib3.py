"""HTTP by urllib3 in threads: what botocore brings anyway, where pycurl isn't installed."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from scanner.integrity.schedule import Job
from scanner.integrity.transport import CONNECT_TIMEOUT, READ_TIMEOUT, Body, Reply

MOST_THREADS = 32
"""More of them wait for the interpreter, not for S3."""
PIECE = 64 * 1024


class ThreadsTransport:
    def __init__(self, ca_bundle: str | None, concurrency: int) -> None:
        threads = min(concurrency, MOST_THREADS)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="trailaudit-s3")
        self._done: SimpleQueue[tuple[int, Job, Reply | BaseException]] = SimpleQueue()
        self._round = 0
        self._threads = threads
        self._ca_bundle = ca_bundle
        self._managers: dict[tuple[str, str | None], urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def start(self, job: Job, url: str, headers: list[str]) -> None:
        self._executor.submit(self._fetch, self._round, job, url, headers)

    def wait(self, seconds: float | None) -> Iterator[tuple[Job, Reply]]:
        with contextlib.suppress(Empty):
            number, job, reply = self._done.get(timeout=seconds)
            while True:
                if number == self._round:
                    if isinstance(reply, BaseException):
                        raise reply
                    yield job, reply
                number, job, reply = self._done.get_nowait()

    def drop(self) -> None:
        self._round += 1

    def close(self) -> None:
        self._round += 1
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, number: int, job: Job, url: str, headers: list[str]) -> None:
        if number != self._round:
            return
        try:
            reply: Reply | BaseException = self._reply(job, url, headers)
        except BaseException as error:  # noqa: BLE001 # nobody looks at the future
            reply = error
        self._done.put((number, job, reply))

    def _reply(self, job: Job, url: str, headers: list[str]) -> Reply:
        try:
            with self._manager(url).request(
                "GET",
                url,
                headers=dict(line.split(": ", 1) for line in headers),
                preload_content=False,
                decode_content=False,
                redirect=False,
                retries=False,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
            ) as answer:
                body = Body(job, answer.status)
                for piece in answer.stream(PIECE, decode_content=False):
                    body.feed(piece)
                found = {name.lower(): value for name, value in answer.headers.items()}
                return body.reply(answer.status, found)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Reply(fault=str(error))

    def _manager(self, url: str) -> urllib3.PoolManager:
        """By the environment's `https_proxy`, `no_proxy` and so on, as any AWS program."""
        parts = urlsplit(url)
        proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
        with self._lock:
            if (parts.scheme, proxy) not in self._managers:
                self._managers[parts.scheme, proxy] = self._connect(parts.scheme, proxy)
            return self._managers[parts.scheme, proxy]

    def _connect(self, scheme: str, proxy: str | None) -> urllib3.PoolManager:
        # Reading the certificates takes a tenth of a second.
        context = ssl.create_default_context(cafile=self._ca_bundle) if scheme == "https" else None
        if proxy is None:
            return urllib3.PoolManager(maxsize=self._threads, ssl_context=context)
        return urllib3.ProxyManager(proxy, maxsize=self._threads, ssl_context=context)
