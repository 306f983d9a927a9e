"""The floor: what it costs to get, inflate and hash files, and nothing else. No signing, no client library.

    python -m benchmarks.bare_files URL BUCKET CONNECTIONS      keys from standard input

Plain sockets, a request on each as soon as the last one is answered. Prints seconds of CPU, without what
the interpreter's start costs.
"""

import hashlib
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

from isal import isal_zlib

HEAD_END = b"\r\n\r\n"
GZIP = 31
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=A/20260601/eu-west-1/s3/aws4_request, SignedHeaders=h, Signature=0"
)


class Connection:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.received = b""

    def ask(self, path: str) -> None:
        self.received = b""
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nhost: s3\r\nauthorization: {AUTHORIZATION}\r\n\r\n".encode()
        )

    def body(self) -> bytes | None:
        """None until all of it is there."""
        self.received += self.socket.recv(256 * 1024)
        end = self.received.find(HEAD_END)
        if end < 0:
            return None
        at = self.received.index(b"content-length: ") + 16
        length = int(self.received[at : self.received.index(b"\r", at)])
        body = self.received[end + 4 :]
        return body if len(body) == length else None


def read(url: str, paths: list[str], connections: int) -> None:
    selector = selectors.DefaultSelector()
    under_way = 0
    for _ in range(min(connections, len(paths))):
        connection = Connection(url)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(paths.pop())
        under_way += 1
    while under_way:
        for key, _ in selector.select():
            body = key.data.body()
            if body is None:
                continue
            hashlib.sha256(isal_zlib.decompress(body, GZIP)).hexdigest()
            if paths:
                key.data.ask(paths.pop())
            else:
                under_way -= 1


def main() -> None:
    url, bucket, connections = sys.argv[1:]
    paths = [f"/{bucket}/{line.strip()}" for line in sys.stdin]
    started = time.process_time()
    read(url, paths, int(connections))
    print(time.process_time() - started)


if __name__ == "__main__":
    main()
