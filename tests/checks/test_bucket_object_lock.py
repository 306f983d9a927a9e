from typing import Literal

import pytest
from pydantic import ValidationError

from checks.bucket_object_lock import BucketObjectLock
from scanner.model.bucket import ObjectLock
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import bucket, denied, posture, summary

ARN = "arn:aws:s3:::acme-logs"


def judge(world: Posture, **options: object) -> Finding:
    (finding,) = BucketObjectLock.model_validate(options).evaluate(world)
    return finding


def locked(days: int | None, mode: Literal["GOVERNANCE", "COMPLIANCE"] | None = "GOVERNANCE") -> Posture:
    return posture(buckets=(bucket(object_lock=Known(ObjectLock(mode=mode, days=days))),))


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_year_in_either_mode_passes(mode: Literal["GOVERNANCE", "COMPLIANCE"]) -> None:
    assert summary([judge(locked(365, mode))]) == [
        (ARN, Status.PASS, f"locks objects for 365 days in {mode} mode")
    ]


def test_a_shorter_lock_fails() -> None:
    assert summary([judge(locked(364))]) == [
        (ARN, Status.FAIL, "locks objects for 364 days in GOVERNANCE mode, fewer than 365 days")
    ]


def test_the_days_asked_for_are_an_option() -> None:
    assert judge(locked(90), min_days=90).status is Status.PASS


def test_a_mode_that_does_not_suffice_fails() -> None:
    assert summary([judge(locked(365), modes=["COMPLIANCE"])]) == [
        (ARN, Status.FAIL, "locks objects for 365 days in GOVERNANCE mode, not in COMPLIANCE mode")
    ]


def test_no_object_lock_fails() -> None:
    world = posture(buckets=(bucket(object_lock=Known(None)),))
    assert summary([judge(world)]) == [(ARN, Status.FAIL, "has no Object Lock")]


def test_object_lock_without_a_default_retention_locks_nothing() -> None:
    assert summary([judge(locked(None, None))]) == [
        (ARN, Status.FAIL, "has Object Lock without a default retention, which locks nothing")
    ]


def test_an_unreadable_setting_is_unknown() -> None:
    world = posture(buckets=(bucket(object_lock=denied("s3:GetBucketObjectLockConfiguration")),))
    finding = judge(world)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetBucketObjectLockConfiguration"


def test_a_missing_bucket_locks_nothing_and_is_judged_elsewhere() -> None:
    world = posture(buckets=(bucket(exists=Known(value=False)),))
    assert judge(world).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("options", [{"min_days": 0}, {"modes": []}, {"modes": ["LEGAL_HOLD"]}])
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BucketObjectLock.model_validate(options)
