"""A workbook of text and numbers: no formula and no link, whatever a resource is called."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.flat import cell
from reports.verdicts import Mark

MOST_ROWS = 1_048_576
"""Of a sheet, the headings among them; what is beyond goes to a further sheet."""
MOST_NAME = 31
MOST_NOTE = 200

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|[^\u0000-\uffff]")
"""Excel's own, and what counts twice in its limit of length."""
_RESERVED = "history"
"""Excel keeps this name for itself."""

_COLOURS: dict[Mark, tuple[str, str]] = {
    "f": ("#FFC7CE", "#9C0006"),
    "u": ("#FFEB9C", "#7F6000"),
    "w": ("#DDEBF7", "#1F4E78"),
    "p": ("#E2EFDA", "#375623"),
    "n": ("#EDEDED", "#595959"),
}
"""Background and text. The cell says the same in words."""


class Column(NamedTuple):
    heading: str
    width: int
    """In characters."""


class Tinted(NamedTuple):
    """Text in the colours of a verdict."""

    text: str
    mark: Mark


Value = str | int | float | Tinted | None


class Sheet(NamedTuple):
    name: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Value, ...]]
    frozen: int = 0
    """Columns that stay when one scrolls to the right."""
    filtered: bool = True


def workbook(sheets: Iterable[Sheet], *, title: str, note: str, made: datetime) -> bytes:
    """The file; the same sheets give the same bytes."""
    file = io.BytesIO()
    # A row is forgotten as soon as it is written: a large report needs no more memory than a small one.
    with Workbook(file, {"constant_memory": True}) as book:
        book.set_properties(
            {"title": title, "author": "trailaudit", "comments": cell(note)[:MOST_NOTE], "created": made}
        )
        looks = Looks.of(book)
        taken: set[str] = set()
        for sheet in sheets:
            _write(book, sheet, looks, taken)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Looks:
    """The formats of one workbook."""

    heading: Format
    plain: Format
    marks: dict[Mark, Format]

    @classmethod
    def of(cls, book: Workbook) -> "Looks":
        top = {"valign": "top"}
        return cls(
            heading=book.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", **top}),
            plain=book.add_format({**top, "text_wrap": True}),
            marks={
                mark: book.add_format({"bg_color": back, "font_color": front, **top})
                for mark, (back, front) in _COLOURS.items()
            },
        )


def _write(book: Workbook, sheet: Sheet, looks: Looks, taken: set[str]) -> None:
    """One sheet, or as many as its rows need."""

    def page() -> Worksheet:
        return book.add_worksheet(sheet_name(sheet.name, taken))

    empty = True
    for _, part in groupby(enumerate(sheet.rows), key=lambda numbered: numbered[0] // (MOST_ROWS - 1)):
        _write_one(page(), sheet, (row for _, row in part), looks)
        empty = False
    if empty:
        _write_one(page(), sheet, (), looks)


def _write_one(page: Worksheet, sheet: Sheet, rows: Iterable[tuple[Value, ...]], looks: Looks) -> None:
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, _text(column.heading), looks.heading)
    last = 0
    for last, row in enumerate(rows, start=1):
        for number, value in enumerate(row):
            _write_cell(page, last, number, value, looks)
    page.freeze_panes(1, sheet.frozen)
    if sheet.filtered:
        page.autofilter(0, 0, last, len(sheet.columns) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write_cell(page: Worksheet, row: int, column: int, value: Value, looks: Looks) -> None:
    match value:
        case None | "":
            return
        case str():
            page.write_string(row, column, _text(value), looks.plain)
        case Tinted(text, mark):
            page.write_string(row, column, _text(text), looks.marks[mark])
        case _:
            page.write_number(row, column, value, looks.plain)


@lru_cache(maxsize=1024)  # most texts of a column repeat
def _text(text: str) -> str:
    """The text of a cell, as it is."""
    line = cell(text)
    # xlsxwriter puts what begins and ends like this into the file unescaped: it takes it for its own markup.
    return f" {line}" if line.startswith("<r>") else line


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel allows and that no other sheet has; it is added to `taken`."""
    base = _FORBIDDEN.sub("-", cell(wanted)).strip("' ")[:MOST_NAME].strip("' ")
    if not base or base.lower() == _RESERVED:
        base = f"{base or 'Sheet'} 1"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        end = f" {number}"
        name = base[: MOST_NAME - len(end)].rstrip("' ") + end
    taken.add(name.lower())
    return name
