"""Log buckets refuse plain HTTP, for everyone."""

from typing import Any

import pytest

from checks.bucket_tls_only import BucketTlsOnly
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from tests.build import ACCOUNT, BUCKET, bucket, denied, posture
from tests.build_buckets import document, tls_only

ARN = f"arn:aws:s3:::{BUCKET}"


def judge(policy: object) -> Finding:
    (finding,) = BucketTlsOnly().evaluate(posture(buckets=(bucket(policy=policy),)))
    return finding


def denying(**changes: Any) -> Finding:
    return judge(Known(document(tls_only(BUCKET) | changes)))


def test_a_deny_for_everyone_and_everything_passes() -> None:
    finding = denying()
    assert (finding.status, finding.message) == (Status.PASS, "denies plain HTTP for everyone")


def test_no_policy_fails() -> None:
    finding = judge(Known(None))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "does not deny plain HTTP for the bucket and its objects",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Action": "s3:GetObject"},
        {"Principal": {"AWS": ACCOUNT}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}},
    ],
)
def test_a_deny_that_spares_somebody_or_something_fails(changes: dict[str, Any]) -> None:
    assert denying(**changes).status is Status.FAIL


@pytest.mark.parametrize(
    ("resource", "hole"),
    [(ARN, "its objects"), (f"{ARN}/*", "the bucket"), (f"{ARN}/AWSLogs/*", "its objects")],
)
def test_the_part_that_is_left_open_is_named(resource: str, hole: str) -> None:
    finding = denying(Resource=resource)
    assert finding.status is Status.FAIL
    assert hole in finding.message


def test_an_unreadable_policy_is_unknown() -> None:
    finding = judge(denied("s3:GetBucketPolicy"))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetBucketPolicy"


def test_a_missing_bucket_is_judged_elsewhere() -> None:
    (finding,) = BucketTlsOnly().evaluate(posture(buckets=(bucket(exists=Known(value=False)),)))
    assert finding.status is Status.NOT_APPLICABLE
