from typing import Any

import pytest

from checks.trail_notifications import TrailNotifications
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, ago, denied, posture, status, summary, trail, trail_arn

TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:audit"
UNREAD = denied("cloudtrail:GetTrailStatus")


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailNotifications().evaluate(it))


def judged(**changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(status=Known(status(**changes)))))
    return finding.status, finding.message


def test_a_trail_that_notifies_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, f"notified {TOPIC} less than an hour ago")
    ]


@pytest.mark.parametrize("reading", [Known(status()), UNREAD])
def test_a_trail_without_a_topic_fails_whatever_its_status(reading: Any) -> None:
    (finding,) = evaluated(posture(trail(topic_arn=None, status=reading)))
    assert (finding.status, finding.message) == (Status.FAIL, "has no SNS topic")


def test_an_error_fails_however_fresh_the_last_notification() -> None:
    assert judged(notification_error="AuthorizationError") == (
        Status.FAIL,
        f"cannot notify {TOPIC} (AuthorizationError)",
    )


def test_a_stopped_trail_fails() -> None:
    assert judged(logging=False, stopped=ago(hours=1)) == (
        Status.FAIL,
        "is stopped since 2026-01-31T08:00:00Z",
    )


def test_a_topic_that_has_had_nothing_to_announce_has_no_error() -> None:
    assert judged(notified=None) == (
        Status.PASS,
        f"notifies {TOPIC}, where it has had nothing to announce yet",
    )


def test_a_status_that_may_not_be_read_is_unknown() -> None:
    (finding,) = evaluated(posture(trail(status=UNREAD)))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetTrailStatus"


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()))] == [Status.NOT_APPLICABLE]
