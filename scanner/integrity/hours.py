"""The calendar of a lane: each hour of the period is as bad as its worst minute."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from scanner.integrity.layout import HOUR
from scanner.model.verification import HourCounts, HourState, Stretch

_RANKS = {state: state.rank for state in HourState}


class Span(NamedTuple):
    """Time in one state. Spans may overlap: the worst counts."""

    first: datetime
    last: datetime
    state: HourState

    def within(self, first: datetime, last: datetime) -> bool:
        return self.first < last and self.last > first


def calendar(spans: Iterable[Span], start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Each hour that [start, end) touches, once. What no span says anything of is not covered."""
    states: dict[datetime, HourState] = {}
    for span in spans:
        first, last = max(span.first, start), min(span.last, end)
        for hour in hours(first, last):
            worst = states.get(hour)
            if worst is None or _RANKS[span.state] > _RANKS[worst]:
                states[hour] = span.state
    runs = groupby(hours(start, end), key=lambda hour: states.get(hour, HourState.NOT_COVERED))
    return tuple(_stretch(state, list(run)) for state, run in runs)


def _stretch(state: HourState, run: list[datetime]) -> Stretch:
    return Stretch(first=run[0], last=run[-1] + HOUR, state=state)


def hours(first: datetime, last: datetime) -> Iterator[datetime]:
    """The full hours that [first, last) touches."""
    hour = first.replace(minute=0, second=0, microsecond=0)
    while hour < last:
        yield hour
        hour += HOUR


def count(stretches: Iterable[Stretch]) -> HourCounts:
    counts: Counter[str] = Counter()
    for stretch in stretches:
        counts[stretch.state.value.replace("-", "_")] += (stretch.last - stretch.first) // HOUR
    return HourCounts(**counts)


def without(
    first: datetime, last: datetime, taken: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a time, in order."""
    for start, end in sorted(taken):
        if start > first:
            yield first, min(start, last)
        first = max(first, end)
        if first >= last:
            return
    if first < last:
        yield first, last


def total(times: Iterable[tuple[datetime, datetime]]) -> timedelta:
    return sum((last - first for first, last in times), timedelta())
