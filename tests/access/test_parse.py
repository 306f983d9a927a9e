import pytest

from scanner.access import UNCLEAR, Kind, Policy, Principal, parse
from scanner.access.parse import EVERYONE, Condition, aws_principal
from scanner.model.reading import Gap, Known
from tests.access.shorthand import CLOUDTRAIL, OWNER, ROLE, Json, allow, document, policy, where


def refused(read: object) -> str:
    answer = parse(read)
    assert isinstance(answer, Gap)
    assert answer.code == UNCLEAR
    assert answer.action is None
    return answer.detail


def without(statement: Json, element: str) -> Json:
    return {name: value for name, value in statement.items() if name != element}


def test_no_policy_grants_nothing() -> None:
    assert parse(None) == Known(Policy())


@pytest.mark.parametrize("read", ["text", 3, [], {}, {"Version": "2012-10-17"}])
def test_what_has_no_statements_is_a_gap(read: object) -> None:
    assert refused(read).startswith("the policy ")


def test_a_single_statement_needs_no_list() -> None:
    assert parse({"Statement": allow(action="s3:GetObject")}) == parse(
        {"Statement": [allow(action=["s3:GetObject"])]}
    )


def test_a_statement_is_named_by_its_sid_else_by_its_place() -> None:
    assert [one.label for one in policy(allow(sid="First"), allow()).statements] == [
        "statement 'First'",
        "statement 2",
    ]


@pytest.mark.parametrize("element", ["Effect", "Principal", "Action", "Resource"])
def test_a_statement_that_lacks_an_element_is_a_gap_that_names_it(element: str) -> None:
    assert "statement 'Odd'" in refused(document(without(allow(sid="Odd"), element)))


@pytest.mark.parametrize(
    "more",
    [
        {"Effect": "allow"},
        {"NotPrincipals": "*"},
        {"Action": []},
        {"Action": [1]},
        {"Principal": "someone"},
        {"Principal": {}},
        {"Principal": {"AWS": []}},
        {"Condition": []},
        {"Condition": {"Bool": "true"}},
        {"Condition": {"Bool": {"aws:SecureTransport": None}}},
    ],
)
def test_what_the_grammar_does_not_know_is_a_gap(more: Json) -> None:
    assert "statement 'Odd'" in refused(document(allow(sid="Odd") | more))


def test_an_element_and_its_not_form_exclude_each_other() -> None:
    assert "either Action or NotAction" in refused(document(allow() | {"NotAction": "s3:*"}))


@pytest.mark.parametrize("statement", ["text", None])
def test_a_statement_that_is_no_object_is_a_gap(statement: object) -> None:
    assert refused({"Statement": [statement]}) == "statement 1 is no JSON object"


def test_an_unknown_element_of_the_policy_is_a_gap() -> None:
    assert "'Extra'" in refused({**document(), "Extra": 1})


@pytest.mark.parametrize(
    ("text", "principal"),
    [
        ("*", EVERYONE),
        (OWNER, Principal(Kind.ACCOUNT, OWNER)),
        (f"arn:aws-cn:iam::{OWNER}:root", Principal(Kind.ACCOUNT, OWNER)),
        (ROLE, Principal(Kind.IDENTITY, ROLE)),
        ("AROAEXAMPLE1234567890", Principal(Kind.DELETED, "AROAEXAMPLE1234567890")),
        (f"arn:aws:iam::{OWNER}:role/*", Principal(Kind.ODD, f"arn:aws:iam::{OWNER}:role/*")),
        ("arn::iam::1:root", Principal(Kind.ODD, "arn::iam::1:root")),
        ("someone", Principal(Kind.ODD, "someone")),
    ],
)
def test_an_aws_principal_is_an_account_an_identity_or_everyone(text: str, principal: Principal) -> None:
    assert aws_principal(text) == principal


def test_principals_of_all_kinds_stand_together() -> None:
    (statement,) = policy(
        allow(
            {"AWS": [OWNER], "Service": "S3.amazonaws.com", "Federated": "cognito", "CanonicalUser": "79a5"}
        )
    ).statements
    assert statement.principals.listed == (
        Principal(Kind.ACCOUNT, OWNER),
        Principal(Kind.SERVICE, "s3.amazonaws.com"),
        Principal(Kind.FEDERATED, "cognito"),
        Principal(Kind.CANONICAL, "79a5"),
    )


def test_a_wildcard_for_services_is_odd() -> None:
    (statement,) = policy(allow({"Service": "*"})).statements
    assert statement.principals.listed == (Principal(Kind.ODD, "Service *"),)


def test_a_not_form_is_kept_apart() -> None:
    (statement,) = policy(allow(NotPrincipal=CLOUDTRAIL, NotAction="s3:*", NotResource="*")).statements
    assert (statement.principals.inverted, statement.actions.inverted, statement.resources.inverted) == (
        True,
        True,
        True,
    )


def test_an_operator_is_taken_apart() -> None:
    (statement,) = policy(
        allow(Condition={"ForAnyValue:StringLikeIfExists": {"aws:PrincipalOrgPaths": "o-1/*"}})
    ).statements
    assert statement.conditions == (
        Condition(
            "stringlike",
            "aws:principalorgpaths",
            ("o-1/*",),
            quantifier="foranyvalue",
            if_exists=True,
            name="aws:PrincipalOrgPaths",
        ),
    )


@pytest.mark.parametrize(("value", "text"), [(False, "false"), ("false", "false"), (1.2, "1.2"), (3, "3")])
def test_a_condition_value_is_text_whatever_json_has(value: object, text: str) -> None:
    (statement,) = policy(allow(Condition={"Bool": {"aws:SecureTransport": value}})).statements
    assert statement.conditions[0].values == (text,)


def test_conditions_on_several_keys_are_several() -> None:
    block = where("StringEquals", "a", "1") | {"StringLike": {"b": "2", "c": ["3", "4"]}}
    (statement,) = policy(allow(Condition=block)).statements
    assert [(one.key, one.values) for one in statement.conditions] == [
        ("a", ("1",)),
        ("b", ("2",)),
        ("c", ("3", "4")),
    ]
