"""All findings, packed for the script; the worst of them also as rows of the page itself.

A report of 100,000 findings must open fast, so everything that repeats stands once, in a list, and a
finding is three indexes. The script's side of this format is `unpack` in script/data.js.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from markupsafe import Markup

from reports.html.evidence import Calls, calls, packed_calls
from reports.html.heatmap import HeatMap
from reports.html.text import check_link, number, visible
from reports.html.words import SEVERITIES, STATES
from reports.verdicts import LOOKS, ORDER, Look, account_names, check_order, mark, note
from scanner.model.finding import Finding, Severity
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
    calls: Calls


class Index(Generic[K]):
    """Values under numbers, the most frequent ones first: their numbers are the shortest."""

    def __init__(self, values: Iterable[K]) -> None:
        counts = Counter(values)
        self.values = sorted(counts, key=lambda value: -counts[value])
        self._numbers = {value: index for index, value in enumerate(self.values)}

    def __getitem__(self, value: K) -> int:
        return self._numbers[value]


def rows(report: Report, ordered: Sequence[Finding]) -> tuple[Row, ...]:
    names = account_names(report.result)
    return tuple(
        Row(
            look=LOOKS[ORDER[mark(finding)]],
            severity=finding.severity,
            check=finding.check,
            check_link=check_link(finding.check),
            account=finding.account,
            name=names.get(finding.account),
            region=finding.region,
            resource=finding.resource,
            message=finding.message,
            note=note(finding),
            calls=calls(finding, report.result),
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


def on_paper(listed: int, total: int) -> str:
    """What the page says above its rows where they are those that are failed, unknown or waived."""
    if listed == 0:
        return "No finding is failed, unknown or waived. The JSON report holds them all."
    first = f"The first {number(MOST_ROWS)} of" if listed > MOST_ROWS else "All"
    rest = f"The other {number(total - listed)} passed or do not apply. " if total > listed else ""
    return (
        f"{first} {number(listed)} findings that are failed, unknown or waived, the worst first. "
        f"{rest}The JSON report holds them all."
    )


def packed(report: Report, ordered: Sequence[Finding], heat: HeatMap, block_of: Mapping[str, int]) -> Markup:
    """The JSON that the script reads, safe inside a script element.

    `block_of` is the place of each account in the coverage map.
    """
    names = account_names(report.result)
    checks = check_order(report)
    kind_of = [(finding.check, mark(finding), finding.severity) for finding in ordered]
    place_of = [(finding.account, finding.region or "", finding.resource) for finding in ordered]
    words_of = [(finding.message, note(finding)) for finding in ordered]
    kinds, places, words = Index(kind_of), Index(place_of), Index(words_of)
    accounts = Index(sorted(account for account, _, _ in places.values))
    regions = Index(region for _, region, _ in places.values)
    resources = Index(resource for _, _, resource in places.values)
    scope = report.result.scope.accounts
    spans = Index(account.regions for account in scope)
    numbers = {check: number for number, check in enumerate(checks)}
    data = {
        "looks": LOOKS,
        "severities": SEVERITIES,
        "checks": [visible(check) for check in checks],
        "accounts": [[account, visible(names.get(account) or "")] for account in accounts.values],
        "regions": [visible(region) for region in regions.values],
        "resources": [visible(resource) for resource in resources.values],
        "kinds": _flat(
            (numbers[check], ORDER[one], SEVERITIES.index(severity)) for check, one, severity in kinds.values
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
        "states": STATES,
        "scope": [
            [
                account.id,
                visible(account.name or ""),
                account.state,
                visible(account.reason or ""),
                spans[account.regions],
                block_of.get(account.id, 0),
            ]
            for account in scope
        ],
        "regionLists": spans.values,
        **packed_calls(report.result, ordered),
    }
    return in_script(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _flat(groups: Iterable[tuple[K, ...]]) -> list[K]:
    return list(chain.from_iterable(groups))


def in_script(text: str) -> Markup:
    """JSON that can neither end its script element nor open a comment in it."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - nothing of HTML is left in it
