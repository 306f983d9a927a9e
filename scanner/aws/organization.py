"""AWS Organizations: the organization, its accounts, and who administers its trails."""

from dataclasses import dataclass
from typing import Any

from scanner.aws import permissions
from scanner.aws.buckets import policy_document
from scanner.aws.reader import INCOMPLETE, Answer, Fact, Reader
from scanner.guardrails import settled_by_root
from scanner.model.arn import parse_arn
from scanner.model.organization import ControlPolicy, Guardrails, MemberPath, Organization
from scanner.model.reading import Gap, Known, Reading, not_read

ACTIVE = "ACTIVE"
CLOUDTRAIL = "cloudtrail.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Member:
    """An account as Organizations lists it; only an ACTIVE one can be entered."""

    id: str
    name: str | None
    state: str


def read_organization(reader: Reader, needs: frozenset[str]) -> Reading[Organization | None]:
    """Known(None): the account stands alone."""
    found = reader.read(_ORGANIZATION)
    if not isinstance(found, Known) or found.value is None:
        return found
    told: dict[str, Any] = {}
    if permissions.LIST_DELEGATED_ADMINISTRATORS.action in needs:
        administrators = reader.read_all(_ADMINISTRATORS, ServicePrincipal=CLOUDTRAIL)
        told["delegated_administrators"] = administrators.map(lambda ids: tuple(sorted(ids)))
    if permissions.LIST_POLICIES.action in needs:
        told["guardrails"] = read_guardrails(reader, parse_arn(found.value.arn).partition)
    return Known(found.value.model_copy(update=told))


def read_guardrails(reader: Reader, partition: str) -> Reading[Guardrails]:
    """The service control policies; where each account lies only if those of the root leave that to matter.

    Like all of Organizations, only for the management account and delegated administrators.
    """
    root = reader.read_all(_ROOTS)
    if isinstance(root, Gap):
        return root
    if len(root.value) != 1:
        return Gap(
            f"the organization has {len(root.value)} roots",
            action=permissions.LIST_ROOTS.action,
            operation=permissions.LIST_ROOTS.operation,
            code=INCOMPLETE,
            account=reader.account,
        )
    ((id_, enabled),) = root.value
    unread = not_read(permissions.LIST_ACCOUNTS_FOR_PARENT.action)
    if not enabled:
        return Known(Guardrails(root=id_, enabled=False, policies=(), members=unread))
    listed = reader.read_all(_POLICIES, Filter="SERVICE_CONTROL_POLICY")
    if isinstance(listed, Gap):
        return listed
    policies = tuple(_control_policy(reader, *named) for named in sorted(listed.value))
    guardrails = Guardrails(root=id_, enabled=True, policies=policies, members=unread)
    if settled_by_root(guardrails, partition):
        return Known(guardrails)
    return Known(guardrails.model_copy(update={"members": _paths(reader, id_)}))


def _control_policy(reader: Reader, id_: str, name: str) -> ControlPolicy:
    targets = reader.read_all(_TARGETS, PolicyId=id_).map(lambda ids: tuple(sorted(ids)))
    attached = targets != Known(())
    return ControlPolicy(
        id=id_,
        name=name,
        document=reader.read(_CONTENT, PolicyId=id_)
        if attached
        else not_read(permissions.DESCRIBE_POLICY.action),
        targets=targets,
    )


def _paths(reader: Reader, root: str) -> Reading[tuple[MemberPath, ...]]:
    paths: list[MemberPath] = []
    waiting: list[tuple[str, ...]] = [(root,)]
    while waiting:
        parents = waiting.pop()
        accounts = reader.read_all(_ACCOUNTS_OF_PARENT, ParentId=parents[-1])
        units = reader.read_all(_UNITS_OF_PARENT, ParentId=parents[-1])
        if isinstance(accounts, Gap):
            return accounts
        if isinstance(units, Gap):
            return units
        paths += [
            MemberPath(account=one.id, parents=parents) for one in accounts.value if one.state == ACTIVE
        ]
        waiting += [(*parents, unit) for unit in units.value if unit not in parents]
    return Known(tuple(sorted(paths, key=lambda path: path.account)))


def list_members(reader: Reader) -> Reading[tuple[Member, ...]]:
    """Every account of the organization; only the management account and delegated administrators may ask."""
    return reader.read_all(_ACCOUNTS)


def list_members_below(reader: Reader, parents: tuple[str, ...]) -> Reading[tuple[Member, ...]]:
    """The accounts in these organizational units (or roots) and in all units nested in them."""
    members: dict[str, Member] = {}
    waiting, seen = list(parents), set(parents)
    while waiting:
        parent = waiting.pop()
        accounts = reader.read_all(_ACCOUNTS_OF_PARENT, ParentId=parent)
        units = reader.read_all(_UNITS_OF_PARENT, ParentId=parent)
        if isinstance(accounts, Gap):
            return accounts
        if isinstance(units, Gap):
            return units
        members.update((member.id, member) for member in accounts.value)
        waiting += [unit for unit in units.value if unit not in seen]
        seen.update(units.value)
    return Known(tuple(members.values()))


def _organization(answer: Answer) -> Organization:
    found = answer["Organization"]
    return Organization(
        id=found["Id"],
        arn=found["Arn"],
        management_account=found["MasterAccountId"],
        delegated_administrators=not_read(permissions.LIST_DELEGATED_ADMINISTRATORS.action),
    )


def _members(answer: Answer) -> tuple[Member, ...]:
    return tuple(
        # Status is retired; older SDKs don't know State.
        Member(id=item["Id"], name=item.get("Name") or None, state=item.get("State") or item["Status"])
        for item in answer["Accounts"]
    )


def _units(answer: Answer) -> tuple[str, ...]:
    return tuple(item["Id"] for item in answer["OrganizationalUnits"])


def _roots(answer: Answer) -> tuple[tuple[str, bool], ...]:
    """Each root with whether service control policies take effect below it."""
    return tuple(
        (
            root["Id"],
            any(
                (one["Type"], one["Status"]) == ("SERVICE_CONTROL_POLICY", "ENABLED")
                for one in root["PolicyTypes"]
            ),
        )
        for root in answer["Roots"]
    )


def _policies(answer: Answer) -> tuple[tuple[str, str], ...]:
    return tuple((item["Id"], item["Name"]) for item in answer["Policies"])


def _targets(answer: Answer) -> tuple[str, ...]:
    return tuple(item["TargetId"] for item in answer["Targets"])


def _content(answer: Answer) -> dict[str, Any]:
    return policy_document({"Policy": answer["Policy"]["Content"]})


def _administrators(answer: Answer) -> tuple[str, ...]:
    return tuple(item["Id"] for item in answer["DelegatedAdministrators"])


_ORGANIZATION: Fact[Organization | None] = Fact(
    permissions.DESCRIBE_ORGANIZATION, _organization, absent={"AWSOrganizationsNotInUseException": None}
)
_ACCOUNTS = Fact(permissions.LIST_ACCOUNTS, _members)
_ACCOUNTS_OF_PARENT = Fact(permissions.LIST_ACCOUNTS_FOR_PARENT, _members)
_UNITS_OF_PARENT = Fact(permissions.LIST_ORGANIZATIONAL_UNITS_FOR_PARENT, _units)
_ADMINISTRATORS = Fact(permissions.LIST_DELEGATED_ADMINISTRATORS, _administrators)
_ROOTS = Fact(permissions.LIST_ROOTS, _roots)
_POLICIES = Fact(permissions.LIST_POLICIES, _policies)
_TARGETS = Fact(permissions.LIST_TARGETS_FOR_POLICY, _targets)
_CONTENT = Fact(permissions.DESCRIBE_POLICY, _content)
