"""The check `organization-guardrail`."""

from collections.abc import Iterable

from scanner.check import Fail, OrganizationCheck, Pass, Unknown, Verdict
from scanner.guardrails import BLINDING, Protection, protection, settled_by_root
from scanner.model.finding import Severity
from scanner.model.organization import MemberPath, Organization
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, first_gap
from scanner.words import listed, plural


class OrganizationGuardrail(OrganizationCheck):
    """Service control policies deny every member account to stop, delete or change trails.

    Why it matters: Whoever takes over a member account with administrator rights can switch its trails
    off; a service control policy holds even for the root user of a member. Nothing protects the
    management account: no such policy binds it.

    How to fix: Attach a policy to the root of the organization that denies cloudtrail:StopLogging,
    cloudtrail:DeleteTrail, cloudtrail:UpdateTrail and cloudtrail:PutEventSelectors on all resources.
    Whoever must still manage trails can be exempted by a condition such as `ArnNotLike` on
    `aws:PrincipalArn`: the verdict names them.

    - Console: AWS Organizations > Policies > Service control policies, in the management account.
    - CLI: `aws organizations create-policy --type SERVICE_CONTROL_POLICY --name NAME --description TEXT
      --content file://policy.json`, then `aws organizations attach-policy --policy-id ID --target-id ROOT`.
    - Terraform: `aws_organizations_policy` and `aws_organizations_policy_attachment`.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """

    id = "organization-guardrail"
    reads = frozenset(
        {
            "organizations:DescribeOrganization",
            "organizations:DescribePolicy",
            "organizations:ListPolicies",
            "organizations:ListRoots",
            "organizations:ListTargetsForPolicy",
        }
    )

    severity: Severity = Severity.MEDIUM

    def judge(self, organization: Organization, posture: Posture, /) -> Verdict:
        guardrails = organization.guardrails.require()
        if not guardrails.enabled:
            return Fail("service control policies are not enabled in the organization")
        if settled_by_root(guardrails, posture.partition):
            anyone = MemberPath(account="every member", parents=(guardrails.root,))
            found = [protection(guardrails, anyone, action, posture.partition) for action in BLINDING]
            return Pass(f"denied to every member{_how(found)}")
        members = [
            one for one in guardrails.members.require() if one.account != organization.management_account
        ]
        answers = {
            (one.account, action): protection(guardrails, one, action, posture.partition)
            for one in members
            for action in BLINDING
        }
        bare: dict[tuple[str, ...], list[str]] = {}
        for one in members:
            allowed = tuple(
                action for action in BLINDING if answers[one.account, action].denied == Known(value=False)
            )
            if allowed:
                bare.setdefault(allowed, []).append(one.account)
        if bare:
            return Fail("; ".join(_undenied(allowed, accounts) for allowed, accounts in sorted(bare.items())))
        gaps = [one.denied for one in answers.values() if isinstance(one.denied, Gap)]
        if gaps:
            return Unknown(first_gap(gaps))
        return Pass(f"denied to {plural(len(members), 'member')}{_how(answers.values())}")


def _undenied(allowed: tuple[str, ...], accounts: list[str]) -> str:
    return f"{listed(one.partition(':')[2] for one in allowed)} is not denied to {listed(sorted(accounts))}"


def _how(found: Iterable[Protection]) -> str:
    """By which policies, and whom they spare."""
    many = tuple(found)
    policies = sorted({name for one in many for name in one.policies})
    exempt = sorted({principal for one in many for principal in one.exempt})
    by = f" by {listed(policies)}" if policies else ""
    return by + (f"; exempt: {listed(exempt)}" if exempt else "")
