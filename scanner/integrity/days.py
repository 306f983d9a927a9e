"""The days of a lane, one behind the other: few are under way at once, so little is held at once.

A day's digests are read first. Its log files are listed when the digests of the next day are read too,
since those name the last of them; what was named and not listed by then is asked for all the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")

AHEAD = 16
"""Days that are under way at most,"""
HELD = 20_000
"""and once they name as many log files as this, only those two without which none can go on."""


@dataclass(eq=False, slots=True)
class Day(Generic[T]):
    """`waiting` are the answers about its digests that are to come: its listing, at first."""

    date: date
    folder: str
    """Of its log files, with a slash at the end."""
    listed: bool
    """Whether its log files are to be listed."""
    waiting: int = 1
    listing: bool = False
    closed: bool = False
    held: dict[str, T] = field(default_factory=dict)
    """What is named and not listed yet, by key."""


class Days(Generic[T]):
    """`folders` are those of the log files of every day whose digests are read, in order of the days."""

    def __init__(self, folders: Iterable[tuple[date, str]], listed: Iterable[date]) -> None:
        wanted = frozenset(listed)
        self._days: list[Day[T]] = [Day(each, folder, each in wanted) for each, folder in folders]
        self._by_folder = {day.folder: day for day in self._days}
        self._first = self._opened = self._held = 0

    def add(self, each: date, folder: str) -> None:
        """One day more, whose digests alone are wanted."""
        self._days.append(Day(each, folder, listed=False))
        self._by_folder[folder] = self._days[-1]

    def to_open(self) -> Iterator[Day[T]]:
        """Days whose digests may be asked for now."""
        while self._opened < len(self._days):
            under_way = self._opened - self._first
            if under_way >= AHEAD or (under_way > 1 and self._held >= HELD):
                return
            self._opened += 1
            yield self._days[self._opened - 1]

    def to_list(self) -> Iterator[Day[T]]:
        """Days whose log files come next: to be listed, or to be closed where they aren't."""
        for at in range(self._first, self._opened):
            day = self._days[at]
            after = self._days[at + 1] if at + 1 < len(self._days) else None
            if not (day.waiting or day.listing or day.closed or (after is not None and after.waiting)):
                day.listing = True
                yield day

    def hold(self, key: str, named: T) -> bool:
        """Keep it until its day is listed. False: that is over, or never comes."""
        day = self._by_folder.get(key[: key.rfind("/") + 1])
        if day is None or day.closed or key in day.held:
            return False
        day.held[key] = named
        self._held += 1
        return True

    def listed(self, day: Day[T], key: str) -> T | None:
        """What was held under a key that is listed now."""
        found = day.held.pop(key, None)
        self._held -= found is not None
        return found

    def close(self, day: Day[T]) -> Iterable[T]:
        """What was named and not listed."""
        day.closed = True
        rest, day.held = day.held, {}
        self._held -= len(rest)
        while self._first < self._opened and self._days[self._first].closed:
            self._first += 1
        return rest.values()
