"""The comparison as a comment: what opened stands open, the rest is folded, and it always fits."""

import pytest

from reports.comparison.markdown import MarkdownRenderer
from scanner.model.comparison import Comparison
from tests.reports.comparison.sample import comparison, hostile, large, quiet

LIMIT = 65_536
"""Characters that GitHub takes."""


def rendered(some: Comparison) -> str:
    return MarkdownRenderer().render(some).decode()


def test_it_begins_with_the_period_and_the_sentence() -> None:
    assert rendered(comparison()).startswith(
        "## trailaudit: what changed\n\n2026-01-31 09:00 UTC to 2026-08-01 09:00 UTC. "
        "9 verdicts changed: 4 failures opened, "
    )


def test_what_opened_is_open_and_what_was_mended_folded() -> None:
    text = rendered(comparison())
    assert "### Failures that opened\n" in text
    assert "<details><summary><b>Fixed</b> (1 row): " in text
    assert (
        "| high | new failure | `trail-logging` | `222233334444` | `eu-west-1` | "
        "`arn:aws:cloudtrail:eu-west-1:222233334444:trail/audit` | no verdict | failed: is not logging | "
        "scope: the account is not in the scope of the first run |"
    ) in text


@pytest.mark.parametrize("some", [quiet(), hostile(), large(2000)], ids=["quiet", "hostile", "large"])
def test_it_fits_into_a_comment(some: Comparison) -> None:
    assert len(rendered(some)) < LIMIT


def test_a_name_is_no_markup() -> None:
    text = rendered(hostile())
    assert "<script>" not in text.replace("`<script>alert(1)</script>`", "").replace(
        "</script><script>alert(2)</script>", ""
    )
    assert "\x1b" not in text
