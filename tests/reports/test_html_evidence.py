"""The calls that findings rest on, folded below them; nothing of it where none were kept."""

from typing import Any

import pytest
from playwright.sync_api import expect

from reports.html import HtmlRenderer
from reports.html import evidence as module
from reports.html.evidence import IN_ROWS, LONGEST, Calls, calls, packed_calls
from scanner.model.result import Report
from tests.reports import sample
from tests.reports.browser import Tabs
from tests.reports.sample import HOSTILE_TEXTS, STARTED, report, with_evidence
from tests.reports.test_html import parse

SUMMARY = "Rests on 5 calls to AWS"
WHO = f"{STARTED:%Y-%m-%d %H:%M:%S} UTC, request request-1, asked by arn:aws:sts::{sample.MAIN}:assumed-role/"


def packed(some: Report) -> dict[str, Any]:
    return packed_calls(some.result, some.result.findings)


def test_without_evidence_the_page_has_none() -> None:
    html = HtmlRenderer().render(report()).decode()
    assert "Rests on" not in html.partition("<script")[0]
    assert packed(report()) == {"calls": [], "grounds": [], "ground": []}
    assert calls(report().result.findings[0], report().result) == Calls(0, ())


def test_a_row_holds_the_first_calls_and_says_how_many_there_are() -> None:
    html = HtmlRenderer().render(with_evidence(report())).decode().partition("<script")[0]
    assert html.count(f"<summary>{SUMMARY}</summary>") == len(report().result.findings)
    assert html.count(f"<li>cloudtrail:DescribeTrails in {sample.MAIN} eu-west-1: ok<small>{WHO}") == 8
    assert f"<p>{5 - IN_ROWS} more in the JSON report.</p>" in html


def test_each_call_is_packed_once_and_findings_share_their_lists() -> None:
    found = packed(with_evidence(report()))
    assert [len(call) for call in found["calls"]] == [3] * 5
    assert found["calls"][0][0] == f"cloudtrail:DescribeTrails in {sample.MAIN} eu-west-1: ok"
    assert found["calls"][0][1].startswith(WHO)
    assert (found["grounds"], set(found["ground"])) == ([[5, 0, 1, 2, 3, 4]], {0})


def test_what_the_page_has_no_room_for_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS", 2)
    found = packed(with_evidence(report()))
    assert (len(found["calls"]), found["grounds"]) == (2, [[5, 0, 1]])


def test_a_long_answer_is_cut() -> None:
    facts = packed(with_evidence(report(), "x" * 999))["calls"][0][2]
    assert facts == "x" * LONGEST + "…"


@pytest.mark.parametrize("text", [text for text in HOSTILE_TEXTS if "<" in text])
def test_an_answer_that_means_harm_is_text(text: str) -> None:
    page = parse(with_evidence(report(), text))
    plain = parse(report())
    assert page.attributes("onerror") == plain.attributes("onerror") == []
    assert len(page.data["calls"]) == 5


@pytest.mark.slow
def test_calls_unfold_below_their_finding_and_the_console_stays_silent(tabs: Tabs) -> None:
    page = tabs.open(HtmlRenderer().render(with_evidence(report(), "<b>facts</b>", calls=7)))
    fold = page.locator("#rows tr").first.locator("details")
    expect(fold.locator("li")).to_have_count(0)
    fold.locator("summary").click()
    expect(fold.locator("li")).to_have_count(7)
    expect(fold.locator("code").first).to_have_text("<b>facts</b>")
    fold.locator("summary").click()
    fold.locator("summary").click()
    expect(fold.locator("li")).to_have_count(7)
    assert tabs.said == []
