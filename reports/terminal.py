"""A page at a terminal: how wide it is, its colours, and tables that fit."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from click import style
from rich.cells import cell_len
from tabulate import tabulate

from reports.words import line, wrap
from scanner.model.finding import Severity

MIN_WIDTH, DEFAULT_WIDTH, MAX_WIDTH = 76, 80, 140
"""Columns. Coverage of nine event classes needs the first; messages are hard to read beyond the last."""
ROWS = 50
"""More rows than this are for html or json."""
NAME = 40
MESSAGE = 400
"""Characters of a check's or control's name, of a message or reason."""

COLOURS = {
    Severity.CRITICAL: "bright_red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "white",
}
GAP = 2
"""Spaces between columns."""

Value = str | int
"""Of a cell. A number is aligned as one."""


class Page(NamedTuple):
    width: int
    colour: bool

    def paint(self, text: str, colour: str | None = None, *, bold: bool = False) -> str:
        return style(text, fg=colour, bold=bold or None) if self.colour else text

    def heading(self, text: str) -> str:
        return self.paint(text, bold=True)

    def grid(self, headings: Sequence[str], rows: Iterable[Sequence[str]], align: Sequence[str] = ()) -> str:
        """Columns two spaces apart. Cells are printable and fit; only the last may hold wide characters.

        The headings go in as a row, since tabulate makes columns wider than the headings it knows of;
        and no number is parsed, since an account id is none.
        """
        table = [[heading.upper() for heading in headings], *rows]
        grid = tabulate(table, tablefmt="plain", disable_numparse=True, colalign=align or None)
        return "\n".join(row.rstrip() for row in grid.splitlines())

    def fitted(self, headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
        """A table of anybody's text that fits: the widest columns of text give way, whole words first."""
        table = [
            [f"{value:,}" if isinstance(value, int) else line(value, MESSAGE) for value in row]
            for row in rows
        ]
        numbers = [bool(rows) and isinstance(rows[0][at], int) for at in range(len(headings))]
        names = [heading.upper() for heading in headings]
        columns = list(zip(names, *table, strict=True))
        widths = [max(map(cell_len, column)) for column in columns]
        words = [
            max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in columns
        ]
        while sum(widths) + GAP * (len(widths) - 1) > self.width:
            loose = [at for at, width in enumerate(widths) if width > words[at]]
            texts = [at for at, number in enumerate(numbers) if not number]
            widths[max(loose or texts, key=lambda at: widths[at])] -= 1
        return "\n".join(text for row in (names, *table) for text in _lines(row, widths, numbers))


def _lines(row: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> Iterator[str]:
    """One row of a table, its cells broken to their widths."""
    broken = [wrap(cell, width).split("\n") for cell, width in zip(row, widths, strict=True)]
    for cells in zip_longest(*broken, fillvalue=""):
        padded = [
            " " * (width - cell_len(text)) + text if number else text + " " * (width - cell_len(text))
            for text, width, number in zip(cells, widths, numbers, strict=True)
        ]
        yield (" " * GAP).join(padded).rstrip()


def page_of(width: int, *, colour: bool) -> Page:
    """A page for a terminal of this width: not narrower than coverage needs, not wider than one can read."""
    return Page(min(max(width, MIN_WIDTH), MAX_WIDTH), colour)
