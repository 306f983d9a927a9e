from checks.trail_log_file_validation import TrailLogFileValidation
from scanner.model.finding import Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, denied, posture, status, summary, trail, trail_arn


def evaluated(it: Posture) -> list[tuple[str, Status, str]]:
    return summary(list(TrailLogFileValidation().evaluate(it)))


def test_a_trail_with_validation_passes() -> None:
    assert evaluated(posture()) == [(trail_arn(), Status.PASS, "signs its log files")]


def test_a_trail_without_validation_fails() -> None:
    it = posture(trail(validation=False))
    assert evaluated(it) == [(trail_arn(), Status.FAIL, "does not sign its log files")]


def test_each_trail_has_its_own_verdict() -> None:
    it = posture(trail("good"), trail("lax", validation=False))
    assert [state for _, state, _ in evaluated(it)] == [Status.PASS, Status.FAIL]


def test_the_setting_is_known_though_the_status_is_not() -> None:
    it = posture(trail(status=denied("cloudtrail:GetTrailStatus")))
    assert [state for _, state, _ in evaluated(it)] == [Status.PASS]


def test_a_stopped_trail_is_judged_by_its_setting() -> None:
    it = posture(trail(status=Known(status(logging=False))))
    assert [state for _, state, _ in evaluated(it)] == [Status.PASS]


def test_an_account_without_a_trail_fails() -> None:
    assert evaluated(posture(trails=())) == [(f"arn:aws:iam::{ACCOUNT}:root", Status.FAIL, "no trail")]
