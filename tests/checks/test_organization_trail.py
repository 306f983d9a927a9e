from typing import Any

import pytest

from checks.organization_trail import OrganizationTrail
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Account, MemberStatus, Posture
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import BasicSelector, Selectors, Trail, TrailStatus
from tests.build import (
    ACCOUNT,
    MANAGEMENT,
    NOW,
    OTHER,
    REGION,
    account,
    ago,
    denied,
    organization,
    posture,
    select,
    status,
    summary,
    trail,
    view,
)

ORGANIZATION = organization().arn
STRANGER = "999999999999"
UNREAD = denied("cloudtrail:GetTrailStatus")
STOPPED = Known(status(logging=False, stopped=ago(days=1)))


def shared(name: str = "audit", **changes: Any) -> Trail:
    return trail(name, **{"organization": True, "selectors": Known(MANAGEMENT), **changes})


def world(*trails: Trail, **changes: Any) -> Posture:
    """The management account, alone in scope, with these trails."""
    return posture(trails=trails, **{"organization": Known(organization()), **changes})


def evaluated(it: Posture) -> list[Finding]:
    return list(OrganizationTrail().evaluate(it))


def judged(it: Posture) -> tuple[Status, str]:
    (finding,) = evaluated(it)
    assert finding.resource == ORGANIZATION
    return finding.status, finding.message


def reason(it: Posture) -> Reason:
    (finding,) = evaluated(it)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason


def test_a_recording_organization_trail_passes() -> None:
    (finding,) = evaluated(world(shared()))
    assert (finding.account, finding.region, finding.resource) == (ACCOUNT, None, ORGANIZATION)
    assert (finding.status, finding.message) == (Status.PASS, "is recorded by audit")


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({"multi_region": False}, "records eu-west-1 alone"),
        ({"status": STOPPED}, "is stopped since 2026-01-30T09:00:00Z"),
        ({"status": Known(status(delivery_error="AccessDenied"))}, "cannot deliver (AccessDenied)"),
        ({"status": Known(status(delivered=ago(days=3)))}, "delivered its last log file 3 days ago"),
        (
            {"selectors": Known(Selectors(advanced=(select(readOnly=("true",)),)))},
            "does not select all management events (write events missing)",
        ),
        (
            {"selectors": Known(Selectors(advanced=(select("Data", type=("AWS::S3::Object",)),)))},
            "does not select all management events (read events and write events missing)",
        ),
    ],
)
def test_a_trail_that_falls_short_fails_and_says_of_what(changes: dict[str, Any], lack: str) -> None:
    assert judged(world(shared(**changes))) == (Status.FAIL, f"audit {lack}")


def test_everything_that_a_trail_lacks_is_said_at_once() -> None:
    assert judged(world(shared(multi_region=False, status=STOPPED))) == (
        Status.FAIL,
        "audit records eu-west-1 alone, is stopped since 2026-01-30T09:00:00Z",
    )


def test_excluded_event_sources_are_judged_elsewhere() -> None:
    without = BasicSelector(excluded_sources=("kms.amazonaws.com", "rdsdata.amazonaws.com"))
    assert judged(world(shared(selectors=Known(Selectors(basic=(without,))))))[0] is Status.PASS


def test_a_trail_of_the_management_account_itself_is_no_organization_trail() -> None:
    assert judged(world(trail())) == (Status.FAIL, "has no organization trail")


def test_an_organization_without_any_trail_fails() -> None:
    assert judged(world()) == (Status.FAIL, "has no organization trail")


def test_the_trail_of_another_organization_is_none_of_this_one() -> None:
    foreign = shared(account=STRANGER)
    assert judged(world(foreign)) == (Status.FAIL, "has no organization trail")


@pytest.mark.parametrize("other", [STOPPED, UNREAD, Known(status())])
@pytest.mark.parametrize("good_name", ["a-good", "z-good"])
def test_one_good_trail_is_enough_whatever_is_known_of_the_others(
    good_name: str, other: Reading[TrailStatus]
) -> None:
    it = world(shared(good_name), shared("m-other", status=other))
    state, message = judged(it)
    assert state is Status.PASS
    assert good_name in message


def test_several_trails_that_fall_short_are_all_named() -> None:
    it = world(shared("stopped", status=STOPPED), shared("narrow", multi_region=False))
    assert judged(it) == (
        Status.FAIL,
        "narrow records eu-west-1 alone; stopped is stopped since 2026-01-30T09:00:00Z",
    )


def test_two_halves_do_not_make_one_trail() -> None:
    halves = (
        shared(value, selectors=Known(Selectors(advanced=(select(readOnly=(value,)),))))
        for value in ("true", "false")
    )
    assert judged(world(*halves))[0] is Status.FAIL


def test_a_trail_whose_status_is_a_gap_may_be_the_one() -> None:
    found = reason(world(shared(status=UNREAD), shared("stopped", status=STOPPED)))
    assert found.action == "cloudtrail:GetTrailStatus"


def test_a_known_shortfall_decides_though_the_status_is_a_gap() -> None:
    assert judged(world(shared(multi_region=False, status=UNREAD))) == (
        Status.FAIL,
        "audit records eu-west-1 alone",
    )


def test_a_stop_decides_though_the_selectors_are_a_gap() -> None:
    it = world(shared(status=STOPPED, selectors=denied("cloudtrail:GetEventSelectors")))
    assert judged(it) == (Status.FAIL, "audit is stopped since 2026-01-30T09:00:00Z")


def test_selectors_that_name_nothing_are_unknown() -> None:
    assert reason(world(shared(selectors=Known(Selectors())))).code == "NoSelectors"


def test_a_trail_that_warms_up_counts_as_recording() -> None:
    it = world(shared(status=Known(status(started=ago(minutes=5), delivered=None))))
    assert judged(it)[0] is Status.PASS


def unlisted(account_id: str = ACCOUNT, *trails: Trail) -> Account:
    gap = denied("cloudtrail:DescribeTrails", account=account_id, region="us-east-1")
    seen = tuple(one.arn for one in trails)
    return account(account_id, views=(view(REGION, seen), view("us-east-1", gap)))


def test_where_a_region_could_not_be_listed_there_may_be_an_organization_trail() -> None:
    assert reason(world(accounts=(unlisted(),))).action == "cloudtrail:DescribeTrails"


def test_a_region_that_could_not_be_listed_takes_no_pass_away() -> None:
    good = shared()
    assert judged(world(good, accounts=(unlisted(ACCOUNT, good),)))[0] is Status.PASS


def test_a_management_account_without_any_region_proves_nothing() -> None:
    blind = account(regions=(), enabled_regions=denied("account:ListRegions", region=None))
    assert reason(world(accounts=(blind,))).action == "account:ListRegions"
    assert reason(world(accounts=(account(regions=()),))).code == "NoRegion"


def delegated(
    administrators: Reading[tuple[str, ...]], *accounts: Account, trails: tuple[Trail, ...]
) -> Posture:
    """An organization that is managed by an account out of scope."""
    managed = organization(management_account=STRANGER, delegated_administrators=administrators)
    return world(*trails, organization=Known(managed), accounts=accounts)


def test_without_an_administrator_in_scope_it_is_unknown_and_says_whom_to_add() -> None:
    good = shared(account=STRANGER)
    found = reason(delegated(Known((OTHER,)), account(trails=(good,)), trails=(good,)))
    assert found.code == "OwnerOutOfScope"
    assert f"--account {STRANGER}" in found.detail


def test_a_management_account_that_could_not_be_entered_is_named_with_the_reason() -> None:
    gap = denied("sts:AssumeRole", account=STRANGER, region=None)
    shut = Account(id=STRANGER, state="unreachable", reason="denied", gap=gap, enabled_regions=gap)
    assert reason(delegated(Known(()), account(), shut, trails=())).action == "sts:AssumeRole"


def test_a_delegated_administrator_in_scope_is_enough() -> None:
    good = shared(account=STRANGER)
    it = delegated(Known((ACCOUNT,)), account(trails=(good,)), trails=(good,))
    assert judged(it) == (Status.PASS, "is recorded by audit")
    assert judged(delegated(Known((ACCOUNT,)), account(), trails=())) == (
        Status.FAIL,
        "has no organization trail",
    )


def test_who_the_delegated_administrators_are_matters_where_the_management_account_is_missing() -> None:
    gap = denied("organizations:ListDelegatedAdministrators", region=None)
    assert reason(delegated(gap, account(), trails=())).action == "organizations:ListDelegatedAdministrators"


def test_who_the_delegated_administrators_are_does_not_matter_to_the_management_account() -> None:
    gap = denied("organizations:ListDelegatedAdministrators", region=None)
    it = world(shared(), organization=Known(organization(delegated_administrators=gap)))
    assert judged(it)[0] is Status.PASS


def member(reading: Reading[TrailStatus], one: Trail) -> Account:
    """The delegated administrator, with what it reads of the trail's status itself."""
    return account(OTHER, trails=(one,), member_status=(MemberStatus(trail=one.arn, status=reading),))


def test_a_delegated_administrator_speaks_for_the_trail_and_a_plain_member_does_not() -> None:
    # The status on the trail was read by the first account that sees it: a plain member.
    one = shared(account=STRANGER, status=STOPPED)
    it = delegated(Known((OTHER,)), account(trails=(one,)), member(Known(status()), one), trails=(one,))
    assert judged(it)[0] is Status.PASS
    other = shared(account=STRANGER)
    it = delegated(Known((OTHER,)), account(trails=(other,)), member(UNREAD, other), trails=(other,))
    assert reason(it).action == "cloudtrail:GetTrailStatus"


def test_one_delegated_administrator_that_could_read_the_status_is_enough() -> None:
    one = shared(account=STRANGER, status=UNREAD)
    blind = account(trails=(one,), member_status=(MemberStatus(trail=one.arn, status=UNREAD),))
    it = delegated(Known((ACCOUNT, OTHER)), blind, member(Known(status()), one), trails=(one,))
    assert judged(it)[0] is Status.PASS


def test_the_management_account_outweighs_what_a_delegated_administrator_reads() -> None:
    one = shared()
    it = world(
        one,
        organization=Known(organization(delegated_administrators=Known((OTHER,)))),
        accounts=(account(trails=(one,)), member(STOPPED, one)),
    )
    assert judged(it)[0] is Status.PASS


def test_one_administrator_that_could_list_everything_has_seen_all_there_is() -> None:
    managed = organization(delegated_administrators=Known((OTHER,)))
    it = world(organization=Known(managed), accounts=(unlisted(), account(OTHER)))
    assert judged(it) == (Status.FAIL, "has no organization trail")


def test_the_clock_is_that_of_the_posture() -> None:
    assert judged(world(shared(), taken_at=NOW.replace(year=2027)))[0] is Status.FAIL


def test_a_standalone_account_is_not_judged() -> None:
    assert summary(evaluated(posture(shared()))) == [
        (f"arn:aws:iam::{ACCOUNT}:root", Status.NOT_APPLICABLE, "The account belongs to no organization.")
    ]


def test_an_organization_that_could_not_be_read_is_unknown() -> None:
    gap: Gap = denied("organizations:DescribeOrganization", region=None)
    (finding,) = evaluated(world(shared(), organization=gap))
    assert (finding.account, finding.status) == (ACCOUNT, Status.UNKNOWN)
    assert finding.message == "the organization could not be read: DescribeOrganization was denied"
