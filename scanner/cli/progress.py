"""A progress bar on standard error, for a person who waits."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Tell(Protocol):
    def __call__(self, done: int, total: int, step: str = ..., /) -> None:
        """`step` in place of what the bar is called."""


@contextmanager
def progress(what: str = "Reading AWS", *, wanted: bool) -> Iterator[Tell]:
    """Give a function to be told how much is done, of how much; it draws on a terminal only."""
    if not wanted or not sys.stderr.isatty():
        yield lambda _done, _total, _what="": None
        return
    # Not at the top: most runs have no terminal.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int, step: str = what) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield tell
