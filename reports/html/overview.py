"""The first page: what was asked, whether all of it could be checked, and what came out."""

from collections import Counter
from dataclasses import dataclass

from reports.html.text import number, percent
from reports.html.words import GATE, SEVERITIES
from scanner.model.base import iso
from scanner.model.finding import Finding, Severity, Status
from scanner.model.reading import Outcome
from scanner.model.result import GateVerdict, Report, Result, ScopeAccount
from scanner.words import plural

READ = (Outcome.OK, Outcome.ABSENT)
"""How a call ends that gave a fact: *there is none* is one."""
BAR = 240
"""Length of the longest severity bar, in CSS pixels."""


def is_open(finding: Finding) -> bool:
    """Whether it is a failure that no waiver covers."""
    return finding.status is Status.FAIL and finding.waiver is None


@dataclass(frozen=True)
class Completeness:
    """How much of what was asked has an answer; `tone` picks the colours."""

    tone: str
    answer: str
    states: tuple[tuple[str, int], ...]
    accounts: int
    unknown: int
    verdicts: int
    failed_calls: int
    calls: int


@dataclass(frozen=True)
class Bar:
    """Open failures and unknown verdicts of one severity; lengths in CSS pixels."""

    severity: Severity
    failed: int
    unknown: int
    waived: int
    failed_length: int
    unknown_length: int


@dataclass(frozen=True)
class Overview:
    title: str
    started: str
    finished: str
    complete: Completeness
    gate_tone: str
    gate: str
    score: str | None
    assessed: int
    regions: int
    check_count: int
    bars: tuple[Bar, ...]


def overview(report: Report) -> Overview:
    result = report.result
    counts = result.summary
    assessed = counts.passed + counts.fail + counts.unknown
    tones: dict[GateVerdict, str] = {
        "pass": "pass",
        "fail": "fail",
        "incomplete": "unknown",
        "nothing-assessed": "unknown",
    }
    return Overview(
        title=_title(result),
        started=_moment(iso(result.run.started)),
        finished=_moment(iso(result.run.finished)),
        complete=_completeness(result),
        gate_tone=tones[result.gate.verdict],
        gate=GATE[result.gate.verdict],
        score=percent(counts.passed, assessed) if counts.score is not None and assessed else None,
        assessed=assessed,
        regions=len({region for account in result.scope.accounts for region in account.regions}),
        check_count=len({doc.id for doc in report.checks} | {one.check for one in result.findings}),
        bars=_bars(result.findings),
    )


def _title(result: Result) -> str:
    accounts = result.scope.accounts
    if result.run.organization:
        return f"Organization {result.run.organization}"
    if len(accounts) == 1:
        return label(accounts[0])
    return plural(len(accounts), "account")


def label(account: ScopeAccount) -> str:
    return f"{account.name} ({account.id})" if account.name else account.id


def _moment(text: str) -> str:
    return text.replace("T", " ").replace("Z", " UTC")


def _completeness(result: Result) -> Completeness:
    states = Counter(account.state for account in result.scope.accounts)
    unknown = sum(finding.status is Status.UNKNOWN for finding in result.findings)
    failed = sum(reading.count for reading in result.readings if reading.outcome not in READ)
    lost = states["unreachable"] + states["partial"]
    if result.gate.verdict == "nothing-assessed" or unknown == len(result.findings):
        tone, answer = "fail", "Nothing could be assessed. This report is no evidence of anything."
    elif result.gate.verdict == "incomplete" or lost or unknown or failed:
        tone, answer = "unknown", "No. Some of what was asked could not be read."
    elif states["skipped"]:
        tone, answer = "pass", f"Yes, but for {plural(states['skipped'], 'account')} that the scan skipped."
    else:
        tone, answer = "pass", "Yes. Everything that was asked for could be read."
    return Completeness(
        tone=tone,
        answer=answer,
        states=(
            ("assessed", states["assessed"]),
            ("partial", states["partial"]),
            ("unreachable", states["unreachable"]),
            ("skipped", states["skipped"]),
        ),
        accounts=len(result.scope.accounts),
        unknown=unknown,
        verdicts=len(result.findings),
        failed_calls=failed,
        calls=sum(reading.count for reading in result.readings),
    )


def _bars(findings: tuple[Finding, ...]) -> tuple[Bar, ...]:
    failed = Counter(finding.severity for finding in findings if is_open(finding))
    unknown = Counter(finding.severity for finding in findings if finding.status is Status.UNKNOWN)
    waived = Counter(finding.severity for finding in findings if finding.waiver is not None)
    longest = max((failed[level] + unknown[level] for level in SEVERITIES), default=0)

    def length(count: int) -> int:
        return max(2, BAR * count // longest) if count else 0

    return tuple(
        Bar(
            severity=level,
            failed=failed[level],
            unknown=unknown[level],
            waived=waived[level],
            failed_length=length(failed[level]),
            unknown_length=length(unknown[level]),
        )
        for level in SEVERITIES
    )


def sentence(bar: Bar) -> str:
    """What a bar shows, in words."""
    parts = [f"{number(bar.failed)} failed"]
    if bar.unknown:
        parts.append(f"{number(bar.unknown)} unknown")
    if bar.waived:
        parts.append(f"{number(bar.waived)} waived")
    return ", ".join(parts)
