"""What S3 says of a bucket, setting by setting: known, none, refused, cut short."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.aws.buckets import SETTINGS, list_buckets, read_account_block, read_location, read_setting
from scanner.model.bucket import (
    AccessLogging,
    Encryption,
    Grant,
    LifecycleRule,
    ObjectLock,
    PublicAccessBlock,
    ReplicationRule,
    Transition,
    Versioning,
)
from scanner.model.reading import Gap, Known, Outcome
from tests.aws.fake import CALLER, FakeAws, Refusal

NAME = "acme-logs"
DATE = datetime(2027, 1, 1, tzinfo=UTC)


def block(**flags: bool) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": flags}


def encryption(**default: str) -> dict[str, Any]:
    rules = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def lock(**rule: Any) -> dict[str, Any]:
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **rule}}


def enabled(**rule: Any) -> dict[str, Any]:
    return {"Rules": [{"Status": "Enabled", **rule}]}


COPY = {"Bucket": "arn:aws:s3:::copy"}
KNOWN = [
    ("encryption", encryption(SSEAlgorithm="AES256"), Encryption(algorithm="AES256")),
    (
        "encryption",
        encryption(SSEAlgorithm="aws:kms", KMSMasterKeyID="k"),
        Encryption(algorithm="aws:kms", key_id="k"),
    ),
    ("policy", {"Policy": '{"Statement": []}'}, {"Statement": []}),
    ("policy_public", {"PolicyStatus": {"IsPublic": True}}, True),
    (
        "acl",
        {
            "Grants": [
                {"Grantee": {"Type": "CanonicalUser", "ID": "me"}, "Permission": "FULL_CONTROL"},
                {"Grantee": {"Type": "Group", "URI": "http://all"}, "Permission": "READ"},
            ]
        },
        (
            Grant(grantee="me", permission="FULL_CONTROL"),
            Grant(grantee="http://all", permission="READ"),
        ),
    ),
    (
        "public_access_block",
        block(
            BlockPublicAcls=True, IgnorePublicAcls=False, BlockPublicPolicy=True, RestrictPublicBuckets=False
        ),
        PublicAccessBlock(block_public_acls=True, block_public_policy=True),
    ),
    (
        "ownership",
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "BucketOwnerEnforced",
    ),
    ("versioning", {}, Versioning()),
    (
        "versioning",
        {"Status": "Enabled", "MFADelete": "Enabled"},
        Versioning(status="Enabled", mfa_delete=True),
    ),
    ("versioning", {"Status": "Suspended", "MFADelete": "Disabled"}, Versioning(status="Suspended")),
    ("object_lock", lock(), ObjectLock()),
    (
        "object_lock",
        lock(Rule={"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400, "Years": 0}}),
        ObjectLock(mode="COMPLIANCE", days=400),
    ),
    (
        "object_lock",
        lock(Rule={"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 2}}),
        ObjectLock(mode="GOVERNANCE", days=730),
    ),
    ("logging", {}, None),
    (
        "logging",
        {"LoggingEnabled": {"TargetBucket": "t", "TargetPrefix": "p/"}},
        AccessLogging(target_bucket="t", target_prefix="p/"),
    ),
    (
        "replication",
        {
            "ReplicationConfiguration": {
                "Rules": [
                    {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy", "Account": "1"}}
                ]
            }
        },
        (ReplicationRule(enabled=True, destination="arn:aws:s3:::copy", destination_account="1"),),
    ),
    (
        "replication",
        {
            "ReplicationConfiguration": {
                "Rules": [
                    {"Status": "Enabled", "Destination": COPY, "Prefix": "old/"},
                    {"Status": "Disabled", "Destination": COPY, "Filter": {"Prefix": "a/"}},
                    {"Status": "Enabled", "Destination": COPY, "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
                    {
                        "Status": "Enabled",
                        "Destination": COPY,
                        "Filter": {"And": {"Prefix": "b/", "Tags": [{"Key": "k", "Value": "v"}]}},
                    },
                ]
            }
        },
        (
            ReplicationRule(enabled=True, prefix="old/", destination=COPY["Bucket"]),
            ReplicationRule(enabled=False, prefix="a/", destination=COPY["Bucket"]),
            ReplicationRule(enabled=True, tagged=True, destination=COPY["Bucket"]),
            ReplicationRule(enabled=True, prefix="b/", tagged=True, destination=COPY["Bucket"]),
        ),
    ),
]
NONE = [
    ("encryption", "ServerSideEncryptionConfigurationNotFoundError", None),
    ("policy", "NoSuchBucketPolicy", None),
    ("policy_public", "NoSuchBucketPolicy", False),
    ("public_access_block", "NoSuchPublicAccessBlockConfiguration", PublicAccessBlock()),
    ("ownership", "OwnershipControlsNotFoundError", None),
    ("object_lock", "ObjectLockConfigurationNotFoundError", None),
    ("lifecycle", "NoSuchLifecycleConfiguration", ()),
    ("replication", "ReplicationConfigurationNotFoundError", ()),
]
SENSELESS: list[tuple[str, dict[str, Any]]] = [
    ("encryption", {}),
    ("encryption", {"ServerSideEncryptionConfiguration": {"Rules": []}}),
    ("policy", {}),
    ("policy", {"Policy": "{"}),
    ("policy", {"Policy": "[]"}),
    ("policy_public", {}),
    ("policy_public", {"PolicyStatus": {}}),
    ("acl", {}),
    ("public_access_block", {}),
    ("public_access_block", block()),
    ("ownership", {"OwnershipControls": {"Rules": []}}),
    ("versioning", {"Status": "Perhaps"}),
    ("object_lock", {}),
    ("object_lock", {"ObjectLockConfiguration": {}}),
    ("object_lock", lock(Rule={})),
    ("object_lock", lock(Rule={"DefaultRetention": {"Mode": "COMPLIANCE"}})),
    ("lifecycle", {}),
    ("lifecycle", enabled(Expiration={})),
    ("lifecycle", enabled(NoncurrentVersionExpiration={"NewerNoncurrentVersions": 1})),
    ("lifecycle", enabled(Transitions=[{"StorageClass": "GLACIER"}])),
    ("lifecycle", enabled(NoncurrentVersionTransitions=[{"StorageClass": "GLACIER"}])),
    ("logging", {"LoggingEnabled": {}}),
    ("replication", {}),
]


@pytest.mark.parametrize(("field", "answer", "value"), KNOWN)
def test_a_setting_is_known(aws: FakeAws, field: str, answer: dict[str, Any], value: Any) -> None:
    aws.on(SETTINGS[field].call.operation, answer, Bucket=NAME)
    assert read_setting(aws.reader(), NAME, field) == Known(value)


@pytest.mark.parametrize(("field", "code", "value"), NONE)
def test_a_setting_that_is_not_made_is_known_too(aws: FakeAws, field: str, code: str, value: Any) -> None:
    aws.on(SETTINGS[field].call.operation, Refusal(code, status=404), Bucket=NAME)
    assert read_setting(aws.reader(), NAME, field) == Known(value)


@pytest.mark.parametrize("field", list(SETTINGS))
@pytest.mark.parametrize(
    "refusal", [Refusal("AccessDenied", status=403), Refusal("NoSuchBucket", status=404)]
)
def test_a_setting_that_is_refused_is_a_gap(aws: FakeAws, field: str, refusal: Refusal) -> None:
    aws.on(SETTINGS[field].call.operation, refusal, Bucket=NAME)
    found = read_setting(aws.reader(), NAME, field)
    assert isinstance(found, Gap)
    assert found.action == SETTINGS[field].call.action


@pytest.mark.parametrize(("field", "answer"), SENSELESS)
def test_a_setting_that_makes_no_sense_is_a_gap(aws: FakeAws, field: str, answer: dict[str, Any]) -> None:
    aws.on(SETTINGS[field].call.operation, answer, Bucket=NAME)
    found = read_setting(aws.reader(), NAME, field)
    assert isinstance(found, Gap)
    assert found.code == "IncompleteAnswer"


@pytest.mark.parametrize(
    ("rule", "scope"),
    [
        ({}, {}),
        ({"Filter": {}}, {}),
        ({"Prefix": ""}, {}),
        ({"Prefix": "AWSLogs/"}, {"prefix": "AWSLogs/"}),
        ({"Filter": {"Prefix": "AWSLogs/"}}, {"prefix": "AWSLogs/"}),
        ({"Filter": {"Tag": {"Key": "k", "Value": "v"}}}, {"tagged": True}),
        ({"Filter": {"ObjectSizeGreaterThan": 500}}, {"larger_than": 500}),
        ({"Filter": {"ObjectSizeLessThan": 500}}, {"smaller_than": 500}),
        (
            {
                "Filter": {
                    "And": {
                        "Prefix": "x/",
                        "Tags": [{"Key": "k", "Value": "v"}],
                        "ObjectSizeGreaterThan": 1,
                        "ObjectSizeLessThan": 9,
                    }
                }
            },
            {"prefix": "x/", "tagged": True, "larger_than": 1, "smaller_than": 9},
        ),
    ],
)
def test_the_scope_of_a_lifecycle_rule_is_flattened(
    aws: FakeAws, rule: dict[str, Any], scope: dict[str, Any]
) -> None:
    aws.on("GetBucketLifecycleConfiguration", {"Rules": [{"Status": "Enabled", **rule}]})
    assert read_setting(aws.reader(), NAME, "lifecycle") == Known((LifecycleRule(enabled=True, **scope),))


def test_a_lifecycle_rule_says_what_happens_when(aws: FakeAws) -> None:
    aws.on(
        "GetBucketLifecycleConfiguration",
        {
            "Rules": [
                {
                    "ID": "expire",
                    "Status": "Disabled",
                    "Expiration": {"Days": 31},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3},
                    "Transitions": [{"StorageClass": "GLACIER", "Date": DATE}],
                    "NoncurrentVersionTransitions": [
                        {"StorageClass": "GLACIER_IR", "NoncurrentDays": 1, "NewerNoncurrentVersions": 2}
                    ],
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
                {"Status": "Enabled", "Expiration": {"Date": DATE}},
                {"Status": "Enabled", "Expiration": {"ExpiredObjectDeleteMarker": True}},
            ]
        },
    )
    assert read_setting(aws.reader(), NAME, "lifecycle") == Known(
        (
            LifecycleRule(
                id="expire",
                enabled=False,
                expire_days=31,
                noncurrent_days=7,
                newer_noncurrent_versions=3,
                transitions=(Transition(storage_class="GLACIER", date=DATE),),
                noncurrent_transitions=(
                    Transition(storage_class="GLACIER_IR", days=1, newer_noncurrent_versions=2),
                ),
            ),
            LifecycleRule(enabled=True, expire_date=DATE),
            LifecycleRule(enabled=True),
        )
    )


def test_all_pages_of_buckets_are_listed(aws: FakeAws) -> None:
    aws.on("ListBuckets", {"Buckets": [{"Name": "one"}], "ContinuationToken": "page2"})
    aws.on("ListBuckets", {"Buckets": [{"Name": "two"}]}, ContinuationToken="page2")
    assert list_buckets(aws.reader()) == Known(frozenset({"one", "two"}))


@pytest.mark.parametrize("answer", [Refusal("AccessDenied", status=403), {}])
def test_buckets_that_could_not_be_listed_are_not_no_buckets(aws: FakeAws, answer: Any) -> None:
    aws.on("ListBuckets", answer)
    assert isinstance(list_buckets(aws.reader()), Gap)


@pytest.mark.parametrize(
    ("partition", "told", "region"),
    [
        ("aws", None, "us-east-1"),
        ("aws", "EU", "eu-west-1"),
        ("aws", "eu-north-1", "eu-north-1"),
        ("aws-cn", "cn-north-1", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1"),
    ],
)
def test_a_bucket_lives_in(aws: FakeAws, partition: str, told: str | None, region: str) -> None:
    aws.on("GetBucketLocation", {"LocationConstraint": told})
    assert read_location(aws.reader(), NAME, partition=partition) == Known(region)


def test_only_the_commercial_partition_has_a_region_without_a_name(aws: FakeAws) -> None:
    aws.on("GetBucketLocation", {"LocationConstraint": None})
    assert isinstance(read_location(aws.reader(), NAME, partition="aws-cn"), Gap)


def test_a_bucket_that_is_not_there_lives_nowhere(aws: FakeAws) -> None:
    aws.on("GetBucketLocation", Refusal("NoSuchBucket", status=404))
    assert read_location(aws.reader(), NAME, partition="aws") == Known(None)


def test_an_account_without_a_block_blocks_nothing(aws: FakeAws) -> None:
    aws.on("GetPublicAccessBlock", Refusal("NoSuchPublicAccessBlockConfiguration", status=404))
    assert read_account_block(aws.reader()) == Known(PublicAccessBlock())


def test_the_block_of_an_account_is_asked_of_that_account(aws: FakeAws) -> None:
    aws.on("GetPublicAccessBlock", block(RestrictPublicBuckets=True), AccountId=CALLER)
    assert read_account_block(aws.reader()) == Known(PublicAccessBlock(restrict_public_buckets=True))


def test_a_refused_block_of_an_account_is_a_gap(aws: FakeAws) -> None:
    aws.on("GetPublicAccessBlock", Refusal("", status=403))
    found = read_account_block(aws.reader())
    assert isinstance(found, Gap)
    assert (found.action, found.outcome) == ("s3:GetAccountPublicAccessBlock", Outcome.DENIED)
