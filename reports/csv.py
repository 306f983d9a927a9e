"""The findings as CSV (RFC 4180, UTF-8, a line of headings), for spreadsheets and scripts.

A spreadsheet that opens it by a double click reads account ids as numbers and drops their leading
zeros: import the column as text, or take xlsx.
"""

import csv
import io
from collections.abc import Mapping
from typing import ClassVar

from reports.flat import all_findings, cell
from reports.verdicts import account_names
from scanner.model.base import iso
from scanner.model.finding import Finding, Reason
from scanner.model.result import Report

HEADINGS = (
    "id",
    "check",
    "status",
    "severity",
    "account",
    "account_name",
    "region",
    "resource",
    "message",
    "missing_permission",
    "error_code",
    "waiver",
    "waiver_owner",
    "waiver_ticket",
    "waiver_expires",
    "change",
    "first_seen",
    "scanned",
)
"""Named as in the JSON; a waived failure has the status `fail` and a waiver."""

FORMULA = tuple("=+-@＝＋－＠")
"""What makes a spreadsheet calculate where it begins a cell; Excel takes wide ones for narrow ones."""


class CsvRenderer:
    """Ends lines in CR LF; no cell is a formula, since an apostrophe goes before what would begin one."""

    format: ClassVar[str] = "csv"
    suffix: ClassVar[str] = ".csv"

    def render(self, report: Report) -> bytes:
        file = io.StringIO(newline="")
        lines = csv.writer(file)
        lines.writerow(HEADINGS)
        names = account_names(report.result)
        scanned = iso(report.result.run.finished)
        for finding in all_findings(report):
            lines.writerow([*(map(harmless, _row(finding, names))), scanned])
        return file.getvalue().encode()


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    shown = cell(text)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _row(finding: Finding, names: Mapping[str, str | None]) -> tuple[str, ...]:
    reason, waiver = finding.reason, finding.waiver
    action, code = (reason.action, reason.code) if isinstance(reason, Reason) else (None, None)
    excuse = ("", "", "", "")
    if waiver is not None:
        excuse = (waiver.id, waiver.owner, waiver.ticket or "", waiver.expires.isoformat())
    return (
        finding.id,
        finding.check,
        finding.status,
        finding.severity,
        finding.account,
        names.get(finding.account) or "",
        finding.region or "",
        finding.resource,
        finding.message,
        action or "",
        code or "",
        *excuse,
        finding.change or "",
        "" if finding.first_seen is None else iso(finding.first_seen),
    )
