"""The command on saved postures: no AWS, no terminal."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner import cli
from scanner.cli import main
from scanner.model.posture import Posture

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    """The command sets up the logger of this process; other tests want it as it was."""
    logger = logging.getLogger("scanner")
    before = (logger.handlers, logger.propagate, logger.level)
    yield
    logger.handlers, logger.propagate = before[:2]
    logger.setLevel(before[2])


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`trailaudit` with these arguments, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    # A thread that an earlier test left behind is no call of a scan that was given up: it must not end pytest.
    monkeypatch.setattr(cli, "_leave_calls", lambda _code: None)

    def call(*args: str, **env: str) -> Result:
        return CliRunner().invoke(main, args, env=env)

    return call


def save(posture: Posture, path: str = "posture.json") -> str:
    Path(path).write_text(posture.model_dump_json())
    return path
