"""Accounts × checks: the worst verdict of each check in each account."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.html.text import account_link, check_link, findings_link
from reports.verdicts import LOOKS, RANKS, Mark, check_order, mark
from scanner.model.posture import AccountState
from scanner.model.result import Report, ScopeAccount

MOST_LINES = 50
"""Accounts whose line is in the page itself; the script adds the others."""


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
        link=account_link(account),
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
