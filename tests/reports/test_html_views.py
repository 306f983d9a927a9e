"""What the page says: its groups, its maps and its packed findings, as values."""

import json
import re
from dataclasses import replace
from importlib.resources import files

import pytest

from reports.html import paper
from reports.html.coverage import CoverageCell, CoverageNote, coverage_map
from reports.html.heatmap import MOST_LINES, heat_map
from reports.html.overview import overview, sentence
from reports.html.problems import MANY, MOST, lost_readings, todos, unknowns
from reports.html.table import MOST_ROWS, on_paper, packed, rows, without_script
from reports.html.words import EVENT_CLASSES
from reports.verdicts import note, worst_first
from scanner.model.finding import Finding, Reason, Severity, Status
from scanner.model.posture import CallCount
from scanner.model.reading import Outcome
from scanner.model.result import Gate
from tests.reports import sample
from tests.reports.sample import finding, report


def root(account: str = sample.MAIN) -> str:
    return f"arn:aws:iam::{account}:root"


def test_failures_of_one_check_are_one_thing_to_do() -> None:
    some = [finding(resource=f"trail-{number}", message=f"{number}") for number in range(5)]
    (todo,) = todos(report(findings=some))
    assert (todo.failures, todo.resources, todo.accounts, todo.more) == (5, 5, 1, 2)
    assert todo.heading == "The sentence that a pass of trail-log-file-validation means."
    assert todo.link == "#findings?status=fail&check=trail-log-file-validation"


def test_a_resource_that_fails_several_checks_is_one_thing_to_do_and_counts_once() -> None:
    bucket = [finding(check, resource=sample.BUCKET) for check in ("a", "b", "c")]
    found = todos(report(findings=[*bucket, finding("a", severity=Severity.LOW)]))
    assert [(todo.heading, todo.failures) for todo in found] == [
        (sample.BUCKET, 3),
        ("The sentence that a pass of a means.", 1),
    ]
    assert [check for check, _ in found[0].checks] == ["a", "b", "c"]


def test_an_account_is_one_thing_to_do_only_where_it_fails_many_checks() -> None:
    def failing(count: int) -> list[Finding]:
        return [finding(f"check-{number}", resource=root(), region=None) for number in range(count)]

    assert len(todos(report(findings=failing(MANY - 1)))) == MANY - 1
    (todo,) = todos(report(findings=failing(MANY)))
    assert todo.heading == "Account audit (010203040506)"


def test_the_worst_severity_comes_first_and_the_list_is_short() -> None:
    some = [finding(f"low-{number}", severity=Severity.LOW, resource=f"{number}") for number in range(20)]
    found = todos(report(findings=[*some, finding("worst", severity=Severity.CRITICAL)]))
    assert len(found) == MOST
    assert found[0].severity is Severity.CRITICAL


def test_a_waived_failure_is_nothing_to_do() -> None:
    assert todos(report(findings=[finding(waiver=sample.WAIVER)])) == ()


def test_a_waived_failure_is_neither_failed_nor_passed() -> None:
    view = overview(report(findings=[finding(waiver=sample.WAIVER), finding("b", Status.PASS)]))
    bar = next(bar for bar in view.bars if bar.severity is Severity.MEDIUM)
    assert sentence(bar) == "0 failed, 1 waived"
    assert view.score == "100 %"


def test_a_gate_that_overlooks_unknowns_does_not_make_the_scan_complete() -> None:
    passing = Gate(code=0, verdict="pass", reasons=())
    some = [finding(status=Status.PASS), finding("b", Status.UNKNOWN)]
    view = overview(report(findings=some, accounts=[sample.account()], readings=(), gate=passing))
    assert view.complete.answer == "No. Some of what was asked could not be read."


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.NOT_APPLICABLE])
def test_where_the_gate_saw_nothing_assessed_the_page_says_so_first(status: Status) -> None:
    nothing = Gate(code=4, verdict="nothing-assessed", reasons=("nothing could be assessed",))
    some = [finding("a", Status.UNKNOWN), finding("b", status)]
    view = overview(report(findings=some, gate=nothing))
    assert view.complete.answer == "Nothing could be assessed. This report is no evidence of anything."


def test_a_scan_that_only_skipped_says_so() -> None:
    scope = [sample.account(), sample.account(sample.CLOSED, "skipped")]
    view = overview(report(findings=[finding(status=Status.PASS)], accounts=scope, readings=()))
    assert view.complete.answer == "Yes, but for 1 account that the scan skipped."


def test_unknown_verdicts_are_grouped_by_action_and_code() -> None:
    some = [finding(check, Status.UNKNOWN, account=account) for check, account in (("a", "1"), ("b", "2"))]
    (one,) = unknowns(report(findings=some).result)
    assert (one.action, one.code, one.count) == ("s3:GetEncryptionConfiguration", "AccessDenied", 2)
    assert one.accounts == ("1", "2")
    assert one.link == "#findings?status=unknown&q=s3%3AGetEncryptionConfiguration"


def test_unknown_verdicts_without_a_call_are_grouped_by_what_they_await() -> None:
    reasons = [Reason(detail="warming up"), Reason(detail="warming up"), Reason(detail="no proof")]
    some = [
        finding(f"check-{number}", Status.UNKNOWN, reason=reason) for number, reason in enumerate(reasons)
    ]
    assert [(one.meaning, one.count) for one in unknowns(report(findings=some).result)] == [
        ("warming up", 2),
        ("no proof", 1),
    ]


def test_a_broken_check_is_told_as_a_defect() -> None:
    some = [
        finding(check, Status.UNKNOWN, reason=Reason(detail=check, code="CheckBroken"))
        for check in ("a", "b")
    ]
    (one,) = unknowns(report(findings=some).result)
    assert one.meaning.startswith("The check itself failed.")
    assert one.count == 2


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.ABSENT])
def test_a_call_that_gave_a_fact_is_not_lost(outcome: Outcome) -> None:
    call = CallCount(account="1", region=None, action="s3:GetBucketPolicy", outcome=outcome, count=1)
    assert lost_readings(report(readings=[call]).result) == ()


def test_lost_calls_are_added_up_over_accounts_and_regions() -> None:
    calls = [
        CallCount(account=account, region=region, action="a:B", outcome=Outcome.DENIED, code="No", count=2)
        for account in ("1", "2")
        for region in ("r", "s")
    ]
    (one,) = lost_readings(report(readings=calls).result)
    assert (one.count, one.accounts, one.regions) == (8, ("1", "2"), ("r", "s"))


def test_a_cell_shows_the_worst_verdict_and_how_often_it_is() -> None:
    some = [finding(status=Status.PASS, resource="a"), finding(resource="b"), finding(resource="c")]
    (line,) = heat_map(report(findings=some)).lines
    assert [(cell.mark, cell.text) for cell in line.cells if cell] == [("f", "2 failed")]


def test_a_waived_failure_hides_no_unknown_in_its_cell() -> None:
    some = [finding(waiver=sample.WAIVER, resource="a"), finding(status=Status.UNKNOWN, resource="b")]
    (line,) = heat_map(report(findings=some)).lines
    assert [cell.mark for cell in line.cells if cell] == ["u"]


def test_an_account_without_verdicts_has_no_line_but_its_state() -> None:
    heat = heat_map(sample.report())
    assert {account.id: account.state for account in heat.lost} == {
        sample.UNREACHABLE: "unreachable",
        sample.CLOSED: "skipped",
    }
    assert [line.id for line in heat.lines] == [sample.MAIN, sample.MEMBER]


def test_accounts_beyond_the_first_are_left_to_the_script() -> None:
    some = [finding(account=f"{number:012}") for number in range(MOST_LINES + 3)]
    heat = heat_map(report(findings=some))
    assert len(heat.lines) == MOST_LINES
    assert heat.rest == tuple(f"{number:012}" for number in range(MOST_LINES, MOST_LINES + 3))


def test_accounts_and_regions_with_the_same_coverage_are_told_once() -> None:
    cells = [
        cell
        for account in (sample.MAIN, sample.MEMBER)
        for region in ("a", "b")
        for cell in sample.coverage(account, region)
    ]
    (block,) = coverage_map(report(coverage=cells).result).blocks
    assert block.accounts == ("audit (010203040506)", "payments (111122223333)")
    assert [row.regions for row in block.rows] == [("a", "b")]


def test_the_number_in_a_cell_leads_to_what_records_it_and_what_is_left_out() -> None:
    cells = [
        *sample.coverage(sample.MAIN, "a", {"s3-read": "partly"}),
        *sample.coverage(sample.MAIN, "b", {"lambda": "no"}),
    ]
    (block,) = coverage_map(report(coverage=cells).result).blocks
    partly, fully = (
        CoverageNote((sample.TRAIL,), ("objects outside arn:aws:s3:::payments/",)),
        CoverageNote((sample.TRAIL,), ()),
    )
    assert block.notes == (partly, fully)
    a, b = (dict(zip(EVENT_CLASSES, row.cells, strict=True)) for row in block.rows)
    assert (a["s3-read"], a["lambda"]) == (CoverageCell("partly", 1), CoverageCell("yes", 2))
    assert (b["s3-read"], b["lambda"]) == (CoverageCell("yes", 2), CoverageCell("no", None))


def test_regions_recorded_by_different_trails_stand_apart() -> None:
    cells = [
        replace(one, by=(f"trail-of-{one.region}",))
        for region in ("a", "b")
        for one in sample.coverage(sample.MAIN, region)
    ]
    (block,) = coverage_map(report(coverage=cells).result).blocks
    assert [row.regions for row in block.rows] == [("a",), ("b",)]


def test_the_least_recorded_account_comes_first() -> None:
    cells = [*sample.coverage(sample.MAIN), *sample.coverage(sample.MEMBER, but={"lambda": "no"})]
    blocks = coverage_map(report(coverage=cells).result).blocks
    assert [block.accounts for block in blocks] == [
        ("payments (111122223333)",),
        ("audit (010203040506)",),
    ]


def test_bars_of_a_class_fill_their_length() -> None:
    cells = [
        *sample.coverage(sample.MAIN, "a"),
        *sample.coverage(sample.MAIN, "b", {"lambda": "no"}),
        *sample.coverage(sample.MAIN, "c", {"lambda": "unknown"}),
    ]
    total = next(one for one in coverage_map(report(coverage=cells).result).totals if one.title == "Lambda")
    assert total.counts == (("yes", 1), ("partly", 0), ("unknown", 1), ("no", 1))
    assert total.bars == (("yes", 0, 80), ("unknown", 80, 80), ("no", 160, 80))


def test_packed_findings_can_be_unpacked_to_what_they_were() -> None:
    some = report()
    ordered = worst_first(some.result.findings)
    data = json.loads(packed(some, ordered, heat_map(some), {}))
    unpacked = []
    for start in range(0, len(data["findings"]), 3):
        kind, place, said = (
            3 * data["findings"][start],
            3 * data["findings"][start + 1],
            data["findings"][start + 2],
        )
        unpacked.append(
            (
                data["checks"][data["kinds"][kind]],
                data["looks"][data["kinds"][kind + 1]][3],
                data["severities"][data["kinds"][kind + 2]],
                data["accounts"][data["places"][place]][0],
                data["regions"][data["places"][place + 1]],
                data["resources"][data["places"][place + 2]],
                data["words"][2 * said],
                data["words"][2 * said + 1],
            )
        )
    assert unpacked == [
        (
            one.check,
            "waived" if one.waiver else one.status.value,
            one.severity.value,
            one.account,
            one.region or "",
            one.resource,
            one.message,
            note(one),
        )
        for one in ordered
    ]


def test_rows_begin_with_the_worst() -> None:
    some = report()
    found = rows(some, worst_first(some.result.findings))
    assert [(row.look.word, row.severity.value) for row in found] == [
        ("failed", "critical"),
        ("failed", "high"),
        ("failed", "medium"),
        ("unknown", "medium"),
        ("waived", "low"),
        ("passed", "high"),
        ("passed", "high"),
        ("not applicable", "medium"),
    ]


def test_a_page_that_does_not_show_every_finding_says_where_they_are() -> None:
    assert without_script(MOST_ROWS + 1).endswith("the JSON report holds them all.")


def test_paper_says_how_many_findings_it_leaves_out() -> None:
    assert on_paper(5, 8) == (
        "All 5 findings that are failed, unknown or waived, the worst first. The other 3 passed or do not apply. "
        "The JSON report holds them all."
    )
    assert on_paper(MOST_ROWS + 1, MOST_ROWS + 1).startswith("The first 1,000 of 1,001 findings")
    assert on_paper(0, 3).startswith("No finding is failed, unknown or waived")


def test_paper_has_prose_of_the_checks_that_ask_for_something_and_no_script() -> None:
    page = paper(report())
    assert "<script" not in page
    passing = paper(report(findings=[finding(status=Status.PASS)]))
    assert "Why it matters" in paper(report(findings=[finding()]))
    assert "Why it matters" not in passing
    assert "That is not a pass." not in passing


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAIRS = [
    ("ink", "paper"),
    ("soft", "paper"),
    ("soft", "ground"),
    ("link", "paper"),
    ("link", "ground"),
    ("on-strong", "fail-strong"),
    *((name, "paper") for name in ("fail", "unknown", "partly", "pass", "waived")),
    *((name, f"{name}-ground") for name in ("fail", "unknown", "partly", "pass", "waived")),
]


@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_of_wcag_aa(scheme: int, text: str, ground: str) -> None:
    style = (files("reports.html") / "styles.css").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
