"""One multi-region trail records all management events of the account."""

from checks.multi_region_trail import MultiRegionTrail
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import BasicSelector, Selectors
from tests.build import ACCOUNT, account, denied, posture, select, status, trail, view

HALF = Known(Selectors(advanced=(select(readOnly=("false",)),)))


def judge(world: Posture) -> Finding:
    (finding,) = MultiRegionTrail().evaluate(world)
    return finding


def test_a_recording_multi_region_trail_passes() -> None:
    finding = judge(posture())
    assert (finding.status, finding.message) == (Status.PASS, "recorded by audit")
    assert (finding.account, finding.region, finding.resource) == (
        ACCOUNT,
        None,
        f"arn:aws:iam::{ACCOUNT}:root",
    )


def test_no_trail_fails() -> None:
    finding = judge(posture(trails=()))
    assert (finding.status, finding.message) == (Status.FAIL, "no trail")


def test_single_region_trails_in_every_region_fail() -> None:
    finding = judge(
        posture(trail("a", multi_region=False), trail("b", region="us-east-1", multi_region=False))
    )
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "has trails of single regions only (eu-west-1 and us-east-1)",
    )


def test_a_stopped_trail_fails() -> None:
    finding = judge(posture(trail(status=Known(status(logging=False)))))
    assert (finding.status, finding.message) == (Status.FAIL, "trail/audit is stopped")


def test_a_trail_whose_delivery_fails_fails() -> None:
    finding = judge(posture(trail(status=Known(status(delivery_error="AccessDenied")))))
    assert (finding.status, finding.message) == (Status.FAIL, "trail/audit cannot deliver (AccessDenied)")


def test_a_blind_trail_fails_with_its_holes() -> None:
    finding = judge(posture(trail(selectors=HALF)))
    assert finding.status is Status.FAIL
    assert finding.message.startswith("trail/audit does not select read")


def test_two_trails_of_half_the_events_each_fail_since_one_must_do_it_all() -> None:
    reads = Known(Selectors(advanced=(select(readOnly=("true",)),)))
    assert judge(posture(trail("r", selectors=reads), trail("w", selectors=HALF))).status is Status.FAIL


def test_one_trail_of_two_half_selectors_passes() -> None:
    halves = (BasicSelector(read_write="ReadOnly"), BasicSelector(read_write="WriteOnly"))
    assert judge(posture(trail(selectors=Known(Selectors(basic=halves))))).status is Status.PASS


def test_excluded_sources_are_the_business_of_another_check() -> None:
    without_kms = BasicSelector(excluded_sources=("kms.amazonaws.com", "rdsdata.amazonaws.com"))
    assert judge(posture(trail(selectors=Known(Selectors(basic=(without_kms,)))))).status is Status.PASS


def test_an_unreadable_status_is_unknown_and_names_the_call() -> None:
    finding = judge(posture(trail(status=denied("cloudtrail:GetTrailStatus"))))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetTrailStatus"


def test_an_unreadable_trail_beside_a_good_one_passes() -> None:
    assert (
        judge(posture(trail("a", status=denied("cloudtrail:GetTrailStatus")), trail("b"))).status
        is Status.PASS
    )


def test_unlisted_regions_leave_it_unknown_only_where_no_region_answered() -> None:
    gap = denied("cloudtrail:DescribeTrails")
    blind = account(views=(view("eu-west-1", trails=gap), view("us-east-1", trails=gap)))
    assert judge(posture(trails=(), accounts=(blind,))).status is Status.UNKNOWN
    half = account(views=(view("eu-west-1", trails=gap), view("us-east-1")))
    assert judge(posture(trails=(), accounts=(half,))).status is Status.FAIL


def test_an_organization_trail_counts_for_a_member() -> None:
    org = trail("org", account="210987654321", organization=True)
    owner = account("210987654321", trails=(org,))
    findings = list(MultiRegionTrail().evaluate(posture(org, accounts=(account(trails=(org,)), owner))))
    assert {one.status for one in findings} == {Status.PASS}
