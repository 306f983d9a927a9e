"""The calls that findings rest on, where a scan kept them: each once, and lists of them under numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports.html.text import visible
from scanner.model.evidence import Record
from scanner.model.finding import Finding
from scanner.model.result import Result

MOST_CALLS = 5_000
"""In the page: those behind the worst findings. The JSON report has them all."""
IN_ROWS = 3
"""Under a row of the page itself, for reading it without its script."""
LONGEST = 400
"""Characters of an answer."""


@dataclass(frozen=True)
class Call:
    what: str
    who: str
    facts: str


@dataclass(frozen=True)
class Calls:
    """Those of one finding: how many there are, and the first of them."""

    total: int
    first: tuple[Call, ...]


NO_CALLS = Calls(0, ())


def calls(finding: Finding, result: Result) -> Calls:
    cited = finding.evidence or ()
    found = (result.record(id_) for id_ in cited[:IN_ROWS])
    return Calls(len(cited), tuple(_call(record) for record in found if record is not None))


def packed_calls(result: Result, ordered: Sequence[Finding]) -> dict[str, Any]:
    """For the script: `calls` are triples of text, `grounds` lists of their numbers after how many there
    are in all, `ground` the number of each finding's list. All empty where nothing was kept.
    """
    if not result.evidence:
        return {"calls": [], "grounds": [], "ground": []}
    numbers: dict[str, int] = {}
    for id_ in _worst_first(ordered):
        if len(numbers) == MOST_CALLS:
            break
        numbers.setdefault(id_, len(numbers))
    grounds: dict[tuple[str, ...], int] = {}
    ground = [grounds.setdefault(finding.evidence or (), len(grounds)) for finding in ordered]
    known = [record for id_ in numbers if (record := result.record(id_)) is not None]
    return {
        "calls": [[visible(call.what), visible(call.who), visible(call.facts)] for call in map(_call, known)],
        "grounds": [[len(cited), *(numbers[id_] for id_ in cited if id_ in numbers)] for cited in grounds],
        "ground": ground,
    }


def _worst_first(ordered: Sequence[Finding]) -> Iterator[str]:
    for finding in ordered:
        yield from finding.evidence or ()


def _call(record: Record) -> Call:
    place = f"{record.account} {record.region or ''}".rstrip()
    end = record.outcome.value if record.code is None else f"{record.outcome.value}, {record.code}"
    requests = " ".join(record.request_ids) or "without an id"
    facts = record.facts
    asked = f"asked by {record.caller}, line {record.id}"
    return Call(
        what=f"{record.action} in {place}: {end}",
        who=f"{record.at:%Y-%m-%d %H:%M:%S} UTC, request {requests}, {asked}",
        facts=facts if len(facts) <= LONGEST else f"{facts[:LONGEST]}…",
    )
