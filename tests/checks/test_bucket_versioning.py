from checks.bucket_versioning import BucketVersioning
from scanner.model.bucket import Versioning
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import OTHER, bucket, denied, posture, summary

ARN = "arn:aws:s3:::acme-logs"


def judge(world: Posture) -> Finding:
    (finding,) = BucketVersioning().evaluate(world)
    return finding


def versioned(versioning: Versioning) -> Posture:
    return posture(buckets=(bucket(versioning=Known(versioning)),))


def test_enabled_versioning_passes() -> None:
    assert summary([judge(posture())]) == [(ARN, Status.PASS, "has versioning enabled")]


def test_suspended_versioning_fails() -> None:
    assert summary([judge(versioned(Versioning(status="Suspended")))]) == [
        (ARN, Status.FAIL, "has versioning suspended")
    ]


def test_versioning_that_was_never_enabled_fails() -> None:
    assert summary([judge(versioned(Versioning()))]) == [(ARN, Status.FAIL, "never had versioning enabled")]


def test_mfa_delete_does_not_stand_in_for_versioning() -> None:
    assert judge(versioned(Versioning(status="Suspended", mfa_delete=True))).status is Status.FAIL


def test_an_unreadable_setting_is_unknown() -> None:
    finding = judge(posture(buckets=(bucket(versioning=denied("s3:GetBucketVersioning")),)))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetBucketVersioning"


def test_a_bucket_out_of_scope_is_unknown_and_its_owner_named() -> None:
    finding = judge(posture(buckets=(bucket(owner=OTHER, versioning=Known(Versioning())),)))
    assert finding.status is Status.UNKNOWN
    assert OTHER in finding.message


def test_without_trails_there_is_no_log_bucket() -> None:
    assert judge(posture(trails=())).status is Status.NOT_APPLICABLE
