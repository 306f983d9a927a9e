"""Waivers with what they are about, and what became of the baseline."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reports.html.text import check_link, findings_link, search_words
from reports.over_time import CHANGES, stale_first
from scanner.model.finding import Finding, Status
from scanner.model.result import Report, Result
from scanner.model.waiver import WaiverNote

EXAMPLES = 10
"""Failures that are listed below a waiver; the link leads to all."""


@dataclass(frozen=True)
class WaiverRow:
    note: WaiverNote
    prose: str | None
    """The link to the check's prose; None where the report has none."""
    scope: str
    examples: tuple[Finding, ...]
    more: int
    link: str


@dataclass(frozen=True)
class ChangeRow:
    """How many verdicts changed one way, and how many of them are failures now."""

    word: str
    count: int
    failures: int
    link: str | None


def waiver_rows(report: Report) -> tuple[WaiverRow, ...]:
    """The stale ones first."""
    findings = {finding.id: finding for finding in report.result.findings}
    known = {doc.id for doc in report.checks}
    return tuple(_waiver_row(one, findings, known) for one in stale_first(report.result.waivers))


def _waiver_row(one: WaiverNote, findings: Mapping[str, Finding], known: Collection[str]) -> WaiverRow:
    about = [findings[identity] for identity in one.findings if identity in findings]
    parts = [f"account {one.scope.account}"]
    parts += [f"region {one.scope.region}"] if one.scope.region != "*" else []
    parts += [one.scope.resource] if one.scope.resource != "*" else []
    if one.state == "active":
        link = findings_link(status="waived", check=one.check, q=search_words(f"Waiver {one.id} of"))
    else:
        link = findings_link(status=Status.FAIL.value, check=one.check)
    shown = tuple(about[:EXAMPLES])
    prose = check_link(one.check) if one.check in known else None
    return WaiverRow(one, prose, ", ".join(parts), shown, len(about) - len(shown), link)


def change_rows(result: Result) -> tuple[ChangeRow, ...]:
    """By what became of them; none without a baseline."""
    counts = Counter(one.change for one in result.findings)
    failures = Counter(one.change for one in result.findings if one.status is Status.FAIL)
    return tuple(
        ChangeRow(
            word,
            counts[change],
            failures[change],
            None if change == "unchanged" else findings_link(q=f"Since the baseline: {change}"),
        )
        for change, word in CHANGES.items()
        if counts[change]
    )
