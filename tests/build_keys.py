"""Policies of blameless keys."""

from typing import Any

from tests.build_buckets import Statement, document

ACCOUNT = "010203040506"
TRAILS = f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"


def encrypt(**condition: Any) -> Statement:
    """CloudTrail may encrypt, on this condition or without any."""
    statement: Statement = {
        "Sid": "encrypt",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
    }
    return statement | {"Condition": condition} if condition else statement


def administer(**changes: Any) -> Statement:
    """What every key has that IAM policies of its account decide over."""
    return {
        "Sid": "account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
        **changes,
    }


def decrypt() -> Statement:
    """As the console writes it: whoever IAM lets in the account reads the log files."""
    return administer(
        Sid="decrypt",
        Principal={"AWS": "*"},
        Action=["kms:Decrypt", "kms:ReEncryptFrom"],
        Condition={
            "StringEquals": {"kms:CallerAccount": ACCOUNT},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": TRAILS},
        },
    )


def key_policy(*more: Statement) -> dict[str, Any]:
    """CloudTrail encrypts for trails of this account, as AWS's documentation has it."""
    bound = encrypt(StringLike={"kms:EncryptionContext:aws:cloudtrail:arn": TRAILS})
    return document(administer(), bound, decrypt(), *more)
