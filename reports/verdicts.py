"""How verdicts are marked, ordered and explained, in every format alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reports.words import is_waived
from scanner.model.finding import Finding, Reason, Severity, Status
from scanner.model.result import Report, Result

RANKS = {severity: severity.rank for severity in Severity}

Mark = Literal["f", "u", "w", "p", "n"]
"""A verdict as one letter: fail, unknown, waived, pass, not applicable."""


class Look(NamedTuple):
    """A mark with its symbol, its word, and its key in filters."""

    mark: Mark
    symbol: str
    word: str
    key: str


LOOKS = (
    Look("f", "✕", "failed", "fail"),
    Look("u", "?", "unknown", "unknown"),
    Look("w", "!", "waived", "waived"),
    Look("p", "✓", "passed", "pass"),
    Look("n", "–", "not applicable", "not_applicable"),
)
"""From the worst."""

ORDER = {look.mark: index for index, look in enumerate(LOOKS)}

_MARKS: dict[Status, Mark] = {
    Status.FAIL: "f",
    Status.UNKNOWN: "u",
    Status.PASS: "p",
    Status.NOT_APPLICABLE: "n",
}

CODES: dict[str, str] = {
    "CheckBroken": "The check itself failed. A defect of trailaudit or of a plugin: please report it.",
    "OwnerOutOfScope": "The thing belongs to an account that this scan does not cover: add that account.",
    "NotRead": "The posture was saved by a scan that did not need this fact: scan again with this check.",
}
"""Codes of our own; AWS's codes speak for themselves beside the action."""


def mark(finding: Finding) -> Mark:
    """A failure with a waiver is no open one, and no pass either."""
    return "w" if is_waived(finding) else _MARKS[finding.status]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By verdict, then severity, then the order of the result."""
    return sorted(findings, key=lambda one: (ORDER[mark(one)], -RANKS[one.severity]))


def check_order(report: Report) -> tuple[str, ...]:
    """Every check with a verdict, in the order of the catalogue."""
    used = {finding.check for finding in report.result.findings}
    catalogued = [doc.id for doc in report.checks if doc.id in used]
    return (*catalogued, *sorted(used - set(catalogued)))


def account_names(result: Result) -> Mapping[str, str | None]:
    return {account.id: account.name for account in result.scope.accounts}


def note(finding: Finding) -> str:
    """What a person needs beside the message: the call that failed, the waiver, the change."""
    parts = []
    reason = finding.reason
    if isinstance(reason, Reason) and reason.action:
        parts.append(f"No answer from {reason.action}" + (f" ({reason.code})" if reason.code else ""))
    if finding.waiver is not None:
        waiver = finding.waiver
        approved = f", approved by {waiver.approver}" if waiver.approver else ""
        ticket = f" [{waiver.ticket}]" if waiver.ticket else ""
        parts.append(
            f"Waiver {waiver.id} of {waiver.owner}{approved}, until {waiver.expires}: {waiver.reason}{ticket}"
        )
    if finding.change is not None and finding.change != "unchanged":
        parts.append(f"Since the baseline: {finding.change}")
    return ". ".join(parts)


@dataclass(frozen=True, slots=True)
class Missing:
    """Unknown verdicts that wait for the same thing: a permission, or what `meaning` says."""

    action: str | None
    operation: str | None
    code: str | None
    meaning: str
    findings: tuple[Finding, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(sorted({finding.account for finding in self.findings}))

    @property
    def checks(self) -> tuple[str, ...]:
        return tuple(sorted({finding.check for finding in self.findings}))


def missing(result: Result) -> tuple[Missing, ...]:
    """What unknown verdicts wait for, the most frequent first."""
    groups: dict[tuple[str, ...], list[tuple[Finding, Reason]]] = defaultdict(list)
    for finding in result.findings:
        if finding.status is Status.UNKNOWN:
            reason = finding.reason
            if not isinstance(reason, Reason):
                reason = Reason(detail=reason or finding.message)
            ours = reason.action is None and reason.code not in CODES
            key = (reason.action or "", reason.code or "", reason.detail if ours else "")
            groups[key].append((finding, reason))
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(_missing(pairs[0][1], [finding for finding, _ in pairs]) for _, pairs in ordered)


def _missing(reason: Reason, findings: Iterable[Finding]) -> Missing:
    return Missing(
        action=reason.action,
        operation=reason.operation,
        code=reason.code,
        meaning=CODES.get(reason.code or "", reason.detail),
        findings=tuple(findings),
    )
