"""A page at a terminal: how wide it is, its colours, and tables that fit."""

from collections.abc import Iterable, Sequence
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
        """A table of anybody's text that fits: the widest columns of text give way, word by word."""
        table = [
            [f"{value:,}" if isinstance(value, int) else line(value, MESSAGE) for value in row]
            for row in rows
        ]
        numbers = [bool(rows) and isinstance(rows[0][at], int) for at in range(len(headings))]
        # A column of numbers is as narrow as it can be, one of text as wide as it likes, while there is room.
        ideal = [
            max(map(len, heading.split())) if number else len(heading)
            for heading, number in zip(headings, numbers, strict=True)
        ]
        widths = [max([wide, *(cell_len(row[at]) for row in table)]) for at, wide in enumerate(ideal)]
        while sum(widths) + GAP * (len(widths) - 1) > self.width:
            widest = max(range(len(widths)), key=lambda at: 0 if numbers[at] else widths[at])
            widths[widest] -= 1
        cells = [[wrap(text, width) for text, width in zip(row, widths, strict=True)] for row in table]
        named = [wrap(heading, width) for heading, width in zip(headings, widths, strict=True)]
        return self.grid(named, cells, ["right" if number else "left" for number in numbers])


def page_of(width: int, *, colour: bool) -> Page:
    """A page for a terminal of this width: not narrower than coverage needs, not wider than one can read."""
    return Page(min(max(width, MIN_WIDTH), MAX_WIDTH), colour)
