"""Policies of blameless buckets."""

from typing import Any

Statement = dict[str, Any]


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(service: str, bucket: str, source: str, action: str = "s3:PutObject") -> Statement:
    """A service may put objects there, for one source."""
    return {
        "Sid": service.partition(".")[0],
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }


def tls_only(bucket: str) -> Statement:
    return {
        "Sid": "tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def delivery_policy(bucket: str, *more: Statement) -> dict[str, Any]:
    """CloudTrail delivers, for trails of this account; nobody comes without TLS."""
    trails = "arn:aws:cloudtrail:*:010203040506:trail/*"
    return document(allow("cloudtrail.amazonaws.com", bucket, trails), tls_only(bucket), *more)


def receiving_policy(target: str, sender: str) -> dict[str, Any]:
    """S3 puts the access logs of the sender there."""
    return document(allow("logging.s3.amazonaws.com", target, f"arn:aws:s3:::{sender}"), tls_only(target))
