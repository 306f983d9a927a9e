"""Kinds of callers, and what each of them may carry under a condition key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from scanner.access.conditions import Value
from scanner.access.globs import ANY, is_pattern, like
from scanner.access.keys import BOOLEANS, CLOUDTRAIL_CONTEXT, IN_EACH_REQUEST, Owner, owner_of
from scanner.access.match import is_session_of
from scanner.access.parse import Condition, Kind, Principal, arn_of, aws_principal
from scanner.access.values import candidates

Domain = tuple[Value, ...] | None
"""The values that a caller may have under a key; None: that can't be known."""

CLOUDTRAIL = Principal(Kind.SERVICE, "cloudtrail.amazonaws.com")
STRANGER = Principal(Kind.STRANGER)
_SUFFIXES = (
    *("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov"),
    *("cloud.adc-e.uk", "csp.hci.ic.gov"),
)
_CLOUDTRAILS = frozenset(f"cloudtrail.{suffix}" for suffix in _SUFFIXES)


def is_cloudtrail(principal: Principal) -> bool:
    """Whether it is the CloudTrail service, by its name in any partition."""
    return principal.kind is Kind.SERVICE and principal.value in _CLOUDTRAILS


_SHAPES = {
    **dict.fromkeys(("aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"), "o-*"),
    **dict.fromkeys(("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"), "o-*/*"),
    "aws:sourcevpc": "vpc-*",
    "aws:sourcevpce": "vpce-*",
}
"""How the ids that AWS gives begin."""


class Nature(Enum):
    ANONYMOUS = auto()
    IDENTITY = auto()
    """Somebody who signs: a user, a role, an account."""
    SERVICE = auto()
    """An AWS service, for a resource of somebody."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """Principals as a policy writes them: account ids, ARNs (with wildcards too), service names,
    canonical user ids. CloudTrail is always among them.

    An account stands for itself, not for each of its roles and users: `arn:aws:iam::<account>:*` does.
    """

    principals: tuple[str, ...] = ()

    def includes(self, principal: Principal) -> bool:
        if is_cloudtrail(principal):
            return True
        match principal.kind:
            case Kind.ACCOUNT:
                return any(aws_principal(text) == principal for text in self.principals)
            case Kind.IDENTITY:
                return any(
                    like(text, principal.value) or is_session_of(principal.value, text)
                    for text in self.principals
                )
            case _:
                return principal.value in self.principals

    def whole_account(self, account: str) -> bool:
        """Whether each identity of the account is trusted."""
        return any(
            arn is not None and (arn.account, arn.resource) == (account, "*")
            for arn in map(arn_of, self.principals)
        )

    def source(self, arn: str) -> bool:
        """Whether the resource belongs to a trusted service, which alone acts for it."""
        services = {"cloudtrail"}.union(
            *(text.split(".")[:-2] for text in self.principals if text.endswith(".amazonaws.com"))
        )
        parts = arn_of(arn)
        return parts is not None and parts.service in services


@dataclass(frozen=True, slots=True)
class Caller:
    """`stranger`: has nothing to do with anyone whom the policy names. `trusted`: it is none of these.
    `facts`: what is known of it.
    """

    principal: Principal
    nature: Nature
    stranger: bool = False
    trusted: Trusted | None = None
    facts: Mapping[str, Domain] = field(default_factory=dict)

    def domain(self, key: str, conditions: Sequence[Condition]) -> Domain:
        """What it may carry under the key, as far as the conditions on that key can tell values apart."""
        if key in self.facts:
            return self.facts[key]
        owner = self._owner(key)
        if owner is Owner.UNKNOWN:
            return None
        if owner is Owner.NATURE:
            return (("true",) if self.nature is Nature.SERVICE else ("false",),)
        if not self._carries(owner):
            return (None,)
        if key in BOOLEANS:
            texts: tuple[str, ...] = ("true", "false")
        else:
            strange = self.stranger and owner not in (Owner.ANYONE, Owner.SERVICE)
            texts = candidates(key, conditions, shape=self._shape(key), strange=strange)
        # A literal star is in no name, but in what a caller may write.
        values: list[Value] = [
            (text,)
            for text in texts
            if self._may_be(key, text) and (owner is Owner.ANYONE or not is_pattern(text))
        ]
        if owner is not Owner.CALLER and key not in IN_EACH_REQUEST:
            values.append(None)
        return tuple(values)

    def _owner(self, key: str) -> Owner:
        # CloudTrail fills it in by itself; who calls KMS directly writes there what they like.
        if key == CLOUDTRAIL_CONTEXT and is_cloudtrail(self.principal):
            return Owner.SOURCE
        return owner_of(key)

    def _carries(self, owner: Owner) -> bool:
        match owner:
            case Owner.CALLER | Owner.AFFILIATION:
                return self.nature is Nature.IDENTITY
            case Owner.SOURCE | Owner.SERVICE:
                return self.nature is Nature.SERVICE
            case _:
                return True

    def _shape(self, key: str) -> str | None:
        match key:
            case "aws:principalarn":
                return f"arn::iam::{self.principal.account or '*'}:*"
            case "aws:sourcearn" | "kms:encryptioncontext:aws:cloudtrail:arn" if is_cloudtrail(
                self.principal
            ):
                return "arn::cloudtrail:*:*:trail/*"
            case "aws:sourcearn":
                return "arn::*:*:*:*"
            case _:
                return _SHAPES.get(key)

    def _may_be(self, key: str, text: str) -> bool:
        """Whether it can be the caller's: of its own account, and not of a trusted one."""
        if key == "aws:principalarn":
            account, arn = self.principal.account, arn_of(text)
            if account is not None and arn is not None and arn.account not in (account, ANY):
                return False
        if self.trusted is None:
            return True
        match key:
            case "aws:principalarn":
                return not self.trusted.includes(Principal(Kind.IDENTITY, text))
            case "aws:principalaccount":
                return not self.trusted.whole_account(text)
            case "aws:sourcearn":
                return not self.trusted.source(text)
            case "aws:principalservicename":
                return not self.trusted.includes(Principal(Kind.SERVICE, text))
            case _:
                return True
