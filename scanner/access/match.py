"""Whether a statement is about a caller, an action and a resource.

Three answers: True, False, and None where the statement's words don't tell.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from scanner.access.globs import like
from scanner.access.parse import Kind, Principal, Scope, Statement, arn_of

T = TypeVar("T")

Answer = bool | None

_VARIABLE = re.compile(r"\$\{[^}]*\}")


def some(answers: Iterable[Answer]) -> Answer:
    """True if one is, else None if one is, else False."""
    unclear = False
    for answer in answers:
        if answer:
            return True
        unclear |= answer is None
    return None if unclear else False


def negated(answer: Answer) -> Answer:
    return None if answer is None else not answer


def every(answers: Iterable[Answer]) -> Answer:
    return negated(some(negated(answer) for answer in answers))


def opened(pattern: str) -> str:
    """The pattern with a `*` for each policy variable."""
    return _VARIABLE.sub("*", pattern)


def covers(pattern: str, text: str) -> Answer:
    """Whether the pattern matches; None where that hangs on what its variables (`${aws:username}`) hold."""
    if not like(opened(pattern), text):
        return False
    return True if opened(pattern) == pattern else None


def acts(statement: Statement, action: str) -> Answer:
    """Whether the statement is about the action; the case of actions doesn't count."""
    return _in(statement.actions, lambda pattern: covers(pattern.lower(), action.lower()))


def holds_resource(statement: Statement, resource: str) -> Answer:
    return _in(statement.resources, lambda pattern: covers(pattern, resource))


def names(statement: Statement, caller: Principal) -> Answer:
    """Whether the statement is about the caller."""
    if statement.principals.inverted:
        return negated(_spared(statement.principals.listed, caller))
    return some(includes(named, caller) for named in statement.principals.listed)


def _in(scope: Scope[T], matches: Callable[[T], Answer]) -> Answer:
    found = some(matches(one) for one in scope.listed)
    return negated(found) if scope.inverted else found


def includes(named: Principal, caller: Principal) -> Answer:
    """Whether a principal that a policy names means the caller: an account means all who are in it."""
    match named.kind:
        case Kind.EVERYONE:
            return True
        case Kind.ODD:
            return None
        case Kind.ACCOUNT if caller.account is not None:
            return named.value == caller.account
        case Kind.CANONICAL if caller.kind in (Kind.ACCOUNT, Kind.IDENTITY):
            return None  # another name of an account, perhaps of the caller's
        case Kind.ACCOUNT if caller.kind is Kind.CANONICAL:
            return None
        case Kind.IDENTITY if caller.kind is Kind.IDENTITY:
            return named == caller or is_session_of(caller.value, named.value)
        case Kind.DELETED:
            return False
        case _:
            return named == caller


def is_session_of(session: str, role: str) -> bool:
    """Whether the first ARN is that of a session of the role; an account's roles differ in their last name,
    and a session's ARN has no path.
    """
    one, other = arn_of(session), arn_of(role)
    return (
        one is not None
        and other is not None
        and one.service == "sts"
        and other.service == "iam"
        and one.account == other.account
        and one.resource.startswith("assumed-role/")
        and other.resource.startswith("role/")
        and one.resource.split("/")[1] == other.resource.rsplit("/", 1)[-1]
    )


def _spared(listed: tuple[Principal, ...], caller: Principal) -> Answer:
    """Whether NotPrincipal exempts the caller.

    A role or user must be listed, and its account as well (IAM User Guide, "NotPrincipal with Deny");
    of one alone AWS doesn't say what comes of it.
    """
    found = some(includes(named, caller) for named in listed)
    if caller.kind is Kind.IDENTITY and found:
        by_name = any(named.kind is not Kind.ACCOUNT and includes(named, caller) for named in listed)
        by_account = any(named == Principal(Kind.ACCOUNT, caller.account or "") for named in listed)
        return True if by_name and by_account else None
    return found
