"""The comparison at a terminal: what to see to comes first, and nothing is wider than the page."""

import pytest
from rich.cells import cell_len

from reports.comparison.table import ROWS, TableRenderer
from scanner.compare import compare
from scanner.model.comparison import Comparison
from tests.compare.worlds import PASSED, finding, run
from tests.reports.comparison.sample import TOOL, comparison, hostile, large, quiet


def rendered(some: Comparison) -> str:
    return TableRenderer().render(some).decode()


def test_what_opened_stands_before_what_is_not_seen_and_that_before_what_was_mended() -> None:
    text = rendered(comparison())
    headings = [
        "What changed, and what is behind it",
        "4 failures opened, worst first",
        "3 failures no longer seen to fail but not seen to pass, worst first",
        "1 failure fixed, worst first",
        "Scope",
        "Rules",
        "By account",
        "By check",
        "Frameworks",
        "Time to fix",
    ]
    assert [line for line in text.splitlines() if line in headings] == headings


def test_a_failure_says_where_it_is_what_it_says_now_and_what_is_behind_it() -> None:
    assert (
        "high      trail-logging           trail/audit\n"
        "          222233334444 eu-west-1  is not logging\n"
        "                                  (new failure; scope: the account is not in the\n"
        "                                  scope of the first run)\n"
    ) in rendered(comparison())


def test_the_same_failure_in_several_regions_is_told_once() -> None:
    regions = ("eu-west-1", "us-east-1", "us-west-2")
    root = "arn:aws:iam::010203040506:root"
    some = [finding(region=region, resource=root, message="records nothing") for region in regions]
    before = [finding(PASSED, region=region, resource=root) for region in regions]
    text = rendered(compare([run(*before), run(*some, quarter=1)], TOOL))
    assert "3 failures opened, worst first\n" in text
    assert (
        "medium    trail-logging            the account\n          010203040506, 3 regions  records nothing\n"
        in text
    )


def test_each_kind_of_change_is_counted_with_what_is_behind_it() -> None:
    text = rendered(comparison())
    assert "    3  new failure           configuration 2, scope 1\n" in text
    assert "    1  fixed                 configuration or rules 1\n" in text


def test_the_last_line_says_it_in_one_sentence() -> None:
    assert rendered(comparison()).endswith(
        "\n\n9 verdicts changed: 4 failures opened, 1 fixed, 3 no longer seen to fail but not\nseen to pass.\n"
    )
    assert "\n\n0 verdicts changed: 0 failures opened, " in rendered(quiet())


def test_long_lists_are_cut_with_a_count() -> None:
    text = rendered(large(ROWS + 5))
    assert text.count("… and 5 more (use --output html or json)") == 2


@pytest.mark.parametrize("some", [comparison(), quiet(), hostile()], ids=["full", "quiet", "hostile"])
@pytest.mark.parametrize("width", [80, 140])
def test_no_line_is_wider_than_the_page_and_none_acts_on_the_terminal(some: Comparison, width: int) -> None:
    text = TableRenderer().to_terminal(some, width=width, colour=False)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert text.replace("\n", "").isprintable() or "\u200d" in text


def test_colour_adds_nothing_but_colour() -> None:
    plain = TableRenderer().to_terminal(comparison(), width=80, colour=False)
    painted = TableRenderer().to_terminal(comparison(), width=80, colour=True)
    assert "\x1b[" in painted
    assert len(painted.splitlines()) == len(plain.splitlines())
