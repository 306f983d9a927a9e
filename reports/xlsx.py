"""The result as a workbook, for people who filter, sort and hand over.

Account ids are text, so they keep their leading zeros; times are text in UTC.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import ClassVar

from reports.flat import all_findings
from reports.verdicts import LOOKS, ORDER, Mark, account_names, check_order, mark, missing, note, worst_first
from reports.workbook import Column, Sheet, Tinted, Value, workbook
from scanner.model.base import iso
from scanner.model.finding import Finding, Reason, Severity
from scanner.model.result import Baseline, ControlStatus, Framework, Recorded, Report, Result

LISTED = 50
"""Names that one cell lists; how many there are stands beside it."""

_CONTROLS: dict[ControlStatus, Mark] = {"pass": "p", "fail": "f", "unknown": "u", "not_assessed": "n"}
_RECORDED: dict[Recorded, Mark] = {"yes": "p", "partly": "w", "no": "f", "unknown": "u"}


class XlsxRenderer:
    """Sheets: Summary, Accounts × Checks, Findings, Coverage, Unknown, Waivers, and one a framework."""

    format: ClassVar[str] = "xlsx"
    suffix: ClassVar[str] = ".xlsx"

    def render(self, report: Report) -> bytes:
        run = report.result.run
        return workbook(sheets(report), title="CloudTrail audit", note=run.id, made=run.finished)


def sheets(report: Report) -> Iterator[Sheet]:
    result = report.result
    yield _summary(report)
    yield _accounts(report)
    yield _findings(report)
    yield _coverage(result)
    yield _unknown(result)
    yield _waivers(result)
    if result.baseline is not None:
        yield _gone(result.baseline)
    yield from map(_framework, result.frameworks)


def _summary(report: Report) -> Sheet:
    columns = (Column("Summary", 28), Column("", 90), *(Column("", 14) for _ in LOOKS[1:]))
    return Sheet("Summary", columns, _summary_rows(report), filtered=False)


def _summary_rows(report: Report) -> Iterator[tuple[Value, ...]]:
    result = report.result
    run, gate, counts = result.run, result.gate, result.summary
    states = Counter(account.state for account in result.scope.accounts)
    yield ("Tool", f"trailaudit {result.tool.version}")
    yield ("Run", run.id)
    yield ("Started (UTC)", iso(run.started))
    yield ("Finished (UTC)", iso(run.finished))
    yield ("Caller", run.caller)
    yield ("Organization", run.organization or "-")
    yield ("Accounts", ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())))
    for account in result.scope.accounts:
        if account.state == "unreachable":
            yield (
                "not entered",
                f"{account.id} {account.name or ''}: {account.reason or 'no reason given'}",
            )
    yield ("Gate", Tinted(f"{gate.verdict}, exit code {gate.code}", "p" if gate.code == 0 else "f"))
    for reason in gate.reasons:
        yield ("reason", reason)
    yield ("Score", "none: nothing was assessed" if counts.score is None else counts.score)
    yield ("", "pass / (pass + fail + unknown); a waived failure is in none of them")
    yield ()
    yield ("Verdicts by severity", *(Tinted(look.word, look.mark) for look in LOOKS))
    by_severity = Counter((finding.severity, mark(finding)) for finding in result.findings)
    for severity in reversed(Severity):
        yield (severity.value, *(by_severity[severity, look.mark] for look in LOOKS))
    yield ("all", counts.fail, counts.unknown, counts.waived, counts.passed, counts.not_applicable)
    yield ()
    for framework in result.frameworks:
        statuses = Counter(control.status.replace("_", " ") for control in framework.controls)
        told = ", ".join(f"{count:,} {status}" for status, count in sorted(statuses.items()))
        yield (framework.short, f"controls: {told}" if told else "no control")
    if result.frameworks:
        yield ("", "What checks say is evidence for a part of a control; no check meets a control alone.")
        yield ()
    yield ("Unknown", "A fact could not be read, so there is no verdict: neither a pass nor a failure.")
    yield ("Not applicable", "The question does not arise; the finding says why.")
    yield ("Waived", "A failure that somebody answers for until a day; the sheet Waivers says who.")


def _accounts(report: Report) -> Sheet:
    checks = check_order(report)
    columns = (
        Column("Account", 15),
        Column("Name", 22),
        Column("State", 12),
        Column("Reason", 40),
        *(Column(check, 14) for check in checks),
    )
    return Sheet("Accounts × Checks", columns, _account_rows(report, checks), frozen=2)


def _account_rows(report: Report, checks: tuple[str, ...]) -> Iterator[tuple[Value, ...]]:
    """The worst verdict of each check in each account and how many there are of it, for every account."""
    counts: dict[tuple[str, str], Counter[Mark]] = defaultdict(Counter)
    for finding in report.result.findings:
        counts[finding.account, finding.check][mark(finding)] += 1
    scope = {account.id: account for account in report.result.scope.accounts}
    for number in sorted({*scope, *(account for account, _ in counts)}):
        account = scope.get(number)
        about = (account.name, account.state, account.reason) if account else (None, None, None)
        yield (number, *about, *(_worst(counts.get((number, check))) for check in checks))


def _worst(marks: Counter[Mark] | None) -> Value:
    if marks is None:
        return None
    worst = next(look for look in LOOKS if marks[look.mark])
    count = marks[worst.mark]
    return Tinted(worst.word if count == 1 else f"{count:,} {worst.word}", worst.mark)


def _findings(report: Report) -> Sheet:
    columns = (
        Column("Verdict", 14),
        Column("Severity", 10),
        Column("Check", 30),
        Column("Account", 15),
        Column("Name", 22),
        Column("Region", 15),
        Column("Resource", 55),
        Column("Message", 70),
        Column("Missing permission", 32),
        Column("Note", 50),
        Column("First seen", 22),
        Column("Id", 20),
    )
    return Sheet("Findings", columns, _finding_rows(report), frozen=1)


def _finding_rows(report: Report) -> Iterator[tuple[Value, ...]]:
    names = account_names(report.result)
    for finding in worst_first(all_findings(report)):
        reason = finding.reason
        yield (
            _verdict(finding),
            finding.severity.value,
            finding.check,
            finding.account,
            names.get(finding.account),
            finding.region,
            finding.resource,
            finding.message,
            reason.action if isinstance(reason, Reason) else None,
            note(finding),
            None if finding.first_seen is None else iso(finding.first_seen),
            finding.id,
        )


def _verdict(finding: Finding) -> Tinted:
    look = LOOKS[ORDER[mark(finding)]]
    return Tinted(look.word, look.mark)


def _coverage(result: Result) -> Sheet:
    columns = (
        Column("Account", 15),
        Column("Name", 22),
        Column("Region", 15),
        Column("Events", 20),
        Column("Recorded", 12),
        Column("By", 60),
        Column("Not recorded", 70),
    )
    names = account_names(result)
    rows = (
        (
            one.account,
            names.get(one.account),
            one.region,
            one.event_class,
            Tinted(one.recorded, _RECORDED[one.recorded]),
            _listed(one.by),
            _listed(one.holes),
        )
        for one in result.coverage
    )
    return Sheet("Coverage", columns, rows, frozen=1)


def _unknown(result: Result) -> Sheet:
    columns = (
        Column("Missing permission", 36),
        Column("Error code", 22),
        Column("Call", 28),
        Column("Why", 70),
        Column("Verdicts", 10),
        Column("Accounts", 10),
        Column("Checks", 10),
        Column("Which accounts", 40),
        Column("Which checks", 40),
    )
    rows = (
        (
            group.action,
            group.code,
            group.operation,
            group.meaning,
            len(group.findings),
            len(group.accounts),
            len(group.checks),
            _listed(group.accounts),
            _listed(group.checks),
        )
        for group in missing(result)
    )
    return Sheet("Unknown", columns, rows)


def _waivers(result: Result) -> Sheet:
    columns = (
        Column("Waiver", 18),
        Column("State", 12),
        Column("Owner", 28),
        Column("Approver", 28),
        Column("Ticket", 16),
        Column("Created", 12),
        Column("Expires", 12),
        Column("Check", 30),
        Column("Account", 15),
        Column("Region", 15),
        Column("Resource", 40),
        Column("Failures", 10),
        Column("Unknown", 10),
        Column("What became of it", 60),
        Column("Reason", 60),
    )
    rows = (
        (
            waiver.id,
            Tinted(waiver.state, "w" if waiver.state == "active" else "u"),
            waiver.owner,
            waiver.approver,
            waiver.ticket,
            waiver.created.isoformat(),
            waiver.expires.isoformat(),
            waiver.check,
            waiver.scope.account,
            waiver.scope.region,
            waiver.scope.resource,
            len(waiver.findings),
            waiver.unknown,
            waiver.detail,
            waiver.reason,
        )
        for waiver in result.waivers
    )
    return Sheet("Waivers", columns, rows, frozen=1)


def _gone(baseline: Baseline) -> Sheet:
    columns = (
        Column("Verdict", 14),
        Column("Severity", 10),
        Column("Check", 30),
        Column("Account", 15),
        Column("Region", 15),
        Column("Resource", 55),
        Column("Message", 70),
        Column("Why", 22),
        Column("First seen", 22),
        Column("Id", 20),
    )
    rows = (
        (
            one.status.value,
            one.severity.value,
            one.check,
            one.account,
            one.region,
            one.resource,
            one.message,
            one.why,
            None if one.first_seen is None else iso(one.first_seen),
            one.id,
        )
        for one in baseline.gone
    )
    return Sheet("Gone since the baseline", columns, rows, frozen=1)


def _framework(framework: Framework) -> Sheet:
    columns = (
        Column("Control", 14),
        Column("Title", 60),
        Column("Level", 8),
        Column("Assessment", 14),
        Column("Status", 14),
        Column("Why", 40),
        *(Column(look.word.capitalize(), 12) for look in LOOKS),
        Column("Checks", 60),
        Column("Note", 60),
    )
    rows = (
        (
            control.id,
            control.title,
            control.level,
            control.assessment,
            Tinted(control.status.replace("_", " "), _CONTROLS[control.status]),
            control.reason,
            control.fail,
            control.unknown,
            control.waived,
            control.passed,
            control.not_applicable,
            _listed(f"{one.check}: {one.status.replace('_', ' ')}" for one in control.evidence),
            control.note,
        )
        for control in framework.controls
    )
    return Sheet(framework.short, columns, rows, frozen=1)


def _listed(names: Iterable[str]) -> str:
    """The names, one after the other; beyond so many, how many more."""
    some = list(names)
    more = f"; and {len(some) - LISTED:,} more" if len(some) > LISTED else ""
    return "; ".join(some[:LISTED]) + more
