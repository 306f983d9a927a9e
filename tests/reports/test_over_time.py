"""What the table and the page say of waivers and of the baseline."""

import re
from datetime import date
from html import unescape

import pytest
from rich.cells import cell_len

from reports.html import HtmlRenderer
from reports.over_time import since
from reports.table import TableRenderer
from scanner.model.finding import Change, Finding, Status
from scanner.model.result import Report
from tests.reports.sample import FINDINGS, baseline, finding, hostile, report, waiver_note

ENDED = waiver_note().model_copy(
    update={
        "id": "W-0",
        "state": "expired",
        "expires": date(2026, 1, 30),
        "check": "trail-log-file-validation",
        "detail": "ended on 2026-01-30: 1 failure left open by it",
        "findings": (finding().id,),
    }
)
UNUSED = waiver_note().model_copy(
    update={"id": "W-2", "state": "unused", "check": "not-run", "detail": "its check gave no verdict"}
)
ACTIVE = waiver_note().model_copy(update={"findings": tuple(one.id for one in FINDINGS if one.waiver)})
FULL = report(waivers=[ACTIVE, UNUSED, ENDED], baseline=baseline())


def part(some: Report, heading: str) -> str:
    text = TableRenderer().render(some).decode()
    return next(block for block in text.split("\n\n") if block.startswith(heading))


def words(some: Report, section: str) -> str:
    """The text of one section of the page, on one line."""
    found = re.search(
        rf'<section id="{section}".*?</section>', HtmlRenderer().render(some).decode(), re.DOTALL
    )
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_the_table_lists_waivers_the_stale_ones_first() -> None:
    assert (
        part(FULL, "Waivers")
        == """\
Waivers: 1 expired, 1 unused and 1 active
STATE    WAIVER  OWNER                 WHAT BECAME OF IT
expired  W-0     platform@example.com  ended on 2026-01-30: 1 failure left open
                                       by it
unused   W-2     platform@example.com  its check gave no verdict; its last day
                                       is 2026-03-31
active   W-1     platform@example.com  excuses 1 failure; its last day is
                                       2026-03-31"""
    )


def test_the_table_tells_what_the_baseline_had_and_that_it_is_not_fixed() -> None:
    assert (
        part(FULL, "Since the baseline")
        == """\
Since the baseline of 2026-01-31 09:00 UTC
Failures: 1 new
1 verdict of the baseline without a counterpart now; that is not fixed:
COUNT  WAS   ACCOUNT       NOW                         CHECK
    1  fail  010203040506  gone, or nothing refers to  trail-log-file-validation
                           it any more"""
    )


def test_without_waivers_and_baseline_nothing_is_said_of_either() -> None:
    text = TableRenderer().render(report()).decode()
    html = HtmlRenderer().render(report()).decode()
    assert "Waivers" not in text
    assert "baseline" not in text
    assert 'id="waivers"' not in html
    assert 'id="baseline"' not in html


def test_what_became_of_failures_counts_those_that_are_and_those_that_were() -> None:
    def some(status: Status, change: Change, count: int) -> list[Finding]:
        return [finding(status=status, change=change)] * count

    findings = [
        *some(Status.FAIL, "new", 2),
        *some(Status.FAIL, "reappeared", 1),
        *some(Status.PASS, "fixed", 3),
        *some(Status.UNKNOWN, "lost-visibility", 1),
        *some(Status.FAIL, "unchanged", 4),
        *some(Status.PASS, "unchanged", 50),
        *some(Status.PASS, "new", 5),
    ]
    assert since(findings) == "2 new, 1 came back, 3 fixed, 1 not visible any more, 4 unchanged"


def test_the_page_lists_each_waiver_with_who_answers_until_when_and_for_what() -> None:
    text = words(FULL, "waivers")
    assert (
        "W-0 SEC-42 expired 2026-01-30 since 2026-01-01 platform@example.com approved by ciso@example.com "
        "trail-log-file-validation account 010203040506, arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit "
        "Replaced by the organization trail in March ended on 2026-01-30: 1 failure left open by it "
        "Show the failure arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit in 010203040506 eu-west-1: "
        "does not sign its log files In the findings"
    ) in text
    assert text.index("W-0") < text.index("W-2") < text.index("W-1")


def test_the_first_screen_tells_the_trend_and_the_state_of_the_waivers() -> None:
    text = words(FULL, "summary")
    assert "Failures since the baseline of 2026-01-31 09:00 UTC: 1 new, 1 without a counterpart now." in text
    assert "Waivers : 1 expired, 1 unused and 1 active." in text
    assert "baseline" not in words(report(), "summary")


def test_a_waiver_leads_to_its_findings_and_to_prose_that_is_there() -> None:
    html = HtmlRenderer().render(FULL).decode()
    assert 'href="#findings?status=waived&amp;check=trail-notifications&amp;q=Waiver%20W-1%20of"' in html
    assert 'href="#findings?status=fail&amp;check=trail-log-file-validation"' in html
    assert "#check-not-run" not in html


def test_the_page_says_what_became_of_the_baseline() -> None:
    text = words(FULL, "baseline")
    assert "run 20260131T090000Z-1a2b3c , read 2026-01-31 09:00 UTC" in text
    assert "new 1 1" in text
    assert (
        "failed medium trail-log-file-validation arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit "
        "010203040506 eu-west-1 does not sign its log files first seen 2026-01-31 09:00 UTC "
        "gone, or nothing refers to it any more"
    ) in text


@pytest.mark.parametrize("width", [80, 120])
def test_no_name_widens_the_table(width: int) -> None:
    text = TableRenderer().to_terminal(hostile(), width=width, colour=False)
    assert all(cell_len(line) <= width for line in text.splitlines())
