import pytest

from scanner.access import UNCLEAR, public
from scanner.model.reading import Gap, Known
from tests.access.shorthand import (
    BUCKET,
    CLOUDTRAIL,
    OBJECTS,
    ORGANIZATION,
    OTHER,
    OWNER,
    ROLE,
    TRAIL,
    Json,
    allow,
    deny,
    policy,
    where,
)


def judged(*statements: Json) -> tuple[str, ...] | str:
    """The public statements, or what is unclear."""
    match public(policy(*statements)):
        case Known(labels):
            return labels
        case Gap() as gap:
            assert gap.code == UNCLEAR
            return gap.detail


def under(condition: Json) -> bool:
    """Whether a grant to everyone under that condition is public."""
    answer = judged(allow(sid="Open", Condition=condition))
    assert answer in ((), ("statement 'Open'",))
    return bool(answer)


def test_no_statement_is_not_public() -> None:
    assert judged() == ()


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [OWNER, "*"]}])
def test_everyone_without_a_condition_is_public(principal: object) -> None:
    assert judged(allow(principal, sid="Open")) == ("statement 'Open'",)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": OWNER},
        {"AWS": f"arn:aws:iam::{OTHER}:root"},
        {"AWS": ROLE},
        CLOUDTRAIL,
        {"CanonicalUser": "79a5"},
    ],
)
def test_a_named_principal_is_not_public(principal: object) -> None:
    assert judged(allow(principal)) == ()


def test_all_but_some_is_public() -> None:
    assert judged(allow(NotPrincipal={"AWS": OWNER})) == ("statement 1",)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:SourceArn", TRAIL),
        ("AWS:SourceAccount", OWNER),
        ("aws:SourceOwner", OWNER),
        ("aws:SourceOrgID", ORGANIZATION),
        ("aws:PrincipalOrgID", ORGANIZATION),
        ("aws:PrincipalArn", ROLE),
        ("aws:PrincipalAccount", OWNER),
        ("aws:userid", "AROAEXAMPLE:run"),
        ("aws:SourceVpc", "vpc-1"),
        ("aws:SourceVpce", "vpce-1"),
        ("kms:CallerAccount", OWNER),
    ],
)
def test_a_fixed_value_bounds_a_grant_and_a_star_does_not(key: str, value: str) -> None:
    assert not under(where("StringEquals", key, value))
    assert not under(where("StringLike", key, value))
    assert under(where("StringLike", key, "*"))
    assert under(where("StringLike", key, value, "*"))


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("ArnLike", "aws:SourceArn", f"arn:aws:cloudtrail:*:{OWNER}:trail/*", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:cloudtrail:*:*:trail/main", True),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OWNER}:role/*", False),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Admin", True),
        ("StringLike", "aws:userid", "AROAEXAMPLE:*", False),
        ("StringLike", "aws:userid", "AROA*", True),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION}/r-1/*", False),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/r-1/*", True),
        ("StringLike", "aws:PrincipalOrgID", "o-*", True),
    ],
)
def test_a_wildcard_bounds_only_beside_a_fixed_owner(
    operator: str, key: str, value: str, expected: bool
) -> None:
    assert under(where(operator, key, value)) is expected


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("192.0.2.0/24", False),
        ("10.0.0.0/8", False),
        ("10.0.0.0/7", True),
        ("0.0.0.0/0", True),
        ("2001:db8::/32", False),
        ("2001::/31", True),
        ("::/0", True),
    ],
)
def test_a_range_that_is_too_broad_bounds_nothing(network: str, expected: bool) -> None:
    assert under(where("IpAddress", "aws:SourceIp", network)) is expected


@pytest.mark.parametrize(
    "operator",
    ["StringEqualsIfExists", "ForAllValues:StringEquals", "StringNotEquals"],
)
def test_what_a_missing_key_passes_bounds_nothing(operator: str) -> None:
    assert under(where(operator, "aws:PrincipalOrgID", ORGANIZATION))


def test_not_from_a_network_is_public() -> None:
    assert under(where("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"))


@pytest.mark.parametrize(
    "condition",
    [
        where("Bool", "aws:SecureTransport", "true"),
        where("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control"),
        where("StringLike", "aws:Referer", "https://example.com/*"),
        where("NumericGreaterThanEquals", "s3:TlsVersion", "1.2"),
        where("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"),
        where("Bool", "aws:PrincipalIsAWSService", "true"),
        where("Null", "aws:PrincipalOrgID", "true"),
    ],
)
def test_what_anyone_can_send_bounds_nothing(condition: Json) -> None:
    assert under(condition)


def test_keys_and_together() -> None:
    assert not under(
        where("Bool", "aws:SecureTransport", "true") | where("StringEquals", "aws:SourceVpc", "vpc-1")
    )


def test_one_key_under_two_operators_must_pass_both() -> None:
    both = where("StringLike", "aws:PrincipalArn", "arn:aws:iam::*") | where(
        "ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:role/A*"
    )
    assert under(both)


def test_a_key_that_is_not_known_is_unclear_and_names_the_statement() -> None:
    detail = judged(allow(sid="Open", Condition=where("StringEquals", "aws:Weather", "fine")))
    assert detail == "statement 'Open': its condition on aws:Weather can't be judged"


def test_a_date_is_unclear() -> None:
    assert "statement 'Open'" in judged(
        allow(sid="Open", Condition=where("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))
    )


def test_an_unclear_condition_beside_a_bound_is_not_public() -> None:
    condition = where("StringEquals", "aws:Weather", "fine") | {"StringLike": {"aws:SourceVpc": "vpc-1"}}
    assert not under(condition)


def test_a_sure_statement_decides_beside_an_unclear_one() -> None:
    unclear = allow(sid="Odd", Condition=where("StringEquals", "aws:Weather", "fine"))
    assert judged(unclear, allow(sid="Open")) == ("statement 'Open'",)


def test_a_wildcard_for_services_is_unclear() -> None:
    assert "statement 'Odd'" in judged(allow({"Service": "*"}, sid="Odd"))


def test_a_deny_for_everyone_takes_an_allow_back() -> None:
    assert (
        judged(allow(action="s3:GetObject", resource=OBJECTS), deny(resource=[BUCKET, f"{BUCKET}/*"])) == ()
    )


def test_only_the_actions_of_the_service_count() -> None:
    assert judged(allow(action="*", resource=OBJECTS), deny()) == ()
    assert judged(allow(resource=OBJECTS, NotAction="s3:*")) == ()
    assert judged(allow(resource=OBJECTS, NotAction="kms:*")) == ("statement 1",)


def test_a_deny_for_somebody_takes_nothing_back() -> None:
    assert judged(allow(), deny({"AWS": OTHER})) == ("statement 1",)


@pytest.mark.parametrize(
    "denied",
    [
        deny(action="s3:Put*"),
        deny(resource=OBJECTS),
        deny(Condition=where("Bool", "aws:SecureTransport", "false")),
        deny(Condition=where("StringNotEquals", "aws:PrincipalTag/team", "ops")),
        deny(NotResource=OBJECTS),
        deny(NotAction="s3:GetObject"),
    ],
)
def test_a_deny_that_leaves_something_leaves_it_public(denied: Json) -> None:
    assert judged(allow(), denied) == ("statement 1",)


def test_a_perimeter_makes_an_open_grant_private() -> None:
    perimeter = deny(
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }
    )
    confused = deny(
        Condition={
            "StringNotEqualsIfExists": {"aws:SourceOrgID": ORGANIZATION},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        }
    )
    assert judged(allow(), perimeter) == ("statement 1",), "a stranger's service comes in"
    assert judged(allow(), perimeter, confused) == ()


def test_all_denied_but_named_ones_is_not_public() -> None:
    assert judged(allow(), deny(NotPrincipal={"AWS": [ROLE, OWNER]})) == ()


def test_the_policy_that_aws_gives_a_topic_is_not_public() -> None:
    assert (
        judged(
            allow(
                {"AWS": "*"},
                ["SNS:Publish", "SNS:Subscribe"],
                f"arn:aws:sns:eu-west-1:{OWNER}:alarms",
                Condition=where("StringEquals", "AWS:SourceOwner", OWNER),
            )
        )
        == ()
    )


def test_a_key_for_all_principals_of_an_account_is_not_public() -> None:
    assert not under(
        {"StringEquals": {"kms:CallerAccount": OWNER, "kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    )


def test_many_denies_are_weighed_in_time() -> None:
    denies = [
        deny(
            Condition={
                "StringNotEquals": {"aws:PrincipalOrgID": f"o-{number}", "aws:SourceVpc": f"vpc-{number}"},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            }
        )
        for number in range(60)
    ]
    assert judged(allow(sid="Open"), *denies) == ("statement 'Open'",)


def test_conditions_that_take_too_long_to_weigh_are_unclear() -> None:
    """Ten statements ask for ten values, and there are nine keys to carry them."""
    tags = [f"aws:PrincipalTag/{number}" for number in range(9)]
    denies = [deny(Condition={"StringNotEquals": dict.fromkeys(tags, str(number))}) for number in range(10)]
    assert judged(allow(sid="Open"), *denies) == "the policy has too many conditions to weigh"
