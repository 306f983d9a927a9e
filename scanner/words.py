"""How messages say durations, counts and lists."""

from collections.abc import Iterable
from datetime import timedelta

HOURS_UNTIL_DAYS = 48


def span(duration: timedelta) -> str:
    """Whole days, and whole hours below two days: `3 days`, `30 hours`, `1 hour`.

    Less than nothing is `less than an hour`: AWS did it while the scan, whose clock stands still, ran.
    """
    hours = int(duration.total_seconds() // 3600)
    if hours < HOURS_UNTIL_DAYS:
        return "less than an hour" if hours <= 0 else plural(hours, "hour")
    return plural(hours // 24, "day")


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(items: Iterable[str], most: int = 5) -> str:
    """`a, b and c`, or `a, b, c, d, e and 4 more`; the order is the caller's."""
    names = list(items)
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def printable(text: str) -> str:
    """The text with a mark for what could act on a terminal: names of resources are anybody's."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
