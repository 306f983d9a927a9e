"""A real browser for the tests of pages: Debian's Chromium or Google's own, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""Of axe-core: WCAG 2.2 at level AA, and what its makers advise besides."""


@dataclass
class Tabs:
    """Opens pages as a person would, from a file; `said` is what their consoles and errors tell."""

    browser: Browser
    folder: Path
    said: list[str] = field(default_factory=list)
    opened: list[Page] = field(default_factory=list)

    def open(
        self,
        content: bytes,
        fragment: str = "",
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        script: bool = True,
    ) -> Page:
        file = self.folder / "page.html"
        file.write_bytes(content)
        page = self.browser.new_page(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script
        )
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(error.message))
        page.goto(file.as_uri() + fragment)
        self.opened.append(page)
        return page


@contextmanager
def chromium() -> Iterator[Browser]:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine (apt install chromium): the pages were not run in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        yield browser
        browser.close()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def barriers(page: Page) -> list[str]:
    """What axe-core finds wrong with the page while everything folded is open: the rule, and where."""
    unfold(page)
    options = {"resultTypes": ["violations"], "runOnly": list(RULES)}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def sideways(page: Page) -> int:
    """By how many CSS pixels the page is wider than its window while everything folded is open."""
    unfold(page)
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
