"""The policies of log buckets let nobody but CloudTrail and those who are trusted change anything."""

from typing import Any

import pytest

from checks.bucket_tamper_access import BucketTamperAccess
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from tests.build import ACCOUNT, BUCKET, OTHER, bucket, denied, posture
from tests.build_buckets import delivery_policy, document

ARN = f"arn:aws:s3:::{BUCKET}"
KEEPER = f"arn:aws:iam::{ACCOUNT}:role/log-keeper"


def judge(policy: object, **options: object) -> Finding:
    world = posture(buckets=(bucket(policy=policy),))
    (finding,) = BucketTamperAccess.model_validate(options).evaluate(world)
    return finding


def letting(principal: object, action: object, resource: object = None, **changes: Any) -> dict[str, Any]:
    """CloudTrail's policy with one statement more."""
    return delivery_policy(
        BUCKET,
        {
            "Sid": "more",
            "Effect": "Allow",
            "Principal": principal,
            "Action": action,
            "Resource": resource or [ARN, f"{ARN}/*"],
            **changes,
        },
    )


def test_cloudtrail_alone_passes() -> None:
    assert judge(Known(delivery_policy(BUCKET))).status is Status.PASS


def test_no_policy_passes() -> None:
    assert judge(Known(None)).status is Status.PASS


def test_the_root_of_the_owner_passes() -> None:
    assert judge(Known(letting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "s3:*"))).status is Status.PASS


def test_readers_pass() -> None:
    assert judge(Known(letting({"AWS": OTHER}, ["s3:GetObject", "s3:ListBucket"]))).status is Status.PASS


def test_another_account_that_may_delete_fails_and_is_named() -> None:
    finding = judge(Known(letting({"AWS": OTHER}, "s3:DeleteObject")))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        f"lets account {OTHER} call DeleteObject (statement 'more')",
    )


@pytest.mark.parametrize(
    "action",
    [
        "s3:PutObject",
        "s3:DeleteObjectVersion",
        "s3:BypassGovernanceRetention",
        "s3:PutObjectRetention",
        "s3:ReplicateDelete",
        "s3:PutLifecycleConfiguration",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutBucketObjectLockConfiguration",
        "s3:DeleteBucket",
        "s3:Put*",
        "*",
    ],
)
def test_each_way_to_tamper_fails(action: str) -> None:
    assert judge(Known(letting({"AWS": KEEPER}, action))).status is Status.FAIL


def test_everyone_but_the_named_fails_by_not_action_and_not_principal() -> None:
    statement = letting("*", "s3:GetObject")
    more = statement["Statement"][-1]
    more["NotAction"] = more.pop("Action")
    assert judge(Known(statement)).status is Status.FAIL
    more["NotPrincipal"] = {"AWS": KEEPER}
    del more["Principal"]
    assert judge(Known(statement)).status is Status.FAIL


def test_who_is_trusted_passes() -> None:
    policy = Known(letting({"AWS": KEEPER, "Service": "config.amazonaws.com"}, "s3:PutObject"))
    assert judge(policy).status is Status.FAIL
    assert judge(policy, trusted_principals=[KEEPER]).status is Status.FAIL
    assert judge(policy, trusted_principals=[KEEPER, "config.amazonaws.com"]).status is Status.PASS


def test_to_trust_an_account_trusts_its_root_alone() -> None:
    assert judge(Known(letting({"AWS": OTHER}, "s3:*")), trusted_principals=[OTHER]).status is Status.PASS
    role = f"arn:aws:iam::{OTHER}:role/any"
    assert judge(Known(letting({"AWS": role}, "s3:*")), trusted_principals=[OTHER]).status is Status.FAIL


def test_a_deny_that_covers_the_action_takes_it_back() -> None:
    deny = {
        "Sid": "never",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:Delete*",
        "Resource": [ARN, f"{ARN}/*"],
    }
    policy = letting({"AWS": OTHER}, "s3:DeleteObject")
    assert judge(Known({**policy, "Statement": [*policy["Statement"], deny]})).status is Status.PASS
    halfway = {**deny, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert judge(Known({**policy, "Statement": [*policy["Statement"], halfway]})).status is Status.FAIL


def test_other_buckets_do_not_matter() -> None:
    elsewhere = letting({"AWS": OTHER}, "s3:DeleteObject", "arn:aws:s3:::another/*")
    assert judge(Known(elsewhere)).status is Status.PASS


def test_an_unreadable_policy_is_unknown() -> None:
    finding = judge(denied("s3:GetBucketPolicy"))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetBucketPolicy"


def test_a_policy_that_is_no_policy_is_unknown() -> None:
    assert judge(Known(document({"Effect": "Perhaps"}))).status is Status.UNKNOWN


def test_a_missing_bucket_is_judged_elsewhere() -> None:
    (finding,) = BucketTamperAccess().evaluate(posture(buckets=(bucket(exists=Known(value=False)),)))
    assert finding.status is Status.NOT_APPLICABLE
