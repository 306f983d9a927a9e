"""The hours of a lane as a calendar: a line for each day, a block for each run of hours alike."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from reports.verification.words import HOURS, LOOKS, Look
from scanner.model.verification import HourState, ProvenLane

HOUR_WIDTH, HEIGHT = 14, 18
"""Pixels."""
_GOOD = frozenset({HourState.PROVEN, HourState.EMPTY})


@dataclass(frozen=True)
class Block:
    """Hours in a row in one state, counted from midnight UTC."""

    first: int
    count: int
    look: Look

    @property
    def x(self) -> int:
        return self.first * HOUR_WIDTH

    @property
    def width(self) -> int:
        return self.count * HOUR_WIDTH - 1

    @property
    def words(self) -> str:
        return f"{self.first:02d}:00 to {self.first + self.count:02d}:00 UTC: {self.look.word}"


@dataclass(frozen=True)
class Day:
    date: date
    blocks: tuple[Block, ...]
    words: str
    """How many hours of the day are in which state, the worst first."""


@dataclass(frozen=True)
class Calendar:
    lane: ProvenLane
    anchor: str
    days: tuple[Day, ...]
    good: bool
    """Every hour is proven."""


def calendars(lanes: Iterable[ProvenLane]) -> list[Calendar]:
    """Those with something amiss first."""
    made = [_calendar(lane) for lane in lanes]
    return sorted(made, key=lambda one: (one.good, one.lane.account, one.lane.region))


def _calendar(lane: ProvenLane) -> Calendar:
    hours = [(hour, stretch.state) for stretch in lane.calendar for hour in stretch.hours()]
    days = [
        _day(day, [(hour.hour, state) for hour, state in found])
        for day, found in groupby(hours, key=lambda pair: pair[0].date())
    ]
    return Calendar(
        lane=lane,
        anchor=f"calendar-{lane.account}-{lane.region}",
        days=tuple(days),
        good=all(state in _GOOD for _, state in hours),
    )


def _day(day: date, hours: list[tuple[int, HourState]]) -> Day:
    blocks = []
    for state, run in groupby(hours, key=lambda pair: pair[1]):
        found = [hour for hour, _ in run]
        blocks.append(Block(found[0], len(found), LOOKS[state]))
    counts = Counter(state for _, state in hours)
    words = ", ".join(f"{counts[look.state]} {look.word}" for look in HOURS if counts[look.state])
    return Day(day, tuple(blocks), words)
