"""The page of a comparison in a real browser: its own policy lets it be seen, and nothing else."""

import pytest
from playwright.sync_api import expect

from reports.comparison.html import HtmlRenderer
from scanner.model.comparison import Comparison
from tests.reports.browser import Tabs
from tests.reports.comparison.sample import comparison, hostile

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("some", [comparison(), hostile()], ids=["full", "hostile"])
def test_the_console_stays_silent_and_no_script_is_there(tabs: Tabs, some: Comparison) -> None:
    page = tabs.open(HtmlRenderer().render(some))
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    assert page.locator("script").count() == 0
    assert tabs.said == []
