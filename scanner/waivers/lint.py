"""What is stale or doubtful in a file of waivers that is well-formed."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Literal, NamedTuple

from scanner.access.globs import meet
from scanner.model.finding import Finding
from scanner.model.waiver import WaiverRule
from scanner.waivers.apply import apply
from scanner.words import plural

Kind = Literal["expired", "unused", "overlapping", "soon"]


class Remark(NamedTuple):
    """Something to see to. Of two waivers that overlap, `waiver` is the later one in the file."""

    waiver: str
    kind: Kind
    text: str


def remarks(
    waivers: Sequence[WaiverRule], today: date, *, soon: int, findings: Sequence[Finding] | None = None
) -> tuple[Remark, ...]:
    """In the order of the file. `soon`: days until an end that is worth a word, and `findings` those of a
    run, without which nobody can say what is unused.
    """
    order = {waiver.id: at for at, waiver in enumerate(waivers)}
    found = [*_ending(waivers, today, soon), *_overlapping(waivers, today)]
    if findings is not None:
        _, notes = apply(findings, waivers, today)
        found += [Remark(note.id, "unused", note.detail) for note in notes if note.state == "unused"]
    return tuple(sorted(found, key=lambda one: (order[one.waiver], one.kind)))


def _ending(waivers: Sequence[WaiverRule], today: date, soon: int) -> Iterator[Remark]:
    for waiver in waivers:
        left = (waiver.expires - today).days
        if left < 0:
            yield Remark(waiver.id, "expired", f"ended on {waiver.expires}: remove or renew it")
        elif left <= soon:
            when = "today" if not left else f"in {plural(left, 'day')}"
            yield Remark(waiver.id, "soon", f"ends {when}, with {waiver.expires}")


def _overlapping(waivers: Sequence[WaiverRule], today: date) -> Iterator[Remark]:
    """Pairs that excuse the same failure on some day from today on: nobody knows whose it is."""
    for one, other in combinations(waivers, 2):
        first, last = max(one.created, other.created, today), min(one.expires, other.expires)
        if one.check == other.check and first <= last and _meet(one, other):
            yield Remark(other.id, "overlapping", f"is also about what {one.id} is about, until {last}")


def _meet(one: WaiverRule, other: WaiverRule) -> bool:
    """Whether some subject is in both scopes."""
    pairs = (
        (one.scope.account, other.scope.account),
        (one.scope.region, other.scope.region),
        (one.scope.resource, other.scope.resource),
    )
    return all(meet(mine, yours) is not None for mine, yours in pairs)
