"""The page in a real browser: its script runs under its own policy, and nothing else does."""

import html
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from reports.html import HtmlRenderer
from tests.reports import sample
from tests.reports.test_html import large

pytestmark = pytest.mark.slow

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--v=0",
    "--virtual-time-budget=3000",
    "--dump-dom",
)


class Seen(NamedTuple):
    """The document after its script ran, and what the console said."""

    dom: str
    console: list[str]

    @property
    def rows(self) -> list[str]:
        body = self.dom.partition('<tbody id="rows">')[2].partition("</tbody>")[0]
        return re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)

    @property
    def shown(self) -> str:
        found = re.search(r'<p id="shown"[^>]*>(.*?)</p>', self.dom)
        assert found
        return html.unescape(found[1])


def browse(page: bytes, folder: Path, fragment: str = "") -> Seen:
    if BROWSER is None:
        pytest.skip("no Chromium on this machine: the page was not run in a browser")
    file = folder / "report.html"
    file.write_bytes(page)
    done = subprocess.run(
        [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", file.as_uri() + fragment],
        capture_output=True,
        timeout=120,
        check=True,
    )
    console = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line]
    return Seen(done.stdout.decode(), console)


def test_the_script_draws_the_findings_and_the_console_stays_silent(tmp_path: Path) -> None:
    seen = browse(HtmlRenderer().render(sample.report()), tmp_path)
    assert seen.console == []
    assert len(seen.rows) == 8
    assert seen.shown == "Showing 8 findings."
    assert 'id="controls" class="controls" role="search" aria-label="Findings">' in seen.dom


def test_the_fragment_filters_and_sorts(tmp_path: Path) -> None:
    fragment = "#findings?status=fail,waived&severity=&account=010203040506&sort=-check&q=EU-WEST-1"
    seen = browse(HtmlRenderer().render(sample.report()), tmp_path, fragment)
    assert seen.shown == "Showing 3 findings of 8 in all."
    checks = re.findall(r'<a href="#check-([a-z-]+)">', "".join(seen.rows))
    assert checks == ["trail-notifications", "trail-log-file-validation", "bucket-public-access"]
    assert '<th scope="col" data-sort="check" aria-sort="descending">' in seen.dom


def test_hostile_names_run_nothing(tmp_path: Path) -> None:
    seen = browse(HtmlRenderer().render(sample.hostile()), tmp_path)
    assert seen.console == []
    assert len(seen.rows) == len(sample.HOSTILE_TEXTS) * 5
    assert "<script>alert" not in seen.dom
    assert "<img" not in seen.dom


def test_a_script_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    page = HtmlRenderer().render(sample.report())
    foreign = b'<script>document.title = "owned"</script></body>'
    seen = browse(page.replace(b"</body>", foreign), tmp_path)
    assert "<title>owned" not in seen.dom
    assert any("Content Security Policy" in line for line in seen.console)


def test_a_hundred_thousand_findings_open_page_by_page(tmp_path: Path) -> None:
    seen = browse(HtmlRenderer().render(large(1000, 100)), tmp_path)
    assert seen.console == []
    assert len(seen.rows) == 200
    assert seen.shown == "Showing 1 to 200 of 100,000 findings."
