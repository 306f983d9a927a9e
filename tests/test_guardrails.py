"""What service control policies deny to everyone in an account."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.guardrails import BLINDING, Protection, protection, settled_by_root
from scanner.model.organization import ControlPolicy, MemberPath
from scanner.model.reading import Gap, Known
from tests.build import OTHER, ROOT_ID, control_policy, denied, guardrails

UNIT = "ou-acme-1"
MEMBER = MemberPath(account=OTHER, parents=(ROOT_ID, UNIT))
STOP = "cloudtrail:StopLogging"
FULL = control_policy(
    {"Effect": "Allow", "Action": "*", "Resource": "*"}, name="FullAWSAccess", targets=(ROOT_ID, UNIT, OTHER)
)
BREAK_GLASS = "arn:aws:iam::*:role/break-glass"


def deny(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": STOP, "Resource": "*", **changes}


def stops(*policies: ControlPolicy, member: MemberPath = MEMBER) -> Protection:
    return protection(guardrails(*policies), member, STOP, "aws")


def denies(*policies: ControlPolicy) -> bool | None:
    """None where it can't be told."""
    found = stops(*policies).denied
    return found.value if isinstance(found, Known) else None


@pytest.mark.parametrize("target", [ROOT_ID, UNIT, OTHER])
def test_a_denial_on_the_root_a_unit_on_the_path_or_the_account_holds(target: str) -> None:
    assert denies(FULL, control_policy(deny(), targets=(target,))) is True


def test_a_denial_elsewhere_does_not() -> None:
    assert denies(FULL, control_policy(deny(), targets=("ou-acme-2", "333333333333"))) is False


def test_without_any_denial_all_is_allowed() -> None:
    assert denies(FULL) is False


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (deny(Action="cloudtrail:*"), True),
        (deny(Action=["CloudTrail:stoplogging"]), True),
        (deny(Action="cloudtrail:Stop*"), True),
        (deny(Action="cloudtrail:StopLoggin?"), True),
        (deny(Action="cloudtrail:Start*"), False),
        ({"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*"}, True),
        ({"Effect": "Deny", "NotAction": ["cloudtrail:*"], "Resource": "*"}, False),
        ({"Effect": "Deny", "Resource": "*"}, None),
    ],
)
def test_actions_are_patterns_without_case(statement: dict[str, Any], answer: bool | None) -> None:
    assert denies(FULL, control_policy(statement)) is answer


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        ("arn:aws:cloudtrail:*:*:trail/*", True),
        ("arn:*:cloudtrail:*:*:*", True),
        (f"arn:aws:cloudtrail:*:{OTHER}:trail/*", True),
        ("arn:aws:cloudtrail:*:*:trail/audit", False),
        ("arn:aws:cloudtrail:eu-west-1:*:trail/*", False),
        ("arn:aws:cloudtrail:*:${aws:PrincipalAccount}:trail/*", None),
        ("arn:aws:cloudtrail:*:*:trail/${aws:username}-*", False),
        ("arn:aws:s3:::*", False),
    ],
)
def test_only_a_denial_for_every_trail_counts(resource: str, answer: bool | None) -> None:
    assert denies(FULL, control_policy(deny(Resource=[resource]))) is answer


def test_what_excepts_resources_is_unknown_and_never_a_denial() -> None:
    statement = {"Effect": "Deny", "Action": STOP, "NotResource": "arn:aws:cloudtrail:*:*:trail/x"}
    assert denies(FULL, control_policy(statement)) is None


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"ArnNotLike": {"aws:PrincipalArn": BREAK_GLASS}}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "security"}}, True),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, True),
        ({"Bool": {"aws:ViaAWSService": False}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::333333333333:role/*"}}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/*"}}, None),
        ({"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, True),
        ({"StringNotLike": {"aws:PrincipalArn": ["*"]}}, False),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:*"}}, None),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/intern"}}, False),
        ({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, False),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-acme123456"}}, None),
        ({"Null": {"aws:PrincipalArn": "false"}}, None),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, None),
        ("nonsense", None),
    ],
)
def test_a_condition_may_exempt_principals_and_nothing_else(condition: Any, answer: bool | None) -> None:
    assert denies(FULL, control_policy(deny(Condition=condition))) is answer


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_exemption_of_everybody_leaves_nothing_denied_in_any_partition(partition: str) -> None:
    everybody = {"ArnNotLike": {"aws:PrincipalArn": f"arn:{partition}:iam::*:role/*"}}
    it = guardrails(FULL, control_policy(deny(Condition=everybody)))
    assert protection(it, MEMBER, STOP, partition).denied == Known(value=False)


def test_the_root_does_not_settle_what_it_spares_a_whole_account() -> None:
    spared = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}}
    assert not settled_by_root(
        guardrails(FULL, control_policy(deny(Action=list(BLINDING), Condition=spared))), "aws"
    )


def test_whom_it_exempts_is_named() -> None:
    it = control_policy(deny(Condition={"ArnNotLike": {"aws:PrincipalArn": [BREAK_GLASS]}}))
    assert stops(FULL, it) == Protection(Known(value=True), ("protect-trails",), (BREAK_GLASS,))


def test_an_exemption_that_another_policy_does_not_make_is_none() -> None:
    it = control_policy(deny(Condition={"ArnNotLike": {"aws:PrincipalArn": [BREAK_GLASS]}}))
    assert stops(FULL, it, control_policy(deny(), name="strict")).exempt == ()


def test_what_no_policy_of_a_level_allows_is_denied() -> None:
    """The way of an allow list: FullAWSAccess was replaced."""
    some = control_policy(
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, name="s3 only", targets=(UNIT,)
    )
    root = control_policy({"Effect": "Allow", "Action": "*", "Resource": "*"}, name="all")
    assert denies(root, some) is True


UNREAD = denied("organizations:DescribePolicy")


def test_a_policy_that_could_not_be_read_may_deny_it() -> None:
    unread = control_policy().model_copy(update={"document": UNREAD})
    assert stops(FULL, unread).denied == UNREAD
    assert denies(FULL, unread, control_policy(deny(), name="other")) is True


def test_a_policy_that_could_not_be_read_elsewhere_matters_nothing() -> None:
    unread = control_policy(targets=("ou-acme-2",)).model_copy(update={"document": UNREAD})
    assert denies(FULL, unread) is False


def test_a_policy_whose_targets_are_not_told_may_deny_it() -> None:
    assert isinstance(stops(FULL, control_policy().model_copy(update={"targets": UNREAD})).denied, Gap)


def test_a_document_without_statements_is_unclear() -> None:
    assert denies(FULL, control_policy().model_copy(update={"document": Known({})})) is None


def test_the_root_settles_all_only_if_it_denies_all() -> None:
    assert settled_by_root(guardrails(FULL, control_policy()), "aws")
    assert not settled_by_root(guardrails(FULL, control_policy(targets=(UNIT,))), "aws")
    assert not settled_by_root(guardrails(FULL, control_policy(deny())), "aws")


@given(st.permutations([FULL, control_policy(deny()), control_policy(deny(Action=list(BLINDING)), name="b")]))
def test_order_never_matters(policies: list[ControlPolicy]) -> None:
    assert stops(*policies) == Protection(Known(value=True), ("b", "protect-trails"), ())
