"""The comparison as a workbook, read back by another library."""

import io

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from reports.comparison.xlsx import XlsxRenderer
from scanner.model.comparison import Comparison
from tests.reports.comparison.sample import comparison, hostile, large, quiet


def book(some: Comparison) -> Workbook:
    return load_workbook(io.BytesIO(XlsxRenderer().render(some)))


def test_each_table_has_a_sheet_and_every_row() -> None:
    found = book(comparison())
    assert found.sheetnames == [
        "The runs",
        "What changed, and why",
        "Failures that opened",
        "Not shown to be mended",
        "Fixed",
        "Scope",
        "Rules",
        "By account",
        "By check",
        "Frameworks",
        "Time to fix",
        "Failures over time",
        "Other changes",
    ]
    assert [cell.value for cell in found["Fixed"][2]] == [
        "medium",
        "fixed",
        "bucket-retention",
        "010203040506",
        "eu-west-1",
        "arn:aws:s3:::acme-logs",
        "failed: keeps logs 31 days, fewer than 365",
        "passed: keeps logs 400 days",
        "configuration or rules: the check is set otherwise (min_days)",
    ]
    assert book(large(1500))["Fixed"].max_row == 1501


def test_nothing_in_it_is_calculated() -> None:
    for some in (hostile(), quiet()):
        kinds = {cell.data_type for sheet in book(some) for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n"}


def test_the_same_comparison_gives_the_same_bytes() -> None:
    assert XlsxRenderer().render(comparison()) == XlsxRenderer().render(comparison())
