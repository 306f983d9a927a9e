"""Whether a bucket's policy refuses plain HTTP."""

from collections.abc import Mapping

from scanner.access.callers import STRANGER, Caller, Domain, Nature
from scanner.access.conditions import holds
from scanner.access.globs import filled, meet
from scanner.access.match import Answer, covers, every, negated, opened, some
from scanner.access.parse import Condition, Kind, Policy, Scope, Statement
from scanner.access.search import domains_of, unclear_gap
from scanner.model.reading import Gap, Known, Reading, first_gap

_PLAIN: Mapping[str, Domain] = {
    "aws:securetransport": (("false",),),
    "s3:tlsversion": (None,),  # only TLS has a version
}


def open_to_plain_http(policy: Policy, bucket_arn: str) -> Reading[tuple[str, ...]]:
    """What plain HTTP isn't denied for, of `the bucket` and `its objects`; empty where it is, for everyone.

    Denied means by one statement, for everyone and each action. One that spares somebody, or asks for more
    than the lack of TLS, leaves a hole.
    """
    answers = {
        "the bucket": _denied(policy, bucket_arn),
        "its objects": _denied(policy, f"{bucket_arn}/*"),
    }
    holes = tuple(part for part, found in answers.items() if found == Known(value=False))
    gaps = [found for found in answers.values() if isinstance(found, Gap)]
    return first_gap(gaps) if gaps and not holes else Known(holes)


def _denied(policy: Policy, resource: str) -> Reading[bool]:
    answers = [(deny, _denies_all(deny, resource)) for deny in policy.denies]
    found = some(one for _, one in answers)
    if found is not None:
        return Known(found)
    caller = _anyone(Nature.IDENTITY)
    unclear = [deny for deny, one in answers if one is None]
    return unclear_gap(unclear, caller.principal, domains_of(caller, unclear), chosen=True)


def _denies_all(deny: Statement, resource: str) -> Answer:
    return every(
        [
            _means_everyone(deny),
            _means_all(_lowered(deny.actions), "s3:*"),
            _means_all(deny.resources, resource),
            *(_holds(deny, nature) for nature in Nature),
        ]
    )


def _means_everyone(deny: Statement) -> Answer:
    if deny.principals.inverted:
        return False
    kinds = {principal.kind for principal in deny.principals.listed}
    if Kind.EVERYONE in kinds:
        return True
    return None if Kind.ODD in kinds else False


def _lowered(scope: Scope[str]) -> Scope[str]:
    return Scope(tuple(text.lower() for text in scope.listed), scope.inverted)


def _means_all(scope: Scope[str], pattern: str) -> Answer:
    """Whether the element means all that the pattern matches."""
    if not scope.inverted:
        return some(covers(text, filled(pattern)) for text in scope.listed)
    return negated(some(_touches(text, pattern) for text in scope.listed))


def _touches(text: str, pattern: str) -> Answer:
    if meet(opened(text), pattern) is None:
        return False
    return True if opened(text) == text else None


def _holds(deny: Statement, nature: Nature) -> Answer:
    """Whether the conditions hold for each plain request of such callers."""
    domains = domains_of(_anyone(nature), [deny])
    return every(_always(condition, domains[condition.key]) for condition in deny.conditions)


def _always(condition: Condition, domain: Domain) -> Answer:
    return None if domain is None else every(holds(condition, value) for value in domain)


def _anyone(nature: Nature) -> Caller:
    return Caller(STRANGER, nature, facts=_PLAIN)
