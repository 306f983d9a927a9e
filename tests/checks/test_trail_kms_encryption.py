from checks.trail_kms_encryption import TrailKmsEncryption
from scanner.model.bucket import Encryption
from scanner.model.finding import Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, bucket, denied, key, key_arn, posture, summary, trail, trail_arn


def evaluated(it: Posture) -> list[tuple[str, Status, str]]:
    return summary(list(TrailKmsEncryption().evaluate(it)))


def test_a_trail_with_a_key_passes() -> None:
    assert evaluated(posture()) == [(trail_arn(), Status.PASS, f"encrypts its log files with {key_arn()}")]


def test_a_trail_without_a_key_fails() -> None:
    assert evaluated(posture(trail(key_id=None))) == [(trail_arn(), Status.FAIL, "has no KMS key")]


def test_the_default_encryption_of_the_bucket_is_no_key_of_the_trail() -> None:
    encrypted = bucket(encryption=Known(Encryption(algorithm="aws:kms", key_id=key_arn())))
    it = posture(trail(key_id=None), buckets=(encrypted,))
    assert [state for _, state, _ in evaluated(it)] == [Status.FAIL]


def test_whether_the_key_works_is_asked_elsewhere() -> None:
    for metadata in (Known(None), denied("kms:DescribeKey")):
        it = posture(keys=(key(metadata=metadata),))
        assert [state for _, state, _ in evaluated(it)] == [Status.PASS]


def test_an_account_without_a_trail_fails() -> None:
    assert evaluated(posture(trails=())) == [(f"arn:aws:iam::{ACCOUNT}:root", Status.FAIL, "no trail")]
