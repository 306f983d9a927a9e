from typing import Any

import pytest

from checks.trail_kms_key_rotation import TrailKmsKeyRotation
from scanner.model.finding import Finding, Reason, Status
from scanner.model.key import KeyMetadata
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import OTHER, denied, key, key_arn, posture, summary, trail, trail_arn

KEY = key_arn()
OFF: Known[bool | None] = Known(value=False)
UNREAD = denied("kms:GetKeyRotationStatus")
UNDESCRIBED = denied("kms:DescribeKey")


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailKmsKeyRotation().evaluate(it))


def judged(**changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(keys=(key(**changes),)))
    return finding.status, finding.message


def action(**changes: Any) -> str | None:
    (finding,) = evaluated(posture(keys=(key(**changes),)))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason.action


def metadata(**changes: Any) -> Known[KeyMetadata]:
    return Known(
        KeyMetadata.model_validate({"arn": KEY, "state": "Enabled", "manager": "CUSTOMER", **changes})
    )


def test_a_key_that_is_rotated_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, f"key {KEY} is rotated automatically")
    ]


def test_a_key_that_is_not_rotated_fails() -> None:
    assert judged(rotation=OFF) == (Status.FAIL, f"key {KEY} is not rotated automatically")


def test_a_disabled_key_keeps_its_setting_and_is_judged() -> None:
    assert judged(rotation=OFF, metadata=metadata(state="Disabled"))[0] is Status.FAIL


def test_a_key_that_is_rotated_passes_though_it_may_not_be_described() -> None:
    assert judged(metadata=UNDESCRIBED)[0] is Status.PASS


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"origin": "EXTERNAL"}, "A KMS key whose material is of the origin EXTERNAL cannot rotate."),
        ({"origin": "AWS_CLOUDHSM"}, "A KMS key whose material is of the origin AWS_CLOUDHSM cannot rotate."),
        ({"spec": "RSA_2048"}, "A KMS key of the spec RSA_2048 cannot rotate."),
        (
            {"state": "PendingDeletion"},
            "The KMS key is pending deletion, and until then it does not rotate.",
        ),
    ],
)
def test_a_key_that_cannot_rotate_is_not_judged_though_kms_says_that_it_does_not(
    changes: dict[str, str], words: str
) -> None:
    assert judged(rotation=OFF, metadata=metadata(**changes)) == (Status.NOT_APPLICABLE, words)
    assert judged(rotation=UNREAD, metadata=metadata(**changes)) == (Status.NOT_APPLICABLE, words)


def test_a_key_for_which_kms_refuses_to_tell_since_it_cannot_rotate_is_not_judged() -> None:
    words = "The KMS key is of a kind that cannot rotate."
    assert judged(rotation=Known(None)) == (Status.NOT_APPLICABLE, words)
    assert judged(rotation=Known(None), metadata=UNDESCRIBED) == (Status.NOT_APPLICABLE, words)


def test_a_key_that_does_not_exist_is_not_judged() -> None:
    assert judged(metadata=Known(None), rotation=Known(None)) == (
        Status.NOT_APPLICABLE,
        "The KMS key does not exist.",
    )


def test_a_rotation_that_may_not_be_read_is_unknown() -> None:
    assert action(rotation=UNREAD) == "kms:GetKeyRotationStatus"


def test_a_key_that_is_not_rotated_and_perhaps_cannot_be_is_unknown() -> None:
    assert action(rotation=OFF, metadata=UNDESCRIBED) == "kms:DescribeKey"


def test_a_key_that_nobody_read_is_unknown() -> None:
    (finding,) = evaluated(posture(keys=()))
    assert finding.status is Status.UNKNOWN


def test_a_foreign_key_that_cannot_be_read_names_its_owner() -> None:
    it = posture(trail(key_id=key_arn(account=OTHER)), keys=(key(OTHER, rotation=UNREAD),))
    (finding,) = evaluated(it)
    assert finding.status is Status.UNKNOWN
    assert f"the KMS key belongs to account {OTHER}" in finding.message


def test_a_trail_without_a_key_is_not_judged() -> None:
    assert summary(evaluated(posture(trail(key_id=None)))) == [
        (trail_arn(), Status.NOT_APPLICABLE, "The trail has no KMS key.")
    ]


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()))] == [Status.NOT_APPLICABLE]
