"""The result as JUnit XML, for the test pages of GitLab, Jenkins, CodeBuild and their like.

One suite for each account with findings, one that enters every account of the scope (so that one that
was denied is an error, not an absence), and one for the gate. An open failure is a `<failure>` whatever
its severity: the gate's threshold (`--fail-on`) decides the exit code, and the last test case.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar, Literal

from reports.words import line, printable, shorten
from scanner.model.finding import Finding, Reason, Status, Waiver
from scanner.model.result import CheckDoc, Gate, Report, ScopeAccount

CLASS_LIMIT, NAME_LIMIT, RESOURCE_LIMIT, MESSAGE_LIMIT, TEXT_LIMIT = 200, 250, 200, 300, 4000
"""Characters. Readers cut or refuse long attributes, each at a length of its own."""

Outcome = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Case:
    """One `<testcase>`; `kind`, `message` and `text` are those of the element inside it."""

    classname: str
    name: str
    outcome: Outcome = "passed"
    kind: str | None = None
    message: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    cases: tuple[Case, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(case.outcome == outcome for case in self.cases)


class JUnitRenderer:
    """The dialect that all of them read: `testsuites`, `testsuite`, `testcase`, nothing nested deeper."""

    format: ClassVar[str] = "junit"
    suffix: ClassVar[str] = ".xml"

    def render(self, report: Report) -> bytes:
        suites = _distinct(_suites(report))
        root = ET.Element("testsuites", {"name": "trailaudit", **_counts(suites)})
        started = report.result.run.started.strftime("%Y-%m-%dT%H:%M:%S")
        for suite in suites:
            name = shorten(suite.name, NAME_LIMIT)
            element = ET.SubElement(
                root, "testsuite", {"name": name, "timestamp": started, **_counts([suite])}
            )
            element.extend(map(_element, suite.cases))
        ET.indent(root)
        text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return text + b"\n"


def _counts(suites: Iterable[Suite]) -> dict[str, str]:
    suites = tuple(suites)
    return {
        "tests": str(sum(len(suite.cases) for suite in suites)),
        "failures": str(sum(suite.count("failure") for suite in suites)),
        "errors": str(sum(suite.count("error") for suite in suites)),
        "skipped": str(sum(suite.count("skipped") for suite in suites)),
        "time": "0",
    }


def _element(case: Case) -> ET.Element:
    element = ET.Element("testcase", classname=case.classname, name=case.name, time="0")
    if case.outcome != "passed":
        # GitLab shows the text and Jenkins the message: each says what is wrong.
        inside = ET.SubElement(element, case.outcome, message=line(case.message, MESSAGE_LIMIT))
        if case.kind is not None:
            inside.set("type", case.kind)
        inside.text = printable(case.text[:TEXT_LIMIT])
    return element


def _distinct(suites: Iterable[Suite]) -> list[Suite]:
    """The suites with every pair of classname and name once: GitLab drops a repeated one."""
    seen: set[tuple[str, str]] = set()

    def named(case: Case) -> Case:
        classname, name = shorten(case.classname, CLASS_LIMIT), shorten(case.name, NAME_LIMIT)
        unique, number = name, 1
        while (classname, unique) in seen:
            number += 1
            unique = f"{name} #{number}"
        seen.add((classname, unique))
        return replace(case, classname=classname, name=unique)

    return [replace(suite, cases=tuple(map(named, suite.cases))) for suite in suites]


def _suites(report: Report) -> Iterator[Suite]:
    result = report.result
    docs = {doc.id: doc for doc in report.checks}
    names = {account.id: account.name for account in result.scope.accounts}
    for account, findings in groupby(
        sorted(result.findings, key=lambda one: one.order), key=lambda one: one.account
    ):
        yield Suite(
            _account(account, names.get(account)), tuple(_case(one, docs.get(one.check)) for one in findings)
        )
    if result.scope.accounts:
        yield Suite("accounts", tuple(map(_entered, result.scope.accounts)))
    yield Suite("gate", (_gate(result.gate),))


def _account(number: str, name: str | None) -> str:
    return number if name is None else f"{number} ({name})"


def _case(finding: Finding, doc: CheckDoc | None) -> Case:
    region = "" if finding.region is None else f" ({finding.region})"
    where = f"{shorten(finding.resource, RESOURCE_LIMIT)}{region}"
    case = Case(classname=f"{finding.account}/{finding.check}", name=where)
    match finding.status:
        case Status.PASS:
            return case
        case Status.NOT_APPLICABLE:
            return _with(case, "skipped", finding.message, finding.message)
        case Status.UNKNOWN:
            return _with(case, "error", finding.message, _text(finding, doc), "unknown")
        case Status.FAIL if finding.waiver is not None:
            words = _waived(finding, finding.waiver)
            return _with(case, "skipped", words, words)
        case Status.FAIL:
            return _with(case, "failure", finding.message, _text(finding, doc), finding.severity.value)


def _with(case: Case, outcome: Outcome, message: str, text: str, kind: str | None = None) -> Case:
    return replace(case, outcome=outcome, message=message, text=text, kind=kind)


def _waived(finding: Finding, waiver: Waiver) -> str:
    ticket = "" if waiver.ticket is None else f", {waiver.ticket}"
    return (
        f"waived until {waiver.expires} by {waiver.owner} ({waiver.id}{ticket}): {waiver.reason}. "
        f"The finding: {finding.message}"
    )


def _text(finding: Finding, doc: CheckDoc | None) -> str:
    """What is wrong, where, and the way out; for people who see nothing but this."""
    lines = [
        line(finding.message, TEXT_LIMIT // 2),
        "",
        f"check: {finding.check}" + ("" if doc is None else f" ({doc.title})"),
        f"severity: {finding.severity}",
        f"account: {finding.account}",
        f"region: {finding.region or '-'}",
        f"resource: {shorten(finding.resource, TEXT_LIMIT // 4)}",
    ]
    if isinstance(finding.reason, Reason):
        lines += _missing(finding.reason)
    else:
        lines.append(f"how to fix: trailaudit checks {finding.check}")
    return "\n".join(lines)


def _missing(reason: Reason) -> Iterator[str]:
    if reason.action is not None:
        where = f" in account {reason.account}" if reason.account else ""
        yield f"not readable: {reason.action}{where}"
    if reason.operation is not None or reason.code is not None:
        yield f"answer: {line(reason.code or 'none', 100)} to {reason.operation or 'no call'}"


def _entered(account: ScopeAccount) -> Case:
    case = Case(classname=f"{account.id}/account", name=f"{account.id} can be entered")
    reason = account.reason or f"The account is {account.state}."
    match account.state:
        case "unreachable":
            return _with(case, "error", reason, reason, "unreachable")
        case "skipped":
            return _with(case, "skipped", reason, reason)
        case "assessed" | "partial":
            return case


def _gate(gate: Gate) -> Case:
    case = Case(classname="trailaudit/gate", name="the gate passes")
    if gate.code == 0:
        return case
    reasons = "; ".join(gate.reasons) or "no reason given"
    return _with(
        case,
        "failure" if gate.code == 1 else "error",
        f"{gate.verdict}: {reasons}",
        f"{gate.verdict} (exit code {gate.code}): {reasons}",
        gate.verdict,
    )
