"""The organization and its accounts."""

import json
from typing import Any

import pytest

from scanner.aws.organization import (
    Member,
    list_members,
    list_members_below,
    read_guardrails,
    read_organization,
)
from scanner.model.organization import ControlPolicy, Guardrails, MemberPath, Organization
from scanner.model.reading import Gap, Known, not_read
from tests.aws.fake import CALLER, MEMBER, ORGANIZATION, FakeAws, Refusal

ADMINISTRATORS = frozenset({"organizations:ListDelegatedAdministrators"})
ARN = f"arn:aws:organizations::{CALLER}:organization/{ORGANIZATION}"
ANSWER = {"Organization": {"Id": ORGANIZATION, "Arn": ARN, "MasterAccountId": CALLER}}


def account(id_: str, **state: str) -> dict[str, Any]:
    return {"Id": id_, "Name": f"name of {id_}", **(state or {"State": "ACTIVE"})}


def test_an_organization_names_its_management_account_and_its_administrators(aws: FakeAws) -> None:
    aws.on("DescribeOrganization", ANSWER)
    aws.on(
        "ListDelegatedAdministrators",
        {"DelegatedAdministrators": [{"Id": MEMBER}]},
        ServicePrincipal="cloudtrail.amazonaws.com",
    )
    assert read_organization(aws.reader(), ADMINISTRATORS) == Known(
        Organization(
            id=ORGANIZATION, arn=ARN, management_account=CALLER, delegated_administrators=Known((MEMBER,))
        )
    )


def test_a_standalone_account_has_none(aws: FakeAws) -> None:
    aws.on("DescribeOrganization", Refusal("AWSOrganizationsNotInUseException"))
    assert read_organization(aws.reader(), ADMINISTRATORS) == Known(None)


@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {}])
def test_an_organization_that_is_not_told_is_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("DescribeOrganization", answer)
    assert isinstance(read_organization(aws.reader(), ADMINISTRATORS), Gap)


def test_administrators_that_a_member_may_not_list_are_a_gap_of_their_own(aws: FakeAws) -> None:
    aws.on("DescribeOrganization", ANSWER)
    aws.on("ListDelegatedAdministrators", Refusal("AccessDeniedException"))
    found = read_organization(aws.reader(), ADMINISTRATORS)
    assert isinstance(found, Known)
    assert found.value is not None
    assert isinstance(found.value.delegated_administrators, Gap)


def test_administrators_that_nobody_needs_are_not_asked_for(aws: FakeAws) -> None:
    aws.on("DescribeOrganization", ANSWER)
    found = read_organization(aws.reader(), frozenset())
    assert isinstance(found, Known)
    assert aws.operations() == ["DescribeOrganization"]


GUARDRAILS = frozenset({"organizations:ListPolicies"})
ROOT, UNIT = "r-1", "ou-1"
DENY_ALL = {"Statement": {"Effect": "Deny", "Action": "cloudtrail:*", "Resource": "*"}}


@pytest.fixture
def guarded(aws: FakeAws) -> FakeAws:
    """A policy on one unit; another that is attached nowhere."""
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    aws.on("ListRoots", {"Roots": [{"Id": ROOT, "PolicyTypes": types}]})
    policies = [{"Id": "p-2", "Name": "spare"}, {"Id": "p-1", "Name": "protect"}]
    aws.on("ListPolicies", {"Policies": policies}, Filter="SERVICE_CONTROL_POLICY")
    aws.on("ListTargetsForPolicy", {"Targets": []}, PolicyId="p-2")
    aws.on("ListTargetsForPolicy", {"Targets": [], "NextToken": "more"}, PolicyId="p-1")
    aws.on("ListTargetsForPolicy", {"Targets": [{"TargetId": UNIT}]}, PolicyId="p-1", NextToken="more")
    aws.on("DescribePolicy", {"Policy": {"Content": json.dumps(DENY_ALL)}}, PolicyId="p-1")
    aws.on("ListAccountsForParent", {"Accounts": [account(CALLER)]}, ParentId=ROOT)
    aws.on("ListOrganizationalUnitsForParent", {"OrganizationalUnits": [{"Id": UNIT}]}, ParentId=ROOT)
    below = [account(MEMBER), account("333333333333", State="SUSPENDED")]
    aws.on("ListAccountsForParent", {"Accounts": below}, ParentId=UNIT)
    aws.on("ListOrganizationalUnitsForParent", {"OrganizationalUnits": []}, ParentId=UNIT)
    return aws


def test_guardrails_are_policies_their_targets_and_what_the_active_accounts_lie_under(
    guarded: FakeAws,
) -> None:
    assert read_guardrails(guarded.reader(), "aws") == Known(
        Guardrails(
            root=ROOT,
            enabled=True,
            policies=(
                ControlPolicy(id="p-1", name="protect", document=Known(DENY_ALL), targets=Known((UNIT,))),
                ControlPolicy(
                    id="p-2",
                    name="spare",
                    document=not_read("organizations:DescribePolicy"),
                    targets=Known(()),
                ),
            ),
            members=Known(
                (
                    MemberPath(account=CALLER, parents=(ROOT,)),
                    MemberPath(account=MEMBER, parents=(ROOT, UNIT)),
                )
            ),
        )
    )


def test_where_the_root_settles_everything_nobody_asks_where_accounts_lie(guarded: FakeAws) -> None:
    guarded.on("ListTargetsForPolicy", {"Targets": [{"TargetId": ROOT}]}, PolicyId="p-1")
    found = read_guardrails(guarded.reader(), "aws")
    assert isinstance(found, Known)
    assert found.value.members == not_read("organizations:ListAccountsForParent")
    assert "ListAccountsForParent" not in guarded.operations()


def test_where_policies_are_not_enabled_none_is_read(aws: FakeAws) -> None:
    aws.on("ListRoots", {"Roots": [{"Id": ROOT, "PolicyTypes": []}]})
    found = read_guardrails(aws.reader(), "aws")
    assert isinstance(found, Known)
    assert (found.value.enabled, found.value.policies) == (False, ())
    assert aws.operations() == ["ListRoots"]


@pytest.mark.parametrize("operation", ["ListRoots", "ListPolicies"])
@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {}, {"Roots": []}])
def test_policies_that_are_not_told_are_a_gap(guarded: FakeAws, operation: str, answer: Any) -> None:
    guarded.on(operation, answer)
    assert isinstance(read_guardrails(guarded.reader(), "aws"), Gap)


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("ListTargetsForPolicy", "targets"),
        ("DescribePolicy", "document"),
        ("ListAccountsForParent", "members"),
        ("ListOrganizationalUnitsForParent", "members"),
    ],
)
@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {}])
def test_a_part_of_the_guardrails_that_is_not_told_is_a_gap_of_its_own(
    guarded: FakeAws, operation: str, member: str, answer: Any
) -> None:
    guarded.on("DescribePolicy", {"Policy": {"Content": "{}"}}, PolicyId="p-2")
    guarded.on(operation, answer)
    found = read_guardrails(guarded.reader(), "aws")
    assert isinstance(found, Known)
    holder = found.value if member == "members" else found.value.policies[0]
    assert isinstance(getattr(holder, member), Gap)


def test_a_policy_that_is_no_json_is_a_gap(guarded: FakeAws) -> None:
    guarded.on("DescribePolicy", {"Policy": {"Content": "{"}})
    found = read_guardrails(guarded.reader(), "aws")
    assert isinstance(found, Known)
    assert isinstance(found.value.policies[0].document, Gap)


def test_guardrails_are_read_with_the_organization_where_they_are_needed(guarded: FakeAws) -> None:
    guarded.on("DescribeOrganization", ANSWER)
    found = read_organization(guarded.reader(), GUARDRAILS)
    assert isinstance(found, Known)
    assert found.value is not None
    assert isinstance(found.value.guardrails, Known)


def test_an_empty_page_is_not_the_end_of_the_list(aws: FakeAws) -> None:
    aws.on("ListAccounts", {"Accounts": [], "NextToken": "page2"})
    aws.on("ListAccounts", {"Accounts": [account(CALLER)], "NextToken": "page3"}, NextToken="page2")
    aws.on("ListAccounts", {"Accounts": [account(MEMBER)]}, NextToken="page3")
    assert list_members(aws.reader()) == Known(
        (
            Member(CALLER, f"name of {CALLER}", "ACTIVE"),
            Member(MEMBER, f"name of {MEMBER}", "ACTIVE"),
        )
    )


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"State": "CLOSED", "Status": "ACTIVE"}, "CLOSED"),
        ({"State": "PENDING_ACTIVATION"}, "PENDING_ACTIVATION"),
        ({"Status": "SUSPENDED"}, "SUSPENDED"),
    ],
)
def test_the_state_counts_and_the_retired_status_only_without_it(
    aws: FakeAws, told: dict[str, str], state: str
) -> None:
    aws.on("ListAccounts", {"Accounts": [account(MEMBER, **told)]})
    found = list_members(aws.reader())
    assert isinstance(found, Known)
    assert [member.state for member in found.value] == [state]


def test_an_account_without_any_state_is_no_answer(aws: FakeAws) -> None:
    aws.on("ListAccounts", {"Accounts": [{"Id": MEMBER}]})
    assert isinstance(list_members(aws.reader()), Gap)


def test_units_are_followed_down_and_each_account_counts_once(aws: FakeAws) -> None:
    tree = {"ou-top": ["ou-mid"], "ou-mid": ["ou-low"], "ou-low": []}
    homes = {"ou-top": [], "ou-mid": [CALLER], "ou-low": [MEMBER]}
    aws.on(
        "ListOrganizationalUnitsForParent",
        lambda call: {"OrganizationalUnits": [{"Id": unit} for unit in tree[call.params["ParentId"]]]},
    )
    aws.on(
        "ListAccountsForParent",
        lambda call: {"Accounts": [account(one) for one in homes[call.params["ParentId"]]]},
    )
    found = list_members_below(aws.reader(), ("ou-top", "ou-low"))
    assert isinstance(found, Known)
    assert sorted(member.id for member in found.value) == [CALLER, MEMBER]
    assert len(aws.calls) == 6


def test_a_unit_that_is_refused_refuses_the_list(aws: FakeAws) -> None:
    aws.on("ListOrganizationalUnitsForParent", Refusal("AccessDeniedException"))
    aws.on("ListAccountsForParent", {"Accounts": [account(MEMBER)]})
    assert isinstance(list_members_below(aws.reader(), ("ou-top",)), Gap)
