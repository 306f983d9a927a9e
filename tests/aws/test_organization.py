"""The organization and its accounts."""

from typing import Any

import pytest

from scanner.aws.organization import Member, list_members, list_members_below, read_organization
from scanner.model.organization import Organization
from scanner.model.reading import Gap, Known
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
