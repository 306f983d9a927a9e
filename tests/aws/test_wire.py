"""libcurl in place of the SDK's HTTP client: the same answers, the same errors."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from scanner.aws import wire
from scanner.aws.wire import Wire
from tests.network import certificate, no_proxy, tls

__all__ = ["certificate", "no_proxy", "tls"]

pytest.importorskip("pycurl", reason="the extra `fast` is not installed")
T = TypeVar("T")


@dataclass
class Server:
    url: str
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Id: 7\r\n\r\nok"
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    hold: threading.Event = field(default_factory=threading.Event)
    """Set: it answers at once."""
    http: Any = None

    def secure(self, tls: ssl.SSLContext) -> None:
        self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            served.seen.append((self.command, self.path, dict(self.headers), body))
            served.connections.add(self.client_address)
            served.hold.wait(10)
            self.wfile.write(served.answer)
            self.close_connection = not served.answer.endswith(b"ok")

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: Any) -> None:
            pass

    class Http(ThreadingHTTPServer):
        daemon_threads = True

    http = Http(("127.0.0.1", 0), Handler)
    served = Server(f"http://127.0.0.1:{http.server_address[1]}")
    served.hold.set()
    served.http = http
    thread = threading.Thread(target=lambda: http.serve_forever(poll_interval=0.01))
    thread.start()
    yield served
    served.hold.set()
    http.shutdown()
    http.server_close()
    thread.join()


def prepared(url: str, method: str = "GET", **members: Any) -> AWSPreparedRequest:
    return AWSRequest(method=method, url=url, **members).prepare()


def in_thread(work: Callable[[], T]) -> T:
    """As the scan does: in the main thread the SDK's own client sends."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def opened(**changes: Any) -> Wire:
    return Wire(**{"ca_bundle": None, "connect_timeout": 2, "read_timeout": 1, **changes})


def sent(url: str, method: str = "GET", line: Wire | None = None, **members: Any) -> AWSResponse:
    answer = in_thread(lambda: (line or opened()).send(prepared(url, method, **members)))
    assert answer is not None
    return answer


def test_an_answer_has_its_status_headers_and_content(server: Server) -> None:
    answer = sent(f"{server.url}/a%2Fb/../c?x=1", headers={"X-Amz-Date": "now"})
    assert (answer.status_code, answer.headers["x-id"], answer.content) == (200, "7", b"ok")
    ((method, path, headers, _),) = server.seen
    assert (method, path, headers["X-Amz-Date"]) == ("GET", "/a%2Fb/../c?x=1", "now")


@pytest.mark.parametrize("data", [b'{"a": 1}', '{"a": 1}', b""])
def test_the_content_goes_out_whole_with_its_type(server: Server, data: bytes | str) -> None:
    sent(server.url, "POST", data=data, headers={"Content-Type": "application/x-amz-json-1.1"})
    ((_, _, headers, body),) = server.seen
    assert body == (data.encode() if isinstance(data, str) else data)
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert "Expect" not in headers


def test_an_error_of_aws_is_an_answer(server: Server) -> None:
    server.answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
    answer = sent(server.url)
    assert (answer.status_code, answer.content) == (403, b"no")


def test_informational_heads_are_not_the_answer_s(server: Server) -> None:
    server.answer = b"HTTP/1.1 103 Early Hints\r\nX-Id: 1\r\n\r\n" + server.answer
    answer = sent(server.url)
    assert (answer.status_code, answer.headers["x-id"]) == (200, "7")


def test_one_connection_serves_call_after_call(server: Server) -> None:
    line = opened()
    for _ in range(3):
        sent(server.url, line=line)
    assert len(server.connections) == 1


def test_connections_beyond_the_limit_are_closed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "IDLE", 2)
    line = opened()
    server.hold.clear()
    with ThreadPoolExecutor(4) as pool:
        under_way = [pool.submit(line.send, prepared(server.url)) for _ in range(4)]
        while len(server.seen) < 4:
            pass
        server.hold.set()
        assert all(one.result() for one in under_way)
    assert line._kept == sum(map(len, line._idle.values())) == 2


def test_an_answer_that_does_not_come_is_a_timeout(server: Server) -> None:
    server.hold.clear()
    with pytest.raises(ReadTimeoutError):
        sent(server.url)


def test_an_answer_that_is_cut_is_a_lost_connection(server: Server) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    with pytest.raises(ConnectionClosedError):
        sent(server.url)


def test_nobody_at_the_address_is_an_endpoint_that_cannot_be_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(EndpointConnectionError):
            sent(f"http://127.0.0.1:{taken.getsockname()[1]}")


def test_a_host_that_does_not_answer_is_a_timeout_of_the_connection() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with (
            socket.create_connection(deaf.getsockname()),
            pytest.raises((ConnectTimeoutError, ReadTimeoutError)),
        ):
            sent(url, line=opened(connect_timeout=1))


def test_plain_http_where_tls_is_spoken_is_an_error_of_tls(server: Server) -> None:
    with pytest.raises(SSLError):
        sent(server.url.replace("http:", "https:"))


def test_tls_is_spoken_with_whom_the_bundle_vouches_for_and_nobody_else(
    server: Server, certificate: Path, tls: ssl.SSLContext
) -> None:
    server.secure(tls)
    url = server.url.replace("http:", "https:")
    assert sent(url, line=opened(ca_bundle=str(certificate))).content == b"ok"
    with pytest.raises(SSLError):
        sent(url)


def test_a_proxy_of_the_environment_gets_the_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    sent("http://cloudtrail.eu-west-1.amazonaws.com/")
    ((_, path, _, _),) = server.seen
    assert path == "http://cloudtrail.eu-west-1.amazonaws.com/"


def test_a_proxy_that_is_not_there_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://user:secret@127.0.0.1:1")
    with pytest.raises(ProxyConnectionError) as caught:
        sent("http://cloudtrail.eu-west-1.amazonaws.com/")
    assert "secret" not in str(caught.value)


def test_the_main_thread_and_other_methods_are_left_to_the_sdk(server: Server) -> None:
    assert opened().send(prepared(server.url)) is None
    assert in_thread(lambda: opened().send(prepared(server.url, "HEAD"))) is None
    assert server.seen == []
