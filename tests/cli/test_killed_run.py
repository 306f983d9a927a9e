"""A scan that is killed, and interrupted, over real connections: it goes on and asks nothing twice."""

import hashlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanner.demo import story
from scanner.demo.access_keys import account_of
from scanner.demo.run import embedded_aws, surroundings
from scanner.model.result import Result
from tests.network import no_proxy

__all__ = ["no_proxy"]

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-c", "from scanner.cli import main; main()"]
CHECKS = ("--check", "trail-logging", "--check", "bucket-versioning")
REGIONS = ("--region", "eu-west-1", "--region", "us-east-1", "--region", "ap-south-1")
SCAN = ("scan", "--organization", "--role-name", story.ROLE, *CHECKS, *REGIONS)
LIMIT = 60
"""Seconds within which a scan of the demo ends."""
SESSIONS = "of a session"
SETTLED = 1.0
"""Seconds in which what was answered is written down."""


@dataclass
class Gate:
    """Stands before the demo's AWS, counts what passes, and lets through as many calls as it is told."""

    port: int
    room: int = 1_000_000
    asked: Counter[str] = field(default_factory=Counter)
    """How often what was asked."""
    under_way: int = 0
    shut: threading.Event = field(default_factory=threading.Event)
    """Set when a call was held back."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def passes(self, question: str) -> bool:
        with self.lock:
            self.room -= 1
            if self.room < 0:
                self.shut.set()
                return False
            self.asked[question] += 1
            self.under_way += 1
            return True

    def answered(self) -> None:
        with self.lock:
            self.under_way -= 1

    def wait_until_all_is_still(self) -> None:
        """Until a call was held back, and all that passed before are answered and written down."""
        assert self.shut.wait(LIMIT)
        until = time.monotonic() + LIMIT
        while self.under_way and time.monotonic() < until:
            time.sleep(SETTLED / 10)
        time.sleep(SETTLED)


@contextmanager
def gate(url: str) -> Iterator[tuple[Gate, str]]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not guard.passes(_question(self.command, self.path, dict(self.headers), body)):
                time.sleep(LIMIT)  # until the scan is killed
                return
            upstream = http.client.HTTPConnection("127.0.0.1", guard.port, timeout=LIMIT)
            upstream.request(self.command, self.path, body, dict(self.headers))
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            guard.answered()

        do_GET = do_POST = do_PUT = do_HEAD = _forward  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """The client was killed."""

    guard = Gate(urlsplit(url).port or 0)
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield guard, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _question(method: str, path: str, headers: dict[str, str], body: bytes) -> str:
    """Who asks what: sessions of the same account have other keys each time."""
    told = re.search(r"Credential=(\w+)/\d+/([\w-]+)/(\w+)/", headers["Authorization"])
    assert told is not None
    key, region, service = told.groups()
    if service == "sts":
        return SESSIONS
    target = headers.get("X-Amz-Target", "")
    return f"{account_of(key)} {region} {service} {method} {path} {target} {hashlib.sha256(body).hexdigest()}"


@contextmanager
def scan(url: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    variables = {"PATH": os.environ["PATH"], **surroundings(url)}
    # Where a script started pytest with `&`, Ctrl-C would be ignored in there too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*PROGRAM, *SCAN, *args], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        signal.signal(signal.SIGINT, before)
        yield process


def test_a_scan_that_is_killed_and_interrupted_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    kept = ("--run-dir", str(tmp_path / "run"))
    once, resumed = (tmp_path / name for name in ("once.json", "resumed.json"))
    with embedded_aws() as aws, gate(aws) as (guard, url):
        with scan(url, "--output", f"json={once}") as process:
            process.communicate(timeout=LIMIT)
        alone = dict(guard.asked)
        guard.asked.clear()
        for ending, resume in ((signal.SIGKILL, ()), (signal.SIGINT, ("--resume",))):
            guard.room = len(alone) // 3
            guard.shut.clear()
            with scan(url, *kept, *resume) as process:
                guard.wait_until_all_is_still()
                with scan(url, *kept, "--resume") as second:
                    _, in_use = second.communicate(timeout=LIMIT)
                process.send_signal(ending)
                _, last = process.communicate(timeout=LIMIT)
            assert "is in use by another run" in in_use
        assert process.returncode == 130, last
        assert f"what was read is kept in {tmp_path / 'run'}: go on with --resume" in last
        guard.room = 1_000_000
        with scan(url, *kept, "--resume", "--output", f"json={resumed}") as process:
            _, told = process.communicate(timeout=LIMIT)
        with scan(url, *kept) as process:
            _, refused = process.communicate(timeout=LIMIT)
    assert "going on with the run of" in told
    assert "holds an earlier run" in refused
    results = [Result.model_validate_json(path.read_bytes()) for path in (once, resumed)]
    assert results[0].findings == results[1].findings
    assert results[0].scope == results[1].scope
    assert results[0].coverage == results[1].coverage
    del alone[SESSIONS], guard.asked[SESSIONS]
    assert len(alone) > 50
    assert guard.asked == alone
