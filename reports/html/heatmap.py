"""Accounts × checks: the worst verdict of each check in each account."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reports.html.text import check_link, findings_link
from reports.html.words import RANKS
from scanner.model.finding import Finding, Status
from scanner.model.posture import AccountState
from scanner.model.result import Report, ScopeAccount

MOST_LINES = 50
"""Accounts whose line is in the page itself; the script adds the others."""

Mark = Literal["f", "u", "w", "p", "n"]
"""How a verdict looks, as the class of its cell: fail, unknown, waived, pass, not applicable."""


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


_MARKS: dict[Status, Mark] = {
    Status.FAIL: "f",
    Status.UNKNOWN: "u",
    Status.PASS: "p",
    Status.NOT_APPLICABLE: "n",
}


def mark(finding: Finding) -> Mark:
    """A failure with a waiver is no open one, and no pass either."""
    if finding.waiver is not None:
        return "w"
    return _MARKS[finding.status]


@dataclass(frozen=True)
class Cell:
    """The worst verdicts of one check in one account, and how many there are of them."""

    mark: Mark
    symbol: str
    text: str
    link: str


@dataclass(frozen=True)
class Line:
    id: str
    name: str | None
    link: str
    cells: tuple[Cell | None, ...]
    """None where the check gave no verdict in this account."""


@dataclass(frozen=True)
class Lost:
    """An account that has no line: nothing is known of it."""

    id: str
    name: str | None
    state: AccountState


@dataclass(frozen=True)
class HeatMap:
    checks: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    lost: tuple[Lost, ...]
    rest: tuple[str, ...]
    """The accounts whose lines the script adds."""


def heat_map(report: Report) -> HeatMap:
    """Accounts from the worst, checks in the order of the catalogue."""
    findings = report.result.findings
    counts: dict[tuple[str, str], Counter[Mark]] = defaultdict(Counter)
    weights: Counter[str] = Counter()
    for finding in findings:
        one = mark(finding)
        counts[finding.account, finding.check][one] += 1
        if one == "f":
            weights[finding.account] += 10 ** RANKS[finding.severity]
    seen = sorted({finding.account for finding in findings}, key=lambda one: (-weights[one], one))
    scope = {account.id: account for account in report.result.scope.accounts}
    judged = set(seen)
    checks = check_order(report)
    return HeatMap(
        checks=tuple((check, check_link(check)) for check in checks),
        lines=tuple(_line(account, scope, checks, counts) for account in seen[:MOST_LINES]),
        lost=tuple(
            Lost(account.id, account.name, account.state)
            for account in report.result.scope.accounts
            if account.id not in judged
        ),
        rest=tuple(seen[MOST_LINES:]),
    )


def check_order(report: Report) -> tuple[str, ...]:
    """Every check with a verdict, in the order of the catalogue."""
    used = {finding.check for finding in report.result.findings}
    catalogued = [doc.id for doc in report.checks if doc.id in used]
    return (*catalogued, *sorted(used - set(catalogued)))


def _line(
    account: str,
    scope: Mapping[str, ScopeAccount],
    checks: Sequence[str],
    counts: Mapping[tuple[str, str], Counter[Mark]],
) -> Line:
    found = scope.get(account)
    return Line(
        id=account,
        name=found.name if found else None,
        link=findings_link(account=account),
        cells=tuple(
            _cell(account, check, counts[account, check]) if (account, check) in counts else None
            for check in checks
        ),
    )


def _cell(account: str, check: str, marks: Counter[Mark]) -> Cell:
    worst = next(look for look in LOOKS if marks[look.mark])
    count = marks[worst.mark]
    text = worst.word if count == 1 else f"{count} {worst.word}"
    return Cell(worst.mark, worst.symbol, text, findings_link(account=account, check=check))
