"""Whom a resource policy lets do what: the policy of a bucket, a KMS key or an SNS topic.

A request is allowed where an Allow applies to it and no Deny does. Questions about all requests of some kind
of caller are answered by looking for one that goes through, among those that the policy tells apart.

Sources: the IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference"; the S3 User
Guide, "The meaning of public".
"""

from scanner.access.http import open_to_plain_http
from scanner.access.parse import UNCLEAR, Kind, Policy, Principal, parse
from scanner.access.questions import (
    Bound,
    Request,
    ServiceGrant,
    TrailSource,
    Writer,
    admits,
    allows,
    public,
    service_grants,
    writers,
)
from scanner.access.search import Deed

__all__ = [
    "UNCLEAR",
    "Bound",
    "Deed",
    "Kind",
    "Policy",
    "Principal",
    "Request",
    "ServiceGrant",
    "TrailSource",
    "Writer",
    "admits",
    "allows",
    "open_to_plain_http",
    "parse",
    "public",
    "service_grants",
    "writers",
]
