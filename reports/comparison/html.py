"""A comparison as a page: one file that loads nothing and runs no script."""

from functools import cache
from typing import ClassVar, NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from reports.comparison.sections import sections
from reports.comparison.words import (
    KINDS,
    WHYS,
    behind,
    fixed,
    headline,
    score,
    standing,
    unseen,
    worse,
)
from reports.html.page import asset, environment, policy
from reports.words import moment
from scanner.model.comparison import Changed, Comparison

MOST_ROWS = 1000
"""Of one table; the JSON and the workbook have them all."""

UNBROKEN = frozenset({"Read", "Account", "First seen", "Last seen", "Ended"})
"""Columns of dates and ids, which are hard to read on two lines."""


class Panel(NamedTuple):
    """A figure of the first screen; `tone` picks its colours."""

    tone: str
    title: str
    size: int
    meaning: str
    link: str
    why: str


class HtmlRenderer:
    """What changed on the first screen, then every table."""

    format: ClassVar[str] = "html"
    suffix: ClassVar[str] = ".html"

    def render(self, comparison: Comparison, /) -> bytes:
        style = asset("styles.css")
        first, last = comparison.runs[0], comparison.runs[-1]
        page = _environment().get_template("comparison.html.j2")
        html = page.render(
            policy=policy(style),
            style=Markup(style),  # noqa: S704 - our own file
            comparison=comparison,
            first=first,
            last=last,
            headline=headline(comparison),
            panels=_panels(comparison),
            sections=tuple(sections(comparison)),
        )
        return html.encode()


def _panels(comparison: Comparison) -> tuple[Panel, ...]:
    opened, hidden, mended = worse(comparison), unseen(comparison), fixed(comparison)
    return (
        _panel("fail", "Opened", opened, "failures that are open and were not", "worse"),
        _panel("unknown", "Not shown to be mended", hidden, "failures that are no longer seen", "unseen"),
        _panel("pass", "Fixed", mended, "failures that pass now", "fixed"),
    )


def _panel(tone: str, title: str, changes: list[Changed], meaning: str, link: str) -> Panel:
    return Panel(tone if changes else "none", title, len(changes), meaning, link, behind(changes))


@cache
def _environment() -> Environment:
    made = environment()
    made.filters.update(moment=moment, score=score, standing=standing)
    made.globals.update(KINDS=KINDS, WHYS=WHYS, MOST_ROWS=MOST_ROWS, UNBROKEN=UNBROKEN)
    return made
