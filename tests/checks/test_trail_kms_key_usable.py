import pytest

from checks.trail_kms_key_usable import TrailKmsKeyUsable
from scanner.model.finding import Finding, Reason, Status
from scanner.model.key import Key, KeyMetadata
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, OTHER, bucket, denied, key, key_arn, posture, summary, trail, trail_arn

KEY = key_arn()
UNREAD = denied("kms:DescribeKey")
NO_REGION = denied("s3:GetBucketLocation", region=None)


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailKmsKeyUsable().evaluate(it))


def judged(it: Posture) -> tuple[Status, str]:
    (finding,) = evaluated(it)
    return finding.status, finding.message


def metadata(state: str = "Enabled", manager: str = "CUSTOMER", arn: str = KEY) -> Known[KeyMetadata]:
    return Known(KeyMetadata(arn=arn, state=state, manager=manager))


def reason(it: Posture) -> Reason:
    (finding,) = evaluated(it)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason


def test_a_working_key_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, f"key {KEY} is enabled, customer managed and in eu-west-1")
    ]


@pytest.mark.parametrize(
    "state",
    [
        "Creating",
        "Disabled",
        "PendingDeletion",
        "PendingImport",
        "PendingReplicaDeletion",
        "Unavailable",
        "Updating",
    ],
)
def test_a_key_in_any_other_state_fails_and_the_state_is_named(state: str) -> None:
    it = posture(keys=(key(metadata=metadata(state)),))
    assert judged(it) == (Status.FAIL, f"key {KEY} is {state}")


def test_a_key_that_does_not_exist_fails() -> None:
    assert judged(posture(keys=(key(metadata=Known(None)),))) == (Status.FAIL, f"key {KEY} does not exist")


def test_a_key_managed_by_aws_fails() -> None:
    it = posture(keys=(key(metadata=metadata(manager="AWS")),))
    assert judged(it) == (Status.FAIL, f"key {KEY} is managed by AWS")


def test_a_key_in_another_region_than_the_bucket_fails() -> None:
    it = posture(buckets=(bucket(region=Known("us-east-1")),))
    assert judged(it) == (Status.FAIL, f"key {KEY} is in eu-west-1, not in us-east-1 with the log bucket")


def test_a_trail_may_have_its_home_elsewhere_than_bucket_and_key() -> None:
    it = posture(trail(region="us-east-1"))
    assert judged(it)[0] is Status.PASS


def test_everything_that_is_wrong_is_said_at_once() -> None:
    it = posture(
        keys=(key(metadata=metadata("PendingDeletion", "AWS")),),
        buckets=(bucket(region=Known("us-east-1")),),
    )
    assert judged(it) == (
        Status.FAIL,
        f"key {KEY} is PendingDeletion, is managed by AWS, is in eu-west-1, not in us-east-1 with the log bucket",
    )


def test_what_the_key_is_known_to_lack_decides_though_the_region_of_the_bucket_is_a_gap() -> None:
    it = posture(keys=(key(metadata=metadata("Disabled")),), buckets=(bucket(region=NO_REGION),))
    assert judged(it) == (Status.FAIL, f"key {KEY} is Disabled")


def test_the_region_in_the_arn_of_a_key_decides_though_the_key_cannot_be_read() -> None:
    it = posture(keys=(key(metadata=UNREAD),), buckets=(bucket(region=Known("us-east-1")),))
    assert judged(it) == (Status.FAIL, f"key {KEY} is in eu-west-1, not in us-east-1 with the log bucket")


def test_a_missing_key_fails_though_the_bucket_cannot_be_read() -> None:
    it = posture(keys=(key(metadata=Known(None)),), buckets=(bucket(region=NO_REGION),))
    assert judged(it) == (Status.FAIL, f"key {KEY} does not exist")


def test_a_key_that_may_not_be_described_is_unknown() -> None:
    found = reason(posture(keys=(key(metadata=UNREAD),)))
    assert (found.action, found.code) == ("kms:DescribeKey", "AccessDenied")


def test_a_working_key_is_unknown_while_the_region_of_the_bucket_is() -> None:
    found = reason(posture(buckets=(bucket(region=NO_REGION),)))
    assert (found.action, found.code) == ("s3:GetBucketLocation", "AccessDenied")


def test_a_key_that_no_check_of_the_scan_read_is_unknown() -> None:
    found = reason(posture(keys=()))
    assert (found.action, found.code) == ("kms:DescribeKey", "NotRead")


def test_a_bucket_that_no_check_of_the_scan_read_is_unknown() -> None:
    found = reason(posture(buckets=()))
    assert (found.action, found.code) == ("s3:GetBucketLocation", "NotRead")


def test_a_foreign_key_that_cannot_be_read_names_its_owner() -> None:
    it = posture(trail(key_id=key_arn(account=OTHER)), keys=(key(OTHER, metadata=UNREAD),))
    state, message = judged(it)
    assert state is Status.UNKNOWN
    assert f"the KMS key belongs to account {OTHER}" in message


def test_a_foreign_key_that_can_be_read_is_judged() -> None:
    it = posture(trail(key_id=key_arn(account=OTHER)), keys=(key(OTHER),))
    assert judged(it)[0] is Status.PASS


def test_a_foreign_bucket_whose_region_cannot_be_read_names_its_owner() -> None:
    state, message = judged(posture(buckets=(bucket(owner=OTHER, region=NO_REGION),)))
    assert state is Status.UNKNOWN
    assert f"the log bucket belongs to account {OTHER}" in message


def test_a_key_cannot_be_in_the_region_of_a_bucket_that_does_not_exist() -> None:
    gone = bucket(exists=Known(value=False), region=NO_REGION)
    assert judged(posture(buckets=(gone,))) == (Status.NOT_APPLICABLE, "The log bucket does not exist.")


def test_a_key_named_by_its_bare_id_has_the_region_of_its_metadata() -> None:
    bare = Key(id="1234abcd", metadata=metadata(), policy=Known({}), rotation=Known(value=True))
    there = bucket(region=Known("us-east-1"))
    assert judged(posture(trail(key_id="1234abcd"), keys=(bare,)))[0] is Status.PASS
    assert judged(posture(trail(key_id="1234abcd"), keys=(bare,), buckets=(there,)))[0] is Status.FAIL


def test_a_bare_id_that_cannot_be_described_tells_no_region() -> None:
    bare = Key(id="1234abcd", metadata=UNREAD, policy=Known({}), rotation=Known(value=True))
    found = reason(
        posture(trail(key_id="1234abcd"), keys=(bare,), buckets=(bucket(region=Known("us-east-1")),))
    )
    assert found.action == "kms:DescribeKey"


def test_a_trail_without_a_key_is_not_judged() -> None:
    assert judged(posture(trail(key_id=None))) == (Status.NOT_APPLICABLE, "The trail has no KMS key.")


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert summary(evaluated(posture(trails=()))) == [
        (f"arn:aws:iam::{ACCOUNT}:root", Status.NOT_APPLICABLE, "The account has no trail.")
    ]
