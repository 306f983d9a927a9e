"""Short ways to write policies in tests."""

from typing import Any

from scanner.access import Policy, Principal, parse
from scanner.access.parse import Kind
from scanner.model.reading import Known

OWNER, OTHER = "111122223333", "444455556666"
ORGANIZATION = "o-exampleorg1"
BUCKET = "arn:aws:s3:::logs"
OBJECTS = f"{BUCKET}/AWSLogs/*"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{OWNER}:trail/main"
ROLE = f"arn:aws:iam::{OWNER}:role/ops/Deploy"
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}

Json = dict[str, Any]


def allow(
    principal: Any = "*", action: Any = "s3:*", resource: Any = "*", *, sid: str = "", **more: Any
) -> Json:
    """`more`: elements by name, such as Condition; those given replace the Not form's counterpart."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}
    for name in ("Principal", "Action", "Resource"):
        if f"Not{name}" in more:
            del statement[name]
    return {"Sid": sid, **statement} if sid else statement


def deny(
    principal: Any = "*", action: Any = "s3:*", resource: Any = "*", *, sid: str = "", **more: Any
) -> Json:
    return {**allow(principal, action, resource, sid=sid, **more), "Effect": "Deny"}


def where(operator: str, key: str, *values: str) -> Json:
    """A Condition of one operator on one key."""
    return {operator: {key: list(values)}}


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def policy(*statements: Json) -> Policy:
    read = parse(document(*statements))
    assert isinstance(read, Known), read
    return read.value


def account(number: str = OTHER) -> Principal:
    return Principal(Kind.ACCOUNT, number)


def identity(arn: str) -> Principal:
    return Principal(Kind.IDENTITY, arn)
