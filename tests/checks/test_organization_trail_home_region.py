from typing import Any

from checks.organization_trail_home_region import OrganizationTrailHomeRegion
from scanner.model.finding import Reason, Status
from scanner.model.posture import Account, Posture
from scanner.model.reading import Known
from scanner.model.trail import Trail
from tests.build import ACCOUNT, OTHER, account, ago, denied, organization, posture, status, trail, view
from tests.probes import unreachable

OPT_IN = "af-south-1"
THIRD = "444444444444"
HERE = ("eu-west-1", "us-east-1")
FAR = trail("far", region=OPT_IN, organization=True)
NEAR = trail("near", organization=True)
BLIND = denied("cloudtrail:DescribeTrails")


def member(*trails: Trail, account_id: str = OTHER, **changes: Any) -> Account:
    return account(account_id, trails=trails, **{"in_organization": True, **changes})


def owner(*trails: Trail, **changes: Any) -> Account:
    return account(trails=trails, **{"regions": (OPT_IN, *HERE), "in_organization": True, **changes})


def world(*accounts: Account, trails: tuple[Trail, ...] = (FAR,), **changes: Any) -> Posture:
    return posture(
        trails=trails, accounts=accounts, **{"organization": Known(organization()), "buckets": (), **changes}
    )


def judged(it: Posture, account_id: str = OTHER) -> tuple[Status, str]:
    found = {one.account: one for one in OrganizationTrailHomeRegion().evaluate(it)}
    return found[account_id].status, found[account_id].message


def code(it: Posture, account_id: str = OTHER) -> str | None:
    found = {one.account: one for one in OrganizationTrailHomeRegion().evaluate(it)}
    reason = found[account_id].reason
    assert isinstance(reason, Reason)
    return reason.code


def test_a_member_with_the_home_region_enabled_passes() -> None:
    it = world(owner(FAR), member(FAR, regions=(OPT_IN, *HERE)))
    assert judged(it) == (Status.PASS, f"has enabled the home region of far ({OPT_IN})")


def test_a_member_without_it_fails_though_it_cannot_see_the_trail() -> None:
    it = world(owner(FAR), member())
    assert judged(it) == (
        Status.FAIL,
        f"has not enabled {OPT_IN}, home of far: nothing of this account reaches it",
    )


def test_another_trail_that_reaches_the_member_makes_up_for_it() -> None:
    it = world(owner(FAR, NEAR), member(NEAR), trails=(FAR, NEAR))
    assert judged(it) == (
        Status.PASS,
        f"has enabled the home region of near (eu-west-1); far ({OPT_IN}) gets nothing of this account",
    )


def test_another_trail_that_is_stopped_does_not() -> None:
    stopped = trail(
        "near", organization=True, status=Known(status(logging=False, stopped=ago(days=1)))
    )  # fmt: skip
    assert judged(world(owner(FAR, stopped), member(stopped), trails=(FAR, stopped)))[0] is Status.FAIL


def test_a_member_whose_regions_are_not_told_is_unknown() -> None:
    it = world(owner(FAR), member(enabled_regions=denied("account:ListRegions")))
    assert judged(it)[0] is Status.UNKNOWN


def test_a_trail_of_one_region_loses_nothing_elsewhere() -> None:
    single = FAR.model_copy(update={"multi_region": False})
    it = world(owner(single), member(), trails=(single,))
    assert judged(it) == (Status.NOT_APPLICABLE, "The organization has no multi-region trail.")


def test_the_management_account_is_not_asked() -> None:
    assert judged(world(owner(FAR)), ACCOUNT)[0] is Status.NOT_APPLICABLE


def test_a_standalone_account_is_not_asked() -> None:
    assert judged(posture(), ACCOUNT) == (
        Status.NOT_APPLICABLE,
        "The account belongs to no organization.",
    )


def test_an_organization_that_is_not_told_is_unknown() -> None:
    assert judged(posture(organization=denied("organizations:DescribeOrganization")), ACCOUNT)[0] is (
        Status.UNKNOWN
    )


def test_no_trail_in_sight_without_the_owner_is_unknown_once() -> None:
    """Just the trail that is homed where nobody here looks would not be seen."""
    it = world(member(), member(account_id=THIRD), trails=())
    assert (judged(it)[0], code(it)) == (Status.UNKNOWN, "OwnerOutOfScope")
    assert judged(it, THIRD) == (
        Status.NOT_APPLICABLE,
        f"No organization trail was seen; the verdict on account {OTHER} says why.",
    )


def test_no_trail_in_sight_of_an_owner_that_sees_nothing_is_unknown() -> None:
    blind = account(views=tuple(view(region, BLIND) for region in HERE))
    assert judged(world(blind, member(), trails=()))[0] is Status.UNKNOWN


def test_an_owner_that_could_not_be_entered_is_named() -> None:
    it = world(unreachable(ACCOUNT), member(), trails=())
    assert judged(it)[0] is Status.UNKNOWN


def test_an_account_of_which_nobody_knows_whether_it_is_a_member_does_not_fail() -> None:
    it = world(owner(FAR), member(in_organization=False))
    assert (judged(it)[0], code(it)) == (Status.UNKNOWN, "MembershipUnknown")


def test_one_that_sees_the_trail_is_a_member() -> None:
    it = world(owner(NEAR), member(NEAR, in_organization=False), trails=(NEAR,))
    assert judged(it)[0] is Status.PASS


def test_a_trail_of_another_organization_is_none_of_this_one() -> None:
    foreign = trail("foreign", THIRD, OPT_IN, organization=True)
    assert judged(world(owner(), member(), trails=(foreign,)))[0] is Status.NOT_APPLICABLE
