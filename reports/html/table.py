"""All findings, packed for the script; the worst of them also as rows of the page itself.

A report of 100,000 findings must open fast, so everything that repeats stands once, in a list, and a
finding is three indexes. The script's side of this format is `unpack` in script.js.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from markupsafe import Markup

from reports.html.heatmap import LOOKS, HeatMap, Look, check_order, mark
from reports.html.text import check_link, number, visible
from reports.html.words import RANKS, SEVERITIES
from scanner.model.finding import Finding, Reason, Severity
from scanner.model.result import Report

MOST_ROWS = 1000
"""Rows in the page itself, for reading it without its script."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Row:
    look: Look
    severity: Severity
    check: str
    check_link: str
    account: str
    name: str | None
    region: str | None
    resource: str
    message: str
    note: str


class Index(Generic[K]):
    """Values under numbers, the most frequent ones first: their numbers are the shortest."""

    def __init__(self, values: Iterable[K]) -> None:
        counts = Counter(values)
        self.values = sorted(counts, key=lambda value: -counts[value])
        self._numbers = {value: index for index, value in enumerate(self.values)}

    def __getitem__(self, value: K) -> int:
        return self._numbers[value]


_ORDER = {look.mark: index for index, look in enumerate(LOOKS)}


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By verdict, then severity, then the order of the result."""
    return sorted(findings, key=lambda one: (_ORDER[mark(one)], -RANKS[one.severity]))


def note(finding: Finding) -> str:
    """What a person needs beside the message: the call that failed, the waiver, the change."""
    parts = []
    reason = finding.reason
    if isinstance(reason, Reason) and reason.action:
        parts.append(f"No answer from {reason.action}" + (f" ({reason.code})" if reason.code else ""))
    if finding.waiver is not None:
        waiver = finding.waiver
        approved = f", approved by {waiver.approver}" if waiver.approver else ""
        ticket = f" [{waiver.ticket}]" if waiver.ticket else ""
        parts.append(
            f"Waiver {waiver.id} of {waiver.owner}{approved}, until {waiver.expires}: {waiver.reason}{ticket}"
        )
    if finding.change is not None and finding.change != "unchanged":
        parts.append(f"Since the baseline: {finding.change}")
    return ". ".join(parts)


def rows(report: Report, ordered: Sequence[Finding]) -> tuple[Row, ...]:
    names = {account.id: account.name for account in report.result.scope.accounts}
    return tuple(
        Row(
            look=LOOKS[_ORDER[mark(finding)]],
            severity=finding.severity,
            check=finding.check,
            check_link=check_link(finding.check),
            account=finding.account,
            name=names.get(finding.account),
            region=finding.region,
            resource=finding.resource,
            message=finding.message,
            note=note(finding),
        )
        for finding in ordered[:MOST_ROWS]
    )


def without_script(total: int) -> str:
    """What the page says above its rows while no script has taken over."""
    if total <= MOST_ROWS:
        return f"All {number(total)} findings, the worst first. Searching and sorting need JavaScript."
    return (
        f"The first {number(MOST_ROWS)} of {number(total)} findings, the worst first. "
        "This page shows the others where JavaScript is allowed; the JSON report holds them all."
    )


def packed(report: Report, ordered: Sequence[Finding], heat: HeatMap) -> Markup:
    """The JSON that the script reads, safe inside a script element."""
    names = {account.id: account.name or "" for account in report.result.scope.accounts}
    checks = check_order(report)
    kind_of = [(finding.check, mark(finding), finding.severity) for finding in ordered]
    place_of = [(finding.account, finding.region or "", finding.resource) for finding in ordered]
    words_of = [(finding.message, note(finding)) for finding in ordered]
    kinds, places, words = Index(kind_of), Index(place_of), Index(words_of)
    accounts = Index(sorted(account for account, _, _ in places.values))
    regions = Index(region for _, region, _ in places.values)
    resources = Index(resource for _, _, resource in places.values)
    numbers = {check: number for number, check in enumerate(checks)}
    data = {
        "looks": LOOKS,
        "severities": SEVERITIES,
        "checks": [visible(check) for check in checks],
        "accounts": [[account, visible(names.get(account, ""))] for account in accounts.values],
        "regions": [visible(region) for region in regions.values],
        "resources": [visible(resource) for resource in resources.values],
        "kinds": _flat(
            (numbers[check], _ORDER[one], SEVERITIES.index(severity)) for check, one, severity in kinds.values
        ),
        "places": _flat(
            (accounts[account], regions[region], resources[resource])
            for account, region, resource in places.values
        ),
        "words": _flat((visible(message), visible(beside)) for message, beside in words.values),
        "findings": _flat(
            (kinds[kind], places[place], words[said])
            for kind, place, said in zip(kind_of, place_of, words_of, strict=True)
        ),
        "rest": [accounts[account] for account in heat.rest],
    }
    return in_script(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _flat(groups: Iterable[tuple[K, ...]]) -> list[K]:
    return list(chain.from_iterable(groups))


def in_script(text: str) -> Markup:
    """JSON that can neither end its script element nor open a comment in it."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - nothing of HTML is left in it
