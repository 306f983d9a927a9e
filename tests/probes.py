"""The simplest check of each scope, to see how its class walks a posture."""

from scanner.check import (
    AccountCheck,
    BucketCheck,
    Check,
    Fail,
    OrganizationCheck,
    Pass,
    RegionCheck,
    TrailCheck,
    Verdict,
)
from scanner.model.bucket import Bucket
from scanner.model.finding import Finding, Severity, Status
from scanner.model.organization import Organization
from scanner.model.posture import Account, Posture
from scanner.model.trail import Trail
from tests.build import (
    ACCOUNT,
    OTHER,
    REGION,
    account,
    denied,
    view,
)

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
STRANGER = "999999999999"
UNLISTED = denied("cloudtrail:DescribeTrails", region="us-east-1")


class OfAccount(AccountCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, account: Account, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Pass(account.id)


class OfRegion(RegionCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, account: Account, region: str, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Pass(f"{account.id} {region}")


class OfTrail(TrailCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Pass("logs") if trail.status.require().logging else Fail("is stopped")


class OfBucket(BucketCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Pass(bucket.name)


class OfAnyBucket(OfBucket):
    needs_owner = False


class OfOrganization(OrganizationCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, organization: Organization, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Pass(organization.id)


def unreachable(account_id: str = OTHER) -> Account:
    gap = denied("sts:AssumeRole", account=account_id, region=None)
    return Account(id=account_id, state="unreachable", reason="denied", gap=gap, enabled_regions=gap)


def unlisted(account_id: str = ACCOUNT, *trails: Trail) -> Account:
    """An account one of whose two regions does not tell its trails."""
    return account(
        account_id, views=(view(REGION, tuple(t.arn for t in trails)), view("us-east-1", UNLISTED))
    )


def found(check: Check, it: Posture) -> list[tuple[str, str | None, str, Status, str]]:
    return [(one.account, one.region, one.resource, one.status, one.message) for one in check.evaluate(it)]


def only(check: Check, it: Posture) -> Finding:
    (finding,) = check.evaluate(it)
    return finding
