"""The page in a real browser: its script runs under its own policy, and nothing else does."""

import csv
import io
import time

import pytest
from playwright.sync_api import Page, expect

from reports.csv import FORMULA
from reports.html import HtmlRenderer
from scanner.model.result import Report
from tests.reports import sample
from tests.reports.browser import Tabs
from tests.reports.test_html import large

pytestmark = [pytest.mark.slow, pytest.mark.timed]


def rendered(report: Report | None = None) -> bytes:
    return HtmlRenderer().render(report or sample.report())


def column(page: Page, place: int) -> list[str]:
    return page.locator(f"#rows td:nth-child({place})").all_inner_texts()


def copied(page: Page) -> list[list[str]]:
    """What the button copies, without the clipboard of this machine."""
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.clipped = text; }")
    page.get_by_role("button", name="Copy as CSV").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    return list(csv.reader(io.StringIO(page.evaluate("window.clipped"), newline="")))


def test_the_script_draws_the_findings_and_the_console_stays_silent(tabs: Tabs) -> None:
    page = tabs.open(rendered())
    expect(page.locator("#rows tr")).to_have_count(8)
    expect(page.locator("#shown")).to_have_text("Showing 8 findings.")
    expect(page.locator("#controls")).to_be_visible()
    assert tabs.said == []


def test_the_fragment_filters_and_sorts(tabs: Tabs) -> None:
    fragment = "#findings?status=fail,waived&severity=&account=010203040506&sort=-check&q=EU-WEST-1"
    page = tabs.open(rendered(), fragment)
    expect(page.locator("#shown")).to_have_text("Showing 3 findings of 8 in all.")
    assert column(page, 3) == ["trail-notifications", "trail-log-file-validation", "bucket-public-access"]
    expect(page.locator('th[data-sort="check"]')).to_have_attribute("aria-sort", "descending")


def test_what_a_person_chooses_stands_in_the_address_and_is_there_again_after_a_reload(tabs: Tabs) -> None:
    page = tabs.open(rendered())
    page.get_by_label("Search").fill("audit")
    page.locator("#f-account").select_option(sample.MAIN)
    page.get_by_label("failed", exact=True).check()
    page.locator("#table").get_by_role("button", name="Resource").click()
    expect(page).to_have_url(
        page.url.partition("#")[0] + f"#findings?q=audit&account={sample.MAIN}&status=fail&sort=resource"
    )
    before = column(page, 6)
    assert before == sorted(before)
    page.reload()
    expect(page.get_by_label("Search")).to_have_value("audit")
    assert column(page, 6) == before


def test_the_filters_can_be_cleared(tabs: Tabs) -> None:
    page = tabs.open(rendered(), "#findings?q=nothing-has-this-name")
    expect(page.locator("#shown")).to_have_text("No finding matches, out of 8 in all.")
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator("#shown")).to_have_text("Showing 8 findings.")


def test_the_copy_holds_just_the_filtered_rows(tabs: Tabs) -> None:
    headings, *lines = copied(tabs.open(rendered(), "#findings?status=waived"))
    assert headings[:5] == ["status", "severity", "check", "account", "account_name"]
    assert [line[:5] for line in lines] == [["waived", "low", "trail-notifications", sample.MAIN, "audit"]]


def test_no_cell_of_the_copy_is_a_formula(tabs: Tabs) -> None:
    lines = copied(tabs.open(rendered(sample.hostile())))
    assert len(lines) > len(sample.HOSTILE_TEXTS)
    assert not [text for line in lines for text in line if text.lstrip().startswith(FORMULA)]


def test_a_cell_of_the_map_leads_to_its_findings(tabs: Tabs) -> None:
    page = tabs.open(rendered())
    page.locator("#heat td.f a").first.click()
    expect(page.locator("#shown")).to_have_text("Showing 1 finding of 8 in all.")
    expect(page.locator("#controls")).to_be_in_viewport()


def test_an_account_has_a_page_of_its_own_and_the_way_back(tabs: Tabs) -> None:
    page = tabs.open(rendered())
    page.locator("#heat tbody th a").first.click()
    expect(page.locator("section:visible")).to_have_count(1)
    expect(page.locator("#account-title")).to_be_focused()
    text = page.locator("#account").inner_text()
    assert "audit (010203040506)" in text
    assert "partial: It was entered, but some of it could not be read." in text
    assert "objects outside arn:aws:s3:::payments/" in text
    assert sample.MEMBER not in text
    page.get_by_role("link", name="The whole report").click()
    expect(page.locator("#account")).to_have_count(0)
    expect(page.locator("#accounts-title")).to_be_in_viewport()
    assert tabs.said == []


def test_the_page_of_an_account_that_could_not_be_entered_claims_nothing(tabs: Tabs) -> None:
    text = tabs.open(rendered(), f"#account?id={sample.UNREACHABLE}").locator("#account").inner_text()
    assert "unreachable: It could not be entered" in text
    assert "sts:AssumeRole was denied (AccessDenied)" in text
    assert "Nothing assessed is not a pass." in text
    assert "Score" not in text


def test_an_account_that_the_report_lacks_is_told_so(tabs: Tabs) -> None:
    page = tabs.open(rendered(), "#account?id=%3Cb%3E")
    expect(page.locator("#account")).to_contain_text("This report has no such account.")
    assert tabs.said == []


def test_a_policy_can_be_copied(tabs: Tabs) -> None:
    page = tabs.open(rendered())
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.clipped = text; }")
    page.get_by_text("The policy that grants").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert '"s3:GetEncryptionConfiguration"' in page.evaluate("window.clipped")


def test_hostile_names_run_nothing(tabs: Tabs) -> None:
    page = tabs.open(rendered(sample.hostile()))
    expect(page.locator("#rows tr")).to_have_count(len(sample.HOSTILE_TEXTS) * 5)
    assert page.locator("img").count() == 0
    assert tabs.said == []


def test_a_script_that_is_not_ours_is_refused(tabs: Tabs) -> None:
    foreign = b'<script>document.title = "owned"</script></body>'
    page = tabs.open(rendered().replace(b"</body>", foreign))
    assert page.title() != "owned"
    assert any("Content Security Policy" in said for said in tabs.said)


def test_without_its_script_the_page_still_tells_the_findings(tabs: Tabs) -> None:
    page = tabs.open(rendered(), script=False)
    expect(page.locator("#rows tr")).to_have_count(8)
    expect(page.locator("#controls")).to_be_hidden()


def test_a_hundred_thousand_findings_are_open_and_filtered_within_three_seconds(tabs: Tabs) -> None:
    content = rendered(large(1000, 100))

    def seconds() -> float:
        start = time.perf_counter()
        page = tabs.open(content)
        expect(page.locator("#shown")).to_have_text("Showing 1 to 200 of 100,000 findings.")
        page.get_by_label("Search").fill("logs 12")
        expect(page.locator("#shown")).to_contain_text("of 100,000 in all")
        return time.perf_counter() - start

    assert min(seconds(), seconds()) < 3
    assert tabs.said == []


def test_three_hundred_accounts_feel_instant(tabs: Tabs) -> None:
    page = tabs.open(rendered(large(300, 100)))
    page.get_by_role("button", name="Show more accounts").click()
    expect(page.locator("#heat tbody tr")).to_have_count(100)

    def seconds(place: int) -> float:
        page.goto(page.url.partition("#")[0] + "#accounts")
        start = time.perf_counter()
        page.get_by_label("The page of one account").select_option(index=place)
        expect(page.locator("#account tbody tr").first).to_be_visible()
        return time.perf_counter() - start

    assert min(seconds(place) for place in (1, 100, 250)) < 1
