"""Runs to compare: an account or two, a few verdicts, and everything else alike."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from scanner.model.arn import root_arn
from scanner.model.finding import Finding, Reason, Severity, Status, finding_id
from scanner.model.posture import AccountState
from scanner.model.result import Gate, Result, Rule, Run, Scope, ScopeAccount, Summary, Tool
from tests.build import ACCOUNT, NOW, OTHER, REGION, REGIONS, trail_arn

CHECK = "trail-logging"
CHECKS = (CHECK, "bucket-retention", "trail-tags")
PASSED, FAILED, UNREAD, NOT_JUDGED = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
QUARTER = timedelta(days=91)


def at(quarter: int) -> datetime:
    return NOW + quarter * QUARTER


def finding(
    status: Status = FAILED,
    *,
    check: str = CHECK,
    account: str = ACCOUNT,
    region: str | None = REGION,
    resource: str | None = None,
    **changes: Any,
) -> Finding:
    """On the account's trail, unless another resource is named."""
    named = trail_arn(account=account) if resource is None else resource
    values: dict[str, Any] = {
        "id": finding_id(check, account, region, named),
        "check": check,
        "status": status,
        "severity": Severity.MEDIUM,
        "account": account,
        "region": region,
        "resource": named,
        "message": f"it is {status.value}",
        "reason": Reason(detail="denied") if status is UNREAD else None,
        **changes,
    }
    return Finding(**values)


def unlisted(account: str = ACCOUNT, check: str = CHECK) -> Finding:
    """What a check says where it could not list all that it judges."""
    return finding(UNREAD, check=check, account=account, region=None, resource=root_arn("aws", account))


def scope_account(account: str = ACCOUNT, state: AccountState = "assessed", **changes: Any) -> ScopeAccount:
    return ScopeAccount(**{"id": account, "state": state, "regions": REGIONS, **changes})


def rules(checks: Iterable[str] = CHECKS, **options: Any) -> tuple[Rule, ...]:
    return tuple(Rule(id=check, severity=Severity.MEDIUM, options=dict(options)) for check in sorted(checks))


def run(
    *findings: Finding,
    quarter: int = 0,
    accounts: Sequence[ScopeAccount] = (scope_account(), scope_account(OTHER)),
    ran: tuple[Rule, ...] = rules(),
    version: str = "0.1.0",
    **changes: Any,
) -> Result:
    """A run of this quarter, counted from 0."""
    values: dict[str, Any] = {
        "tool": Tool(version=version),
        "run": Run(
            id=f"run-{quarter}",
            started=at(quarter),
            finished=at(quarter),
            caller=f"arn:aws:iam::{ACCOUNT}:user/auditor",
            taken_at=at(quarter),
        ),
        "scope": Scope(accounts=tuple(accounts)),
        "rules": ran,
        "readings": (),
        "coverage": (),
        "findings": tuple(sorted(findings, key=lambda one: one.order)),
        "summary": Summary(passed=0, fail=0, unknown=0, not_applicable=0, waived=0, score=None),
        "gate": Gate(code=0, verdict="pass", reasons=()),
        **changes,
    }
    return Result(**values)
