"""A comparison as a comment on a pull request or a page of a wiki: what opened first, the rest folded."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import ClassVar

from reports.comparison.sections import Section, sections
from reports.comparison.words import headline
from reports.gfm import Rows, code, folded, limited, prose
from reports.terminal import Value
from reports.words import counted, moment
from scanner.model.comparison import Comparison

ROOM = {"worse": 16_000, "unseen": 8_000, "fixed": 8_000}
LEAST = 3_000
"""Bytes that each table may take; all of them together fit into a comment, of 65,536 characters."""
SHORTEST = 10
"""Bytes of the shortest row: of four cells at least."""
OPEN = ("runs", "kinds", "worse", "unseen")
"""Sections that nobody has to unfold."""
NAMES = frozenset({"Check", "Account", "Region", "Resource", "Run", "Option", "Framework", "Control", "Name"})
"""Columns that hold a name or an id; the others hold words."""


class MarkdownRenderer:
    """GitHub's dialect: tables, and `<details>` for what is long."""

    format: ClassVar[str] = "markdown"
    suffix: ClassVar[str] = ".md"

    def render(self, comparison: Comparison, /) -> bytes:
        blocks = [_head(comparison), *(_section(section) for section in sections(comparison))]
        return ("\n\n".join("\n".join(block) for block in blocks) + "\n").encode()


def _head(comparison: Comparison) -> Iterator[str]:
    first, last = comparison.runs[0], comparison.runs[-1]
    yield "## trailaudit: what changed"
    yield ""
    yield f"{moment(first.seen_at)} to {moment(last.seen_at)}. {headline(comparison)}"


def _section(section: Section) -> Iterator[str]:
    headings = [column.heading for column in section.columns]
    room = ROOM.get(section.key, LEAST)
    table = limited(headings, _rows(headings, section, room // SHORTEST), room, "row")
    if section.key in OPEN:
        yield f"### {section.title}"
        yield ""
        yield section.intro
        yield ""
        yield from table
    else:
        summary = (
            f"<b>{escape(section.title)}</b> ({counted(len(section.rows), 'row')}): {escape(section.intro)}"
        )
        yield from folded(summary, table)


def _rows(headings: Sequence[str], section: Section, most: int) -> Rows:
    """So many rows, which are more than there is room for, and how many others there are."""
    for row in section.rows[:most]:
        yield tuple(map(_cell, headings, row)), 1
    if len(section.rows) > most:
        yield (), len(section.rows) - most


def _cell(heading: str, value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if not value:
        return ""
    return code(value) if heading in NAMES else prose(value)
