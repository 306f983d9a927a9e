"""What to do first, and what could not be checked."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.html.overview import READ, is_open, label
from reports.html.policies import policy_document, refused
from reports.html.text import check_link, findings_link, search_words
from reports.html.words import OUTCOMES
from reports.verdicts import RANKS, Missing, missing
from scanner.model.arn import is_arn, parse_arn
from scanner.model.finding import Finding, Severity, Status
from scanner.model.reading import Outcome
from scanner.model.result import Report, Result

MOST = 10
"""Things to do first. More is a list, not advice."""
SEVERAL = 3
"""Checks that one resource fails before it is better told as one thing to mend."""
MANY = 10
"""The same for a whole account: so many have one cause, mostly that there is no trail."""
EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """The same words on several findings: how often, and one resource that they are said of."""

    message: str
    resource: str
    count: int


@dataclass(frozen=True)
class Todo:
    """Failures that one piece of work would mend: those of one check, or those of one resource."""

    heading: str
    is_resource: bool
    severity: Severity
    failures: int
    resources: int
    accounts: int
    checks: tuple[tuple[str, str], ...]
    """Each check's id with the link to its prose."""
    examples: tuple[Example, ...]
    more: int
    """Failures beyond the examples."""
    link: str


def todos(report: Report) -> tuple[Todo, ...]:
    """The worst first; each failure counts in one of them only."""
    titles = {doc.id: doc.title for doc in report.checks}
    names = {account.id: label(account) for account in report.result.scope.accounts}
    left = [finding for finding in report.result.findings if is_open(finding)]
    found: list[Todo] = []
    while left and len(found) < MOST:
        is_resource, key, group = _worst(left)
        account = group[0].account if is_resource and _is_account(key) else None
        heading = f"Account {names.get(account, account)}" if account else titles.get(key, key)
        found.append(_todo(heading, key, group, is_resource=is_resource))
        taken = {id(finding) for finding in group}
        left = [finding for finding in left if id(finding) not in taken]
    return tuple(found)


def _worst(failures: Sequence[Finding]) -> tuple[bool, str, list[Finding]]:
    """The group to mend first: by its worst severity, then by how much of that it mends."""
    by_check: dict[str, list[Finding]] = defaultdict(list)
    by_resource: dict[str, list[Finding]] = defaultdict(list)
    for finding in failures:
        by_check[finding.check].append(finding)
        by_resource[finding.resource].append(finding)
    groups = [(False, check, group) for check, group in by_check.items()]
    groups += [
        (True, resource, group)
        for resource, group in by_resource.items()
        if len({finding.check for finding in group}) >= (MANY if _is_account(resource) else SEVERAL)
    ]
    return max(groups, key=lambda group: (_weight(group[2]), not group[0]))


def _is_account(resource: str) -> bool:
    return is_arn(resource) and parse_arn(resource)[1:] == ("iam", "", parse_arn(resource).account, "root")


def _weight(group: Sequence[Finding]) -> tuple[int, int, int]:
    ranks = Counter(RANKS[finding.severity] for finding in group)
    worst = max(ranks)
    return worst, ranks[worst], len(group)


def _todo(heading: str, key: str, group: Sequence[Finding], *, is_resource: bool) -> Todo:
    checks = sorted({finding.check for finding in group})
    wanted = {"q": search_words(key)} if is_resource else {"check": checks[0]}
    examples = _examples(group, by_check=is_resource)
    return Todo(
        heading=heading,
        is_resource=is_resource,
        severity=max((finding.severity for finding in group), key=lambda severity: RANKS[severity]),
        failures=len(group),
        resources=len({(finding.account, finding.region, finding.resource) for finding in group}),
        accounts=len({finding.account for finding in group}),
        checks=tuple((check, check_link(check)) for check in checks),
        examples=examples,
        more=len(group) - sum(example.count for example in examples),
        link=findings_link(status=Status.FAIL, **wanted),
    )


def _examples(group: Sequence[Finding], *, by_check: bool) -> tuple[Example, ...]:
    """The most frequent words, with one resource (or, of one resource, with the check) for each."""
    said: dict[str, list[Finding]] = defaultdict(list)
    for finding in group:
        said[finding.message].append(finding)
    often = sorted(said.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        Example(message, findings[0].check if by_check else findings[0].resource, len(findings))
        for message, findings in often[:EXAMPLES]
    )


@dataclass(frozen=True)
class Unknowns:
    """Verdicts that wait for the same thing."""

    action: str | None
    operation: str | None
    code: str | None
    meaning: str
    count: int
    accounts: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]
    link: str
    policy: Markup | None
    """What would grant the action; None where AWS did not refuse it."""


@dataclass(frozen=True)
class LostReadings:
    """Calls of one action that ended the same way."""

    action: str
    outcome: Outcome
    meaning: str
    code: str | None
    count: int
    accounts: tuple[str, ...]
    regions: tuple[str, ...]


def unknowns(result: Result) -> tuple[Unknowns, ...]:
    """The most frequent reason first."""
    denied = refused(result)
    return tuple(_unknowns(group, denied) for group in missing(result))


def all_grants(groups: Iterable[Unknowns]) -> Markup | None:
    """One policy in place of several; None where there is one or none."""
    actions = {group.action for group in groups if group.policy is not None and group.action}
    return policy_document(actions) if len(actions) > 1 else None


def _unknowns(group: Missing, denied: Collection[tuple[str | None, str | None]]) -> Unknowns:
    grants = group.action if (group.action, group.code) in denied else None
    return Unknowns(
        action=group.action,
        operation=group.operation,
        code=group.code,
        meaning=group.meaning,
        count=len(group.findings),
        accounts=group.accounts,
        checks=tuple((check, check_link(check)) for check in group.checks),
        link=_unknown_link(group.checks, group.action or ""),
        policy=policy_document([grants]) if grants else None,
    )


def _unknown_link(checks: Sequence[str], search: str) -> str:
    wanted = {"check": checks[0]} if len(checks) == 1 else {}
    if search:
        wanted["q"] = search_words(search)
    return findings_link(status=Status.UNKNOWN, **wanted)


def lost_readings(result: Result) -> tuple[LostReadings, ...]:
    """Calls that gave no fact, the most frequent first."""
    groups: dict[tuple[str, Outcome, str | None], Counter[tuple[str, str | None]]] = defaultdict(Counter)
    for reading in result.readings:
        if reading.outcome not in READ:
            key = (reading.action, reading.outcome, reading.code)
            groups[key][reading.account, reading.region] += reading.count
    rows = [
        LostReadings(
            action=action,
            outcome=outcome,
            meaning=OUTCOMES[outcome],
            code=code,
            count=places.total(),
            accounts=_sorted(account for account, _ in places),
            regions=_sorted(region for _, region in places if region is not None),
        )
        for (action, outcome, code), places in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.action, row.outcome, row.code or "")))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
