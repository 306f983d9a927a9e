"""CloudTrail's writes: which statements let it, for whose trails, and for this one."""

import pytest

from scanner.access import TrailSource, admits, service_grants
from scanner.model.reading import Gap, Known
from tests.access.shorthand import (
    BUCKET,
    CLOUDTRAIL,
    KEY,
    OBJECTS,
    ORGANIZATION,
    OTHER,
    OWNER,
    TRAIL,
    Json,
    allow,
    deny,
    policy,
    where,
)

ACL = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
SOURCE = TrailSource(TRAIL, OWNER, Known(ORGANIZATION))
UNSURE = TrailSource(TRAIL, OWNER, Gap("not read"))
ALONE = TrailSource(TRAIL, OWNER, Known(None))


def writes(condition: Json | None = None, principal: object = CLOUDTRAIL, *, sid: str = "Write") -> Json:
    return allow(principal, "s3:PutObject", OBJECTS, sid=sid, Condition=ACL | (condition or {}))


def bound(*statements: Json) -> list[tuple[str, bool | None]]:
    """Each grant with whether it is bound; None where that is unclear."""
    return [
        (grant.statement, grant.bound.value if isinstance(grant.bound, Known) else None)
        for grant in service_grants(policy(*statements), "s3:PutObject", f"{BUCKET}/*")
    ]


def admitted(*statements: Json, source: TrailSource = SOURCE) -> bool | None:
    read = admits(policy(*statements), source, "s3:PutObject", f"{BUCKET}/AWSLogs/{OWNER}/*")
    return read.value if isinstance(read, Known) else None


def test_no_grant_where_cloudtrail_may_not_write() -> None:
    assert bound(allow({"AWS": OWNER}), allow(CLOUDTRAIL, "s3:GetBucketAcl", BUCKET)) == []


@pytest.mark.parametrize(
    "principal",
    [
        CLOUDTRAIL,
        {"Service": ["config.amazonaws.com", "cloudtrail.amazonaws.com"]},
        {"Service": "cloudtrail.amazonaws.com.cn"},
        "*",
    ],
)
def test_a_grant_without_a_source_is_not_bound(principal: object) -> None:
    assert bound(writes(principal=principal)) == [("statement 'Write'", False)]
    assert admitted(writes(principal=principal)) is True


@pytest.mark.parametrize(
    ("operator", "key", "value", "other"),
    [
        ("StringEquals", "aws:SourceArn", TRAIL, TRAIL.replace("main", "other")),
        (
            "ArnLike",
            "AWS:SourceArn",
            f"arn:aws:cloudtrail:*:{OWNER}:trail/*",
            f"arn:aws:cloudtrail:*:{OTHER}:trail/*",
        ),
        ("StringEquals", "aws:SourceAccount", OWNER, OTHER),
        ("StringEquals", "aws:SourceOrgID", ORGANIZATION, "o-other"),
    ],
)
def test_a_source_binds_a_grant_to_whom_it_names(operator: str, key: str, value: str, other: str) -> None:
    mine, foreign = writes(where(operator, key, value)), writes(where(operator, key, other))
    assert (bound(mine), admitted(mine)) == ([("statement 'Write'", True)], True)
    assert (bound(foreign), admitted(foreign)) == ([("statement 'Write'", True)], False)
    assert admitted(foreign, mine) is True


@pytest.mark.parametrize(
    "condition",
    [
        where("StringLike", "aws:SourceArn", "*"),
        where("ArnLike", "aws:SourceArn", "arn:aws:cloudtrail:*:*:trail/*"),
        where("ArnLike", "aws:SourceArn", "arn:aws:cloudtrail:*:*:trail/main"),
        where("StringEqualsIfExists", "aws:SourceAccount", OWNER),
        where("ForAllValues:StringEquals", "aws:SourceAccount", OWNER),
        where("StringLike", "aws:SourceAccount", OWNER, "*"),
        where("StringNotEquals", "aws:SourceAccount", OTHER),
        where("Null", "aws:SourceArn", "false"),
        where("Bool", "aws:PrincipalIsAWSService", "true"),
    ],
)
def test_what_any_trail_passes_is_no_bound(condition: Json) -> None:
    assert bound(writes(condition)) == [("statement 'Write'", False)]
    assert admitted(writes(condition)) is True


def test_a_literal_star_admits_nobody() -> None:
    statement = writes(where("StringEquals", "aws:SourceArn", f"arn:aws:cloudtrail:*:{OWNER}:trail/*"))
    assert (bound(statement), admitted(statement)) == ([], False)


def test_a_grant_to_everyone_in_an_organization_is_none_to_the_service() -> None:
    statement = writes(where("StringEquals", "aws:PrincipalOrgID", ORGANIZATION), "*")
    assert (bound(statement), admitted(statement)) == ([], False)


def test_a_deny_binds_what_the_allow_does_not() -> None:
    foreign = deny(CLOUDTRAIL, Condition=where("StringNotEquals", "aws:SourceAccount", OWNER))
    assert bound(writes(), foreign) == [("statement 'Write'", True)]
    assert admitted(writes(), foreign) is True


def test_a_perimeter_without_an_exception_for_services_stops_cloudtrail() -> None:
    perimeter = deny(Condition=where("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION))
    assert (bound(writes(), perimeter), admitted(writes(), perimeter)) == ([], False)


def test_a_deny_without_tls_does_not_stop_cloudtrail() -> None:
    assert admitted(writes(), deny(Condition=where("Bool", "aws:SecureTransport", "false"))) is True


def test_a_grant_for_another_prefix_admits_nothing() -> None:
    statement = allow(CLOUDTRAIL, "s3:PutObject", f"{BUCKET}/AWSLogs/{OTHER}/*")
    assert admitted(statement) is False


@pytest.mark.parametrize(("source", "expected"), [(SOURCE, True), (UNSURE, None), (ALONE, False)])
def test_an_organization_that_was_not_read_is_unclear(source: TrailSource, expected: bool | None) -> None:
    statement = writes(where("StringEquals", "aws:SourceOrgID", ORGANIZATION))
    assert admitted(statement, source=source) is expected


@pytest.mark.parametrize(("source", "expected"), [(SOURCE, None), (ALONE, False)])
def test_the_path_in_the_organization_is_unclear(source: TrailSource, expected: bool | None) -> None:
    statement = writes(where("ForAnyValue:StringLike", "aws:SourceOrgPaths", f"{ORGANIZATION}/*"))
    assert (bound(statement), admitted(statement, source=source)) == ([("statement 'Write'", True)], expected)


def test_a_condition_that_cannot_be_judged_leaves_grant_and_bound_open() -> None:
    (grant,) = service_grants(
        policy(writes(where("StringEquals", "aws:Weather", "fine"))), "s3:PutObject", f"{BUCKET}/*"
    )
    assert isinstance(grant.granted, Gap)
    assert isinstance(grant.bound, Gap)
    assert "statement 'Write'" in grant.bound.detail


def test_what_cloudtrail_might_send_is_unclear_for_one_trail() -> None:
    encrypted = deny(Condition=where("StringNotEquals", "s3:x-amz-server-side-encryption", "aws:kms"))
    assert admitted(writes(), encrypted) is None


def test_the_bounds_are_told_with_their_values() -> None:
    (grant,) = service_grants(
        policy(
            writes(
                {
                    "StringLike": {"aws:SourceArn": [TRAIL, f"{TRAIL}-2"]},
                    "StringNotEquals": {"aws:SourceAccount": OTHER},
                    "Null": {"aws:SourceOrgID": "false"},
                }
            )
        ),
        "s3:PutObject",
        f"{BUCKET}/*",
    )
    assert [str(one) for one in grant.bounds] == [
        f"aws:SourceArn {TRAIL} or {TRAIL}-2",
        f"aws:SourceAccount other than {OTHER}",
        "aws:SourceOrgID present",
    ]


CONTEXT = "kms:EncryptionContext:aws:cloudtrail:arn"


def test_a_key_is_bound_by_its_encryption_context() -> None:
    statement = allow(
        CLOUDTRAIL,
        "kms:GenerateDataKey*",
        sid="Encrypt",
        Condition=where("StringLike", CONTEXT, f"arn:aws:cloudtrail:*:{OWNER}:trail/*"),
    )
    (grant,) = service_grants(policy(statement), "kms:GenerateDataKey", KEY)
    assert (grant.statement, grant.bound) == ("statement 'Encrypt'", Known(value=True))
    assert admits(policy(statement), SOURCE, "kms:GenerateDataKey", KEY) == Known(value=True)
    foreign = TrailSource(TRAIL.replace(OWNER, OTHER), OTHER, Known(None))
    assert admits(policy(statement), foreign, "kms:GenerateDataKey", KEY) == Known(value=False)


def test_an_encryption_context_for_any_account_is_no_bound() -> None:
    statement = allow(
        CLOUDTRAIL,
        "kms:*",
        Condition=where("StringLike", CONTEXT, "arn:aws:cloudtrail:*:*:trail/*"),
    )
    (grant,) = service_grants(policy(statement), "kms:GenerateDataKey", KEY)
    assert grant.bound == Known(value=False)


def test_a_topic_lets_cloudtrail_publish() -> None:
    statement = allow(CLOUDTRAIL, "SNS:Publish", "*", Condition=where("StringEquals", "aws:SourceArn", TRAIL))
    (grant,) = service_grants(policy(statement), "sns:Publish", f"arn:aws:sns:eu-west-1:{OWNER}:trail")
    assert grant.bound == Known(value=True)
