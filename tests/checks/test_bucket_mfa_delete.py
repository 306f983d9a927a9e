"""No log file is deleted for good without a second factor, or before a lock without exceptions ends."""

import pytest

from checks.bucket_mfa_delete import BucketMfaDelete
from scanner.model.bucket import ObjectLock, Versioning
from scanner.model.finding import Finding, Status
from scanner.model.reading import Known
from tests.build import bucket, denied, posture

NO_VERSIONING = denied("s3:GetBucketVersioning")
NO_LOCK = denied("s3:GetBucketObjectLockConfiguration")
MFA = Known(Versioning(status="Enabled", mfa_delete=True))
WITHOUT = Known(Versioning(status="Enabled"))


def judge(versioning: object, lock: object, **options: object) -> Finding:
    world = posture(buckets=(bucket(versioning=versioning, object_lock=lock),))
    (finding,) = BucketMfaDelete.model_validate(options).evaluate(world)
    return finding


def test_mfa_delete_passes() -> None:
    finding = judge(MFA, Known(None))
    assert (finding.status, finding.message) == (Status.PASS, "has MFA delete")


def test_a_long_lock_that_nobody_can_lift_makes_it_needless() -> None:
    finding = judge(WITHOUT, Known(ObjectLock(mode="COMPLIANCE", days=365)))
    assert (finding.status, finding.message) == (
        Status.PASS,
        "needs no MFA delete: it locks objects for 365 days in COMPLIANCE mode",
    )


def test_a_lock_that_some_can_lift_does_not() -> None:
    finding = judge(WITHOUT, Known(ObjectLock(mode="GOVERNANCE", days=3650)))
    assert finding.status is Status.FAIL
    assert finding.message == (
        "has no MFA delete, and locks objects for 3,650 days in GOVERNANCE mode "
        "(365 days in COMPLIANCE mode would make it needless)"
    )


def test_a_short_lock_does_not_unless_its_days_are_asked_for() -> None:
    short = Known(ObjectLock(mode="COMPLIANCE", days=30))
    assert judge(WITHOUT, short).status is Status.FAIL
    assert judge(WITHOUT, short, min_days=30).status is Status.PASS


@pytest.mark.parametrize("lock", [None, ObjectLock()])
def test_without_either_it_fails(lock: ObjectLock | None) -> None:
    finding = judge(WITHOUT, Known(lock))
    assert finding.status is Status.FAIL
    assert finding.message.startswith("has no MFA delete, and locks nothing")


def test_mfa_delete_of_suspended_versioning_protects_nothing_new() -> None:
    finding = judge(Known(Versioning(status="Suspended", mfa_delete=True)), Known(None))
    assert finding.status is Status.FAIL
    assert "while versioning is suspended" in finding.message


def test_one_that_is_known_to_hold_decides() -> None:
    assert judge(MFA, NO_LOCK).status is Status.PASS
    assert judge(NO_VERSIONING, Known(ObjectLock(mode="COMPLIANCE", days=365))).status is Status.PASS


@pytest.mark.parametrize(("versioning", "lock"), [(NO_VERSIONING, Known(None)), (WITHOUT, NO_LOCK)])
def test_what_cannot_be_read_and_may_hold_is_unknown(versioning: object, lock: object) -> None:
    assert judge(versioning, lock).status is Status.UNKNOWN


def test_a_missing_bucket_is_judged_elsewhere() -> None:
    (finding,) = BucketMfaDelete().evaluate(posture(buckets=(bucket(exists=Known(value=False)),)))
    assert finding.status is Status.NOT_APPLICABLE
