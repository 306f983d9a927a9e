from typing import Any

import pytest

from checks.trail_log_delivery import TrailLogDelivery
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, NOW, REGION, ago, denied, posture, status, summary, trail, trail_arn


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailLogDelivery().evaluate(it))


def judged(**changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(status=Known(status(**changes)))))
    return finding.status, finding.message


def test_a_trail_that_delivered_lately_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, "delivered its last log file less than an hour ago")
    ]


def test_a_file_of_exactly_a_day_ago_is_fresh() -> None:
    assert judged(delivered=ago(hours=24)) == (Status.PASS, "delivered its last log file 24 hours ago")


def test_a_file_that_arrived_while_the_scan_ran_is_fresh() -> None:
    assert judged(delivered=ago(minutes=-10)) == (
        Status.PASS,
        "delivered its last log file less than an hour ago",
    )


@pytest.mark.parametrize(("hours", "words"), [(24.01, "24 hours"), (30, "30 hours"), (72, "3 days")])
def test_an_older_file_fails(hours: float, words: str) -> None:
    assert judged(delivered=ago(hours=hours)) == (Status.FAIL, f"delivered its last log file {words} ago")


def test_a_delivery_error_fails_however_fresh_the_last_file() -> None:
    assert judged(delivered=ago(minutes=1), delivery_error="AccessDenied") == (
        Status.FAIL,
        "cannot deliver (AccessDenied)",
    )


def test_a_delivery_error_fails_while_the_trail_warms_up() -> None:
    assert judged(started=ago(minutes=5), delivered=None, delivery_error="NoSuchBucket") == (
        Status.FAIL,
        "cannot deliver (NoSuchBucket)",
    )


def test_a_stopped_trail_fails_though_late_events_still_arrive() -> None:
    assert judged(logging=False, stopped=ago(hours=1), delivered=ago(minutes=30)) == (
        Status.FAIL,
        "is stopped since 2026-01-31T08:00:00Z",
    )


def test_a_trail_that_never_delivered_fails_after_an_hour() -> None:
    assert judged(started=ago(hours=1), delivered=None) == (Status.FAIL, "never delivered a log file")


def test_a_trail_that_was_started_just_now_is_warming_up() -> None:
    (finding,) = evaluated(posture(trail(status=Known(status(started=ago(minutes=20), delivered=None)))))
    waiting = "it was started at 2026-01-31T08:40:00Z and has delivered no log file since"
    assert (finding.status, finding.message) == (Status.UNKNOWN, f"is warming up: {waiting}")
    assert finding.reason == Reason(detail=waiting, account=ACCOUNT, region=REGION)


def test_a_trail_that_was_started_again_just_now_is_warming_up_whatever_it_delivered_before() -> None:
    state, message = judged(started=ago(minutes=20), stopped=ago(days=2), delivered=ago(days=3))
    assert state is Status.UNKNOWN
    assert message.startswith("is warming up: ")


def test_a_restart_an_hour_ago_excuses_nothing() -> None:
    assert judged(started=ago(hours=1), stopped=ago(days=2), delivered=ago(days=3)) == (
        Status.FAIL,
        "delivered its last log file 3 days ago",
    )


def test_a_trail_that_was_started_while_the_scan_ran_is_warming_up() -> None:
    assert judged(started=ago(minutes=-3), delivered=None)[0] is Status.UNKNOWN


def test_the_clock_is_that_of_the_posture() -> None:
    later = posture(taken_at=NOW.replace(year=2027))
    assert [one.status for one in evaluated(later)] == [Status.FAIL]


def test_a_status_that_may_not_be_read_is_unknown() -> None:
    (finding,) = evaluated(posture(trail(status=denied("cloudtrail:GetTrailStatus"))))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetTrailStatus"


def test_an_account_without_a_trail_fails() -> None:
    assert summary(evaluated(posture(trails=()))) == [
        (f"arn:aws:iam::{ACCOUNT}:root", Status.FAIL, "no trail")
    ]
