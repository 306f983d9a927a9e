"""CloudTrail writes to log buckets for the trails that are meant alone."""

from typing import Any

import pytest

from checks.bucket_policy_source import BucketPolicySource
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from tests.build import ACCOUNT, BUCKET, bucket, denied, posture, trail_arn
from tests.build_buckets import allow, document

CLOUDTRAIL = "cloudtrail.amazonaws.com"


def judge(policy: object) -> Finding:
    (finding,) = BucketPolicySource().evaluate(posture(buckets=(bucket(policy=policy),)))
    return finding


def bound(**condition: Any) -> dict[str, Any]:
    """CloudTrail's statement with this condition, or without any."""
    statement = allow(CLOUDTRAIL, BUCKET, "*") | {"Condition": condition}
    return statement if condition else {key: statement[key] for key in statement if key != "Condition"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceArn": trail_arn()}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"StringEquals": {"aws:SourceOrgID": "o-acme123456"}},
    ],
)
def test_a_statement_that_says_for_whom_passes(condition: dict[str, Any]) -> None:
    finding = judge(Known(document(bound(**condition))))
    assert finding.status is Status.PASS
    assert finding.message.startswith("lets CloudTrail write only with aws:Source")


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        {"StringLike": {"aws:SourceArn": "*"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": "*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}},
    ],
)
def test_a_statement_for_anybodys_trail_fails_and_is_named(condition: dict[str, Any]) -> None:
    finding = judge(Known(document(bound(**condition))))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "statement 'cloudtrail' lets CloudTrail write for anybody's trail",
    )


def test_one_open_statement_beside_a_bound_one_fails() -> None:
    closed = bound(StringEquals={"aws:SourceAccount": ACCOUNT})
    finding = judge(Known(document(closed, {**bound(), "Sid": "old"})))
    assert finding.status is Status.FAIL
    assert "'old'" in finding.message


def test_a_deny_for_strangers_bounds_what_the_allow_leaves_open() -> None:
    deny = {
        **bound(StringNotEquals={"aws:SourceAccount": ACCOUNT}),
        "Effect": "Deny",
        "Sid": "strangers",
    }
    assert judge(Known(document(bound(), deny))).status is Status.PASS


@pytest.mark.parametrize(
    "policy",
    [
        None,
        document(allow("logging.s3.amazonaws.com", BUCKET, "*")),
        document(allow(CLOUDTRAIL, BUCKET, "*", action="s3:GetBucketAcl")),
    ],
)
def test_where_no_statement_lets_it_write_there_is_nothing_to_judge(policy: object) -> None:
    assert judge(Known(policy)).status is Status.NOT_APPLICABLE


def test_a_condition_that_is_not_understood_is_unknown_and_names_the_statement() -> None:
    finding = judge(Known(document(bound(StringEquals={"acme:Unheard": "of"}))))
    assert finding.status is Status.UNKNOWN
    assert "'cloudtrail'" in finding.message


def test_an_open_statement_decides_over_one_that_is_not_understood() -> None:
    odd = {**bound(StringEquals={"acme:Unheard": "of"}), "Sid": "odd"}
    assert judge(Known(document(odd, bound()))).status is Status.FAIL


def test_an_unreadable_policy_is_unknown() -> None:
    finding = judge(denied("s3:GetBucketPolicy"))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetBucketPolicy"


def test_a_policy_that_is_no_policy_is_unknown() -> None:
    assert judge(Known({"Statement": "all"})).status is Status.UNKNOWN
