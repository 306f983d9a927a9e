"""What a run could see, and why it has no verdict where another run has one."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, Self

from scanner.model.arn import is_arn, parse_arn
from scanner.model.finding import Finding, Status
from scanner.model.result import Absence, Result, ScopeAccount

_OWN = frozenset({"cloudtrail", "iam"})
"""Services of subjects that their own account lists: trails, event data stores, the account itself. All
others (buckets, keys, log groups, the organization) are found through whoever names them."""


class Subject(Protocol):
    """What a verdict of some run was on: a finding, or what is left of one."""

    @property
    def check(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str | None: ...
    @property
    def resource(self) -> str: ...


class Sight:
    """A run's verdicts by subject, and what was beyond its sight."""

    def __init__(
        self, accounts: Iterable[ScopeAccount], checks: Collection[str], findings: Sequence[Finding]
    ) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.checks = checks
        self.findings = {finding.id: finding for finding in findings}
        self._elsewhere = {(finding.check, finding.resource): finding for finding in findings}
        self._blind: dict[str, set[str]] = {}
        for finding in findings:
            if finding.status is Status.UNKNOWN and _is_account(finding):
                self._blind.setdefault(finding.check, set()).add(finding.account)
        self._closed = any(account.state == "unreachable" for account in self.accounts.values())

    @classmethod
    def of(cls, result: Result) -> Self:
        """Results of old don't say which checks ran: then those that judged something did."""
        ran = {rule.id for rule in result.rules} or {finding.check for finding in result.findings}
        return cls(result.scope.accounts, ran, result.findings)

    def absence(self, one: Subject) -> Absence:
        """Why this run has no verdict on the subject of another run's finding."""
        account = self.accounts.get(one.account)
        if one.check not in self.checks:
            return "check-not-run"
        if account is None:
            return "account-not-in-scope"
        if account.state == "skipped":
            return "account-skipped"
        if account.state == "unreachable":
            return "account-unreachable"
        there = self.elsewhere(one)
        if there is not None:
            return "not-visible" if there.status is Status.UNKNOWN else "filed-elsewhere"
        if self._hidden(one):
            return "not-visible"
        if one.region is not None and one.region not in account.regions:
            return "region-not-in-scope"
        return "resource-gone"

    def elsewhere(self, one: Subject) -> Finding | None:
        """The verdict on the same thing under another account or region."""
        return None if _is_account(one) else self._elsewhere.get((one.check, one.resource))

    def reached(self, account: str) -> bool:
        found = self.accounts.get(account)
        return found is not None and found.state in ("assessed", "partial")

    def _hidden(self, one: Subject) -> bool:
        """Whether it may be there, unseen: somebody who would have led to it could not be asked."""
        blind = self._blind.get(one.check, set())
        if is_arn(one.resource) and parse_arn(one.resource).service in _OWN:
            return one.account in blind
        return self._closed or bool(blind)


def _is_account(one: Subject) -> bool:
    """Whether it is about an account as a whole: there a check says what it could not list."""
    return one.resource.endswith(f":iam::{one.account}:root")
