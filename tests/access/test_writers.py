import pytest

from scanner.access import Deed, Writer, writers
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

DEEDS = (
    Deed("s3:PutObject", OBJECTS),
    Deed("s3:DeleteObject", OBJECTS),
    Deed("s3:PutBucketPolicy", BUCKET),
    Deed("s3:PutLifecycleConfiguration", BUCKET),
)
ALL = tuple(sorted(deed.action for deed in DEEDS))
ROOT = f"arn:aws:iam::{OWNER}:root"
ELSEWHERE = f"arn:aws:iam::{OTHER}:role/Admin"


def found(*statements: Json, trusted: tuple[str, ...] = (ROOT,)) -> tuple[Writer, ...] | str:
    match writers(policy(*statements), DEEDS, trusted):
        case Known(those):
            return those
        case Gap(detail):
            return detail


def who(*statements: Json, trusted: tuple[str, ...] = (ROOT,)) -> list[str]:
    those = found(*statements, trusted=trusted)
    assert isinstance(those, tuple), those
    return [writer.who for writer in those]


def test_no_statement_lets_nobody_write() -> None:
    assert found() == ()


def test_a_writer_is_told_with_its_statement_and_actions() -> None:
    statement = allow({"AWS": OTHER}, ["s3:Get*", "s3:Put*"], [BUCKET, f"{BUCKET}/*"], sid="Peer")
    assert found(statement) == (
        Writer(
            f"account {OTHER}",
            "statement 'Peer'",
            ("s3:PutBucketPolicy", "s3:PutLifecycleConfiguration", "s3:PutObject"),
        ),
    )


def test_objects_and_the_bucket_are_different_resources() -> None:
    assert found(allow({"AWS": OTHER}, resource=BUCKET)) == (
        Writer(f"account {OTHER}", "statement 1", ("s3:PutBucketPolicy", "s3:PutLifecycleConfiguration")),
    )


def test_a_grant_elsewhere_in_the_bucket_is_none_on_the_logs() -> None:
    assert who(allow({"Service": "config.amazonaws.com"}, "s3:PutObject", f"{BUCKET}/config/*")) == []


def test_a_grant_within_the_logs_is_one() -> None:
    assert who(
        allow({"AWS": ROLE}, "s3:DeleteObject", f"{BUCKET}/AWSLogs/{OWNER}/CloudTrail/eu-west-1/*")
    ) == [ROLE]


def test_readers_are_no_writers() -> None:
    assert (
        who(allow({"AWS": OTHER}, ["s3:Get*", "s3:List*"]), allow(NotAction=["s3:Put*", "s3:Delete*"])) == []
    )


def test_cloudtrail_and_the_trusted_are_no_others() -> None:
    assert (
        who(allow(CLOUDTRAIL), allow({"AWS": OWNER}), allow({"AWS": [ROOT, ROLE]}), trusted=(ROOT, ROLE))
        == []
    )


def test_a_trusted_account_is_not_each_of_its_roles() -> None:
    assert who(allow({"AWS": ROLE})) == [ROLE]
    assert who(allow({"AWS": ROLE}), trusted=(f"arn:aws:iam::{OWNER}:*",)) == []


def test_a_pattern_trusts_what_it_matches() -> None:
    trusted = (f"arn:aws:iam::{OTHER}:role/Ad*",)
    assert who(allow({"AWS": [ELSEWHERE, OTHER]}), trusted=trusted) == [f"account {OTHER}"]


def test_the_session_of_a_trusted_role_is_trusted() -> None:
    session = f"arn:aws:sts::{OTHER}:assumed-role/Admin/run"
    assert who(allow({"AWS": session}), trusted=(ELSEWHERE,)) == []
    assert who(allow({"AWS": session})) == [session]


def test_other_services_are_others() -> None:
    assert who(allow({"Service": ["logging.s3.amazonaws.com", "cloudtrail.amazonaws.com"]})) == [
        "logging.s3.amazonaws.com"
    ]
    assert who(allow({"Service": "logging.s3.amazonaws.com"}), trusted=("logging.s3.amazonaws.com",)) == []


def test_a_deleted_role_is_nobody() -> None:
    assert who(allow({"AWS": "AROAEXAMPLE1234567890"})) == []


def test_a_canonical_user_is_unclear_until_it_is_trusted() -> None:
    statement = allow({"CanonicalUser": "79a5"}, sid="Old")
    assert found(statement) == "statement 'Old': it can't be told who canonical user 79a5 is"
    assert found(statement, trusted=("79a5",)) == ()


def test_everyone_is_a_writer() -> None:
    assert who(allow()) == ["everyone"]
    assert who(allow(NotPrincipal={"AWS": OWNER})) == ["everyone"]


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        (
            where("StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
            f"anyone with aws:PrincipalOrgID {ORGANIZATION}",
        ),
        (where("StringEquals", "aws:PrincipalAccount", OWNER), f"anyone with aws:PrincipalAccount {OWNER}"),
        (where("StringEquals", "aws:SourceVpce", "vpce-1"), "anyone with aws:SourceVpce vpce-1"),
        (where("IpAddress", "aws:SourceIp", "192.0.2.0/24"), "anyone with aws:SourceIp 192.0.2.0/24"),
        (where("StringEquals", "aws:SourceAccount", OWNER), f"anyone with aws:SourceAccount {OWNER}"),
        (where("ArnEquals", "aws:PrincipalArn", ELSEWHERE), f"anyone with aws:PrincipalArn {ELSEWHERE}"),
    ],
)
def test_everyone_within_bounds_is_a_writer(condition: Json, name: str) -> None:
    assert who(allow(Condition=condition)) == [name]


@pytest.mark.parametrize(
    "condition",
    [
        where("ArnEquals", "aws:PrincipalArn", ROLE),
        where("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OWNER}:role/ops/*"),
        where("StringEquals", "aws:SourceArn", TRAIL),
        where("StringEquals", "aws:PrincipalServiceName", "cloudtrail.amazonaws.com"),
    ],
)
def test_everyone_bounded_to_the_trusted_is_no_other(condition: Json) -> None:
    assert who(allow(Condition=condition), trusted=(ROOT, f"arn:aws:iam::{OWNER}:role/ops/*")) == []


def test_everyone_of_an_account_is_trusted_only_as_a_whole() -> None:
    statement = allow(Condition=where("StringEquals", "aws:PrincipalAccount", OWNER))
    assert who(statement, trusted=(ROOT, f"arn:aws:iam::{OWNER}:*")) == []


def test_an_unconditional_deny_takes_an_allow_back() -> None:
    assert (
        found(allow({"AWS": OTHER}), deny(action=["s3:Put*", "s3:Delete*"], resource=[BUCKET, f"{BUCKET}/*"]))
        == ()
    )


def test_a_deny_takes_back_only_what_it_covers() -> None:
    assert found(
        allow({"AWS": OTHER}), deny(action="s3:Delete*"), deny(action="s3:Put*", resource=BUCKET)
    ) == (Writer(f"account {OTHER}", "statement 1", ("s3:PutObject",)),)


def test_a_deny_on_some_of_the_logs_takes_nothing_back() -> None:
    assert who(allow({"AWS": OTHER}, "s3:DeleteObject"), deny(resource=f"{OBJECTS}/CloudTrail/*")) == [
        f"account {OTHER}"
    ]


def test_a_deny_elsewhere_takes_nothing_back() -> None:
    statement = allow({"AWS": OTHER}, "s3:DeleteObject")
    assert who(statement, deny(NotResource=f"{BUCKET}/AWSLogs/{OWNER}/*")) == [f"account {OTHER}"]
    assert who(statement, deny(NotResource=f"{BUCKET}/config/*")) == []


def test_patterns_that_cross_leave_a_deny_unclear() -> None:
    crossing = allow({"AWS": OTHER}, "s3:DeleteObject", f"{BUCKET}/*/{OWNER}/*x")
    answer = found(crossing, deny(action="s3:DeleteObject", resource=f"{BUCKET}/AWSLogs/{OWNER}/*"))
    assert isinstance(answer, str)


@pytest.mark.parametrize(
    ("denied", "expected"),
    [
        (deny({"AWS": OTHER}), []),
        (deny({"AWS": ELSEWHERE}), []),
        (deny({"AWS": ROLE}), [ELSEWHERE]),
        (deny(Condition=where("ArnNotEquals", "aws:PrincipalArn", ROLE)), []),
        (deny(Condition=where("ArnNotEquals", "aws:PrincipalArn", ELSEWHERE)), [ELSEWHERE]),
        (deny(Condition=where("StringNotEquals", "aws:PrincipalAccount", OWNER)), []),
        (deny(Condition=where("Bool", "aws:SecureTransport", "false")), [ELSEWHERE]),
        (deny(Condition=where("Bool", "aws:MultiFactorAuthPresent", "false")), [ELSEWHERE]),
        (deny(NotPrincipal={"AWS": [ROLE, OWNER]}), []),
        (deny(NotPrincipal={"AWS": [ELSEWHERE, OTHER]}), [ELSEWHERE]),
        (deny(NotAction="s3:PutObject"), [ELSEWHERE]),
    ],
)
def test_a_deny_counts_for_whom_it_means(denied: Json, expected: list[str]) -> None:
    assert who(allow({"AWS": ELSEWHERE}), denied) == expected


def test_an_account_with_a_condition_on_its_role_is_that_role() -> None:
    statement = allow({"AWS": OTHER}, Condition=where("ArnLike", "aws:PrincipalArn", ELSEWHERE))
    assert who(statement) == [f"account {OTHER}"]
    assert who(statement, trusted=(ELSEWHERE,)) == []


def test_a_condition_on_another_account_lets_nobody_in() -> None:
    statement = allow(
        {"AWS": OTHER}, Condition=where("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OWNER}:role/*")
    )
    assert who(statement) == []


def test_a_deny_for_the_roles_of_an_account_stops_the_account() -> None:
    denied = deny(Condition=where("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OTHER}:*"))
    assert who(allow({"AWS": OTHER}), denied) == []


def test_what_cannot_be_judged_is_a_gap_with_the_statement() -> None:
    statement = allow({"AWS": OTHER}, sid="Odd", Condition=where("StringEquals", "aws:Weather", "fine"))
    assert found(statement) == "statement 'Odd': its condition on aws:Weather can't be judged"


def test_a_deny_that_cannot_be_judged_is_a_gap_with_its_statement() -> None:
    denied = deny(sid="Odd", Condition=where("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))
    assert (
        found(allow({"AWS": OTHER}), denied)
        == "statement 'Odd': its condition on aws:CurrentTime can't be judged"
    )


def test_a_sure_writer_decides_beside_an_unclear_one() -> None:
    odd = allow({"AWS": OTHER}, sid="Odd", Condition=where("StringEquals", "aws:Weather", "fine"))
    assert who(odd, allow({"AWS": ROLE})) == [ROLE]


def test_a_policy_variable_in_a_resource_is_unclear() -> None:
    answer = found(allow({"AWS": OTHER}, sid="Home", resource=f"{BUCKET}/AWSLogs/${{aws:username}}/*"))
    assert answer == "statement 'Home': its policy variables can't be resolved"


def test_an_odd_principal_is_unclear() -> None:
    assert "statement 'Odd'" in str(found(allow({"AWS": f"arn:aws:iam::{OTHER}:role/*"}, sid="Odd")))


def test_a_federated_principal_is_an_other() -> None:
    assert who(allow({"Federated": "cognito-identity.amazonaws.com"})) == ["cognito-identity.amazonaws.com"]


def test_a_perimeter_that_nobody_of_an_account_may_meet_is_told_as_it_stands() -> None:
    """Whether the account is in that organization isn't in the policy: it may be."""
    perimeter = deny(Condition=where("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION))
    assert who(allow({"AWS": OTHER}), perimeter) == [f"account {OTHER}"]


def test_everyone_beside_denies_that_stop_strangers_is_told_apart_from_everyone() -> None:
    perimeter = deny(
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
            "Null": {"aws:PrincipalOrgID": "false"},
        }
    )
    outside = deny(Condition={"Null": {"aws:PrincipalOrgID": "true"}})
    assert who(allow(), perimeter, outside) == ["anyone whom no Deny stops"]
