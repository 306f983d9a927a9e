"""Every page of ours for everybody: WCAG 2.2 AA by axe-core, keyboards, narrow screens and paper."""

import io
from typing import Any, Literal

import pypdf
import pytest
from playwright.sync_api import expect

from reports.comparison.html import HtmlRenderer as ComparisonRenderer
from reports.html import HtmlRenderer
from reports.verification.html import HtmlRenderer as VerificationRenderer
from tests.reports import sample
from tests.reports.browser import Tabs, barriers, sideways
from tests.reports.comparison.sample import comparison
from tests.reports.verification.sample import EVERYTHING

pytestmark = pytest.mark.slow

REPORT = HtmlRenderer().render(
    sample.with_evidence(sample.report(waivers=[sample.waiver_note()], baseline=sample.baseline()))
)
PAGES = {
    "report": (REPORT, ""),
    "account": (REPORT, f"#account?id={sample.MAIN}"),
    "comparison": (ComparisonRenderer().render(comparison()), ""),
    "verification": (VerificationRenderer().render(EVERYTHING), ""),
}
each = pytest.mark.parametrize(("content", "fragment"), PAGES.values(), ids=PAGES)
WALK = """() => {
  const one = document.activeElement;
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" && one.getBoundingClientRect().width > 0;
  return { place: all.indexOf(one), name: one.outerHTML.slice(0, 120), seen };
}"""
"""Where the focus is in the order of the document, and whether one sees it."""


@each
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_no_barrier(
    tabs: Tabs, content: bytes, fragment: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page = tabs.open(content, fragment, scheme=scheme, width=width)
    assert barriers(page) == []


@each
def test_a_phone_scrolls_in_one_direction_only(tabs: Tabs, content: bytes, fragment: str) -> None:
    assert sideways(tabs.open(content, fragment, width=400)) <= 0


def test_no_name_is_too_long_for_a_phone(tabs: Tabs) -> None:
    assert sideways(tabs.open(HtmlRenderer().render(sample.hostile()), width=400)) <= 0


@each
def test_the_keyboard_gets_everywhere_in_order_and_shows_where_it_is(
    tabs: Tabs, content: bytes, fragment: str
) -> None:
    page = tabs.open(content, fragment.partition("?")[0])
    walked: list[dict[str, Any]] = []
    while len(walked) < 2000:
        page.keyboard.press("Tab")
        step = page.evaluate(WALK)
        if step["place"] < 0:
            break
        walked.append(step)
    places = [step["place"] for step in walked]
    assert places == sorted(set(places))
    assert len(places) > 10
    assert [step["name"] for step in walked if not step["seen"]] == []


@each
def test_the_first_key_leads_past_the_contents(tabs: Tabs, content: bytes, fragment: str) -> None:
    page = tabs.open(content, fragment.partition("?")[0])
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_an_order_and_a_filter_can_be_set_by_keyboard(tabs: Tabs) -> None:
    page = tabs.open(REPORT)
    page.get_by_label("failed", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.locator("#shown")).to_contain_text("of 8 in all")
    page.locator("#table").get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(page.locator('th[data-sort="check"]')).to_have_attribute("aria-sort", "ascending")


@each
def test_paper_is_white_and_bears_no_controls(tabs: Tabs, content: bytes, fragment: str) -> None:
    page = tabs.open(content, fragment, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for part in ("body", "main section:visible", ".masthead"):
        colour = page.locator(part).first.evaluate("one => getComputedStyle(one).backgroundColor")
        assert colour == "rgb(255, 255, 255)"
    for thing in page.locator(".contents, .controls, .skip, .back, button:not(thead button)").all():
        assert not thing.is_visible()


def test_paper_holds_what_the_screen_folds_away(tabs: Tabs) -> None:
    page = tabs.open(REPORT)
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert "Somebody who can rewrite history leaves no history." in text
    assert '"s3:GetEncryptionConfiguration"' in text
    assert "Clear the filters" not in text
    assert all(one.check in text for one in sample.FINDINGS)
    expect(page.locator("details.check[open]")).to_have_count(0)


def test_the_page_of_an_account_is_printed_alone(tabs: Tabs) -> None:
    page = tabs.open(REPORT, f"#account?id={sample.MAIN}")
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = " ".join(sheet.extract_text() for sheet in paper.pages)
    assert "audit (010203040506)" in text
    assert "What to do first" not in text
    assert len(paper.pages) <= 2
