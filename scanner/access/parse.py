"""The statements of a resource policy, as values.

Source: the IAM User Guide, "IAM JSON policy elements: grammar" and "Principal".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from scanner.model.arn import Arn, is_account_id, parse_arn
from scanner.model.reading import Gap, Known, Reading

T = TypeVar("T")

UNCLEAR = "PolicyUnclear"
"""The code of every gap that a policy's own words cause."""


class Kind(StrEnum):
    """Whom a principal stands for."""

    EVERYONE = "everyone"
    ACCOUNT = "account"
    IDENTITY = "identity"
    """A role, a user or a session, by ARN."""
    SERVICE = "service"
    FEDERATED = "federated"
    CANONICAL = "canonical user"
    DELETED = "deleted"
    """The unique id that AWS shows once a role or user is gone; it names nobody any more."""
    ODD = "odd"
    """What AWS doesn't document, a wildcard within a name for instance."""
    STRANGER = "stranger"
    """In no policy: a caller whom only `*` can mean."""


class Principal(NamedTuple):
    """`value` is the account id, the ARN or the name; an account's root ARN is its id."""

    kind: Kind
    value: str = ""

    @property
    def account(self) -> str | None:
        match self.kind:
            case Kind.ACCOUNT:
                return self.value
            case Kind.IDENTITY if (arn := arn_of(self.value)) is not None:
                return arn.account
            case _:
                return None

    def __str__(self) -> str:
        match self.kind:
            case Kind.EVERYONE | Kind.STRANGER:
                return "everyone"
            case Kind.ACCOUNT | Kind.CANONICAL:
                return f"{self.kind} {self.value}"
            case _:
                return self.value


EVERYONE = Principal(Kind.EVERYONE)


@dataclass(frozen=True, slots=True)
class Scope(Generic[T]):
    """What an element lists; `inverted` where it is its Not form, which means all the others."""

    listed: tuple[T, ...]
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key.

    `operator` is lower case and without its affixes; `key`, too, is lower case, while `name` is what is
    written.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str | None = None
    """forallvalues, foranyvalue."""
    if_exists: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    label: str
    """As messages name it: `statement 'Sid'`, or `statement 2` counted from 1."""
    allow: bool
    principals: Scope[Principal]
    actions: Scope[str]
    resources: Scope[str]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    statements: tuple[Statement, ...] = ()

    @property
    def allows(self) -> tuple[Statement, ...]:
        return tuple(statement for statement in self.statements if statement.allow)

    @property
    def denies(self) -> tuple[Statement, ...]:
        return tuple(statement for statement in self.statements if not statement.allow)


def parse(document: object) -> Reading[Policy]:
    """Read the parsed JSON of a policy; None, which is no policy, grants nothing.

    A gap where a statement isn't one that AWS's grammar knows: what it says may change any answer.
    """
    if document is None:
        return Known(Policy())
    try:
        return Known(_policy(document))
    except _MalformedError as error:
        return Gap(str(error), code=UNCLEAR)


class _MalformedError(Exception):
    """Never leaves this module."""


_ELEMENTS = {"Version", "Id", "Statement"}
_STATEMENT_ELEMENTS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}


def _policy(document: object) -> Policy:
    if not isinstance(document, Mapping):
        raise _MalformedError("the policy is no JSON object")
    if strange := sorted(set(document) - _ELEMENTS):
        raise _MalformedError(f"the policy has the element {strange[0]!r}, which AWS doesn't document")
    if "Statement" not in document:
        raise _MalformedError("the policy has no Statement")
    return Policy(
        tuple(
            _statement(statement, number)
            for number, statement in enumerate(_list(document["Statement"]), start=1)
        )
    )


def _statement(statement: object, number: int) -> Statement:
    label = f"statement {number}"
    if not isinstance(statement, Mapping):
        raise _MalformedError(f"{label} is no JSON object")
    if isinstance(sid := statement.get("Sid"), str) and sid:
        label = f"statement {sid!r}"
    if strange := sorted(set(statement) - _STATEMENT_ELEMENTS):
        raise _MalformedError(f"{label} has the element {strange[0]!r}, which AWS doesn't document")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _MalformedError(f"{label} neither allows nor denies")
    who, but_who = _element(statement, "Principal", label)
    actions, but_actions = _element(statement, "Action", label)
    resources, but_resources = _element(statement, "Resource", label)
    return Statement(
        label=label,
        allow=statement["Effect"] == "Allow",
        principals=Scope(_principals(who, label), but_who),
        actions=Scope(_texts(actions, "Action", label), but_actions),
        resources=Scope(_texts(resources, "Resource", label), but_resources),
        conditions=_conditions(statement.get("Condition", {}), label),
    )


def _element(statement: Mapping[str, Any], name: str, label: str) -> tuple[object, bool]:
    """The value of the element or of its Not form, and whether it was the latter."""
    present = [form for form in (name, f"Not{name}") if form in statement]
    if len(present) != 1:
        raise _MalformedError(f"{label} needs either {name} or Not{name}")
    return statement[present[0]], present[0] != name


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _texts(value: object, element: str, label: str) -> tuple[str, ...]:
    texts = _list(value)
    if not texts:
        raise _MalformedError(f"{label} has an empty {element}")
    return tuple(_text(text, element, label) for text in texts)


def _text(value: object, element: str, label: str) -> str:
    if not isinstance(value, str):
        raise _MalformedError(f"{label} has a {element} that is no text")
    return value


def _principals(value: object, label: str) -> tuple[Principal, ...]:
    if value == "*":
        return (EVERYONE,)
    if not isinstance(value, Mapping) or not value:
        raise _MalformedError(f"{label} has a Principal that is neither * nor a JSON object")
    return tuple(
        _principal(str(kind), text)
        for kind, texts in value.items()
        for text in _texts(texts, "Principal", label)
    )


_UNIQUE_ID = re.compile(r"(AIDA|AROA|AGPA|ANPA|ASIA|AKIA)[A-Z0-9]{8,}")


def _principal(kind: str, text: str) -> Principal:
    if kind == "AWS":
        return aws_principal(text)
    named = {"Service": Kind.SERVICE, "Federated": Kind.FEDERATED, "CanonicalUser": Kind.CANONICAL}.get(kind)
    if named is None or _is_pattern(text):
        return Principal(Kind.ODD, f"{kind} {text}")
    return Principal(named, text.lower() if named is Kind.SERVICE else text)


def aws_principal(text: str) -> Principal:
    """Whom a value under `AWS` means."""
    if text == "*":
        return EVERYONE
    if is_account_id(text):
        return Principal(Kind.ACCOUNT, text)
    if _UNIQUE_ID.fullmatch(text):
        return Principal(Kind.DELETED, text)
    arn = arn_of(text)
    if arn is None or _is_pattern(text):
        return Principal(Kind.ODD, text)
    if arn.service == "iam" and arn.resource == "root":
        return Principal(Kind.ACCOUNT, arn.account)
    return Principal(Kind.IDENTITY, text)


def arn_of(text: str) -> Arn | None:
    """The ARN that the text is, if it is one."""
    try:
        return parse_arn(text)
    except ValueError:
        return None


def _is_pattern(text: str) -> bool:
    return any(mark in text for mark in ("*", "?", "${"))


def _conditions(block: object, label: str) -> tuple[Condition, ...]:
    if not isinstance(block, Mapping):
        raise _MalformedError(f"{label} has a Condition that is no JSON object")
    return tuple(
        _condition(str(operator), str(key), values, label)
        for operator, keys in block.items()
        for key, values in _pairs(keys, label)
    )


def _pairs(keys: object, label: str) -> list[tuple[object, object]]:
    if not isinstance(keys, Mapping):
        raise _MalformedError(f"{label} has a condition operator without keys")
    return list(keys.items())


def _condition(operator: str, key: str, values: object, label: str) -> Condition:
    quantifier, _, base = operator.lower().rpartition(":")
    plain = base.removesuffix("ifexists")
    return Condition(
        operator=plain,
        key=key.lower(),
        values=tuple(_scalar(value, label) for value in _list(values)),
        quantifier=quantifier or None,
        if_exists=plain != base,
        name=key,
    )


def _scalar(value: object, label: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise _MalformedError(f"{label} has a condition value that is neither text, number nor boolean")
