"""Waivers and findings with all but the point of a test filled in."""

from datetime import date
from typing import Any

from scanner.model.finding import Finding, Severity, Status, finding_id
from scanner.model.waiver import WaiverRule, WaiverScope
from tests.build import ACCOUNT, REGION, trail_arn

CHECK = "trail-logging"
TODAY = date(2026, 1, 31)


def waiver(
    name: str = "W-1", *, account: str = ACCOUNT, region: str = "*", resource: str = "*", **changes: Any
) -> WaiverRule:
    """In force for two months around `TODAY`, for everything that `CHECK` judges in `ACCOUNT`."""
    values: dict[str, Any] = {
        "id": name,
        "owner": "platform@example.com",
        "reason": "replaced in March",
        "check": CHECK,
        "scope": WaiverScope(account=account, region=region, resource=resource),
        "created": date(2026, 1, 1),
        "expires": date(2026, 2, 28),
        **changes,
    }
    return WaiverRule(**values)


def finding(
    status: Status = Status.FAIL,
    *,
    check: str = CHECK,
    account: str = ACCOUNT,
    region: str | None = REGION,
    resource: str = trail_arn(),
) -> Finding:
    return Finding(
        id=finding_id(check, account, region, resource),
        check=check,
        status=status,
        severity=Severity.MEDIUM,
        account=account,
        region=region,
        resource=resource,
        message="so it is",
    )
