"""Management reads and writes of the region are recorded."""

from checks.region_management_events import RegionManagementEvents
from scanner.model.finding import Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import Selectors
from tests.build import ACCOUNT, account, denied, posture, select, status, trail, view

WRITES = Known(Selectors(advanced=(select(readOnly=("false",)),)))


def verdicts(world: Posture) -> dict[str | None, tuple[Status, str]]:
    return {one.region: (one.status, one.message) for one in RegionManagementEvents().evaluate(world)}


def test_every_region_has_its_own_verdict() -> None:
    assert verdicts(posture()) == {
        "eu-west-1": (Status.PASS, "recorded by trail/audit"),
        "us-east-1": (Status.PASS, "recorded by trail/audit"),
    }


def test_a_region_without_a_trail_fails() -> None:
    found = verdicts(posture(trail(multi_region=False)))
    assert found["eu-west-1"][0] is Status.PASS
    assert found["us-east-1"][0] is Status.FAIL
    assert found["us-east-1"][1].endswith(": no trail covers the region")


def test_a_stopped_trail_is_named() -> None:
    found = verdicts(posture(trail(status=Known(status(logging=False)))))
    assert found["eu-west-1"][0] is Status.FAIL
    assert found["eu-west-1"][1].endswith(": trail/audit is stopped")


def test_selectors_that_leave_reads_out_are_named() -> None:
    status_, message = verdicts(posture(trail(selectors=WRITES)))["eu-west-1"]
    assert status_ is Status.FAIL
    assert "read" in message
    assert "write" not in message
    assert message.endswith(": what covers the region does not select them")


def test_a_reader_and_a_writer_together_pass() -> None:
    reads = Known(Selectors(advanced=(select(readOnly=("true",)),)))
    found = verdicts(posture(trail("r", selectors=reads), trail("w", selectors=WRITES)))
    assert found["eu-west-1"] == (Status.PASS, "recorded by trail/r and trail/w")


def test_unlisted_trails_of_a_region_leave_that_region_unknown() -> None:
    gap = denied("cloudtrail:DescribeTrails")
    seen = account(views=(view("eu-west-1", trails=gap), view("us-east-1")))
    findings = {
        one.region: one for one in RegionManagementEvents().evaluate(posture(trails=(), accounts=(seen,)))
    }
    assert findings["us-east-1"].status is Status.FAIL
    reason = findings["eu-west-1"].reason
    assert isinstance(reason, Reason)
    assert (reason.action, reason.code) == ("cloudtrail:DescribeTrails", "AccessDenied")


def test_regions_that_could_not_be_read_add_an_unknown_on_the_account() -> None:
    seen = account(trails=(trail(),), enabled_regions=denied("account:ListRegions"))
    found = verdicts(posture(accounts=(seen,)))
    assert found[None][0] is Status.UNKNOWN
    assert found["eu-west-1"][0] is Status.PASS


def test_where_no_region_asked_for_is_enabled_it_does_not_apply() -> None:
    (finding,) = RegionManagementEvents().evaluate(posture(accounts=(account(regions=(), narrowed=True),)))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.resource == f"arn:aws:iam::{ACCOUNT}:root"


def test_a_stopped_trail_does_not_hide_that_another_is_blind() -> None:
    stopped = trail("a", status=Known(status(logging=False)))
    _, message = verdicts(posture(stopped, trail("b", selectors=WRITES)))["eu-west-1"]
    assert message.endswith(": trail/a is stopped and trail/b does not select them")
