"""Starts the demo's AWS and makes it the only one that this process can see."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from scanner.demo import story
from scanner.demo.server import require_extra, yesterday
from scanner.errors import UserError

GRACE = 5
"""Seconds that the server has to end by itself."""


@contextmanager
def embedded_aws(day: date | None = None) -> Iterator[str]:
    """The demo's AWS as a process of its own, for as long as the block lasts; yields its URL. One trail has
    the log files of that day, by default of yesterday.

    Raises UserError where the extra isn't installed or the server doesn't come up.
    """
    require_extra()
    server = subprocess.Popen(  # noqa: S603 - our own module, and a date
        # -P: never a `scanner` of the current folder
        [sys.executable, "-P", "-m", "scanner.demo.server", "--day", (day or yesterday()).isoformat()],
        stdin=subprocess.PIPE,  # the server ends with it: when the block does, and when this process dies
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        try:
            yield f"http://127.0.0.1:{_port(server)}"
        finally:
            _end(server)


def _port(server: "subprocess.Popen[str]") -> int:
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        raise UserError(
            f"the embedded AWS did not start (its process ended with {server.wait()})",
            hint="run `python -m scanner.demo.server` to see more; pip install 'trailaudit[demo]' mends it",
        )
    return int(line)


def _end(server: "subprocess.Popen[str]") -> None:
    assert server.stdin is not None
    server.stdin.close()
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        server.kill()


def surroundings(url: str) -> dict[str, str]:
    """The variables under which an AWS program finds the demo, its credentials and nothing else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": story.CALLER_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": story.CALLER_SECRET,
        "AWS_REGION": story.HOME_REGION,
        "AWS_DEFAULT_REGION": story.HOME_REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@contextmanager
def only(variables: Mapping[str, str]) -> Iterator[None]:
    """Within the block these variables stand in for all that the user's own say to AWS and to us."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("AWS_", "TRAILAUDIT_")) or name.lower() == "no_proxy":
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
