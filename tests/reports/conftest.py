"""What tests of pages share: one browser for each module, new tabs for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.reports.browser import Tabs, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the whole session: while Playwright runs, nothing else can have an event loop.
    with chromium() as started:
        yield started


@pytest.fixture
def tabs(browser: Browser, tmp_path: Path) -> Iterator[Tabs]:
    made = Tabs(browser, tmp_path)
    yield made
    for page in made.opened:
        page.close()
