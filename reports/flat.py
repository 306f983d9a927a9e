"""A result as rows, for formats that know nothing but findings and cells."""

import re
from collections import defaultdict
from collections.abc import Iterator

from reports.verdicts import account_names
from reports.words import ELLIPSIS, printable
from scanner.model.arn import is_arn, parse_arn, root_arn
from scanner.model.finding import Finding, Reason, Severity, Status, finding_id
from scanner.model.posture import AccountState
from scanner.model.result import CheckDoc, Control, Framework, Report, Result

LONGEST = 16_000
"""Characters of a cell. Excel takes 32,767 UTF-16 units, of which a character takes one or two."""

ENTERED = CheckDoc(
    id="account-entered",
    title="The account can be entered.",
    severity=Severity.HIGH,
    subject="account",
    why="Nothing is known of an account that the scan could not enter: it has no other findings.",
    fix="Deploy the role that the scan assumes to the account, and let it trust the caller.",
    see="",
)
"""Stands in for a check where a format has nothing but findings; no check has this id."""

_LINK = re.compile(r"https://\S+")
_LEFT_OUT: dict[AccountState, Status] = {
    "unreachable": Status.UNKNOWN,
    "skipped": Status.NOT_APPLICABLE,
}


def cell(text: str) -> str:
    """One printable line that a spreadsheet takes; where the end is cut, it says how long it was."""
    flat = printable(" ".join(text.split()))
    if len(flat) <= LONGEST:
        return flat
    cut = f"{ELLIPSIS} (cut: {len(flat):,} characters)"
    return flat[: LONGEST - len(cut)] + cut


def partition(result: Result) -> str:
    """The AWS partition of the run, as its caller's ARN names it."""
    caller = result.run.caller
    return parse_arn(caller).partition if is_arn(caller) else "aws"


def not_entered(result: Result) -> Iterator[Finding]:
    """A finding for each account that has none, so that it doesn't vanish: unreachable ones are unknown,
    skipped ones not applicable.
    """
    for account in result.scope.accounts:
        if (status := _LEFT_OUT.get(account.state)) is not None:
            words = account.reason or f"the account is {account.state}"
            resource = root_arn(partition(result), account.id)
            yield Finding(
                id=finding_id(ENTERED.id, account.id, None, resource),
                check=ENTERED.id,
                status=status,
                severity=ENTERED.severity,
                account=account.id,
                resource=resource,
                message=f"{account.state}: {words}",
                reason=Reason(detail=words, account=account.id) if status is Status.UNKNOWN else words,
            )


def all_findings(report: Report) -> list[Finding]:
    """Those of the result and those of accounts that have none, in the order of a result."""
    return sorted((*report.result.findings, *not_entered(report.result)), key=lambda one: one.order)


def cited(result: Result) -> dict[str, tuple[tuple[Framework, Control], ...]]:
    """The controls that each check is direct evidence for, in the order of the frameworks."""
    found: dict[str, list[tuple[Framework, Control]]] = defaultdict(list)
    for framework in result.frameworks:
        for control in framework.controls:
            for link in control.evidence:
                if link.direct:
                    found[link.check].append((framework, control))
    return {check: tuple(controls) for check, controls in found.items()}


def docs(report: Report) -> dict[str, CheckDoc]:
    """The prose of every check by its id."""
    return {doc.id: doc for doc in (*report.checks, ENTERED)}


def links(doc: CheckDoc) -> list[str]:
    """The addresses that the check refers to."""
    return _LINK.findall(doc.see)


class Scene:
    """What the findings of one report have in common."""

    def __init__(self, report: Report) -> None:
        self.docs = docs(report)
        self.cited = cited(report.result)
        self.names = account_names(report.result)
        self.partition = partition(report.result)
