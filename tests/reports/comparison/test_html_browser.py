"""The page of a comparison in a real browser: its own policy lets it be seen, and nothing else."""

from pathlib import Path

import pytest

from reports.comparison.html import HtmlRenderer
from scanner.model.comparison import Comparison
from tests.reports.comparison.sample import comparison, hostile
from tests.reports.test_html_browser import browse

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("some", [comparison(), hostile()], ids=["full", "hostile"])
def test_the_console_stays_silent_and_no_script_is_there(tmp_path: Path, some: Comparison) -> None:
    seen = browse(HtmlRenderer().render(some), tmp_path)
    assert seen.console == []
    assert "<script" not in seen.dom
    assert "<title>CloudTrail audits compared" in seen.dom
