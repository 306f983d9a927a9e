"""The result as a comment on a pull request: what matters first, details folded.

GitHub refuses comments of more than 65,536 characters. What does not fit is counted where it would stand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from html import escape
from typing import ClassVar, get_args

from reports.flat import docs
from reports.gfm import MESSAGE, NAME, code, cut, folded, limited, prose, table
from reports.verdicts import LOOKS, mark, missing, worst_first
from reports.words import counted, is_waived, line, resource_name
from scanner.model.finding import Finding, Severity, Status
from scanner.model.result import EventClass, Framework, Recorded, Report

FAILURES, BRIEFLY, UNKNOWN, ACCOUNTS, WAIVED, STALE = 25_000, 7_000, 6_000, 6_000, 5_000, 3_000
"""Bytes that each part may take (so never more characters); the others need less than what is left."""
ROWS = 20
"""Failures of one check, frameworks, reasons of the gate."""
SHORT, REASON = 60, 200
"""Characters."""


class MarkdownRenderer:
    """GitHub's dialect: tables, and `<details>` for what is long."""

    format: ClassVar[str] = "markdown"
    suffix: ClassVar[str] = ".md"

    def render(self, report: Report) -> bytes:
        sections = (_head, _verdicts, _accounts, _failures, _unknown, _coverage, _frameworks, _waived)
        blocks = ("\n".join(section(report)) for section in sections)
        return ("\n\n".join(block for block in blocks if block) + "\n").encode()


def _head(report: Report) -> Iterator[str]:
    result = report.result
    yield f"## trailaudit: {result.gate.verdict.replace('-', ' ')}"
    yield ""
    reasons = "; ".join(prose(reason, REASON) for reason in result.gate.reasons[:ROWS])
    yield f"Exit code {result.gate.code}{': ' if reasons else ''}{reasons}."
    yield ""
    started = result.run.started.strftime("%Y-%m-%d %H:%M UTC")
    size = f"{counted(len(result.scope.accounts), 'account')}, {counted(len(result.findings), 'verdict')}"
    yield f"{size}, scanned {started} by trailaudit {prose(result.tool.version, SHORT)}."


def _verdicts(report: Report) -> Iterator[str]:
    counts = Counter((finding.severity, mark(finding)) for finding in report.result.findings)
    totals = Counter(mark(finding) for finding in report.result.findings)
    rows = [
        (severity.value, *(f"{counts[severity, look.mark]:,}" for look in LOOKS))
        for severity in reversed(Severity)
        if any(counts[severity, look.mark] for look in LOOKS)
    ]
    rows.append(("**all**", *(f"**{totals[look.mark]:,}**" for look in LOOKS)))
    yield from table(("severity", *(look.word for look in LOOKS)), rows)


def _accounts(report: Report) -> Iterator[str]:
    """Every account that was not assessed in full, the unreachable first."""
    order = ("unreachable", "partial", "skipped")
    accounts = sorted(
        (one for one in report.result.scope.accounts if one.state in order),
        key=lambda one: (order.index(one.state), one.id),
    )
    if accounts:
        rows = (
            ((code(one.id), prose(one.name or "-", SHORT), one.state, prose(one.reason or "-", REASON)), 1)
            for one in accounts
        )
        yield f"### {counted(len(accounts), 'account')} not assessed in full"
        yield ""
        yield from limited(("account", "name", "state", "reason"), rows, ACCOUNTS, "account")


def _failures(report: Report) -> Iterator[str]:
    """Check by check, the worst first; where there is no room for their failures, checks are counted."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in worst_first(report.result.findings):
        if finding.status is Status.FAIL and not is_waived(finding):
            groups[finding.check].append(finding)
    if not groups:
        return
    yield f"### {counted(sum(map(len, groups.values())), 'failure')}, worst first"
    yield ""
    titles = {check: doc.title for check, doc in docs(report).items()}
    briefly = []
    room = FAILURES
    for check, found in groups.items():
        text = "\n".join(_check(check, titles.get(check, ""), found))
        room -= len(text.encode())
        if room < 0:
            briefly.append(((found[0].severity.value, code(check), f"{len(found):,}"), len(found)))
        else:
            yield text
    if briefly:
        yield ""
        yield from limited(("severity", "also fails", "failures"), briefly, BRIEFLY, "failure")


def _check(check: str, title: str, findings: Sequence[Finding]) -> Iterator[str]:
    new = sum(finding.change in ("new", "reappeared") for finding in findings)
    counts = f"{len(findings):,}, {new:,} new" if new else f"{len(findings):,}"
    name, sentence = escape(line(check, NAME)), escape(line(title, MESSAGE))
    rows = [
        (code(one.account), code(one.region or "-"), code(resource_name(one)), prose(one.message))
        for one in findings[:ROWS]
    ]
    lines = [
        *table(("account", "region", "resource", "message"), rows),
        *cut(len(findings) - ROWS, "failure"),
        "",
        f"How to fix: {code(f'trailaudit checks {check}')}",
    ]
    yield from folded(f"<b>{findings[0].severity}</b> {name} ({counts}): {sentence}", lines)


def _unknown(report: Report) -> Iterator[str]:
    groups = missing(report.result)
    if not groups:
        return
    verdicts = sum(len(group.findings) for group in groups)
    yield f"### {counted(verdicts, 'verdict')} unknown, by what is missing"
    yield ""
    yield "What could not be read is neither a pass nor a failure."
    yield ""
    rows = (
        (
            (
                f"{len(group.findings):,}",
                code(group.action) if group.action else prose(group.meaning, REASON),
                code(group.code or "-", SHORT),
                f"{len(group.accounts):,}",
                f"{len(group.checks):,}",
            ),
            len(group.findings),
        )
        for group in groups
    )
    headings = ("verdicts", "missing", "error", "accounts", "checks")
    yield from limited(headings, rows, UNKNOWN, "unknown verdict")


def _coverage(report: Report) -> Iterator[str]:
    coverage = report.result.coverage
    if coverage:
        answers: tuple[Recorded, ...] = get_args(Recorded)
        classes: tuple[EventClass, ...] = get_args(EventClass)
        counts = Counter((one.event_class, one.recorded) for one in coverage)
        rows = [(one, *(f"{counts[one, answer]:,}" for answer in answers)) for one in classes]
        whole = sum(one.recorded == "yes" for one in coverage)
        cells = f"{whole:,} of {len(coverage):,} cells (account × region × class of events)"
        yield from folded(f"Recorded in full: {cells}", table(("events", *answers), rows))


def _frameworks(report: Report) -> Iterator[str]:
    frameworks = report.result.frameworks
    if frameworks:
        rows = map(_framework, frameworks[:ROWS])
        lines = [*table(("framework", "controls"), rows), *cut(len(frameworks) - ROWS, "framework")]
        yield from folded(counted(len(frameworks), "framework"), lines)


def _framework(framework: Framework) -> tuple[str, str]:
    statuses = Counter(control.status.replace("_", " ") for control in framework.controls)
    words = ", ".join(f"{count:,} {prose(status, SHORT)}" for status, count in sorted(statuses.items()))
    return (code(framework.key), words or "-")


def _waived(report: Report) -> Iterator[str]:
    rows = [
        (
            (
                code(waiver.id, SHORT),
                code(waiver.owner, SHORT),
                waiver.expires.isoformat(),
                code(finding.check),
                code(finding.account),
                code(resource_name(finding)),
            ),
            1,
        )
        for finding in worst_first(report.result.findings)
        if is_waived(finding) and (waiver := finding.waiver) is not None
    ]
    if rows:
        headings = ("waiver", "owner", "expires", "check", "account", "resource")
        lines = limited(headings, rows, WAIVED, "waived failure")
        yield from folded(f"{counted(len(rows), 'failure')} waived", lines)
    yield from _stale(report)


def _stale(report: Report) -> Iterator[str]:
    """Waivers that excuse nothing."""
    stale = [waiver for waiver in report.result.waivers if waiver.state != "active"]
    if stale:
        rows = (
            ((code(one.id, SHORT), code(one.owner, SHORT), one.state, prose(one.detail, REASON)), 1)
            for one in stale
        )
        lines = limited(("waiver", "owner", "state", "what became of it"), rows, STALE, "waiver")
        yield from folded(f"{counted(len(stale), 'waiver')} without effect", lines)
