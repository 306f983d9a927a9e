"""AWS Organizations: the organization, its accounts, and who administers its trails."""

from dataclasses import dataclass

from scanner.aws import permissions
from scanner.aws.reader import Answer, Fact, Reader
from scanner.model.organization import Organization
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
    if permissions.LIST_DELEGATED_ADMINISTRATORS.action not in needs:
        return found
    administrators = reader.read_all(_ADMINISTRATORS, ServicePrincipal=CLOUDTRAIL).map(
        lambda ids: tuple(sorted(ids))
    )
    return Known(found.value.model_copy(update={"delegated_administrators": administrators}))


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


def _administrators(answer: Answer) -> tuple[str, ...]:
    return tuple(item["Id"] for item in answer["DelegatedAdministrators"])


_ORGANIZATION: Fact[Organization | None] = Fact(
    permissions.DESCRIBE_ORGANIZATION, _organization, absent={"AWSOrganizationsNotInUseException": None}
)
_ACCOUNTS = Fact(permissions.LIST_ACCOUNTS, _members)
_ACCOUNTS_OF_PARENT = Fact(permissions.LIST_ACCOUNTS_FOR_PARENT, _members)
_UNITS_OF_PARENT = Fact(permissions.LIST_ORGANIZATIONAL_UNITS_FOR_PARENT, _units)
_ADMINISTRATORS = Fact(permissions.LIST_DELEGATED_ADMINISTRATORS, _administrators)
