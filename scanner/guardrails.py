"""What an organization's service control policies deny to every principal of a member account.

A statement counts only for what it denies everywhere and to everyone but named principals. Source: the
AWS Organizations User Guide, "SCP evaluation" and "SCP syntax".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scanner.model.organization import ControlPolicy, Guardrails, MemberPath
from scanner.model.reading import Gap, Known, Reading, Unreadable, all_of, any_of

BLINDING = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
)
UNCLEAR = "PolicyUnclear"

_ANY = "\ue000" * 48
"""Stands for whatever a name may be: nobody writes it, so only wildcards match it."""
_PRINCIPAL_KEYS = frozenset({"aws:principalarn", "aws:userid", "aws:username"})
"""Keys that tell one principal of an account from another; so does aws:PrincipalTag/…."""
_EXEMPTING = frozenset(
    {"arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals", "stringnotequalsignorecase"}
)
_LITERAL = frozenset({"stringnotequals", "stringnotequalsignorecase"})
_REQUIRING = frozenset({"arnlike", "arnequals", "stringlike", "stringequals", "stringequalsignorecase"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """One action of everybody in an account (`_ANY`: in each) on every trail of it."""

    action: str
    account: str
    partition: str

    @property
    def trail(self) -> str:
        return f"arn:{self.partition}:cloudtrail:{_ANY}:{self.account}:trail/{_ANY}"

    def identity(self, name: str, account: str | None = None) -> str:
        return f"arn:{self.partition}:iam::{account or self.account}:{name}"


@dataclass(frozen=True, slots=True)
class Denial:
    """One statement's answer for one action: whether it denies it, and to whom it doesn't."""

    denies: Reading[bool]
    policy: str = ""
    exempt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """What holds for one account and one action."""

    denied: Reading[bool]
    policies: tuple[str, ...] = ()
    """By name, those that deny it."""
    exempt: tuple[str, ...] = ()
    """Principals that none of them denies it to."""


def protection(guardrails: Guardrails, member: MemberPath, action: str, partition: str) -> Protection:
    """Whether the policies on the account, its units and the root deny it the action."""
    return _protection(guardrails, (*member.parents, member.account), member.account, action, partition)


def settled_by_root(guardrails: Guardrails, partition: str) -> bool:
    """Whether the policies on the root alone deny everything to everyone, wherever an account lies."""
    return all(
        _protection(guardrails, (guardrails.root,), _ANY, action, partition).denied == Known(value=True)
        for action in BLINDING
    )


def _protection(
    guardrails: Guardrails, levels: Sequence[str], account: str, action: str, partition: str
) -> Protection:
    asked = _Asked(action, account, partition)
    denials: list[Denial] = []
    withheld: list[Reading[bool]] = []
    for level in levels:
        attached = [(policy, _attached(policy, level)) for policy in guardrails.policies]
        allowed: list[Reading[bool]] = []
        for policy, here in attached:
            if here == Known(value=False):
                continue
            found = _statements(policy)
            if isinstance(found, Gap):
                denials.append(Denial(all_of((here, found))))
                allowed.append(found)
                continue
            denials += [
                Denial(all_of((here, one.denies)), policy.name, one.exempt)
                for one in (_denial(statement, asked) for statement in found.value)
            ]
            if any(one["Effect"] == "Allow" for one in found.value):
                allowed.append(all_of((here, _allows(found.value, action))))
        # An allow list denies by what it leaves out. (No level is without one: the default allows all.)
        withheld.append(any_of(allowed).map(lambda some: not some) if allowed else Known(value=False))
    denying = [one for one in denials if one.denies == Known(value=True)]
    if any_of(withheld) == Known(value=True):
        return Protection(Known(value=True), tuple(sorted({one.policy for one in denying})))
    return Protection(
        any_of((*(one.denies for one in denials), *withheld)),
        tuple(sorted({one.policy for one in denying})),
        # Whom one policy spares another may still deny it to: the shortest list of all is sure to hold.
        min((one.exempt for one in denying), key=lambda spared: (len(spared), spared), default=()),
    )


def _attached(policy: ControlPolicy, level: str) -> Reading[bool]:
    return policy.targets.map(lambda targets: level in targets)


def _statements(policy: ControlPolicy) -> Reading[tuple[Mapping[str, Any], ...]]:
    match policy.document:
        case Gap() as gap:
            return gap
        case Known(document):
            found = document.get("Statement")
            statements = found if isinstance(found, list) else [found]
            if all(isinstance(one, dict) and one.get("Effect") in ("Allow", "Deny") for one in statements):
                return Known(tuple(statements))
            return _unclear(policy.name, "has a statement that is none")


def _unclear(what: str, why: str) -> Gap:
    return Gap(f"the service control policy {what} {why}", code=UNCLEAR)


def _allows(statements: Iterable[Mapping[str, Any]], action: str) -> Reading[bool]:
    """Whether the action may be allowed to anybody at all; what narrows the permission is not looked at."""
    return any_of(_acts(one, action) for one in statements if one["Effect"] == "Allow")


def _denial(statement: Mapping[str, Any], asked: _Asked) -> Denial:
    if statement["Effect"] != "Deny":
        return Denial(Known(value=False))
    exempt: list[str] = []
    try:
        conditions = [_holds(*one, exempt, asked) for one in _conditions(statement)]
    except Unreadable as unread:
        conditions = [unread.gap]
    answer = all_of((_acts(statement, asked.action), _reaches(statement, asked.trail), *conditions))
    return Denial(answer, exempt=tuple(sorted(set(exempt))))


def _acts(statement: Mapping[str, Any], action: str) -> Reading[bool]:
    match statement:
        case {"Action": listed}:
            return Known(any(_like(pattern.lower(), action.lower()) for pattern in _texts(listed)))
        case {"NotAction": listed}:
            return Known(not any(_like(pattern.lower(), action.lower()) for pattern in _texts(listed)))
        case _:
            return _unclear(_label(statement), "names no action")


def _reaches(statement: Mapping[str, Any], resource: str) -> Reading[bool]:
    """Whether the statement is about every trail of the account."""
    match statement:
        case {"Resource": listed}:
            patterns = _texts(listed)
            if any(_like(pattern, resource) for pattern in patterns):
                return Known(value=True)
            if any(_like(_opened(pattern), resource) for pattern in patterns):
                return _unclear(
                    _label(statement), "names resources by policy variables, which are not resolved"
                )
            return Known(value=False)
        case {"NotResource": _}:
            return _unclear(_label(statement), "excepts resources, which are not compared")
        case _:
            return Known(value=True)


def _conditions(statement: Mapping[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each operator and key, in lower case, with the values."""
    found = statement.get("Condition") or {}
    if not isinstance(found, dict) or not all(isinstance(keys, dict) for keys in found.values()):
        raise Unreadable(_unclear(_label(statement), "has a condition that is none"))
    return [
        (operator.lower(), key.lower(), _texts(values))
        for operator, keys in found.items()
        for key, values in keys.items()
    ]


def _holds(
    operator: str, key: str, values: tuple[str, ...], exempt: list[str], asked: _Asked
) -> Reading[bool]:
    """Whether the condition leaves the denial in force for everyone but some named principals."""
    plain = operator.rpartition(":")[2].removesuffix("ifexists")
    if plain in _EXEMPTING and (key in _PRINCIPAL_KEYS or key.startswith("aws:principaltag/")):
        # To the operators that compare whole texts a wildcard is a letter, which no name has.
        patterns = () if plain in _LITERAL else values
        if any(_is_everyone(value, asked) for value in patterns):
            return Known(value=False)
        if any(_is_everyone(_opened(value), asked) for value in patterns):
            return Gap(
                f"whom the condition {operator} of {key} exempts by policy variables is not judged",
                code=UNCLEAR,
            )
        # Names speak for themselves, other values only with their key.
        exempt += values if key == "aws:principalarn" else [f"{key} {value}" for value in values]
        return Known(value=True)
    if plain == "bool" and key in ("aws:principalisawsservice", "aws:viaawsservice"):
        if values == ("false",):
            exempt.append("AWS services")
            return Known(value=True)
        return Known(value=False)
    whole_accounts = key.startswith("aws:principal") and plain in _EXEMPTING
    if (
        whole_accounts
        or plain == "null"
        or (plain in _REQUIRING and any(_is_anything(_opened(value), asked) for value in values))
    ):
        return Gap(f"whether the condition {operator} of {key} always holds is not judged", code=UNCLEAR)
    return Known(value=False)  # it denies some calls: to some principals, in some regions, from some networks


def _is_everyone(pattern: str, asked: _Asked) -> bool:
    """Whether the pattern names every role of the account, which is as good as everybody.

    Where all accounts are asked for, every role of one of them is enough.
    """
    _, _, account = pattern.partition("::")
    owner = account.partition(":")[0] if asked.account == _ANY else asked.account
    return _like(pattern, asked.identity(f"role/{_ANY}", owner)) or _is_anything(pattern, asked)


def _is_anything(pattern: str, asked: _Asked) -> bool:
    return _like(pattern, _ANY) or _like(pattern, asked.identity(_ANY))


def _label(statement: Mapping[str, Any]) -> str:
    return f"statement {statement['Sid']!r}" if statement.get("Sid") else "statement"


def _texts(value: object) -> tuple[str, ...]:
    """One or many, as policies write both; `true` and numbers as text."""
    many = value if isinstance(value, list) else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in many)


def _opened(pattern: str) -> str:
    """The pattern with a `*` for each policy variable."""
    return re.sub(r"\$\{[^}]*\}", "*", pattern)


def _like(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part)
        for part in re.split(r"([*?])", pattern)
    )
    return re.compile("".join(parts), re.DOTALL)
