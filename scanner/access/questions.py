"""What is asked of a policy.

A known answer decides: what is sure is told even where a statement beside it can't be judged. Only where
nothing is sure the answer is a gap, which names the statement.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from scanner.access.callers import CLOUDTRAIL, STRANGER, Caller, Domain, Nature, Trusted, is_cloudtrail
from scanner.access.conditions import NEGATED
from scanner.access.globs import filled, is_pattern, like, meet
from scanner.access.keys import BOUNDING, CLOUDTRAIL_CONTEXT
from scanner.access.match import opened
from scanner.access.parse import UNCLEAR, Kind, Policy, Principal, Statement, arn_of
from scanner.access.search import Deed, Trial, decided, domains_of
from scanner.model.reading import Gap, Known, Reading, any_of, first_gap


@dataclass(frozen=True, slots=True)
class Bound:
    """A condition that says for whom or what a statement grants."""

    key: str
    operator: str
    """In lower case, without quantifier and IfExists."""
    values: tuple[str, ...]

    def __str__(self) -> str:
        if self.operator == "null":
            return f"{self.key} {'absent' if 'true' in self.values else 'present'}"
        but = "other than " if self.operator in NEGATED else ""
        return f"{self.key} {but}{' or '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class ServiceGrant:
    """One statement that lets the CloudTrail service write, or may do so."""

    statement: str
    granted: Reading[bool]
    """True, or a gap where that can't be told."""
    bounds: tuple[Bound, ...]
    bound: Reading[bool]
    """Whether CloudTrail is refused when it works for a stranger's trail."""


@dataclass(frozen=True, slots=True)
class TrailSource:
    """The trail that CloudTrail works for, as the request's conditions show it.

    `organization` is the id of the organization that the trail's account is in, None in none.
    """

    arn: str
    account: str
    organization: Reading[str | None]

    @property
    def facts(self) -> dict[str, Domain]:
        organization: Domain = None
        paths: Domain = None
        match self.organization:
            case Known(None):
                organization = paths = (None,)
            case Known(str(id_)):
                organization = ((id_,),)
            case _:
                pass
        return {
            "aws:sourcearn": ((self.arn,),),
            "aws:sourceaccount": ((self.account,),),
            "aws:sourceorgid": organization,
            "aws:sourceorgpaths": paths,
            CLOUDTRAIL_CONTEXT: ((self.arn,),),
        }


@dataclass(frozen=True, slots=True)
class Writer:
    """Whom a statement lets do some of what was asked."""

    who: str
    """`everyone`, `account 111122223333`, an ARN, a service, `anyone with aws:PrincipalOrgID o-1`."""
    statement: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `context` has the values of each condition key that it carries; case doesn't count."""

    caller: Principal
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]]


def allows(policy: Policy, request: Request) -> Reading[bool]:
    """Whether the policy by itself allows the request; what identity policies say is another matter."""
    context = {key.lower(): values for key, values in request.context.items()}
    keys = {condition.key for statement in policy.statements for condition in statement.conditions}
    domains: dict[str, Domain] = {key: (context.get(key),) for key in keys}
    return decided(policy, request.caller, request.action, request.resource, domains)


def public(policy: Policy) -> Reading[tuple[str, ...]]:
    """The statements that let strangers in: anybody at all, signed in or not, or through an AWS service.

    Empty where none does. A Deny takes an Allow back for whom it applies to.
    """
    return _collected(
        (statement.label, any_of(_strangers(policy, statement)))
        for statement in policy.allows
        if _means_many(statement)
    )


def _strangers(policy: Policy, allow: Statement) -> Iterator[Reading[bool]]:
    for nature in Nature:
        trial = Trial(policy, allow, Caller(STRANGER, nature, stranger=True))
        for deed in _own_deeds(policy, allow):
            yield trial.may(deed)


def _own_deeds(policy: Policy, allow: Statement) -> Iterator[Deed]:
    """What the statement itself is about, and of that what a Deny with NotAction spares.

    A wildcard is taken to mean more actions than those that Deny statements list one by one.
    """
    spared = sorted({text for deny in policy.denies if deny.actions.inverted for text in deny.actions.listed})
    actions = ["*"] if allow.actions.inverted else [opened(text).lower() for text in allow.actions.listed]
    resources = ["*"] if allow.resources.inverted else [opened(text) for text in allow.resources.listed]
    for pattern, service in product(actions, _services(policy)):
        own = meet(pattern, service)
        if own is not None:
            inner = (meet(pattern, opened(text).lower()) for text in spared)
            for action in (own, *(text for text in inner if text is not None and like(service, text))):
                yield from (Deed(action, resource) for resource in resources)


def _services(policy: Policy) -> list[str]:
    """Patterns of the actions that there are on what has the policy: those of one service, such as `s3:*`."""
    arns = [arn_of(text) for one in policy.statements for text in one.resources.listed]
    actions = [(one.actions.inverted, text) for one in policy.statements for text in one.actions.listed]
    sources = (
        {arn.service for arn in arns if arn is not None},
        {text.split(":")[0].lower() for inverted, text in actions if not inverted},
        {text.split(":")[0].lower() for _, text in actions},
    )
    for source in sources:
        if services := sorted(one for one in source if one and not is_pattern(one)):
            return [f"{service}:*" for service in services]
    return ["*"]


def _collected(found: Iterable[tuple[str, Reading[bool]]]) -> Reading[tuple[str, ...]]:
    """Those that are known to be true; a gap where none is and one may be."""
    readings = tuple(found)
    sure = tuple(name for name, reading in readings if reading == Known(value=True))
    gaps = [reading for _, reading in readings if isinstance(reading, Gap)]
    return first_gap(gaps) if gaps and not sure else Known(sure)


def _means_many(statement: Statement) -> bool:
    """Whether others than those it names may be meant."""
    return statement.principals.inverted or any(
        principal.kind in (Kind.EVERYONE, Kind.ODD) for principal in statement.principals.listed
    )


def service_grants(policy: Policy, action: str, resource: str) -> tuple[ServiceGrant, ...]:
    """Each statement that lets the CloudTrail service do this, for one trail or another.

    `action` has no wildcard (`s3:PutObject`, `kms:GenerateDataKey`, `sns:Publish`); `resource` may be a
    pattern, of the objects that trails write for instance.
    """
    deed = Deed(action, resource)
    anyones, strangers = (_cloudtrails(policy, stranger=stranger) for stranger in (False, True))
    grants = []
    for allow in policy.allows:
        granted = any_of(Trial(policy, allow, caller).may(deed) for caller in anyones)
        if granted != Known(value=False):
            strange = any_of(Trial(policy, allow, caller).may(deed) for caller in strangers)
            bound = strange.map(lambda may_write: not may_write)
            grants.append(ServiceGrant(allow.label, granted, _bounds(allow), bound))
    return tuple(grants)


def _cloudtrails(
    policy: Policy, *, stranger: bool, source: Mapping[str, Domain] | None = None
) -> list[Caller]:
    """CloudTrail under each name that the policy knows it by, as it writes."""
    named = {
        principal
        for statement in policy.statements
        for principal in statement.principals.listed
        if is_cloudtrail(principal)
    }
    return [
        Caller(
            principal,
            Nature.SERVICE,
            stranger=stranger,
            facts={
                "aws:principalservicename": ((principal.value,),),
                "aws:securetransport": (("true",),),
                "s3:x-amz-acl": (("bucket-owner-full-control",),),
                **(source or {}),
            },
        )
        for principal in sorted(named or {CLOUDTRAIL})
    ]


def _bounds(statement: Statement) -> tuple[Bound, ...]:
    return tuple(
        Bound(condition.name, condition.operator, condition.values)
        for condition in statement.conditions
        if condition.key in BOUNDING
    )


def admits(policy: Policy, source: TrailSource, action: str, resource: str) -> Reading[bool]:
    """Whether the policy lets CloudTrail do this for that trail, whatever else the request carries.

    A pattern as `resource` asks for all that it matches.
    """
    return any_of(
        decided(policy, caller.principal, action, filled(resource), domains_of(caller, policy.statements))
        for caller in _cloudtrails(policy, stranger=False, source=source.facts)
    )


def writers(
    policy: Policy, deeds: Iterable[Deed], trusted: Iterable[str] = ()
) -> Reading[tuple[Writer, ...]]:
    """Who else may do any of the deeds, sorted: whoever is neither trusted nor CloudTrail.

    `trusted` as in `Trusted`. A Deny takes an Allow back for whom it applies to. A canonical user is a gap,
    for it may be the trusted account by another name.
    """
    asked = tuple(deeds)
    sure: set[Writer] = set()
    gaps: list[Gap] = []
    for allow in policy.allows:
        for who, callers in _others(policy, allow, Trusted(tuple(trusted))):
            trials = [Trial(policy, allow, caller) for caller in callers]
            found = _collected((deed.action, any_of(trial.may(deed) for trial in trials)) for deed in asked)
            match found:
                case Gap():
                    gaps.append(found)
                case Known(actions) if actions and callers[0].principal.kind is Kind.CANONICAL:
                    gaps.append(Gap(f"{allow.label}: it can't be told who {who} is", code=UNCLEAR))
                case Known(actions) if actions:
                    sure.add(Writer(who, allow.label, tuple(sorted(set(actions)))))
                case Known():
                    pass
    if sure or not gaps:
        return Known(tuple(sorted(sure, key=lambda writer: (writer.who, writer.statement))))
    return first_gap(gaps)


def _others(policy: Policy, allow: Statement, trusted: Trusted) -> Iterator[tuple[str, Sequence[Caller]]]:
    """Whom the statement may mean, each with the kinds of callers that it stands for."""
    if _means_many(allow):
        # Whom it names beside `*` is meant by that already.
        callers = [Caller(STRANGER, nature, trusted=trusted) for nature in Nature]
        yield _many(policy, allow), callers
    else:
        for principal in allow.principals.listed:
            if principal.kind is not Kind.DELETED and not trusted.includes(principal):
                yield str(principal), [_named(principal, trusted)]


def _many(policy: Policy, allow: Statement) -> str:
    """How to call those whom a statement for everyone lets in."""
    bounds = _bounds(allow)
    if any_of(_strangers(policy, allow)) == Known(value=True):
        return "everyone"
    if bounds:
        return f"anyone with {' and '.join(sorted(map(str, bounds)))}"
    return "anyone whom no Deny stops"


def _named(principal: Principal, trusted: Trusted) -> Caller:
    facts: dict[str, Domain] = {}
    if principal.account is not None:
        facts["aws:principalaccount"] = facts["kms:calleraccount"] = ((principal.account,),)
    # A session's ARN doesn't tell its role's path.
    if principal.kind is Kind.IDENTITY and ":sts:" not in principal.value:
        facts["aws:principalarn"] = ((principal.value,),)
    if principal.kind is Kind.SERVICE:
        facts["aws:principalservicename"] = ((principal.value,),)
        return Caller(principal, Nature.SERVICE, facts=facts)
    return Caller(principal, Nature.IDENTITY, trusted=trusted, facts=facts)
