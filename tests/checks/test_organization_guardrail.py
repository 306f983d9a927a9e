from checks.organization_guardrail import OrganizationGuardrail
from scanner.model.finding import Reason, Status
from scanner.model.organization import ControlPolicy, Guardrails, MemberPath
from scanner.model.posture import Posture
from scanner.model.reading import Known, Reading
from tests.build import ACCOUNT, OTHER, ROOT_ID, control_policy, denied, guardrails, organization, posture

THIRD = "333333333333"
UNIT = "ou-acme-1"
STOP = {"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}
REST = {
    "Effect": "Deny",
    "Action": ["cloudtrail:Delete*", "cloudtrail:Update*", "cloudtrail:Put*"],
    "Resource": "*",
}
MEMBERS: Reading[tuple[MemberPath, ...]] = Known(
    (
        MemberPath(account=ACCOUNT, parents=(ROOT_ID,)),
        MemberPath(account=OTHER, parents=(ROOT_ID, UNIT)),
        MemberPath(account=THIRD, parents=(ROOT_ID,)),
    )
)


def world(*policies: ControlPolicy, members: Reading[tuple[MemberPath, ...]] = MEMBERS) -> Posture:
    return told(Known(guardrails(*policies, members=members)))


def told(found: Reading[Guardrails]) -> Posture:
    return posture(organization=Known(organization(guardrails=found)))


def judged(it: Posture) -> tuple[Status, str]:
    (finding,) = OrganizationGuardrail().evaluate(it)
    return finding.status, finding.message


def test_a_policy_on_the_root_that_denies_all_four_passes_wherever_the_members_lie() -> None:
    assert judged(world(control_policy(), members=denied("organizations:ListAccountsForParent"))) == (
        Status.PASS,
        "denied to every member by protect-trails",
    )


def test_several_policies_pass_together() -> None:
    on_unit = control_policy(STOP, name="stop", targets=(UNIT, THIRD))
    assert judged(world(on_unit, control_policy(REST, name="rest"))) == (
        Status.PASS,
        "denied to 2 members by rest and stop",
    )


def test_whoever_is_exempt_is_named() -> None:
    ops = "arn:aws:iam::*:role/ops"
    spared = {
        "Effect": "Deny",
        "Action": "cloudtrail:*",
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": ops}},
    }
    assert judged(world(control_policy(spared))) == (
        Status.PASS,
        f"denied to every member by protect-trails; exempt: {ops}",
    )


def test_a_member_that_no_policy_binds_fails_and_is_named() -> None:
    assert judged(world(control_policy(targets=(UNIT,)))) == (
        Status.FAIL,
        f"DeleteTrail, PutEventSelectors, StopLogging and UpdateTrail is not denied to {THIRD}",
    )


def test_an_action_that_is_left_out_fails_and_is_named() -> None:
    assert judged(world(control_policy(REST))) == (
        Status.FAIL,
        f"StopLogging is not denied to {OTHER} and {THIRD}",
    )


def test_the_management_account_that_no_policy_binds_does_not_count() -> None:
    only: Reading[tuple[MemberPath, ...]] = Known((MemberPath(account=ACCOUNT, parents=(ROOT_ID,)),))
    assert judged(world(control_policy(REST), members=only))[0] is Status.PASS


def test_policies_that_are_not_enabled_bind_nobody() -> None:
    assert judged(told(Known(guardrails(enabled=False)))) == (
        Status.FAIL,
        "service control policies are not enabled in the organization",
    )


def test_policies_that_a_member_may_not_list_are_unknown() -> None:
    it = told(denied("organizations:ListPolicies"))
    (finding,) = OrganizationGuardrail().evaluate(it)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "organizations:ListPolicies"


def test_a_policy_that_could_not_be_read_leaves_it_unknown() -> None:
    unread = control_policy().model_copy(update={"document": denied("organizations:DescribePolicy")})
    assert judged(world(unread))[0] is Status.UNKNOWN


def test_members_that_could_not_be_listed_leave_it_unknown() -> None:
    it = world(control_policy(targets=(UNIT,)), members=denied("organizations:ListAccountsForParent"))
    assert judged(it)[0] is Status.UNKNOWN


def test_a_member_that_is_known_to_be_bare_decides_whatever_else_is_unread() -> None:
    unread = control_policy(name="unread", targets=(UNIT,)).model_copy(
        update={"document": denied("organizations:DescribePolicy")}
    )
    assert judged(world(unread))[0] is Status.FAIL


def test_a_standalone_account_is_not_asked() -> None:
    assert judged(posture())[0] is Status.NOT_APPLICABLE
