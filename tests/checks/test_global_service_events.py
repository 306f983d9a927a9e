"""Events of IAM, STS and CloudFront are recorded."""

from checks.global_service_events import GlobalServiceEvents
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import Selectors
from tests.build import account, denied, posture, select, status, trail, view


def judge(world: Posture) -> Finding:
    (finding,) = GlobalServiceEvents().evaluate(world)
    return finding


def test_a_multi_region_trail_passes() -> None:
    finding = judge(posture())
    assert (finding.status, finding.message) == (Status.PASS, "recorded by trail/audit")


def test_a_single_region_trail_elsewhere_fails_whatever_its_flag_says() -> None:
    finding = judge(posture(trail(multi_region=False, global_events=True)))
    assert finding.status is Status.FAIL
    assert "trail/audit is of eu-west-1 alone" in finding.message


def test_a_single_region_trail_of_the_leader_region_passes() -> None:
    assert judge(posture(trail(region="us-east-1", multi_region=False))).status is Status.PASS


def test_a_multi_region_trail_that_leaves_them_out_fails() -> None:
    finding = judge(posture(trail(global_events=False)))
    assert finding.status is Status.FAIL
    assert "trail/audit leaves global service events out" in finding.message


def test_a_stopped_trail_fails_by_name() -> None:
    finding = judge(posture(trail(status=Known(status(logging=False)))))
    assert (finding.status, finding.message) == (Status.FAIL, "trail/audit is stopped")


def test_a_trail_of_data_events_alone_fails() -> None:
    blind = Known(Selectors(advanced=(select("Data", type=("AWS::S3::Object",)),)))
    assert judge(posture(trail(selectors=blind))).status is Status.FAIL


def test_no_trail_fails() -> None:
    finding = judge(posture(trails=()))
    assert (finding.status, finding.message) == (Status.FAIL, "no trail")


def test_an_unlisted_leader_region_is_unknown() -> None:
    gap = denied("cloudtrail:DescribeTrails", region="us-east-1")
    seen = account(views=(view("eu-west-1"), view("us-east-1", trails=gap)))
    finding = judge(posture(trails=(), accounts=(seen,)))
    assert finding.status is Status.UNKNOWN


def test_a_stopped_trail_does_not_hide_that_another_is_elsewhere() -> None:
    finding = judge(posture(trail("a", status=Known(status(logging=False))), trail("b", multi_region=False)))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "trail/a is stopped; trail/b is of eu-west-1 alone",
    )
