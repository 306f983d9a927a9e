"""HTTP by libcurl in place of the SDK's own client, where pycurl is installed.

Sending is a third of what a call costs, most of it in Python's http.client, with a change of hands of
Python's lock at each piece that goes out or comes in. libcurl does all of that in one go. Measured for a
scan of a hundred accounts: a fifth less CPU for the whole process (benchmarks/README.md).

It comes in by the SDK's event `before-send`, whose handler may answer in the place of the client. Proxies,
certificates and timeouts are the SDK's.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import get_cert_path, mask_proxy_url
from botocore.utils import get_environ_proxies

if TYPE_CHECKING:
    import pycurl

IDLE = 256
"""Connections that are kept open in all for the next call."""
_HEAD_END = b"\r\n"
_PROXY_HANDSHAKE = 97
"""CURLE_PROXY, which pycurl has no name for."""

Origin = tuple[str, str]
"""Scheme and host."""


def is_available() -> bool:
    return find_spec("pycurl") is not None


class Wire:
    """Sends prepared requests, each over a connection that nobody else uses meanwhile."""

    def __init__(self, *, ca_bundle: str | None, connect_timeout: int, read_timeout: int) -> None:
        """`ca_bundle` as the SDK is configured; the timeouts in seconds."""
        self._cert_path = ca_bundle or str(get_cert_path(verify=True))
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._idle: OrderedDict[Origin, list[_Line]] = OrderedDict()
        self._kept = 0
        self._lock = threading.Lock()

    def send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        """The answer; None leaves the request to the SDK. Raises what the SDK's client would."""
        # The main thread must hear Ctrl-C while it waits, which libcurl doesn't let through.
        if request.method not in ("GET", "POST") or threading.current_thread() is threading.main_thread():
            return None
        parts = urlsplit(request.url)
        origin = (parts.scheme, parts.netloc)
        line = self._take(origin) or self._open(request.url)
        answer = line.exchange(request)
        self._keep(origin, line)
        return answer

    def _take(self, origin: Origin) -> "_Line | None":
        with self._lock:
            lines = self._idle.get(origin)
            if not lines:
                return None
            self._kept -= 1
            return lines.pop()

    def _keep(self, origin: Origin, line: "_Line") -> None:
        """For the next call; those of the origin that was left alone the longest make place."""
        with self._lock:
            self._idle.setdefault(origin, []).append(line)
            self._idle.move_to_end(origin)
            self._kept += 1
            while self._kept > IDLE:
                oldest = next(iter(self._idle))
                if self._idle[oldest]:
                    self._idle[oldest].pop(0)
                    self._kept -= 1
                else:
                    del self._idle[oldest]

    def _open(self, url: str) -> "_Line":
        scheme = urlsplit(url).scheme
        proxy = get_environ_proxies(url).get(scheme)
        return _Line(self._cert_path, proxy, self._connect_timeout, self._read_timeout)


class _Read(NamedTuple):
    """A body that has arrived, as the SDK reads one that is still to come."""

    pieces: tuple[bytes, ...]

    def stream(self) -> tuple[bytes, ...]:
        return self.pieces


class _Line:
    """One connection."""

    def __init__(self, cert_path: str, proxy: str | None, connect_timeout: int, read_timeout: int) -> None:
        import pycurl  # noqa: PLC0415 # an extra

        self._proxy = proxy
        self._head: list[bytes] = []
        self._body: list[bytes] = []
        self._curl = curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.PATH_AS_IS, 1)  # it is signed as it is
        curl.setopt(pycurl.CONNECTTIMEOUT, connect_timeout)
        curl.setopt(pycurl.LOW_SPEED_LIMIT, 1)
        curl.setopt(pycurl.LOW_SPEED_TIME, read_timeout)
        curl.setopt(pycurl.CAINFO, cert_path)
        # An empty one keeps libcurl from looking for another in the environment.
        curl.setopt(pycurl.PROXY, proxy or "")
        curl.setopt(pycurl.HEADERFUNCTION, self._head.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._body.append)

    def exchange(self, request: AWSPreparedRequest) -> AWSResponse:
        import pycurl  # noqa: PLC0415 # an extra

        self._head.clear()
        self._body.clear()
        curl = self._curl
        curl.setopt(pycurl.URL, request.url)
        curl.setopt(pycurl.HTTPHEADER, _header_lines(request))
        if request.method == "GET":
            curl.setopt(pycurl.HTTPGET, 1)
        else:
            curl.setopt(pycurl.POST, 1)
            curl.setopt(pycurl.POSTFIELDS, _content(request.body))
        try:
            curl.perform()
        except pycurl.error as error:
            raise self._failure(error, request) from error
        status = curl.getinfo(pycurl.RESPONSE_CODE)
        return AWSResponse(request.url, status, self._headers(), _Read(tuple(self._body)))

    def _headers(self) -> Any:
        """Of the answer itself: those of a proxy, and informational ones, go before it."""
        lines = self._head
        if lines.count(_HEAD_END) > 1:
            ends = [at for at, line in enumerate(lines) if line == _HEAD_END]
            lines = lines[ends[-2] + 1 :]
        pairs = (line.decode("latin-1").partition(":") for line in lines[1:])
        return {name: value.strip() for name, colon, value in pairs if colon}

    def _failure(self, error: "pycurl.error", request: AWSPreparedRequest) -> BotoCoreError:
        import pycurl  # noqa: PLC0415 # an extra

        code, url = error.args[0], request.url
        proxied = (pycurl.E_COULDNT_CONNECT, _PROXY_HANDSHAKE) if self._proxy else ()
        if code in (pycurl.E_COULDNT_RESOLVE_PROXY, *proxied):
            return ProxyConnectionError(proxy_url=mask_proxy_url(self._proxy or ""), error=error)
        if code in (pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT):
            return EndpointConnectionError(endpoint_url=url, error=error)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            connected = self._curl.getinfo(pycurl.PRETRANSFER_TIME) > 0
            return (ReadTimeoutError if connected else ConnectTimeoutError)(endpoint_url=url, error=error)
        if "SSL" in str(error) or code in (pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CACERT_BADFILE):
            return SSLError(endpoint_url=url, error=error)
        return ConnectionClosedError(error=error, request=request, endpoint_url=url)


def _header_lines(request: AWSPreparedRequest) -> list[str]:
    """An empty value takes away what libcurl would send by itself. It counts the content, too."""
    headers: Iterable[tuple[str, Any]] = request.headers.items()
    lines = [
        f"{name}: {value.decode('latin-1') if isinstance(value, bytes) else value}"
        for name, value in headers
        if name.lower() != "content-length"
    ]
    return [*lines, "Expect:"]


def _content(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")
