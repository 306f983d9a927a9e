"""When digest files were not meant to come: what a stop of the trail explains."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.model.base import iso

CREATED = "CreateTrail"
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
    """From each call that switched off to the next that switched on; oldest first.

    Before a trail was created it was off as well. No other call that switches on tells that it was off
    before: many tools repeat them.
    """
    periods: list[Off] = []
    off: Switch | None = None
    for switch in sorted(switches, key=lambda each: (each.at, each.call)):
        if switch.call == CREATED and off is None and not periods:
            periods.append(Off(_EVER, switch.at, _because(switch)))
        if not switch.on:
            off = off or switch
        elif off:
            periods.append(Off(off.at, switch.at, _because(off)))
            off = None
    if off:
        periods.append(Off(off.at, None, _because(off)))
    return tuple(periods)


def _because(switch: Switch) -> str:
    return f"{switch.call} by {switch.by} at {iso(switch.at)}"
