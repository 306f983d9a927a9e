"""The comparison as a page: the first screen, every table, and no way in for a name."""

import re
from html import unescape

from reports.comparison.html import MOST_ROWS, HtmlRenderer
from scanner.model.comparison import Comparison
from tests.reports.comparison.sample import comparison, hostile, large, quiet


def rendered(some: Comparison) -> str:
    return HtmlRenderer().render(some).decode()


def words(html: str) -> str:
    """The text that a reader sees, on one line."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_first_screen_has_the_three_figures_with_what_is_behind_them() -> None:
    text = words(rendered(comparison()))
    assert (
        "Opened 4 failures that are open and were not; behind them: configuration 2, scope 1, waivers 1"
        in text
    )
    assert "Not shown to be mended 3 failures that are no longer seen" in text
    assert "Fixed 1 failures that pass now" in text
    assert "Score 0.33 before, 0.28 now." in text


def test_a_change_shows_both_verdicts_and_why() -> None:
    text = words(rendered(comparison()))
    assert (
        "bucket-retention fixed arn:aws:s3:::acme-logs 010203040506 eu-west-1 "
        "failed: keeps logs 31 days, fewer than 365 passed: keeps logs 400 days "
        "configuration or rules the check is set otherwise (min_days)"
    ) in text


def test_every_section_is_in_the_contents_and_every_link_leads_somewhere() -> None:
    for some in (comparison(), quiet(), hostile()):
        html = rendered(some)
        targets = set(re.findall(r' id="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= targets
        assert len(re.findall(r' id="', html)) == len(targets)


def test_the_page_runs_no_script_and_loads_nothing() -> None:
    html = rendered(hostile())
    assert "script-src &#39;none&#39;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", html))


def test_long_tables_are_cut_with_a_count() -> None:
    html = rendered(large(MOST_ROWS + 1))
    assert html.count("The first 1,000 of 1,001; the JSON and the workbook hold them all.") == 2
    assert "The first 1,000 of 2,002;" in html
