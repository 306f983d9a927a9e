from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports.gfm import code, prose
from reports.markdown import MarkdownRenderer
from reports.words import printable
from scanner.model.finding import Status
from scanner.model.result import Report
from tests.reports.sample import (
    FRAMEWORKS,
    WAIVER,
    account,
    clean,
    finding,
    hostile,
    in_order,
    report,
    waiver_note,
)

OURS = ("<details><summary>", "</details>", "<!-- -->")


def rendered(some: Report) -> str:
    return MarkdownRenderer().render(some).decode()


def tokens(text: str) -> list[Token]:
    """What a reader of GitHub's dialect makes of it, down to the pieces of each line."""
    parser = MarkdownIt("gfm-like", {"html": True})
    return [piece for token in parser.parse(text) for piece in (token, *(token.children or ()))]


def cells(text: str) -> list[str]:
    """The cells of all tables, as text."""
    found = parse_table_cells(MarkdownIt("gfm-like", {"html": True}).parse(text))
    return [
        "".join(piece.content for piece in cell if piece.type in ("text", "code_inline")) for cell in found
    ]


def parse_table_cells(parsed: list[Token]) -> list[list[Token]]:
    return [
        list(inside.children or ())
        for token, inside in pairwise(parsed)
        if token.type in ("td_open", "th_open")
    ]


def test_the_gate_and_its_reasons_stand_first() -> None:
    assert rendered(report()).splitlines()[:5] == [
        "## trailaudit: incomplete",
        "",
        "Exit code 3: 1 unknown; 1 unreachable; 3 failed.",
        "",
        "4 accounts, 8 verdicts, scanned 2026-01-31 09:00 UTC by trailaudit 0.1.0.",
    ]


def test_failures_are_folded_check_by_check_and_the_worst_stands_first() -> None:
    text = rendered(report())
    assert (
        "### 3 failures, worst first\n\n<details><summary><b>critical</b> bucket-public-access (1, 1 new): "
        in text
    )
    assert (
        "| `010203040506` | `eu-west-1` | `s3://example-audit-logs` | is public: the policy lets everyone"
        in text
    )
    assert text.index("bucket-public-access") < text.index("region-management-events")


def test_an_account_that_could_not_be_entered_stands_above_the_failures() -> None:
    text = rendered(report())
    assert text.index("| `222233334444` | legacy | unreachable |") < text.index("### 3 failures")


def test_unknown_verdicts_name_the_missing_permission() -> None:
    assert "| 1 | `s3:GetEncryptionConfiguration` | `AccessDenied` | 1 | 1 |" in rendered(report())


def test_a_waived_failure_is_told_apart_from_open_ones() -> None:
    text = rendered(report())
    assert "<summary>1 failure waived</summary>" in text
    assert "| `W-1` | `platform@example.com` | 2026-03-31 | `trail-notifications` |" in text


def test_a_waiver_that_excuses_nothing_is_told() -> None:
    expired = waiver_note().model_copy(update={"state": "expired", "detail": "ended on 2026-01-01"})
    text = rendered(report(waivers=[expired, waiver_note()]))
    assert "<summary>1 waiver without effect</summary>" in text
    assert "| `W-1` | `platform@example.com` | expired | ended on 2026-01-01 |" in text


def test_a_clean_run_has_no_section_about_failures() -> None:
    text = rendered(clean())
    assert text.startswith("## trailaudit: pass\n")
    assert "### " not in text


def test_hostile_names_are_neither_markup_nor_links_nor_mentions() -> None:
    found = tokens(rendered(hostile()))
    kinds = {token.type for token in found}
    assert not kinds & {"link_open", "image", "em_open", "s_open", "fence", "code_block"}
    html = [token.content for token in found if token.type in ("html_block", "html_inline")]
    assert all(text.startswith(OURS) for text in html)
    prose_of = [token.content for token in found if token.type == "text"]
    assert not [text for text in prose_of if "@security" in text or "#1" in text]


def test_every_row_has_the_cells_of_its_table() -> None:
    parsed = MarkdownIt("gfm-like", {"html": True}).parse(rendered(hostile()))
    rows = [line for line in rendered(hostile()).splitlines() if line.startswith("| ")]
    assert sum(token.type == "tr_open" for token in parsed) == len(rows) - sum(
        line.startswith("| ---") for line in rows
    )
    assert all(token.type != "paragraph_open" or token.level == 0 for token in parsed)


def test_the_largest_report_fits_into_a_comment_and_counts_what_it_leaves_out() -> None:
    long = "ü" * 2000
    some = in_order(
        finding(f"check-{check:03}{long}", status, resource=f"{number}{long}", message=long, waiver=waiver)
        for check in range(150)
        for number, (status, waiver) in enumerate(
            [(Status.FAIL, None), (Status.FAIL, WAIVER), (Status.UNKNOWN, None)] * 10
        )
    )
    accounts = [account(f"{10**11 + one}", "unreachable", name=long, reason=long) for one in range(300)]
    stale = [waiver_note(long).model_copy(update={"state": "unused", "detail": long})] * 100
    text = rendered(report(findings=some, accounts=accounts, frameworks=FRAMEWORKS * 200, waivers=stale))
    assert len(text.encode()) <= 65_536
    assert "### 1,500 failures, worst first" in text
    assert "more failures that a comment has no room for" in text
    assert "more accounts that a comment has no room for" in text
    assert "more frameworks that a comment has no room for" in text


def test_checks_without_room_for_their_failures_are_counted() -> None:
    some = in_order(
        finding(f"check-{check:02}", resource=f"{number}{'x' * 150}", message="y" * 300)
        for check in range(40)
        for number in range(20)
    )
    text = rendered(report(findings=some))
    assert "| severity | also fails | failures |" in text
    assert "| medium | `check-39` | 20 |" in text


@given(st.text(st.characters(), max_size=60))
def test_any_name_is_read_back_from_a_cell(name: str) -> None:
    flat = printable(" ".join(name.split()))
    table = f"| a | b |\n|---|---|\n| {code(name)} | {prose(name)} |\n"
    assert cells(table)[2:] == [flat or "-", flat]
