"""A comparison as a workbook: a sheet for each of its tables, whole."""

from typing import ClassVar

from reports.comparison.sections import sections
from reports.comparison.words import headline
from reports.workbook import Column, Sheet, workbook
from scanner.model.comparison import Comparison


class XlsxRenderer:
    """Text and numbers only; the first sheet lists the runs."""

    format: ClassVar[str] = "xlsx"
    suffix: ClassVar[str] = ".xlsx"

    def render(self, comparison: Comparison, /) -> bytes:
        sheets = (
            Sheet(
                section.title,
                tuple(Column(column.heading, column.width) for column in section.columns),
                section.rows,
            )
            for section in sections(comparison)
        )
        last = comparison.runs[-1].seen_at
        return workbook(sheets, title="CloudTrail audits compared", note=headline(comparison), made=last)
