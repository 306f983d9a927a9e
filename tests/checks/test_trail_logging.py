from checks.trail_logging import TrailLogging
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, OTHER, account, ago, denied, posture, status, summary, trail, trail_arn, view


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailLogging().evaluate(it))


def test_a_trail_that_is_logging_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, "has been logging since 2025-01-31T09:00:00Z")
    ]


def test_a_trail_that_does_not_say_since_when_passes() -> None:
    it = posture(trail(status=Known(status(started=None))))
    assert summary(evaluated(it)) == [(trail_arn(), Status.PASS, "is logging")]


def test_a_stopped_trail_fails_and_says_since_when() -> None:
    it = posture(trail(status=Known(status(logging=False, stopped=ago(days=2)))))
    assert summary(evaluated(it)) == [(trail_arn(), Status.FAIL, "is stopped since 2026-01-29T09:00:00Z")]


def test_a_trail_that_was_created_and_never_started_fails() -> None:
    it = posture(trail(status=Known(status(logging=False, started=None, delivered=None))))
    assert summary(evaluated(it)) == [(trail_arn(), Status.FAIL, "was never started")]


def test_a_trail_that_is_not_logging_fails_though_nobody_says_when_it_stopped() -> None:
    it = posture(trail(status=Known(status(logging=False))))
    assert summary(evaluated(it)) == [(trail_arn(), Status.FAIL, "is stopped")]


def test_a_trail_that_was_stopped_once_and_started_again_passes() -> None:
    it = posture(trail(status=Known(status(stopped=ago(days=400)))))
    assert [one.status for one in evaluated(it)] == [Status.PASS]


def test_a_status_that_may_not_be_read_is_unknown_and_never_a_failure() -> None:
    (finding,) = evaluated(posture(trail(status=denied("cloudtrail:GetTrailStatus"))))
    assert (finding.status, finding.message) == (
        Status.UNKNOWN,
        "could not be checked: GetTrailStatus was denied",
    )
    assert finding.reason is not None
    assert not isinstance(finding.reason, str)
    assert (finding.reason.action, finding.reason.code) == ("cloudtrail:GetTrailStatus", "AccessDenied")


def test_one_unreadable_trail_does_not_silence_the_next() -> None:
    dark = trail("dark", status=denied("cloudtrail:GetTrailStatus"))
    found = evaluated(posture(dark, trail("light")))
    assert [(one.resource, one.status) for one in found] == [
        (trail_arn("dark"), Status.UNKNOWN),
        (trail_arn("light"), Status.PASS),
    ]


def test_an_account_without_a_trail_fails() -> None:
    assert summary(evaluated(posture(trails=()))) == [
        (f"arn:aws:iam::{ACCOUNT}:root", Status.FAIL, "no trail")
    ]


def test_an_account_whose_trails_could_not_be_listed_is_unknown() -> None:
    gap = denied("cloudtrail:DescribeTrails")
    it = posture(trails=(), accounts=(account(views=(view("eu-west-1", gap),)),))
    assert [one.status for one in evaluated(it)] == [Status.UNKNOWN]


def test_an_organization_trail_is_judged_once_where_it_is_owned() -> None:
    shared = trail(organization=True)
    it = posture(shared, accounts=(account(trails=(shared,)), account(OTHER, trails=(shared,))))
    assert [(one.account, one.region, one.status) for one in evaluated(it)] == [
        (ACCOUNT, "eu-west-1", Status.PASS)
    ]


def test_an_organization_trail_of_an_owner_out_of_scope_is_unknown_once() -> None:
    shared = trail(account="999999999999", organization=True)
    it = posture(shared, accounts=(account(trails=(shared,)), account(OTHER, trails=(shared,))))
    (finding,) = evaluated(it)
    assert (finding.account, finding.status) == (ACCOUNT, Status.UNKNOWN)
    assert "999999999999" in finding.message
