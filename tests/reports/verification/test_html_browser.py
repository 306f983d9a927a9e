"""The page of a verification in a real browser: its own policy lets it be seen, and nothing else."""

import pytest
from playwright.sync_api import expect

from reports.verification.html import HtmlRenderer
from scanner.model.verification import Verification
from tests.reports.browser import Tabs
from tests.reports.verification.sample import EVERYTHING, HOSTILE

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("some", [EVERYTHING, HOSTILE], ids=["full", "hostile"])
def test_the_calendar_is_seen_and_the_console_stays_silent(tabs: Tabs, some: Verification) -> None:
    page = tabs.open(HtmlRenderer().render(some))
    expect(page.locator("#calendar svg").first).to_be_visible()
    assert tabs.said == []
