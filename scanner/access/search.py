"""Whether some request of a caller's is allowed.

A caller may choose among values (see `Caller.domain`). An Allow lets it through where each of its conditions
leaves one; each Deny in the way must then be avoided by a value that one of its conditions doesn't hold for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanner.access.callers import Caller, Domain
from scanner.access.conditions import holds
from scanner.access.globs import filled, like, meet
from scanner.access.match import Answer, acts, every, holds_resource, names, opened, some
from scanner.access.parse import UNCLEAR, Condition, Policy, Principal, Statement
from scanner.model.reading import Gap, Known, Reading

PATIENCE = 20_000
"""Steps of one search until it gives up. A policy of ten Deny statements needs some tens."""

Domains = Mapping[str, Domain]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action without wildcards, on any of the resources that the pattern `resource` matches."""

    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """One resource that stands for those that an Allow and a deed have in common.

    `whole`: texts of which a pattern must match one to cover all that they have in common.
    """

    resource: str
    whole: tuple[str, ...]


def may(policy: Policy, allow: Statement, caller: Caller, deed: Deed) -> Reading[bool]:
    """Whether the caller may do the deed by this statement, in spite of every Deny."""
    domains = domains_of(caller, policy.statements)
    if _reaches(policy, allow, caller, deed, domains, strict=True):
        return Known(value=True)
    if not _reaches(policy, allow, caller, deed, domains, strict=False):
        return Known(value=False)
    return unclear_gap(
        [allow, *(deny for deny in policy.denies if names(deny, caller.principal) is not False)],
        caller.principal,
        domains,
    )


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


def unclear_gap(statements: Iterable[Statement], caller: Principal, domains: Domains) -> Gap:
    """Names the statements that leave the answer open, and what in them."""
    whys = sorted({why for statement in statements for why in _whys(statement, caller, domains)})
    return Gap(" and ".join(whys) or "the policy has too many conditions to weigh", code=UNCLEAR)


def _whys(statement: Statement, caller: Principal, domains: Domains) -> Iterator[str]:
    if names(statement, caller) is None:
        yield f"{statement.label}: it can't be told whether its principal is {caller}"
    if any("${" in text for text in (*statement.actions.listed, *statement.resources.listed)):
        yield f"{statement.label}: its policy variables can't be resolved"
    for condition in statement.conditions:
        domain = domains[condition.key]
        if domain is None or any(holds(condition, value) is None for value in domain):
            yield f"{statement.label}: its condition on {condition.name} can't be judged"


def _reaches(
    policy: Policy, allow: Statement, caller: Caller, deed: Deed, domains: Domains, *, strict: bool
) -> bool:
    """Strict: for sure. Else: for all that can be told."""
    if not _true(every([names(allow, caller.principal), acts(allow, deed.action)]), strict=strict):
        return False
    left = domains
    for condition in allow.conditions:
        narrowed = _narrowed(left, condition, to=True, strict=strict)
        if narrowed is None:
            return False
        left = narrowed
    near = [
        deny
        for deny in policy.denies
        if not _false(every([names(deny, caller.principal), acts(deny, deed.action)]), strict=strict)
    ]
    for spot in _spots(allow, deed.resource, near):
        if not _true(holds_resource(allow, spot.resource), strict=strict):
            continue
        denies = [deny for deny in near if not _false(_denied(deny, caller, deed, spot), strict=strict)]
        if _Search(strict=strict).avoids(sorted(denies, key=lambda deny: len(deny.conditions)), left):
            return True
    return False


def _true(found: Answer, *, strict: bool) -> bool:
    return found is True or (found is None and not strict)


def _false(found: Answer, *, strict: bool) -> bool:
    return found is False or (found is None and not strict)


def _denied(deny: Statement, caller: Caller, deed: Deed, spot: _Spot) -> Answer:
    covered = some(holds_resource(deny, text) for text in spot.whole)
    if covered is False and holds_resource(deny, spot.resource) is not False:
        covered = None
    return every([names(deny, caller.principal), acts(deny, deed.action), covered])


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


def _narrowed(domains: Domains, condition: Condition, *, to: bool, strict: bool) -> Domains | None:
    """The domains with just the values for which the condition has that answer; None if none is left."""
    domain = domains[condition.key]
    if domain is None:
        return None if strict else domains
    left = tuple(
        value
        for value in domain
        if (found := holds(condition, value)) is to or (found is None and not strict)
    )
    return {**domains, condition.key: left} if left else None


class _Search:
    """One search, which counts its steps."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._steps = 0

    def avoids(self, denies: list[Statement], domains: Domains) -> bool:
        """Whether values are left for which no Deny holds. Out of patience: not for sure, but perhaps."""
        if not denies:
            return True
        self._steps += 1
        if self._steps > PATIENCE:
            return not self._strict
        for condition in denies[0].conditions:
            left = _narrowed(domains, condition, to=False, strict=self._strict)
            if left is not None and self.avoids(denies[1:], left):
                return True
        return False


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
    return unclear_gap(undecided, caller, domains)
