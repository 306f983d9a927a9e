"""The verification as a page: one file that loads nothing and runs no script."""

from functools import cache
from typing import ClassVar

from jinja2 import Environment
from markupsafe import Markup

from reports.html.page import asset, environment, policy
from reports.verification.calendar import HEIGHT, HOUR_WIDTH, calendars
from reports.verification.words import HOURS, VERDICTS, narrowed, period, size_words, worst_first
from scanner.model.base import iso
from scanner.model.verification import IntegrityVerdict, Verification

MOST_ROWS = 1000
"""Findings; the JSON has them all."""
MOST_CALENDARS = 200
TONES: dict[IntegrityVerdict, str] = {"intact": "pass", "tampered": "fail", "incomplete": "unknown"}


class HtmlRenderer:
    """The verdict, what was found, and a calendar for each account and region."""

    format: ClassVar[str] = "html"
    suffix: ClassVar[str] = ".html"

    def render(self, verification: Verification) -> bytes:
        style = asset("styles.css")
        page = _environment().get_template("verification.html.j2")
        oldest = [lane.oldest_proven for lane in verification.lanes if lane.oldest_proven]
        html = page.render(
            policy=policy(style),
            style=Markup(style),  # noqa: S704 - our own file
            verification=verification,
            tone=TONES[verification.verdict],
            meaning=VERDICTS[verification.verdict],
            findings=worst_first(verification.findings),
            calendars=calendars(verification.lanes),
            oldest=min(oldest, default=None),
        )
        return html.encode()


@cache
def _environment() -> Environment:
    made = environment()
    made.filters.update(iso=iso, size=size_words)
    made.globals.update(
        period=period,
        narrowed=narrowed,
        HOURS=HOURS,
        MOST_ROWS=MOST_ROWS,
        MOST_CALENDARS=MOST_CALENDARS,
        HEIGHT=HEIGHT,
        WIDTH=24 * HOUR_WIDTH,
        HOUR_WIDTH=HOUR_WIDTH,
    )
    return made
