"""What a scan could not tell, and why: accounts without entry, calls that fail, checks that hang on them.

A pure function of what a first look read and what was made of it, as with a scan.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from scanner.model.base import Frozen
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Account, Posture
from scanner.model.reading import Outcome

Health = Literal["well", "lacking", "unreachable", "skipped"]
_FINE = (Outcome.OK, Outcome.ABSENT, Outcome.REGION_DISABLED)


class Patient(Frozen):
    """One account. `well`: no check would be unknown in it."""

    id: str
    name: str | None
    state: Health
    reason: str | None
    """Why it can't be entered, or is skipped."""
    unknown: tuple[str, ...]
    """The checks that would be unknown, sorted."""


class Complaint(Frozen):
    """An action that AWS refused, or that failed otherwise, in one way."""

    action: str
    outcome: Outcome
    code: str | None
    accounts: tuple[str, ...]
    checks: tuple[str, ...]
    """Those that would be unknown for it; none where another call answered instead."""
    detail: str | None
    """What AWS said in the first of these accounts, where a check hangs on it."""


class Diagnosis(Frozen):
    """All sorted."""

    accounts: tuple[Patient, ...]
    complaints: tuple[Complaint, ...]
    untried: tuple[str, ...]
    """Actions that nothing here called for, so that it isn't known whether they are allowed."""
    regions: tuple[str, ...]
    """Those that were looked at; none where that were all that are enabled."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The actions to grant."""
        return tuple(sorted({one.action for one in self.complaints if one.outcome is Outcome.DENIED}))


def diagnose(posture: Posture, findings: Sequence[Finding], wanted: Iterable[str]) -> Diagnosis:
    """`wanted` are the actions that the chosen checks may use."""
    unknown = [finding for finding in findings if finding.status is Status.UNKNOWN]
    tried = {call.action for call in posture.calls}
    return Diagnosis(
        accounts=tuple(_patient(account, unknown) for account in posture.accounts),
        complaints=_complaints(posture, unknown),
        untried=tuple(sorted(set(wanted) - tried)),
        regions=tuple(
            sorted({region for one in posture.accounts if one.narrowed for region in one.judged_regions})
        ),
    )


def _patient(account: Account, unknown: Iterable[Finding]) -> Patient:
    checks = tuple(sorted({finding.check for finding in unknown if finding.account == account.id}))
    states: Mapping[str, Health] = {"unreachable": "unreachable", "skipped": "skipped"}
    return Patient(
        id=account.id,
        name=account.name,
        state=states.get(account.state, "lacking" if checks else "well"),
        reason=None if account.reachable else account.reason,
        unknown=checks,
    )


def _complaints(posture: Posture, unknown: Iterable[Finding]) -> tuple[Complaint, ...]:
    accounts: dict[tuple[str, Outcome, str | None], set[str]] = {}
    # Why an account can't be entered stands with the account: its role's trust may be to blame.
    closed = {account.id for account in posture.accounts if not account.reachable}
    for call in posture.calls:
        if call.outcome not in _FINE and call.account not in closed:
            accounts.setdefault((call.action, call.outcome, call.code), set()).add(call.account)
    reasons: dict[tuple[str | None, str | None], list[tuple[str, Reason]]] = {}
    for finding in unknown:
        if isinstance(finding.reason, Reason):
            told = reasons.setdefault((finding.reason.action, finding.reason.code), [])
            told.append((finding.check, finding.reason))
    return tuple(
        Complaint(
            action=action,
            outcome=outcome,
            code=code,
            accounts=tuple(sorted(where)),
            checks=tuple(sorted({check for check, _ in reasons.get((action, code), ())})),
            detail=min((reason.detail for _, reason in reasons.get((action, code), ())), default=None),
        )
        for (action, outcome, code), where in sorted(accounts.items(), key=lambda item: _order(*item[0]))
    )


def _order(action: str, outcome: Outcome, code: str | None) -> tuple[bool, str, str, str]:
    return outcome is not Outcome.DENIED, action, outcome.value, code or ""
