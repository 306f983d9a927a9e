from typing import Any

import pytest

from checks.trail_cloudwatch_logs import TrailCloudwatchLogs
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, REGION, ago, denied, posture, status, summary, trail, trail_arn

UNREAD = denied("cloudtrail:GetTrailStatus")


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailCloudwatchLogs().evaluate(it))


def judged(**changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(status=Known(status(**changes)))))
    return finding.status, finding.message


def test_a_trail_that_delivered_to_its_log_group_lately_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, "delivered to CloudWatch Logs less than an hour ago")
    ]


@pytest.mark.parametrize("reading", [Known(status()), UNREAD])
def test_a_trail_without_a_log_group_fails_whatever_its_status(reading: Any) -> None:
    (finding,) = evaluated(posture(trail(log_group_arn=None, logs_role_arn=None, status=reading)))
    assert (finding.status, finding.message) == (Status.FAIL, "has no CloudWatch Logs log group")


def test_a_log_group_without_a_role_fails() -> None:
    (finding,) = evaluated(posture(trail(logs_role_arn=None)))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "has a CloudWatch Logs log group and no role to write there",
    )


def test_a_delivery_of_exactly_a_day_ago_is_fresh() -> None:
    assert judged(logs_delivered=ago(hours=24)) == (Status.PASS, "delivered to CloudWatch Logs 24 hours ago")


def test_an_older_delivery_fails_though_log_files_arrive() -> None:
    assert judged(logs_delivered=ago(hours=25)) == (
        Status.FAIL,
        "delivered to CloudWatch Logs for the last time 25 hours ago",
    )


def test_a_log_group_that_never_got_anything_fails() -> None:
    assert judged(logs_delivered=None) == (Status.FAIL, "never delivered to CloudWatch Logs")


def test_an_error_fails_however_fresh_the_last_delivery() -> None:
    assert judged(logs_error="AccessDenied") == (
        Status.FAIL,
        "cannot deliver to CloudWatch Logs (AccessDenied)",
    )


def test_a_stopped_trail_fails() -> None:
    assert judged(logging=False, stopped=ago(hours=1)) == (
        Status.FAIL,
        "is stopped since 2026-01-31T08:00:00Z",
    )


@pytest.mark.parametrize("before", [None, ago(days=5)])
def test_a_trail_that_was_started_less_than_an_hour_ago_is_warming_up(before: Any) -> None:
    changed = status(started=ago(minutes=20), stopped=ago(days=4), logs_delivered=before)
    (finding,) = evaluated(posture(trail(status=Known(changed))))
    waiting = "it was started at 2026-01-31T08:40:00Z and has delivered nothing to CloudWatch Logs since"
    assert (finding.status, finding.message) == (Status.UNKNOWN, f"is warming up: {waiting}")
    assert finding.reason == Reason(detail=waiting, account=ACCOUNT, region=REGION)


def test_a_status_that_may_not_be_read_is_unknown() -> None:
    (finding,) = evaluated(posture(trail(status=UNREAD)))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetTrailStatus"


def test_an_account_without_a_trail_fails() -> None:
    assert summary(evaluated(posture(trails=()))) == [
        (f"arn:aws:iam::{ACCOUNT}:root", Status.FAIL, "no trail")
    ]
