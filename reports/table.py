"""The result for a person at a terminal: first what could not be checked, then the failures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, get_args

from reports.over_time import baseline_table, waivers_table
from reports.terminal import COLOURS, DEFAULT_WIDTH, MESSAGE, NAME, ROWS, Page, page_of
from reports.words import counted, fit, is_waived, line, resource_name, wrap
from scanner.model.finding import Finding, Reason, Status
from scanner.model.result import (
    Control,
    ControlStatus,
    EventClass,
    GateVerdict,
    Recorded,
    Report,
    Result,
)
from scanner.words import listed

ACCOUNTS = 20
"""Up to so many accounts, coverage is shown account by account."""

CLASS_HEADINGS: dict[EventClass, str] = {
    "management-read": "mgmt\nread",
    "management-write": "mgmt\nwrite",
    "global-service": "global",
    "kms": "kms",
    "rds-data": "rds\ndata",
    "s3-read": "s3\nread",
    "s3-write": "s3\nwrite",
    "lambda": "lambda",
    "dynamodb": "dynamo\ndb",
}
CELLS: dict[Recorded, str] = {"yes": "yes", "partly": "part", "no": "NO", "unknown": "?"}
GATE_COLOURS: dict[GateVerdict, str] = {
    "pass": "green",
    "fail": "red",
    "incomplete": "yellow",
    "nothing-assessed": "red",
}


class TableRenderer:
    """Passes are counted, not listed; the last line is the gate's."""

    format: ClassVar[str] = "table"
    suffix: ClassVar[str] = ".txt"

    def render(self, report: Report) -> bytes:
        return self.to_terminal(report, width=DEFAULT_WIDTH, colour=False).encode()

    def to_terminal(self, report: Report, *, width: int, colour: bool) -> str:
        page = page_of(width, colour=colour)
        sections = (
            _head,
            _accounts,
            _unknown,
            _failures,
            baseline_table,
            waivers_table,
            _summary,
            _coverage,
            _frameworks,
            _controls,
            _end,
        )
        blocks = ["\n".join(section(page, report.result)) for section in sections]
        return "\n\n".join(block for block in blocks if block) + "\n"


def _head(page: Page, result: Result) -> Iterator[str]:
    started = result.run.started.strftime("%Y-%m-%d %H:%M UTC")
    size = f"{counted(len(result.scope.accounts), 'account')}, {counted(len(result.findings), 'verdict')}"
    yield fit(f"trailaudit {result.tool.version}, {started}: {size}", page.width)


def _accounts(page: Page, result: Result) -> Iterator[str]:
    """Every account that was not assessed in full, the unreachable first."""
    order = ("unreachable", "partial", "skipped")
    found = sorted(
        (one for one in result.scope.accounts if one.state in order),
        key=lambda one: (order.index(one.state), one.id),
    )
    if not found:
        return
    yield page.heading(f"{counted(len(found), 'account')} not assessed in full")
    room = page.width - len("010203040506") - 2 - len("unreachable") - 2
    rows = []
    for one in found[:ROWS]:
        words = ": ".join(line(part, MESSAGE) for part in (one.name, one.reason) if part)
        rows.append((fit(one.id, 12), one.state, wrap(words, room)))
    yield page.grid(("account", "state", "name and reason"), rows)
    yield from _more(len(found) - ROWS, "account")


def _unknown(page: Page, result: Result) -> Iterator[str]:
    """The unknown verdicts by what is missing, since one permission is often behind many."""
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in result.findings:
        if finding.status is Status.UNKNOWN:
            groups[_cause(finding)].append(finding)
    if not groups:
        return
    yield page.heading(f"{counted(sum(map(len, groups.values())), 'verdict')} unknown, by what is missing")
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    cells = [
        (
            f"{len(findings):,}",
            _one_or_count((one.account for one in findings), "account"),
            _one_or_count((one.check for one in findings), "check"),
            line(f"{cause} ({code})" if code else cause, MESSAGE),
        )
        for (cause, code), findings in ranked[:ROWS]
    ]
    headings = ("count", "account", "check", "missing")
    room = page.width - sum(_widest(headings[column], cells, column) + 2 for column in range(3))
    rows = [(*row[:3], wrap(row[3], room)) for row in cells]
    yield page.grid(headings, rows, ("right", "left", "left", "left"))
    yield from _more(len(ranked) - ROWS, "cause")


def _widest(heading: str, rows: Iterable[Sequence[str]], column: int) -> int:
    return max(len(heading), *(len(text) for row in rows for text in row[column].split("\n")))


def _cause(finding: Finding) -> tuple[str, str]:
    """What to grant and how it was refused; without a call, the reason in words."""
    reason = finding.reason
    if not isinstance(reason, Reason):
        return (reason or finding.message, "")
    return (reason.action or reason.detail, reason.code or "")


def _one_or_count(names: Iterable[str], noun: str) -> str:
    different = set(names)
    return fit(different.pop(), NAME) if len(different) == 1 else counted(len(different), noun)


def _failures(page: Page, result: Result) -> Iterator[str]:
    """Open ones, worst first; two things to a column, so that messages keep room at 80 columns."""
    found = sorted(
        (one for one in result.findings if one.status is Status.FAIL and not is_waived(one)),
        key=lambda one: (-one.severity.rank, one.order),
    )
    if not found:
        return
    yield page.heading(f"{counted(len(found), 'failure')}, worst first")
    shown = found[:ROWS]
    places = [(f"{fit(one.check, NAME)}\n{_place(one)}",) for one in shown]
    where = _widest("check and place", places, 0)
    room = page.width - len("critical") - 2 - where - 2
    rows = []
    for one, (place,) in zip(shown, places, strict=True):
        severity = page.paint(one.severity.value, COLOURS[one.severity])
        if one.change in ("new", "reappeared"):
            severity += "\nagain" if one.change == "reappeared" else "\nnew"
        what = f"{fit(resource_name(one), room)}\n{wrap(line(one.message, MESSAGE), room)}"
        rows.append((severity, place, what))
    yield page.grid(("severity", "check and place", "resource and message"), rows)
    yield from _more(len(found) - ROWS, "failure")


def _place(finding: Finding) -> str:
    return fit(finding.account if finding.region is None else f"{finding.account} {finding.region}", NAME)


def _more(left: int, noun: str) -> Iterator[str]:
    if left > 0:
        yield f"… and {counted(left, f'more {noun}')} (use --output html or json)"


def _summary(page: Page, result: Result) -> Iterator[str]:
    counts = Counter(
        (one.severity, "waived" if is_waived(one) else one.status.value) for one in result.findings
    )
    columns = ("fail", "unknown", "waived", "pass", "not_applicable")
    present = {severity for severity, _ in counts}
    rows = [
        (severity.value, *(f"{counts[severity, column]:,}" for column in columns))
        for severity in sorted(present, key=lambda one: -one.rank)
    ]
    summary = result.summary
    totals = (summary.fail, summary.unknown, summary.waived, summary.passed, summary.not_applicable)
    rows.append(("all", *(f"{total:,}" for total in totals)))
    yield page.heading("Verdicts")
    headings = ("severity", "fail", "unknown", "waived", "pass", "not applicable")
    yield page.grid(headings, rows, ("left", *["right"] * len(columns)))
    asked = summary.passed + summary.fail + summary.unknown
    if asked == 0:
        yield "Score: none, since nothing was assessed"
    else:
        # Rounded down: 1.00 is for those where everything passes.
        yield f"Score: {summary.passed * 100 // asked / 100:.2f} ({summary.passed:,} of {asked:,} pass)"


def _coverage(page: Page, result: Result) -> Iterator[str]:
    accounts: defaultdict[str, defaultdict[EventClass, list[Recorded]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in result.coverage:
        accounts[one.account][one.event_class].append(one.recorded)
    if not accounts:
        return
    cells = {
        account: {event_class: over_regions(answers) for event_class, answers in classes.items()}
        for account, classes in accounts.items()
    }
    yield page.heading("Events recorded, over all regions")
    if len(cells) <= ACCOUNTS:
        yield page.grid(
            ("account", *CLASS_HEADINGS.values()),
            [
                (fit(account, 12), *(CELLS[row[one]] if one in row else "" for one in CLASS_HEADINGS))
                for account, row in sorted(cells.items())
            ],
        )
        yield "part: not everything or not in every region; ?: unknown"
        return
    answers: tuple[Recorded, ...] = get_args(Recorded)
    counts = Counter((one, answer) for row in cells.values() for one, answer in row.items())
    yield page.grid(
        ("accounts", *answers),
        [(one, *(f"{counts[one, answer]:,}" for answer in answers)) for one in CLASS_HEADINGS],
        ("left", *["right"] * len(answers)),
    )


def over_regions(answers: Iterable[Recorded]) -> Recorded:
    """What is known of all regions together: `partly` needs a known yes and a known no."""
    found = set(answers)
    if len(found) == 1:
        return found.pop()
    if found & {"yes", "partly"} and found & {"no", "partly"}:
        return "partly"
    return "unknown"


def _frameworks(page: Page, result: Result) -> Iterator[str]:
    if not result.frameworks:
        return
    yield page.heading("Controls of frameworks, as far as checks are evidence")
    columns: tuple[ControlStatus, ...] = ("fail", "unknown", "pass", "not_assessed")
    rows: list[tuple[str | int, ...]] = []
    for framework in result.frameworks:
        counts = Counter(control.status for control in framework.controls)
        rows.append((fit(framework.short, NAME), *(counts[column] for column in columns)))
    yield page.fitted(("framework", *(column.replace("_", " ") for column in columns)), rows)
    yield "A pass is evidence for a part of a control, and for what the scan covered."


def _controls(page: Page, result: Result) -> Iterator[str]:
    """Those that fail, then those that are unknown, of one framework after the other."""
    found = [
        (framework, control)
        for framework in result.frameworks
        for status in ("fail", "unknown")
        for control in framework.controls
        if control.status == status
    ]
    if not found:
        return
    yield page.heading(f"{counted(len(found), 'control')} not shown to be met")
    rows = [
        (control.status, fit(f"{framework.short} {control.id}", NAME), f"{control.title} ({_why(control)})")
        for framework, control in found[:ROWS]
    ]
    yield page.fitted(("status", "control", "what it asks for, and why not"), rows)
    yield from _more(len(found) - ROWS, "control")


def _why(control: Control) -> str:
    """The checks that fail; else the reason."""
    failed = [one.check for one in control.evidence if one.direct and one.status == "fail"]
    if control.status != "fail" or not failed:
        return control.reason or ""
    return listed(failed, 3) if control.fail else f"{listed(failed, 3)} (waived)"


def _end(page: Page, result: Result) -> Iterator[str]:
    gate = result.gate
    words = f"Gate: {gate.verdict}, exit code {gate.code}"
    if gate.reasons:
        words += ": " + "; ".join(line(reason, MESSAGE) for reason in gate.reasons)
    yield page.paint(wrap(words, page.width), GATE_COLOURS[gate.verdict], bold=True)
