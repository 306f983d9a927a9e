import pytest

from scanner.access import open_to_plain_http
from scanner.model.reading import Gap, Known
from tests.access.shorthand import BUCKET, CLOUDTRAIL, OWNER, Json, allow, deny, policy, where

PLAIN = where("Bool", "aws:SecureTransport", "false")
BOTH = [BUCKET, f"{BUCKET}/*"]
NONE = ("the bucket", "its objects")


def holes(*statements: Json) -> tuple[str, ...] | str:
    match open_to_plain_http(policy(*statements), BUCKET):
        case Known(parts):
            return parts
        case Gap(detail):
            return detail


def test_no_statement_refuses_nothing() -> None:
    assert holes() == NONE


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [OWNER, "*"]}])
@pytest.mark.parametrize("action", ["s3:*", "*", "S3:*", ["s3:Get*", "s3:*"]])
@pytest.mark.parametrize("resource", [BOTH, "*", "arn:aws:s3:::*", f"{BUCKET}*"])
def test_a_deny_for_everyone_on_everything_refuses_it(
    principal: object, action: object, resource: object
) -> None:
    assert holes(deny(principal, action, resource, Condition=PLAIN)) == ()


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"Bool": {"AWS:securetransport": False}},
        where("BoolIfExists", "aws:SecureTransport", "false"),
        where("StringEquals", "aws:SecureTransport", "false"),
        where("StringNotEquals", "aws:SecureTransport", "true"),
        where("Bool", "aws:SecureTransport", "false", "true"),
    ],
)
def test_other_words_for_the_same_refuse_it_as_well(condition: Json) -> None:
    assert holes(deny(resource=BOTH, Condition=condition)) == ()


@pytest.mark.parametrize(
    "condition",
    [
        where("Bool", "aws:SecureTransport", "true"),
        where("NumericLessThan", "s3:TlsVersion", "1.2"),
        where("Null", "aws:SecureTransport", "true"),
        PLAIN | where("NumericLessThan", "s3:TlsVersion", "1.2"),
        PLAIN | where("StringNotEquals", "aws:PrincipalOrgID", "o-1"),
        PLAIN | where("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
        {"Bool": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}},
    ],
)
def test_a_condition_that_spares_somebody_leaves_holes(condition: Json) -> None:
    assert holes(deny(resource=BOTH, Condition=condition)) == NONE


@pytest.mark.parametrize(
    "statement",
    [
        deny({"AWS": OWNER}, resource=BOTH, Condition=PLAIN),
        deny(CLOUDTRAIL, resource=BOTH, Condition=PLAIN),
        deny(NotPrincipal={"AWS": OWNER}, Resource=BOTH, Condition=PLAIN),
        deny(action=["s3:GetObject", "s3:PutObject"], resource=BOTH, Condition=PLAIN),
        deny(action="s3:Get*", resource=BOTH, Condition=PLAIN),
        deny(resource=BOTH, NotAction="s3:GetObject", Condition=PLAIN),
        deny(resource="arn:aws:s3:::logs-2*", Condition=PLAIN),
        allow(resource=BOTH, Condition=where("Bool", "aws:SecureTransport", "true")),
    ],
)
def test_a_statement_that_spares_somebody_or_something_leaves_holes(statement: Json) -> None:
    assert holes(statement) == NONE


def test_the_objects_and_the_bucket_are_told_apart() -> None:
    assert holes(deny(resource=BUCKET, Condition=PLAIN)) == ("its objects",)
    assert holes(deny(resource=f"{BUCKET}/*", Condition=PLAIN)) == ("the bucket",)
    assert holes(deny(resource=[BUCKET, f"{BUCKET}/AWSLogs/*"], Condition=PLAIN)) == ("its objects",)


def test_two_statements_may_share_the_work() -> None:
    assert holes(deny(resource=BUCKET, Condition=PLAIN), deny(resource=f"{BUCKET}/*", Condition=PLAIN)) == ()


def test_what_a_not_form_spares_counts_only_within_the_bucket() -> None:
    assert holes(deny(NotResource="arn:aws:s3:::other/*", NotAction="kms:*", Condition=PLAIN)) == ()
    assert holes(deny(NotResource=f"{BUCKET}/open/*", Condition=PLAIN)) == ("its objects",)


def test_a_condition_that_cannot_be_judged_is_a_gap_with_the_statement() -> None:
    condition = PLAIN | where("StringEquals", "s3:ResourceAccount", OWNER)
    assert holes(deny(sid="Tls", resource=BOTH, Condition=condition)) == (
        "statement 'Tls': its condition on s3:ResourceAccount can't be judged"
    )


def test_a_sure_deny_decides_beside_an_unclear_one() -> None:
    odd = deny(resource=BOTH, Condition=where("StringEquals", "s3:ResourceAccount", OWNER))
    assert holes(odd, deny(resource=BOTH, Condition=PLAIN)) == ()


def test_an_odd_principal_is_unclear() -> None:
    assert "statement 'Odd'" in holes(deny({"AWS": "arn:aws:iam::*:root"}, sid="Odd", Condition=PLAIN))
