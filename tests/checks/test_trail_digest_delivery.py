from typing import Any

import pytest

from checks.trail_digest_delivery import TrailDigestDelivery
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, REGION, ago, denied, posture, status, summary, trail, trail_arn


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailDigestDelivery().evaluate(it))


def judged(**changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(status=Known(status(**changes)))))
    return finding.status, finding.message


def test_a_trail_whose_digests_arrive_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, "delivered its last digest file less than an hour ago")
    ]


def test_a_digest_of_exactly_three_hours_ago_is_fresh() -> None:
    assert judged(digest_delivered=ago(hours=3)) == (
        Status.PASS,
        "delivered its last digest file 3 hours ago",
    )


@pytest.mark.parametrize(("hours", "words"), [(3.01, "3 hours"), (72, "3 days")])
def test_an_older_digest_fails_though_log_files_arrive(hours: float, words: str) -> None:
    assert judged(digest_delivered=ago(hours=hours)) == (
        Status.FAIL,
        f"delivered its last digest file {words} ago",
    )


def test_a_digest_error_fails_however_fresh_the_last_digest() -> None:
    assert judged(digest_error="AccessDenied") == (Status.FAIL, "cannot deliver digest files (AccessDenied)")


def test_an_error_of_log_files_is_another_matter() -> None:
    assert judged(delivery_error="AccessDenied")[0] is Status.PASS


def test_a_trail_that_never_delivered_a_digest_fails_after_three_hours() -> None:
    assert judged(started=ago(hours=3), digest_delivered=None) == (
        Status.FAIL,
        "never delivered a digest file",
    )


@pytest.mark.parametrize("before", [None, ago(days=5)])
def test_a_trail_that_was_started_less_than_three_hours_ago_is_warming_up(before: Any) -> None:
    changed = status(started=ago(hours=2), stopped=ago(days=4), digest_delivered=before)
    (finding,) = evaluated(posture(trail(status=Known(changed))))
    waiting = "it was started at 2026-01-31T07:00:00Z and has delivered no digest file since"
    assert (finding.status, finding.message) == (Status.UNKNOWN, f"is warming up: {waiting}")
    assert finding.reason == Reason(detail=waiting, account=ACCOUNT, region=REGION)


def test_a_digest_error_fails_while_the_trail_warms_up() -> None:
    assert judged(started=ago(minutes=5), digest_delivered=None, digest_error="NoSuchBucket") == (
        Status.FAIL,
        "cannot deliver digest files (NoSuchBucket)",
    )


def test_a_stopped_trail_is_not_judged() -> None:
    assert judged(logging=False, digest_error="AccessDenied") == (
        Status.NOT_APPLICABLE,
        "The trail is stopped.",
    )


def test_without_validation_there_are_no_digests_whatever_the_status_says() -> None:
    unread = trail(validation=False, status=denied("cloudtrail:GetTrailStatus"))
    assert summary(evaluated(posture(unread))) == [
        (trail_arn(), Status.NOT_APPLICABLE, "Log file validation is off.")
    ]


def test_a_status_that_may_not_be_read_is_unknown() -> None:
    (finding,) = evaluated(posture(trail(status=denied("cloudtrail:GetTrailStatus"))))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetTrailStatus"


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()))] == [Status.NOT_APPLICABLE]
