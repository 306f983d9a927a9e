from typing import Any

from checks.trail_logging_gap import TrailLoggingGap
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ago, denied, posture, status, summary, trail, trail_arn


def evaluated(it: Posture, **options: Any) -> list[Finding]:
    return list(TrailLoggingGap.model_validate(options).evaluate(it))


def judged(lookback_days: int = 90, **changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(status=Known(status(**changes)))), lookback_days=lookback_days)
    return finding.status, finding.message


def test_a_trail_that_was_never_stopped_passes() -> None:
    assert summary(evaluated(posture())) == [(trail_arn(), Status.PASS, "was never stopped")]


def test_a_stop_and_a_start_fail_and_the_gap_is_named() -> None:
    assert judged(stopped=ago(days=12), started=ago(days=10)) == (
        Status.FAIL,
        "logged nothing for 2 days, from 2026-01-19T09:00:00Z to 2026-01-21T09:00:00Z",
    )


def test_a_gap_of_minutes_fails_too() -> None:
    assert judged(stopped=ago(hours=10), started=ago(hours=9, minutes=55)) == (
        Status.FAIL,
        "logged nothing for less than an hour, from 2026-01-30T23:00:00Z to 2026-01-30T23:05:00Z",
    )


def test_a_gap_that_ended_within_the_days_counts_however_long_ago_it_began() -> None:
    assert judged(stopped=ago(days=400), started=ago(days=90))[0] is Status.FAIL


def test_a_gap_that_ended_earlier_passes() -> None:
    assert judged(stopped=ago(days=100), started=ago(days=91)) == (
        Status.PASS,
        "was not interrupted within 90 days (logging since 2025-11-01T09:00:00Z)",
    )


def test_the_days_are_an_option() -> None:
    assert judged(stopped=ago(days=12), started=ago(days=10), lookback_days=7)[0] is Status.PASS
    assert judged(stopped=ago(days=400), started=ago(days=300), lookback_days=365)[0] is Status.FAIL


def test_a_trail_that_was_created_lately_was_not_interrupted() -> None:
    assert judged(started=ago(minutes=5)) == (Status.PASS, "was never stopped")


def test_a_stopped_trail_is_not_judged() -> None:
    assert judged(logging=False, stopped=ago(days=1)) == (Status.NOT_APPLICABLE, "The trail is stopped.")


def test_a_trail_that_logs_though_its_last_start_is_older_than_its_stop_is_unknown() -> None:
    (finding,) = evaluated(posture(trail(status=Known(status(stopped=ago(days=2))))))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetTrailStatus"
    assert "was stopped at 2026-01-29T09:00:00Z, and no later start is told" in finding.message


def test_a_stop_without_any_start_is_unknown() -> None:
    assert judged(stopped=ago(days=2), started=None)[0] is Status.UNKNOWN


def test_a_status_that_may_not_be_read_is_unknown() -> None:
    (finding,) = evaluated(posture(trail(status=denied("cloudtrail:GetTrailStatus"))))
    assert finding.status is Status.UNKNOWN


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()))] == [Status.NOT_APPLICABLE]
