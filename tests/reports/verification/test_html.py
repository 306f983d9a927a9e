"""The verification as a page."""

import re

from reports.verification.calendar import calendars
from reports.verification.html import MOST_ROWS, HtmlRenderer
from scanner.model.verification import HourState
from tests.reports.verification.sample import EVERYTHING, HOSTILE, finding, lane, verification


def page(one: object = EVERYTHING) -> str:
    assert isinstance(one, type(EVERYTHING))
    return HtmlRenderer().render(one).decode()


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    shown = page()
    assert "script-src &#39;none&#39;" in shown
    assert "<script" not in shown
    assert not re.search(r"""(src|href)=["'](?!#|data:,)""", shown)


def test_the_verdict_comes_first() -> None:
    assert '<div class="panel tone-fail">\n<h3>Verdict</h3>\n<p class="verdict">tampered</p>' in page()
    assert 'tone-pass">\n<h3>Verdict</h3>\n<p class="verdict">intact</p>' in page(verification())


def test_names_that_mean_harm_are_text() -> None:
    shown = page(HOSTILE)
    assert "<script>" not in shown
    assert "\x1b" not in shown


def test_hours_alike_are_one_block_and_a_block_ends_with_the_day() -> None:
    first, second = calendars(EVERYTHING.lanes)[0].days
    assert [(block.first, block.count, block.look.state) for block in first.blocks] == [
        (0, 3, HourState.PROVEN),
        (3, 1, HourState.ALTERED),
        (4, 2, HourState.MISSING),
        (6, 1, HourState.PROVEN),
        (7, 1, HourState.UNKNOWN),
        (8, 2, HourState.EMPTY),
        (10, 2, HourState.NOT_COVERED),
        (12, 12, HourState.PROVEN),
    ]
    assert [(block.first, block.count) for block in second.blocks] == [(0, 24)]
    assert first.words == "1 altered, 2 missing, 1 unknown, 2 not covered, 16 proven, 2 empty"


def test_lanes_with_something_amiss_come_first_and_are_open() -> None:
    lanes = (lane("a-b-1"), lane("z-z-1", runs=[(HourState.MISSING, 1)]))
    found = calendars(lanes)
    assert [(one.lane.region, one.good) for one in found] == [("z-z-1", False), ("a-b-1", True)]
    shown = page(verification(lanes=lanes))
    assert 'id="calendar-010203040506-z-z-1" open>' in shown
    assert 'id="calendar-010203040506-a-b-1">' in shown


def test_colour_is_never_alone() -> None:
    shown = page()
    assert "<title>03:00 to 04:00 UTC: altered</title>" in shown
    assert 'aria-label="24 proven"' in shown


def test_more_findings_than_a_page_bears_are_counted() -> None:
    shown = page(verification(*(finding(detail=str(number)) for number in range(MOST_ROWS + 1))))
    assert "The first 1,000 of 1,001; the JSON holds them all." in shown
