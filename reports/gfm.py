"""Pieces of GitHub's dialect of Markdown that a stranger's text can't break."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from reports.words import counted, line, shorten

NAME, MESSAGE = 160, 300
"""Characters of a name, of a sentence."""

Rows = Iterable[tuple[Sequence[str], int]]
"""Cells of a row, and how many things the row tells of."""

_SYNTAX = re.compile(r"[\\`*_\[\]<>|~$&]")
_ALIVE = re.compile(r"[@#](?=\w)|/(?=/)|www\.", re.IGNORECASE)
"""What GitHub makes a mention, a reference or a link of, though its characters are escaped."""
_APART = "<!-- -->"


def code(text: str, limit: int = NAME) -> str:
    """Somebody's text as a code span of a table: nothing in it is markup, a mention or a link."""
    flat = shorten(text, limit) or "-"
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    space = " " if "`" in (flat[0], flat[-1]) else ""
    return f"{fence}{space}{flat}{space}{fence}".replace("|", "\\|")


def prose(text: str, limit: int = MESSAGE) -> str:
    """A sentence with somebody's names in it, as text that looks like itself."""
    flat = line(text, limit)
    ends = [0, *(found.end() for found in _ALIVE.finditer(flat)), len(flat)]
    return _APART.join(escaped(flat[begin:end]) for begin, end in pairwise(ends))


def escaped(text: str) -> str:
    """The text without Markdown in it; a reader that looks for links by itself still finds them."""
    return _SYNTAX.sub(r"\\\g<0>", text)


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield row(headings)
    yield row("---" for _ in headings)
    yield from map(row, rows)


def limited(headings: Sequence[str], rows: Rows, room: int, noun: str) -> Iterator[str]:
    """A table of as many rows as fit into so many bytes."""
    yield from table(headings, ())
    left = 0
    for cells, things in rows:
        text = row(cells)
        room -= len(text.encode()) + 1
        if room < 0:
            left += things
        else:
            yield text
    yield from cut(left, noun)


def cut(left: int, noun: str) -> Iterator[str]:
    if left > 0:
        words = counted(left, f"more {noun}")
        yield ""
        yield f"… and {words} that a comment has no room for: see the HTML or JSON report."


def folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """`summary` is HTML."""
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
