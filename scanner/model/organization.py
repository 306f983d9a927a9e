"""The organization that the caller belongs to."""

from typing import Any

from scanner.model.base import Frozen
from scanner.model.reading import Reading, not_read


class ControlPolicy(Frozen):
    """A service control policy; `document` was only read where it is attached somewhere."""

    id: str
    name: str
    document: Reading[dict[str, Any]]
    targets: Reading[tuple[str, ...]]
    """The ids of the roots, organizational units and accounts that it is attached to, sorted."""


class MemberPath(Frozen):
    """An ACTIVE account of the organization and what it lies under: the root first, its own unit last."""

    account: str
    parents: tuple[str, ...]


class Guardrails(Frozen):
    """What service control policies there are, and for whom."""

    root: str
    enabled: bool
    """Whether the root lets service control policies take effect; where not, none was read."""
    policies: tuple[ControlPolicy, ...]
    """Sorted by id."""
    members: Reading[tuple[MemberPath, ...]]
    """Sorted by account. The management account, which no such policy binds, is among them."""


class Organization(Frozen):
    id: str
    arn: str
    management_account: str
    delegated_administrators: Reading[tuple[str, ...]]
    """Of CloudTrail."""
    guardrails: Reading[Guardrails] = not_read("organizations:ListPolicies")
