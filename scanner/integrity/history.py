"""When digest files were not meant to come: what a stop of the trail explains."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.model.base import iso

CREATED, DELETED = "CreateTrail", "DeleteTrail"
_LOGGING = frozenset({"StartLogging", "StopLogging", DELETED})
_SIGNING = frozenset({"UpdateTrail", CREATED, DELETED})
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Switch:
    """A call that made digest files begin (`on`) or cease to come."""

    at: datetime
    on: bool
    call: str
    by: str


@dataclass(frozen=True, slots=True)
class Off:
    """Time without digests. `end` is None while it lasts; `because` is said in a sentence of its own."""

    start: datetime
    end: datetime | None
    because: str

    def overlaps(self, first: datetime, last: datetime) -> bool:
        return self.start < last and (self.end is None or self.end > first)


def off_periods(switches: Iterable[Switch]) -> tuple[Off, ...]:
    """While the trail was stopped, or didn't sign, or wasn't there yet; oldest first, perhaps overlapping.

    That logging starts says nothing of signing, nor the other way round. Nor does either say that it was off
    before: many tools repeat such calls.
    """
    told = sorted(switches, key=lambda each: (each.at, each.call))
    periods = [period for calls in (_LOGGING, _SIGNING) for period in _periods(told, calls)]
    if told and told[0].call == CREATED:
        periods.append(Off(_EVER, told[0].at, _because(told[0])))
    return tuple(sorted(periods, key=lambda each: (each.start, each.because)))


def _periods(switches: Iterable[Switch], calls: frozenset[str]) -> Iterator[Off]:
    """From each of those calls that switched off to the next that switched on."""
    off: Switch | None = None
    for switch in switches:
        if switch.call not in calls:
            continue
        if not switch.on:
            off = off or switch
        elif off:
            yield Off(off.at, switch.at, _because(off))
            off = None
    if off:
        yield Off(off.at, None, _because(off))


def _because(switch: Switch) -> str:
    return f"{switch.call} by {switch.by} at {iso(switch.at)}"
