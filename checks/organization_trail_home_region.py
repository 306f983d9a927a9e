"""The check `organization-trail-home-region`."""

from scanner.check import AccountCheck, Fail, NotApplicable, Pass, Unknown, Verdict, out_of_scope
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of, first_gap
from scanner.model.trail import Trail
from scanner.recorders import home_enabled, trail_recorder
from scanner.words import listed


class OrganizationTrailHomeRegion(AccountCheck):
    """The home region of the organization trail is enabled in this member.

    Why it matters: A member that has not enabled the trail's home region sends it nothing, from no region
    at all, and does not even see the trail: no error tells of it. New accounts have only those
    regions enabled that are enabled by default.

    How to fix: Give the organization trail a home that nobody has to opt into: create it again in such
    a region and delete the old one. Or enable its home region in the member.

    - Console: account name > Account > AWS Regions, in the member.
    - CLI: `aws account enable-region --region-name REGION --account-id ID`, from the management account.
    - Terraform: `aws_account_region` with `region_name` and `enabled = true`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    """

    id = "organization-trail-home-region"
    reads = frozenset({"organizations:DescribeOrganization"})

    severity: Severity = Severity.MEDIUM

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        organization = posture.organization.require()
        if organization is None:
            return NotApplicable("The account belongs to no organization.")
        management = organization.management_account
        if account.id == management:
            return NotApplicable("The management account owns the organization's trails.")
        # One of a single region loses nothing where that region isn't enabled.
        trails = tuple(
            trail
            for trail in posture.trails
            if trail.organization and trail.multi_region and trail.owner == management
        )
        if not trails:
            return _none(account, management, posture)
        homes = {trail: home_enabled(trail, account) for trail in trails}
        # One that reaches the member and records makes up for others that don't reach it.
        covered = (trail_recorder(trail, account, posture).recording for trail in trails)
        match any_of((all_of(homes.values()), *covered)):
            case Known(value=True):
                return _reached(homes)
            case Gap() as gap:
                return Unknown(gap)
            case Known():
                pass
        if isinstance(member := _belongs(account, posture), Gap):
            return Unknown(member)
        return Fail(
            f"has not enabled {listed(sorted({trail.home_region for trail in _without(homes)}))}, "
            f"home of {listed(sorted(trail.name for trail in _without(homes)))}: "
            f"nothing of this account reaches it"
        )


def _reached(homes: dict[Trail, Reading[bool]]) -> Pass:
    there = listed(
        f"{one.name} ({one.home_region})" for one, home in homes.items() if home == Known(value=True)
    )
    missed = [f"{one.name} ({one.home_region})" for one in _without(homes)]
    beside = f"; {listed(missed)} gets nothing of this account" if missed else ""
    return Pass(f"has enabled the home region of {there}{beside}")


def _without(homes: dict[Trail, Reading[bool]]) -> list[Trail]:
    return [trail for trail, home in homes.items() if home == Known(value=False)]


def _belongs(account: Account, posture: Posture) -> Reading[bool]:
    """Whether it is a member of the caller's organization, for one that sees none of its trails."""
    if account.in_organization or account.id == posture.caller.account:
        return Known(value=True)
    return Gap(
        "whether the account belongs to the organization is not known: scan with --organization",
        code="MembershipUnknown",
        account=account.id,
    )


def _none(account: Account, management: str, posture: Posture) -> Verdict:
    """No multi-region organization trail was seen: there is none if the management account says so."""
    owner = posture.account(management)
    if owner is not None and owner.reachable:
        if any(isinstance(view.trails, Known) for view in owner.views):  # each region shows all of them
            return NotApplicable("The organization has no multi-region trail.")
        if owner.unlisted:
            return Unknown(first_gap(owner.unlisted))
    if isinstance(member := _belongs(account, posture), Gap):
        return Unknown(member)
    # The one that can't be seen from here is the one that this check is about.
    first = next(one.id for one in posture.reachable if one.id != management)
    if account.id != first:
        return NotApplicable(f"No organization trail was seen; the verdict on account {first} says why.")
    return out_of_scope(posture, management, "a trail that is homed in a region not enabled here")
