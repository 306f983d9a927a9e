"""Amazon Resource Names and partitions."""

from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

LEADER_REGIONS: dict[str, tuple[str, ...]] = {
    "aws": ("us-east-1",),
    "aws-us-gov": ("us-gov-west-1",),
    # AWS's endpoint data says cn-northwest-1, practice says cn-north-1: either may be the one.
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-iso": ("us-iso-east-1",),
    "aws-iso-b": ("us-isob-east-1",),
    "aws-iso-e": ("eu-isoe-west-1",),
    "aws-iso-f": ("us-isof-south-1",),
    "aws-eusc": ("eusc-de-east-1",),
}
"""The region of each partition that records IAM, STS and CloudFront; several where sources disagree."""


class Arn(NamedTuple):
    partition: str
    service: str
    region: str
    account: str
    resource: str


@lru_cache(maxsize=16384)
def parse_arn(text: str) -> Arn:
    """Split an ARN. Raises ValueError where it isn't one."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1]:  # noqa: PLR2004 - the six parts of an ARN
        raise ValueError(f"not an ARN: {text!r}")
    return Arn(*parts[1:])


def is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= 5  # noqa: PLR2004


def root_arn(partition: str, account: str) -> str:
    """The resource that stands for a whole account."""
    return f"arn:{partition}:iam::{account}:root"


def principal(arn: str) -> str:
    """Of the ARN of a session, the role's part: sessions of a role come and go."""
    return arn.rpartition("/")[0] if ":assumed-role/" in arn else arn


def bucket_arn(partition: str, name: str) -> str:
    return f"arn:{partition}:s3:::{name}"


def is_account_id(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()  # noqa: PLR2004


def _account_id(text: str) -> str:
    if is_account_id(text):
        return text
    raise ValueError(f"{text!r} is not an AWS account id")


AccountId = Annotated[str, AfterValidator(_account_id)]
"""An account's id: 12 digits, as text."""
