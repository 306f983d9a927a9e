"""A local AWS that costs almost nothing, as a process; and one in which things go wrong.

    python -m benchmarks.server --accounts 10 --trails 5 --buckets 5 --extra-buckets 200 --latency 0
    python -m benchmarks.server --organization --accounts 300 --trails 0 --faults '{"jitter": 20}'

One asyncio loop, about 0.1 ms of its own CPU for a request, so that a benchmark measures the scanner and
not the server. `GET /_calls` tells the calls by account, region, service and action, `GET /_log` (with
`--log`) each of them, `POST /_reset` forgets them. Prints its port on the first line and ends with its
standard input.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import replace

from benchmarks.answers import Answer, as_json
from benchmarks.fake_aws import FakeAws, parse_request
from benchmarks.faults import Faults, Troubles
from benchmarks.organization import Organization


class Site:
    """A world and its troubles; without any, and without a log, the world alone."""

    def __init__(self, world: FakeAws, faults: Faults, *, log: bool) -> None:
        self._world = world
        self._troubles = Troubles(faults, world.sessions)
        self._troubled = log or faults != Faults(faults.latency, faults.jitter)

    @property
    def delay(self) -> float:
        return self._troubles.delay()

    def reply(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
        """What to send, and whether the connection is closed after it. Nothing: it hangs."""
        if target.startswith("/_"):
            return whole(self._about(target)), False
        request = parse_request(method, target, headers, body)
        action, answer = self._world.settle(request)
        fault = (
            self._troubles.meet(request, action, now=time.monotonic(), time=time.time())
            if self._troubled
            else None
        )
        match fault:
            case None:
                return whole(answer, head_only=method == "HEAD"), False
            case "hung":
                return b"", False
            case "cut":
                sent = whole(answer)
                return sent[: len(sent) - len(answer.body) // 2 - 1], True
            case _:
                return whole(fault), False

    def _about(self, target: str) -> Answer:
        if target == "/_calls":
            return as_json([[*call, count] for call, count in sorted(self._world.calls.items())])
        if target == "/_log":
            return as_json(self._troubles.log)
        self._world.calls.clear()
        self._troubles.log.clear()
        return as_json({})


def whole(answer: Answer, *, head_only: bool = False) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status} -\r\ncontent-type: {answer.type}\r\ncontent-length: {len(answer.body)}"
        "\r\nx-amzn-requestid: r\r\n\r\n"
    )
    return head.encode() + (b"" if head_only else answer.body)


class Connection(asyncio.Protocol):
    """One kept-alive connection: requests one after the other."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
            }
            length = int(headers.get("content-length", 0))
            if len(self._buffer) < end + 4 + length:
                return
            body = self._buffer[end + 4 : end + 4 + length]
            self._buffer = self._buffer[end + 4 + length :]
            method, target, _ = first.split(" ", 2)
            reply, ends = self._site.reply(method, target, headers, body)
            delay = 0 if target.startswith("/_") else self._site.delay
            if delay:
                asyncio.get_running_loop().call_later(delay, self._send, reply, ends)
            else:
                self._send(reply, ends)

    def _send(self, reply: bytes, ends: bool) -> None:
        if reply:
            self._transport.write(reply)
        if ends:
            self._transport.close()


async def serve(site: Site, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(site), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--organization", action="store_true", help="with a trail of its own")
    parser.add_argument("--accounts", type=int, default=1)
    parser.add_argument("--trails", type=int, default=5, help="in each account; at most 10")
    parser.add_argument("--buckets", type=int, default=5, help="log buckets in each account")
    parser.add_argument("--extra-buckets", type=int, default=0, help="that no trail uses, in each account")
    parser.add_argument("--history-pages", type=int, default=1, help="in each region and of each source")
    parser.add_argument("--faults", type=Faults.from_json, default=Faults(), metavar="JSON")
    parser.add_argument("--latency", type=float, help="milliseconds before each answer")
    parser.add_argument("--log", action="store_true", help="keep each call, not only their number")
    given = parser.parse_args()
    faults = given.faults if given.latency is None else replace(given.faults, latency=given.latency)
    world = (Organization if given.organization else FakeAws)(
        given.accounts, given.trails, given.buckets, given.extra_buckets, given.history_pages
    )
    world.sessions = faults.sessions()
    asyncio.run(serve(Site(world, faults, log=given.log), given.port))


if __name__ == "__main__":
    main()
