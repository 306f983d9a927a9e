"""The words and marks of a verification, each in one place."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from scanner.model.verification import HourCounts, HourState, IntegrityFinding, IntegrityVerdict, Verification
from scanner.words import listed

VERDICTS: dict[IntegrityVerdict, str] = {
    "intact": "every digest is signed and chained, every log file is there and unaltered",
    "tampered": "something was altered, deleted or injected",
    "incomplete": "no sign of tampering, but not everything could be proven",
}


class Look(NamedTuple):
    """How an hour's state is shown; the mark never stands without its word."""

    state: HourState
    mark: str
    word: str
    meaning: str
    count: Callable[[HourCounts], int]


HOURS = (
    Look(
        HourState.ALTERED,
        "✕",
        "altered",
        "Something was altered, or put there.",
        lambda hours: hours.altered,
    ),
    Look(HourState.MISSING, "!", "missing", "Something was deleted.", lambda hours: hours.missing),
    Look(
        HourState.UNKNOWN,
        "?",
        "unknown",
        "Something could not be read, or is proven by nothing.",
        lambda hours: hours.unknown,
    ),
    Look(
        HourState.NOT_COVERED,
        "–",
        "not covered",
        "No digest covers all of it, and none is known to have been deleted.",
        lambda hours: hours.not_covered,
    ),
    Look(
        HourState.PROVEN,
        "✓",
        "proven",
        "Every log file that CloudTrail delivered is there and unaltered.",
        lambda hours: hours.proven,
    ),
    Look(
        HourState.EMPTY,
        "○",
        "empty",
        "Proven that CloudTrail delivered nothing.",
        lambda hours: hours.empty,
    ),
)
"""From the worst."""

LOOKS = {look.state: look for look in HOURS}

_STAMPED = re.compile(r"\d{8}T\d{4,6}Z.*")
_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")
_STEP = 1000


def period(first: datetime, last: datetime) -> str:
    """`2026-06-01 00:17 to 01:17 UTC`; the second day only where it is another."""
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {end} UTC"


def narrowed(verification: Verification) -> str:
    """What the run was narrowed to: `, only account 010203040506, only eu-west-1`."""
    accounts, regions = verification.only_accounts, verification.only_regions
    words = f", only account {listed(accounts)}" if accounts else ""
    return f"{words}, only {listed(regions)}" if regions else words


def file_name(key: str) -> str:
    """The end of a name of CloudTrail's, from its time on: account and region stand beside it."""
    name = key.rpartition("/")[2]
    found = _STAMPED.search(name)
    return found[0] if found else name


def size_words(size: int) -> str:
    """`12.3 MB`."""
    amount = float(size)
    for unit in _UNITS[:-1]:
        if amount < _STEP:
            return f"{amount:,.0f} {unit}" if unit == _UNITS[0] else f"{amount:.1f} {unit}"
        amount /= _STEP
    return f"{amount:.1f} {_UNITS[-1]}"


def worst_first(findings: Iterable[IntegrityFinding]) -> list[IntegrityFinding]:
    """What shows tampering before what merely isn't proven, then by severity, place and time."""
    return sorted(findings, key=lambda one: (not one.kind.is_tampering, -one.severity.rank, one.order))
