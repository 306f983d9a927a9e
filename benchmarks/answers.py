"""The answers that every bucket gives, in the form of S3, and the parts that all answers are made of."""

import json
from collections.abc import Callable
from typing import NamedTuple

REGIONS = (
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)
HOMES = ("eu-west-1", *(region for region in REGIONS if region != "eu-west-1"))
"""Trail i of an account is homed in the i-th; the first is multi-region."""


class Answer(NamedTuple):
    status: int
    type: str
    body: bytes


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, "application/x-amz-json-1.1", json.dumps(value).encode())


def as_xml(text: str, status: int = 200) -> Answer:
    return Answer(status, "application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def s3_error(code: str, status: int = 404) -> Answer:
    return as_xml(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>", status)


def error(code: str, status: int = 400) -> Answer:
    return as_json({"__type": code, "message": code}, status)


BLOCK = (
    "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true"
    "</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true"
    "</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
)
_LOCK = (
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
    "<Mode>COMPLIANCE</Mode><Days>400</Days></DefaultRetention></Rule></ObjectLockConfiguration>"
)
_LIFECYCLE = (
    "<LifecycleConfiguration><Rule><ID>expire</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>"
    "<Expiration><Days>2555</Days></Expiration></Rule></LifecycleConfiguration>"
)
_ENCRYPTION = (
    "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
    "</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
)
_OWNERSHIP = (
    "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
    "</OwnershipControls>"
)
_ACL = (
    "<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee "
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>o</ID></Grantee>'
    "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>"
)


def key_policy(account: str) -> str:
    """CloudTrail encrypts for the trails of the account."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _location(bucket: str) -> Answer:
    region = HOMES[int(bucket.rpartition("-")[2]) % len(HOMES)]
    return as_xml(f"<LocationConstraint>{'' if region == 'us-east-1' else region}</LocationConstraint>")


def _policy(bucket: str) -> Answer:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": bucket.split("-")[1]}},
    }
    only_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement, only_tls]}
    return Answer(200, "application/json", json.dumps(policy).encode())


def _always(text: str) -> Callable[[str], Answer]:
    return lambda _: as_xml(text)


BUCKET_ANSWERS: dict[str, tuple[str, Callable[[str], Answer]]] = {
    "location": ("GetBucketLocation", _location),
    "encryption": ("GetBucketEncryption", _always(_ENCRYPTION)),
    "policy": ("GetBucketPolicy", _policy),
    "policyStatus": (
        "GetBucketPolicyStatus",
        _always("<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>"),
    ),
    "acl": ("GetBucketAcl", _always(_ACL)),
    "publicAccessBlock": ("GetPublicAccessBlock", _always(BLOCK)),
    "ownershipControls": ("GetBucketOwnershipControls", _always(_OWNERSHIP)),
    "versioning": (
        "GetBucketVersioning",
        _always("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    ),
    "object-lock": ("GetObjectLockConfiguration", _always(_LOCK)),
    "lifecycle": ("GetBucketLifecycleConfiguration", _always(_LIFECYCLE)),
    "logging": ("GetBucketLogging", _always("<BucketLoggingStatus></BucketLoggingStatus>")),
    "replication": ("GetBucketReplication", lambda _: s3_error("ReplicationConfigurationNotFoundError")),
}
