"""How one piece of the chain stands: it holds, it is broken (where and how), or that can't be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from scanner.model.reading import Gap, Known, Reading, first_gap


class Link(IntEnum):
    """The links in the order in which an event passes them."""

    TRAIL = 1
    LOG_GROUP = 2
    FILTER = 3
    METRIC = 4
    ALARM = 5
    ACTION = 6
    TOPIC = 7


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken, in words that make a sentence."""

    link: Link
    words: str


State: TypeAlias = Reading[Break | None]
"""Known(None): it holds."""

HOLDS: State = Known(None)


def broken(link: Link, words: str) -> State:
    return Known(Break(link, words))


def _apart(states: Iterable[State]) -> tuple[bool, list[Break], list[Gap]]:
    """Whether one of them holds, the breaks and the gaps."""
    holds = False
    breaks: list[Break] = []
    gaps: list[Gap] = []
    for state in states:
        match state:
            case Known(Break() as found):
                breaks.append(found)
            case Gap():
                gaps.append(state)
            case _:
                holds = True
    return holds, breaks, gaps


def in_series(states: Iterable[State]) -> State:
    """All must hold: the first known break decides, whatever can't be told."""
    _, breaks, gaps = _apart(states)
    if breaks:
        return Known(min(breaks, key=lambda one: (one.link, one.words)))
    return first_gap(gaps) if gaps else HOLDS


def any_way(states: Iterable[State]) -> State:
    """One that holds is enough; where none does, the break of the one that comes furthest is named."""
    holds, breaks, gaps = _apart(states)
    if holds:
        return HOLDS
    if gaps:
        return first_gap(gaps)
    return Known(min(breaks, key=lambda one: (-one.link, one.words))) if breaks else HOLDS
