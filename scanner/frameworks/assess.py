"""What the verdicts of checks say of the controls of a framework."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from scanner.check import Check, Period, demand
from scanner.frameworks.files import ControlFile, FrameworkFile
from scanner.model.finding import Finding, Status
from scanner.model.result import (
    Control,
    ControlStatus,
    Evidence,
    EvidenceStatus,
    Framework,
    Link,
    RetentionPeriod,
    ScopeAccount,
)
from scanner.words import listed

Demands = Mapping[str, tuple[Period, int]]
"""By check: what its days are about, and how many of them the scan asked for."""


def assess_frameworks(
    frameworks: Sequence[FrameworkFile],
    findings: Iterable[Finding],
    accounts: Iterable[ScopeAccount],
    ran: Collection[Check],
) -> tuple[Framework, ...]:
    """What the verdicts of the checks that ran say of each control.

    A control passes where every direct check passes or does not apply, and at least one passes. It fails
    where one fails, waived or not. Otherwise it is unknown; so is one that would pass while an account in
    scope could not be entered. Without direct evidence it is not assessed.
    """
    if not frameworks:
        return ()
    counts: dict[str, Counter[str]] = {check.id: Counter() for check in ran}
    for finding in findings:
        if finding.check in counts:
            waived = finding.status is Status.FAIL and finding.waiver is not None
            counts[finding.check]["waived" if waived else finding.status.value] += 1
    demands = {check.id: found for check in ran if (found := demand(check)) is not None}
    lost = [account.id for account in accounts if account.state == "unreachable"]
    return tuple(_assessed(framework, counts, demands, lost) for framework in frameworks)


def _assessed(
    framework: FrameworkFile, counts: Mapping[str, Counter[str]], demands: Demands, lost: Sequence[str]
) -> Framework:
    periods = {one.control: one for one in reversed(framework.retention)}
    return Framework(
        key=framework.key,
        name=framework.name,
        short=framework.short,
        version=framework.version,
        publisher=framework.publisher,
        notes=framework.notes,
        retention=framework.retention,
        controls=tuple(
            _control(
                control,
                tuple(_evidence(link, counts, demands, periods.get(control.id)) for link in control.checks),
                lost,
            )
            for control in framework.controls
        ),
    )


def _evidence(
    link: Link, counts: Mapping[str, Counter[str]], demands: Demands, wanted: RetentionPeriod | None
) -> Evidence:
    found = counts.get(link.check)
    status = "not_run" if found is None else _status(found)
    reason = None
    if wanted is not None and link.check in demands:
        reason = _mismatch(status, *demands[link.check], wanted)
    tally = found or Counter()
    return Evidence(
        check=link.check,
        confidence=link.confidence,
        sources=link.sources,
        status=status if reason is None else "unknown",
        passed=tally["pass"],
        fail=tally["fail"],
        unknown=tally["unknown"],
        not_applicable=tally["not_applicable"],
        waived=tally["waived"],
        reason=reason,
    )


def _status(tally: Counter[str]) -> EvidenceStatus:
    """The worst of a check's verdicts. Without any, since nobody could be entered, it is unknown."""
    if tally["fail"] or tally["waived"]:
        return "fail"
    if tally["unknown"] or not tally.total():
        return "unknown"
    return "pass" if tally["pass"] else "not_applicable"


def _mismatch(status: str, kind: Period, asked: int, wanted: RetentionPeriod) -> str | None:
    """Why a verdict on so many days decides nothing about the days that the control wants."""
    days = wanted.min_days if kind is Period.KEPT else wanted.immediately_available_days
    if days is None or {"pass": asked >= days, "fail": asked <= days}.get(status, True):
        return None
    return f"asked for {asked:,} days, the control for {days:,} (retention_for sets it)"


def _control(control: ControlFile, evidence: tuple[Evidence, ...], lost: Sequence[str]) -> Control:
    direct = [one for one in evidence if one.direct]
    status, reason = _conclusion(direct, lost)
    return Control(
        id=control.id,
        status=status,
        passed=sum(one.passed for one in direct),
        fail=sum(one.fail for one in direct),
        unknown=sum(one.unknown for one in direct),
        not_applicable=sum(one.not_applicable for one in direct),
        waived=sum(one.waived for one in direct),
        title=control.title,
        level=control.level,
        assessment=control.assessment,
        reason=reason,
        note=control.note,
        evidence=evidence,
    )


def _conclusion(direct: Sequence[Evidence], lost: Sequence[str]) -> tuple[ControlStatus, str | None]:
    """The status of a control, and why it is unknown."""
    if not direct:
        return "not_assessed", None
    statuses = {one.status for one in direct}
    if "fail" in statuses:
        return "fail", None
    reasons = list(_doubts(direct, lost))
    if not reasons and "pass" in statuses:
        return "pass", None
    return "unknown", "; ".join(reasons) or "no check found anything to judge"


def _doubts(direct: Sequence[Evidence], lost: Sequence[str]) -> Iterator[str]:
    """What keeps a control from passing."""
    if lost:
        noun = "account" if len(lost) == 1 else "accounts"
        yield f"{noun} {listed(lost, 3)} could not be entered"
    not_run = [one.check for one in direct if one.status == "not_run"]
    if not_run:
        yield f"not run: {listed(not_run, 3)}"
    mismatches: dict[str, list[str]] = {}
    for one in direct:
        if one.reason is not None:
            mismatches.setdefault(one.reason, []).append(one.check)
    yield from (f"{listed(checks, 3)} {reason}" for reason, checks in mismatches.items())
    unknown = [one.check for one in direct if one.status == "unknown" and one.reason is None]
    if unknown:
        yield f"unknown: {listed(unknown, 3)}"
