import pytest

from checks.bucket_encryption import BucketEncryption
from scanner.model.bucket import Encryption
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known, Reading
from tests.build import bucket, denied, posture, summary

ARN = "arn:aws:s3:::acme-logs"


def judge(world: Posture, **options: object) -> Finding:
    (finding,) = BucketEncryption.model_validate(options).evaluate(world)
    return finding


def encrypted(encryption: Reading[Encryption | None]) -> Posture:
    return posture(buckets=(bucket(encryption=encryption),))


AES = encrypted(Known(Encryption(algorithm="AES256")))


def test_any_default_encryption_passes() -> None:
    assert summary([judge(AES)]) == [(ARN, Status.PASS, "encrypts new objects with AES256")]


def test_none_fails() -> None:
    assert summary([judge(encrypted(Known(None)))]) == [(ARN, Status.FAIL, "has no default encryption")]


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_both_kinds_of_kms_encryption_pass_where_kms_is_required(algorithm: str) -> None:
    world = encrypted(Known(Encryption(algorithm=algorithm)))
    assert judge(world, require="kms").status is Status.PASS


def test_sse_s3_fails_where_kms_is_required() -> None:
    assert summary([judge(AES, require="kms")]) == [
        (ARN, Status.FAIL, "encrypts new objects with AES256, not with a KMS key")
    ]


def test_an_unreadable_setting_is_unknown() -> None:
    finding = judge(encrypted(denied("s3:GetEncryptionConfiguration", "GetBucketEncryption")))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert (finding.reason.action, finding.reason.operation) == (
        "s3:GetEncryptionConfiguration",
        "GetBucketEncryption",
    )


def test_a_missing_bucket_has_nothing_to_encrypt() -> None:
    world = posture(buckets=(bucket(exists=Known(value=False)),))
    assert judge(world).status is Status.NOT_APPLICABLE
