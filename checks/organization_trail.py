"""The check `organization-trail`."""

from collections.abc import Sequence

from scanner.check import Fail, OrganizationCheck, Pass, Unknown, Verdict, out_of_scope
from scanner.coverage import MANAGEMENT_READ, MANAGEMENT_WRITE, unselected
from scanner.model.finding import Severity
from scanner.model.organization import Organization
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of, first_gap
from scanner.model.trail import Trail, TrailStatus
from scanner.recorders import obstacle, selected
from scanner.words import listed

Shortfall = Reading[str | None]
"""What a trail lacks, in words that follow its name; None if nothing."""


class OrganizationTrail(OrganizationCheck):
    """An organization trail records the management events of all accounts and regions.

    Why it matters: It covers each account from the day it joins, and no member can stop or change it.
    Trails that the accounts make for themselves are forgotten in new accounts and are the first thing
    that an intruder with administrator rights switches off.

    How to fix: In the management account (or as a delegated administrator of CloudTrail) create one
    multi-region organization trail in a region that is enabled everywhere, let it select read and
    write management events, and start it.

    - Console: CloudTrail > Trails > Create trail: Enable for all accounts in my organization.
    - CLI: `aws organizations enable-aws-service-access --service-principal cloudtrail.amazonaws.com`,
      then `aws cloudtrail create-trail --name NAME --s3-bucket-name BUCKET --is-organization-trail
      --is-multi-region-trail` and `aws cloudtrail start-logging --name NAME`.
    - Terraform: `is_organization_trail = true` and `is_multi_region_trail = true` in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
    """

    id = "organization-trail"
    reads = frozenset({"organizations:DescribeOrganization", "organizations:ListDelegatedAdministrators"})

    severity: Severity = Severity.HIGH

    def judge(self, organization: Organization, posture: Posture, /) -> Verdict:
        administrators = _administrators(organization, posture)
        if not administrators:
            return _nobody(organization, posture)
        trails = [
            trail
            for trail in posture.trails
            if trail.organization and trail.owner == organization.management_account
        ]
        shortfalls = {trail.arn: _shortfalls(trail, administrators, posture) for trail in trails}
        enough = {
            arn: all_of(one.map(lambda lack: lack is None) for one in found)
            for arn, found in shortfalls.items()
        }
        match any_of((*enough.values(), *_unseen(administrators))):
            case Known(value=True):
                names = [trail.name for trail in trails if enough[trail.arn] == Known(value=True)]
                return Pass(f"is recorded by {listed(sorted(names))}")
            case Gap() as gap:
                return Unknown(gap)
            case Known():
                if not trails:
                    return Fail("has no organization trail")
                return Fail("; ".join(sorted(f"{one.name} {_words(shortfalls[one.arn])}" for one in trails)))


def _administrators(organization: Organization, posture: Posture) -> tuple[Account, ...]:
    """The accounts in scope that administer the organization's trails, the management account first."""
    delegated = organization.delegated_administrators
    ids = (organization.management_account, *(delegated.value if isinstance(delegated, Known) else ()))
    return tuple(
        account for one in ids if (account := posture.account(one)) is not None and account.reachable
    )


def _nobody(organization: Organization, posture: Posture) -> Unknown:
    # Who else might speak for the organization matters only where the management account doesn't.
    if isinstance(organization.delegated_administrators, Gap):
        return Unknown(organization.delegated_administrators)
    return out_of_scope(posture, organization.management_account, "an organization trail")


def _shortfalls(trail: Trail, administrators: Sequence[Account], posture: Posture) -> tuple[Shortfall, ...]:
    status = _status(trail, administrators)
    return (
        Known(None if trail.multi_region else f"records {trail.home_region} alone"),
        status.map(lambda known: obstacle(known, posture.taken_at)),
        _unselected(trail),
    )


def _status(trail: Trail, administrators: Sequence[Account]) -> Reading[TrailStatus]:
    """As the owner reads it, else as a delegated administrator does.

    A plain member only knows how the trail fares in its own account.
    """
    own = [one.status for each in administrators for one in each.member_status if one.trail == trail.arn]
    if not own or administrators[0].id == trail.owner:
        return trail.status
    return next((one for one in own if isinstance(one, Known)), own[0])


def _unselected(trail: Trail) -> Shortfall:
    selectors = selected(trail)
    if isinstance(selectors, Gap):
        return selectors
    missing = [unselected(selectors.value, wanted) for wanted in (MANAGEMENT_READ, MANAGEMENT_WRITE)]
    holes = sorted({str(hole) for one in missing if isinstance(one, Known) for hole in one.value})
    if holes:
        return Known(f"does not select all management events ({listed(holes)} missing)")
    gaps = [one for one in missing if isinstance(one, Gap)]
    return first_gap(gaps) if gaps else Known(None)


def _unseen(administrators: Sequence[Account]) -> tuple[Gap, ...]:
    """Where there may be an organization trail that was not seen.

    Nowhere if one administrator could list the trails of all its regions: they all see the same.
    """
    blind = [account.unlisted if account.views else (_unasked(account),) for account in administrators]
    return () if () in blind else tuple(gap for gaps in blind for gap in gaps)


def _unasked(account: Account) -> Gap:
    if isinstance(account.enabled_regions, Gap):
        return account.enabled_regions
    return Gap("none of the regions asked for is enabled", code="NoRegion", account=account.id)


def _words(shortfalls: Sequence[Shortfall]) -> str:
    return ", ".join(one.value for one in shortfalls if isinstance(one, Known) and one.value is not None)
