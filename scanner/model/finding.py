"""Verdicts and findings."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict

from scanner.model.base import CLOSED, Frozen, Moment
from scanner.model.reading import Gap


class Severity(StrEnum):
    """From the mildest to the worst."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 4 for critical."""
        return list(Severity).index(self)


class Status(StrEnum):
    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Reason(Frozen):
    """Why a verdict is `unknown`: the call that failed, or (no action) what is awaited."""

    action: str | None = None
    operation: str | None = None
    code: str | None = None
    detail: str
    account: str | None = None
    region: str | None = None

    @classmethod
    def of(cls, gap: Gap) -> Self:
        return cls(
            action=gap.action,
            operation=gap.operation,
            code=gap.code,
            detail=gap.detail,
            account=gap.account,
            region=gap.region,
        )


class Waiver(Frozen):
    """An exception with an owner and an end; the finding keeps its verdict."""

    id: str
    owner: str
    approver: str | None = None
    reason: str
    ticket: str | None = None
    expires: date


Change = Literal["new", "unchanged", "fixed", "reappeared", "lost-visibility", "changed"]
"""What became of a verdict since the baseline (`scanner.compare.baseline` says when it is which)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict on one subject. The order of members is that of the JSON."""

    __pydantic_config__: ClassVar[ConfigDict] = CLOSED

    id: str
    check: str
    status: Status
    severity: Severity
    account: str
    region: str | None = None
    resource: str
    message: str
    reason: Reason | str | None = None
    waiver: Waiver | None = None
    change: Change | None = None
    first_seen: Moment | None = None
    """When it failed for the first time, as far as a chain of baselines tells; kept while it passes."""
    evidence: tuple[str, ...] | None = None
    """The records that it rests on, by the ids of the result's `evidence`; None where none were kept."""

    @property
    def order(self) -> tuple[str, str, str, str]:
        return (self.account, self.check, self.region or "", self.resource)


def finding_id(check: str, account: str, region: str | None, resource: str) -> str:
    """SHA-256 of what a finding is about, never of its wording."""
    return hashlib.sha256("\n".join((check, account, region or "", resource)).encode()).hexdigest()
