"""A bar for people only."""

import io
import sys

import pytest

from scanner.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("terminal", "wanted"), [(True, False), (False, True)])
def test_without_a_terminal_or_a_wish_nothing_is_drawn(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, wanted: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress(wanted=wanted) as tell:
        tell(1, 2)
    assert stream.getvalue() == ""


def test_on_a_terminal_the_bar_counts_and_takes_itself_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress(wanted=True) as tell:
        tell(3, 4)
    assert "3/4" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")
