import io
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter import Workbook

import reports.workbook
from reports.workbook import sheet_name
from reports.xlsx import XlsxRenderer
from scanner.model.finding import Status
from scanner.model.result import Framework, Report
from tests.reports.sample import (
    HOSTILE_TEXTS,
    MAIN,
    UNREACHABLE,
    baseline,
    clean,
    finding,
    hostile,
    many,
    report,
    waiver_note,
)

SHEETS = ["Summary", "Accounts × Checks", "Findings", "Coverage", "Unknown", "Waivers"]


def book(some: Report) -> Any:
    return load_workbook(io.BytesIO(XlsxRenderer().render(some)))


def rows(some: Report, sheet: str) -> list[dict[str, Any]]:
    """The lines of a sheet under its headings."""
    headings, *lines = book(some)[sheet].iter_rows(values_only=True)
    return [dict(zip(headings, line, strict=True)) for line in lines]


def test_the_sheets_stand_in_order_and_the_frameworks_last() -> None:
    assert book(report()).sheetnames[:6] == SHEETS
    assert len(book(report()).sheetnames) == 7
    assert book(clean()).sheetnames == SHEETS


def test_the_same_report_gives_the_same_bytes() -> None:
    assert XlsxRenderer().render(report()) == XlsxRenderer().render(report())


def test_the_workbook_was_made_when_the_run_ended() -> None:
    assert book(report()).properties.created == datetime(2026, 1, 31, 9, 1)  # noqa: DTZ001 - openpyxl has no zones


def test_the_summary_tells_when_by_whom_and_what_came_out() -> None:
    told = {row[0]: row[1] for row in book(report())["Summary"].iter_rows(values_only=True)}
    assert told["Finished (UTC)"] == "2026-01-31T09:01:00Z"
    assert told["Caller"] == "arn:aws:iam::010203040506:user/auditor"
    assert told["not entered"] == f"{UNREACHABLE} legacy: sts:AssumeRole was denied (AccessDenied)"
    assert told["Gate"] == "incomplete, exit code 3"


def test_verdicts_are_counted_by_severity() -> None:
    lines = {row[0]: row[1:6] for row in book(report())["Summary"].iter_rows(values_only=True)}
    assert lines["Verdicts by severity"] == ("failed", "unknown", "waived", "passed", "not applicable")
    assert lines["low"] == (0, 0, 1, 0, 0)
    assert lines["all"] == (3, 1, 1, 2, 1)


def test_a_finding_is_a_line_and_the_worst_stands_first() -> None:
    first = rows(report(), "Findings")[0]
    assert (first["Verdict"], first["Severity"], first["Check"]) == (
        "failed",
        "critical",
        "bucket-public-access",
    )
    assert first["Account"] == MAIN


def test_an_account_without_findings_stands_among_them_and_in_the_map() -> None:
    (line,) = [one for one in rows(report(), "Findings") if one["Account"] == UNREACHABLE]
    assert line["Message"] == "unreachable: sts:AssumeRole was denied (AccessDenied)"
    states = {one["Account"]: one["State"] for one in rows(report(), "Accounts × Checks")}
    assert states[UNREACHABLE] == "unreachable"


def test_the_map_tells_the_worst_verdict_of_each_check() -> None:
    two = [finding(resource=name) for name in "ab"]
    (line,) = rows(report(findings=[*two, finding(status=Status.PASS)], accounts=[]), "Accounts × Checks")
    assert line["trail-log-file-validation"] == "2 failed"


def test_unknowns_are_grouped_by_the_missing_permission() -> None:
    (line,) = rows(report(), "Unknown")
    assert (line["Missing permission"], line["Error code"], line["Verdicts"]) == (
        "s3:GetEncryptionConfiguration",
        "AccessDenied",
        1,
    )


def test_a_waiver_says_who_answers_until_when_and_what_became_of_it() -> None:
    (line,) = rows(report(waivers=[waiver_note()]), "Waivers")
    assert (line["Waiver"], line["State"], line["Owner"], line["Expires"], line["Failures"]) == (
        "W-1",
        "active",
        "platform@example.com",
        "2026-03-31",
        1,
    )


def test_what_is_gone_since_the_baseline_has_a_sheet_and_says_why() -> None:
    (line,) = rows(report(baseline=baseline()), "Gone since the baseline")
    assert (line["Check"], line["Why"]) == ("trail-log-file-validation", "resource-gone")


def test_a_framework_has_a_sheet_with_the_checks_behind_each_control() -> None:
    lines = rows(report(), report().result.frameworks[0].short)
    assert [(one["Control"], one["Status"], one["Checks"]) for one in lines[1:]] == [
        ("3.2", "fail", "trail-log-file-validation: fail"),
        ("3.5", "unknown", "trail-kms-encryption: unknown"),
        ("4.16", "not assessed", None),
    ]


def test_a_cell_of_coverage_names_what_is_not_recorded() -> None:
    line = next(one for one in rows(report(), "Coverage") if one["Recorded"] == "partly")
    assert line["Not recorded"]


def test_account_ids_are_text_and_every_sheet_can_be_filtered_below_a_frozen_heading() -> None:
    for sheet in book(report()).worksheets[1:]:
        assert sheet.auto_filter.ref is not None
        assert sheet.freeze_panes.endswith("2")
    assert book(report())["Findings"]["D2"].data_type == "s"


@pytest.mark.parametrize("some", [report(), hostile()], ids=["report", "hostile"])
def test_no_cell_is_a_formula_or_a_link(some: Report) -> None:
    for sheet in book(some).worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert not [cell for cell in cells if cell.hyperlink]
        assert not sheet._hyperlinks
        assert all(len(str(cell.value)) <= 16_000 for cell in cells)


def test_every_hostile_finding_is_there_and_a_long_name_says_what_was_cut() -> None:
    lines = [one for one in rows(hostile(), "Findings") if one["Check"] != "account-entered"]
    assert len(lines) == len(HOSTILE_TEXTS) * (len(Status) + 1)
    (long,) = {one["Resource"] for one in lines if str(one["Resource"]).startswith("xxx")}
    assert long.endswith("… (cut: 100,000 characters)")


def test_what_looks_like_the_markup_of_a_rich_text_is_text() -> None:
    (line,) = rows(report(findings=[finding(resource="<r>&</r>")], accounts=[]), "Findings")
    assert line["Resource"] == " <r>&</r>"


def test_rows_beyond_those_of_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports.workbook, "MOST_ROWS", 11)
    found = book(many(25))
    sizes = {name: found[name].max_row for name in found.sheetnames if name.startswith("Findings")}
    assert sizes == {"Findings": 11, "Findings 2": 11, "Findings 3": 6}


@given(st.lists(st.text(st.characters(), max_size=40), max_size=6))
def test_any_names_of_sheets_are_allowed_and_different(names: list[str]) -> None:
    taken: set[str] = set()
    with Workbook(io.BytesIO(), {"in_memory": True}) as some:
        for name in [*names, "History", "'", "a" * 40, "A" * 40, "\U00016b78" * 31]:
            some.add_worksheet(sheet_name(name, taken))  # raises where Excel would


def test_frameworks_of_one_name_have_sheets_of_their_own() -> None:
    some = [Framework(**{**report().result.frameworks[0].model_dump(), "controls": ()}) for _ in range(2)]
    assert len(set(book(report(frameworks=some)).sheetnames)) == 8
