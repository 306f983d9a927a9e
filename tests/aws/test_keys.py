"""The keys that trails name."""

from typing import Any

import pytest

from scanner.aws.keys import read_key
from scanner.model.key import Key, KeyMetadata
from scanner.model.reading import Gap, Known, Outcome
from tests.aws.fake import CALLER, MEMBER, FakeAws, Refusal

ARN = f"arn:aws:kms:eu-west-1:{CALLER}:key/1234"
FOREIGN = f"arn:aws:kms:eu-west-1:{MEMBER}:key/1234"
NEEDS = frozenset({"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"})
METADATA = {
    "Arn": ARN,
    "KeyId": "1234",
    "KeyState": "Enabled",
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "Origin": "AWS_KMS",
}


@pytest.fixture
def kms(aws: FakeAws) -> FakeAws:
    aws.on("DescribeKey", {"KeyMetadata": METADATA})
    aws.on("GetKeyPolicy", {"Policy": '{"Statement": []}'}, PolicyName="default")
    aws.on("GetKeyRotationStatus", {"KeyRotationEnabled": True})
    return aws


def test_a_key_is_its_state_its_policy_and_its_rotation(kms: FakeAws) -> None:
    assert read_key(kms.reader(), ARN, NEEDS) == Key(
        id=ARN,
        metadata=Known(KeyMetadata(arn=ARN, state="Enabled", manager="CUSTOMER")),
        policy=Known({"Statement": []}),
        rotation=Known(True),  # noqa: FBT003
    )


def test_a_key_that_does_not_exist_is_a_fact_and_nothing_more_is_asked(kms: FakeAws) -> None:
    kms.on("DescribeKey", Refusal("NotFoundException"))
    assert read_key(kms.reader(), ARN, NEEDS) == Key(
        id=ARN, metadata=Known(None), policy=Known(None), rotation=Known(None)
    )
    assert kms.operations() == ["DescribeKey"]


def test_a_key_of_another_account_that_is_not_found_may_exist(kms: FakeAws) -> None:
    kms.on("DescribeKey", Refusal("NotFoundException"))
    kms.on("GetKeyRotationStatus", Refusal("NotFoundException"))
    key = read_key(kms.reader(), FOREIGN, NEEDS)
    assert isinstance(key.metadata, Gap)
    assert isinstance(key.rotation, Gap)


def test_the_policy_of_a_key_of_another_account_is_not_even_asked_for(kms: FakeAws) -> None:
    policy = read_key(kms.reader(), FOREIGN, NEEDS).policy
    assert isinstance(policy, Gap)
    assert (policy.code, policy.account) == ("OwnerOutOfScope", MEMBER)
    assert "GetKeyPolicy" not in kms.operations()


def test_a_key_that_is_named_by_its_alias_is_read_by_its_arn(kms: FakeAws) -> None:
    assert read_key(kms.reader(), "alias/logs", NEEDS).policy == Known({"Statement": []})
    assert kms.calls[1].params["KeyId"] == ARN


def test_a_key_that_cannot_rotate_is_a_fact(kms: FakeAws) -> None:
    kms.on("GetKeyRotationStatus", Refusal("UnsupportedOperationException"))
    assert read_key(kms.reader(), ARN, NEEDS).rotation == Known(None)


@pytest.mark.parametrize("operation", ["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus"])
@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {}])
def test_one_refusal_leaves_one_gap(kms: FakeAws, operation: str, answer: Any) -> None:
    kms.on(operation, answer)
    key = read_key(kms.reader(), ARN, NEEDS)
    gaps = [one for one in (key.metadata, key.policy, key.rotation) if isinstance(one, Gap)]
    assert [one.operation for one in gaps] == [operation]
    assert gaps[0].outcome is (Outcome.FAILED if answer == {} else Outcome.DENIED)


def test_what_nobody_needs_is_not_asked(kms: FakeAws) -> None:
    key = read_key(kms.reader(), ARN, frozenset({"kms:DescribeKey"}))
    assert isinstance(key.policy, Gap)
    assert key.policy.code == "NotRead"
    assert kms.operations() == ["DescribeKey"]
