"""The log buckets of the demo, all in order: locked, kept for years, closed, access logs beside them."""

import json
from typing import Any

from scanner.demo.story import HOME_REGION

LOCK_DAYS = 400
KEEP_DAYS = 2555


def build(
    s3: Any,
    name: str,
    trail: str,
    folders: list[str],
    *,
    locked: bool = True,
    keep_days: int = KEEP_DAYS,
) -> None:
    """A bucket that CloudTrail may deliver the trail to, in these folders below AWSLogs/. One that isn't
    locked has no access logs either.
    """
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": HOME_REGION},
        ObjectLockEnabledForBucket=locked,
    )
    if locked:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        retention = {"Mode": "COMPLIANCE", "Days": LOCK_DAYS}
        s3.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": retention},
            },
        )
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "expire",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Days": keep_days},
                }
            ]
        },
    )
    s3.put_bucket_policy(Bucket=name, Policy=_delivery_policy(name, trail, folders))
    if locked:
        _access_logs(s3, name)


def _access_logs(s3: Any, bucket: str) -> None:
    """A bucket beside the log bucket, which gets its access logs."""
    target = f"{bucket}-access"
    s3.create_bucket(Bucket=target, CreateBucketConfiguration={"LocationConstraint": HOME_REGION})
    statement = {
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target}/*",
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
    }
    s3.put_bucket_policy(Bucket=target, Policy=policy(statement))
    logging = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": f"{bucket}/"}}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging)


def open_to_everyone(s3: Any, name: str) -> None:
    s3.delete_public_access_block(Bucket=name)
    found = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    found["Statement"].append(
        {
            "Sid": "ShareWithThePartner",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/*",
        }
    )
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(found))


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", **statement} for statement in statements],
        }
    )


def _delivery_policy(bucket: str, trail: str, folders: list[str]) -> str:
    """What CloudTrail asks of a bucket, bound to the one trail, and no plain HTTP for anybody."""
    arn = f"arn:aws:s3:::{bucket}"
    cloudtrail_service = {"Service": "cloudtrail.amazonaws.com"}
    return policy(
        {
            "Principal": cloudtrail_service,
            "Action": "s3:GetBucketAcl",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceArn": trail}},
        },
        {
            "Principal": cloudtrail_service,
            "Action": "s3:PutObject",
            "Resource": [f"{arn}/AWSLogs/{folder}/*" for folder in folders],
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )
