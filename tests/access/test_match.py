import pytest

from scanner.access import Kind, Principal
from scanner.access.callers import STRANGER, is_cloudtrail
from scanner.access.match import acts, holds_resource, includes, names
from scanner.access.parse import EVERYONE, Statement, aws_principal
from tests.access.shorthand import (
    CLOUDTRAIL,
    OTHER,
    OWNER,
    ROLE,
    Json,
    account,
    allow,
    deny,
    identity,
    policy,
)

USER = f"arn:aws:iam::{OWNER}:user/bob"
SESSION = f"arn:aws:sts::{OWNER}:assumed-role/Deploy/run-1"


def only(statement: object) -> Statement:
    assert isinstance(statement, dict)
    return policy(statement).statements[0]


@pytest.mark.parametrize(
    ("named", "caller", "expected"),
    [
        (EVERYONE, STRANGER, True),
        (EVERYONE, Principal(Kind.SERVICE, "config.amazonaws.com"), True),
        (account(OWNER), account(OWNER), True),
        (account(OWNER), identity(ROLE), True),
        (account(OTHER), identity(ROLE), False),
        (account(OWNER), STRANGER, False),
        (identity(ROLE), identity(ROLE), True),
        (identity(ROLE), identity(SESSION), True),
        (identity(SESSION), identity(ROLE), False),
        (identity(ROLE), identity(f"arn:aws:sts::{OTHER}:assumed-role/Deploy/run-1"), False),
        (identity(ROLE), account(OWNER), False),
        (Principal(Kind.CANONICAL, "79a5"), account(OWNER), None),
        (Principal(Kind.CANONICAL, "79a5"), Principal(Kind.CANONICAL, "79a5"), True),
        (Principal(Kind.CANONICAL, "79a5"), STRANGER, False),
        (account(OWNER), Principal(Kind.CANONICAL, "79a5"), None),
        (aws_principal("AROAEXAMPLE1234567890"), identity(ROLE), False),
        (Principal(Kind.ODD, "Service *"), STRANGER, None),
    ],
)
def test_whom_a_principal_means(named: Principal, caller: Principal, expected: bool | None) -> None:
    assert includes(named, caller) is expected


@pytest.mark.parametrize(
    ("principals", "caller", "spared"),
    [
        ({"AWS": [ROLE, OWNER]}, identity(ROLE), True),
        ({"AWS": ROLE}, identity(ROLE), None),
        ({"AWS": OWNER}, identity(ROLE), None),
        ({"AWS": [ROLE, OWNER]}, identity(USER), None),
        ({"AWS": [ROLE, OWNER]}, account(OTHER), False),
        ({"AWS": OWNER}, account(OWNER), True),
        (CLOUDTRAIL, Principal(Kind.SERVICE, "cloudtrail.amazonaws.com"), True),
        (CLOUDTRAIL, STRANGER, False),
    ],
)
def test_not_principal_spares_a_role_only_beside_its_account(
    principals: Json, caller: Principal, spared: bool | None
) -> None:
    answer = names(only(deny(NotPrincipal=principals)), caller)
    assert answer is (None if spared is None else not spared)


@pytest.mark.parametrize(
    ("written", "action", "expected"),
    [
        ("s3:PutObject", "s3:putobject", True),
        ("S3:Put*", "s3:PutObjectAcl", True),
        ("s3:PutObject?cl", "s3:PutObjectAcl", True),
        (["s3:Get*", "*"], "s3:PutObject", True),
        ("s3:PutObject", "s3:PutObjectAcl", False),
    ],
)
def test_actions_match_by_wildcard_without_case(written: object, action: str, expected: bool | None) -> None:
    assert acts(only(allow(action=written)), action) is expected
    assert acts(only(allow(NotAction=written)), action) is not expected


@pytest.mark.parametrize(
    ("written", "resource", "expected"),
    [
        ("arn:aws:s3:::logs/*", "arn:aws:s3:::logs/a/b", True),
        ("arn:aws:s3:::logs", "arn:aws:s3:::logs/a", False),
        ("arn:aws:s3:::LOGS", "arn:aws:s3:::logs", False),
        ("*", "arn:aws:s3:::logs", True),
        ("arn:aws:s3:::logs/${aws:username}/*", "arn:aws:s3:::logs/a/b", None),
        ("arn:aws:s3:::logs/${aws:username}/*", "arn:aws:s3:::other/a/b", False),
    ],
)
def test_resources_match_by_wildcard_with_case(written: object, resource: str, expected: bool | None) -> None:
    assert holds_resource(only(allow(resource=written)), resource) is expected
    assert holds_resource(only(allow(NotResource=written)), resource) is (
        None if expected is None else not expected
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cloudtrail.amazonaws.com", True),
        ("cloudtrail.amazonaws.com.cn", True),
        ("cloudtrail.amazonaws.eu", True),
        ("config.amazonaws.com", False),
        ("cloudtrail.amazonaws.com.evil", False),
    ],
)
def test_cloudtrail_has_its_name_in_each_partition(name: str, expected: bool | None) -> None:
    assert is_cloudtrail(Principal(Kind.SERVICE, name)) is expected
