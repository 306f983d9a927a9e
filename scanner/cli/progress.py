"""A progress bar on standard error, for a person who waits."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str = "Reading AWS", *, wanted: bool) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told how much is done, of how much; it draws on a terminal only."""
    if not wanted or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    # Not at the top: most runs have no terminal.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell
