"""Whether some request of a caller's is allowed.

A caller may choose among values (see `Caller.domain`). An Allow lets it through where each of its conditions
leaves one; each Deny in the way must then be avoided by a value that one of its conditions doesn't hold for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.access.callers import Caller, Domain
from scanner.access.conditions import holds
from scanner.access.globs import filled, like, meet
from scanner.access.match import Answer, acts, every, holds_resource, names, opened, some
from scanner.access.parse import UNCLEAR, Condition, Policy, Principal, Statement
from scanner.model.reading import Gap, Known, Reading

PATIENCE = 2_000
"""Choices among values until a search gives up, some hundredths of a second. Policies in use need tens."""

Domains = Mapping[str, Domain]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action without wildcards, on any of the resources that the pattern `resource` matches."""

    action: str
    resource: str


class _Spot(NamedTuple):
    """One resource that stands for those that an Allow and a deed have in common.

    `whole`: texts of which a pattern must match one to cover all that they have in common.
    """

    resource: str
    whole: tuple[str, ...]


class _Split(NamedTuple):
    """The values of a key by what a condition says of them, each a set of bits."""

    true: int
    false: int
    unclear: int


Left = Mapping[str, int]
"""By key, the values still to choose from: a set of bits."""


class Trial:
    """What one caller may do by one Allow, in spite of every Deny."""

    def __init__(self, policy: Policy, allow: Statement, caller: Caller) -> None:
        self._allow = allow
        self._caller = caller.principal
        self._named = names(allow, self._caller)
        self._denies = [deny for deny in policy.denies if names(deny, self._caller) is not False]
        statements = [allow, *self._denies] if self._named is not False else []
        self._domains = domains_of(caller, statements)
        self._all = {
            key: 1 if domain is None else (1 << len(domain)) - 1 for key, domain in self._domains.items()
        }
        self._splits = {
            condition: _split(condition, self._domains[condition.key])
            for statement in statements
            for condition in statement.conditions
        }

    def may(self, deed: Deed) -> Reading[bool]:
        if self._reaches(deed, strict=True):
            return Known(value=True)
        if not self._reaches(deed, strict=False):
            return Known(value=False)
        return unclear_gap([self._allow, *self._denies], self._caller, self._domains, chosen=True)

    def _reaches(self, deed: Deed, *, strict: bool) -> bool:
        """Strict: for sure. Else: for all that can be told."""
        if not _true(every([self._named, acts(self._allow, deed.action)]), strict=strict):
            return False
        left = dict(self._all)
        for condition in self._allow.conditions:
            left[condition.key] &= self._kept(condition, to=True, strict=strict)
        if not all(left.values()):
            return False
        near = [
            deny
            for deny in self._denies
            if not _false(every([names(deny, self._caller), acts(deny, deed.action)]), strict=strict)
        ]
        for spot in _spots(self._allow, deed.resource, near):
            if not _true(holds_resource(self._allow, spot.resource), strict=strict):
                continue
            denies = [deny for deny in near if not _false(self._denied(deny, deed, spot), strict=strict)]
            choices = [
                [(one.key, self._kept(one, to=False, strict=strict)) for one in deny.conditions]
                for deny in denies
            ]
            found, _ = _avoided(choices, left, PATIENCE)
            if _true(found, strict=strict):
                return True
        return False

    def _kept(self, condition: Condition, *, to: bool, strict: bool) -> int:
        """The values for which the condition has that answer."""
        split = self._splits[condition]
        return (split.true if to else split.false) | (0 if strict else split.unclear)

    def _denied(self, deny: Statement, deed: Deed, spot: _Spot) -> Answer:
        covered = some(holds_resource(deny, text) for text in spot.whole)
        if covered is False and holds_resource(deny, spot.resource) is not False:
            covered = None
        return every([names(deny, self._caller), acts(deny, deed.action), covered])


Choices = Sequence[tuple[str, int]]
"""The ways to avoid a Deny: a key, and the values with which its condition doesn't hold."""


def _avoided(denies: Sequence[Choices], left: Left, patience: int) -> tuple[Answer, int]:
    """Whether values are left with which no Deny holds; None where patience ends. Also the patience left."""
    standing: list[Choices] = []
    for choices in denies:
        open_ones = [(key, left[key] & bits) for key, bits in choices if left[key] & bits]
        if not any(bits == left[key] for key, bits in open_ones):
            standing.append(open_ones)
    if not standing:
        return True, patience
    standing.sort(key=len)
    unclear = False
    for key, bits in standing[0]:
        if patience <= 0:
            return None, 0
        found, patience = _avoided(standing[1:], {**left, key: bits}, patience - 1)
        if found:
            return True, patience
        unclear |= found is None
    return (None if unclear else False), patience


def _split(condition: Condition, domain: Domain) -> _Split:
    answers = [None] if domain is None else [holds(condition, value) for value in domain]
    true, false, unclear = (
        sum(1 << place for place, one in enumerate(answers) if one is wanted)
        for wanted in (True, False, None)
    )
    return _Split(true, false, unclear)


def domains_of(caller: Caller, statements: Iterable[Statement]) -> dict[str, Domain]:
    """By the key of each condition."""
    conditions: dict[str, list[Condition]] = {}
    for statement in statements:
        for condition in statement.conditions:
            conditions.setdefault(condition.key, []).append(condition)
    return {key: caller.domain(key, found) for key, found in conditions.items()}


def answer(condition: Condition, domains: Domains) -> Answer:
    """Whether the condition holds, whatever of its domain the caller carries."""
    domain = domains[condition.key]
    if domain is None:
        return None
    answers = {holds(condition, value) for value in domain}
    return answers.pop() if len(answers) == 1 else None


def unclear_gap(statements: Iterable[Statement], caller: Principal, domains: Domains, *, chosen: bool) -> Gap:
    """Names the statements that leave the answer open, and what in them.

    `chosen`: the caller chooses among values. Else a condition that holds for some of them is open as well.
    """
    whys = sorted(
        {why for statement in statements for why in _whys(statement, caller, domains, chosen=chosen)}
    )
    return Gap(" and ".join(whys) or "the policy has too many conditions to weigh", code=UNCLEAR)


def _whys(statement: Statement, caller: Principal, domains: Domains, *, chosen: bool) -> Iterator[str]:
    if names(statement, caller) is None:
        yield f"{statement.label}: it can't be told whether its principal is {caller}"
    if any("${" in text for text in (*statement.actions.listed, *statement.resources.listed)):
        yield f"{statement.label}: its policy variables can't be resolved"
    for condition in statement.conditions:
        domain = domains[condition.key]
        unclear = domain is None or any(holds(condition, value) is None for value in domain)
        if unclear or (not chosen and answer(condition, domains) is None):
            yield f"{statement.label}: its condition on {condition.name} can't be judged"


def _true(found: Answer, *, strict: bool) -> bool:
    return found is True or (found is None and not strict)


def _false(found: Answer, *, strict: bool) -> bool:
    return found is False or (found is None and not strict)


def _spots(allow: Statement, resource: str, denies: Iterable[Statement]) -> Iterator[_Spot]:
    """Resources that stand for what the statement and the pattern have in common."""
    spared = [text for deny in denies if deny.resources.inverted for text in deny.resources.listed]
    patterns = ["*"] if allow.resources.inverted else [opened(text) for text in allow.resources.listed]
    for pattern in patterns:
        both = meet(pattern, resource)
        if both is None:
            continue
        yield _Spot(both, (both,) if both in _ends(pattern, resource) else _ends(pattern, resource))
        narrow = next((one for one in (pattern, resource) if filled(one) == both), both)
        for text in spared:
            inner = meet(narrow, opened(text))
            if inner is not None and like(pattern, inner) and like(resource, inner):
                yield _Spot(inner, (inner,))


def _ends(*patterns: str) -> tuple[str, ...]:
    return tuple(filled(pattern) for pattern in patterns)


def applies(statement: Statement, caller: Principal, action: str, resource: str, domains: Domains) -> Answer:
    """Whether the statement decides over the request, whatever of its domains the caller carries."""
    return every(
        [
            names(statement, caller),
            acts(statement, action),
            holds_resource(statement, resource),
            *(answer(condition, domains) for condition in statement.conditions),
        ]
    )


def decided(policy: Policy, caller: Principal, action: str, resource: str, domains: Domains) -> Reading[bool]:
    """Whether the policy allows the request: by an Allow, and by no Deny."""

    def any_applies(statements: Iterable[Statement]) -> Answer:
        return some(applies(statement, caller, action, resource, domains) for statement in statements)

    allowed, denied = any_applies(policy.allows), any_applies(policy.denies)
    if denied is True or allowed is False:
        return Known(value=False)
    if denied is False and allowed is True:
        return Known(value=True)
    undecided = [
        statement
        for statement in policy.statements
        if applies(statement, caller, action, resource, domains) is None
    ]
    return unclear_gap(undecided, caller, domains, chosen=False)
