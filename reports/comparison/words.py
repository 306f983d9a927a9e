"""What every format says of a comparison, in the same words and order."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from reports.verdicts import RANKS
from reports.words import counted
from scanner.model.comparison import Changed, Comparison, Kind, Outcome, Standing, Why
from scanner.model.result import Summary

KINDS: dict[Kind, tuple[str, str]] = {
    "new": ("new failure", "It fails, and did not."),
    "reappeared": ("came back", "It fails again, after it did not for a while."),
    "waiver-ended": ("waiver ended", "It failed and fails, and no waiver excuses it any more."),
    "lost-visibility": ("not visible any more", "It had a verdict and is unknown now: that is not fixed."),
    "gone": ("no verdict any more", "There was a verdict on it and there is none now."),
    "changed": ("changed", "It has another verdict, in none of these ways."),
    "appeared": ("new subject", "There was no verdict on it; it does not fail."),
    "waived": ("waived", "It failed and fails; somebody answers for it now."),
    "fixed": ("fixed", "It failed, and passes."),
}
"""From what needs attention first: the word, and what it means."""

WHYS: dict[Why, tuple[str, str]] = {
    "configuration": ("configuration", "Both runs read it and judged alike: AWS is configured otherwise."),
    "scope": ("scope", "An account or region was in the scope of one of the two runs only."),
    "rules": ("rules", "The check ran in one of the two runs only."),
    "configuration-or-rules": (
        "configuration or rules",
        "Another version judged, or the check was set otherwise: judge both saved postures by one to tell.",
    ),
    "visibility": ("visibility", "One of the two runs could not read it."),
    "waivers": ("waivers", "The verdict is the same; the waiver is not."),
}

OUTCOMES: dict[Outcome, str] = {
    "open": "open",
    "waived": "waived",
    "fixed": "fixed",
    "not-applicable": "does not apply any more",
    "gone": "gone",
    "not-visible": "not visible",
    "out-of-scope": "out of scope",
    "not-judged": "not judged",
}

STANDINGS: dict[Standing, str] = {
    "pass": "passed",
    "fail": "failed",
    "waived": "waived",
    "unknown": "unknown",
    "not_applicable": "not applicable",
}

WORSE: tuple[Kind, ...] = ("new", "reappeared", "waiver-ended")
"""What became of failures that are open and were not."""

FAILING: tuple[Standing | None, ...] = ("fail", "waived")

Group = Literal["worse", "unseen", "fixed", "others"]

_ORDER = {kind: place for place, kind in enumerate(KINDS)}


def day(time: datetime | None) -> str:
    return "" if time is None else time.strftime("%Y-%m-%d")


def score(summary: Summary | None) -> str:
    """Rounded down, so that 1.00 is for those where everything passes."""
    if summary is None or summary.score is None:
        return "–"
    asked = summary.passed + summary.fail + summary.unknown
    return f"{summary.passed * 100 // asked / 100:.2f}" if asked else "–"


def standing(one: Standing | None) -> str:
    return "no verdict" if one is None else STANDINGS[one]


def group(one: Changed) -> Group:
    """The table that tells of it."""
    if one.kind == "fixed":
        return "fixed"
    if one.kind in WORSE and one.after == "fail":
        return "worse"
    return "unseen" if one.before in FAILING and one.after not in FAILING else "others"


def worst_first(changes: Iterable[Changed]) -> list[Changed]:
    """By severity, then what became of them, then the order of the comparison."""
    return sorted(changes, key=lambda one: (-RANKS[one.severity], _ORDER[one.kind]))


def worse(comparison: Comparison) -> list[Changed]:
    """Failures that are open and were not; one that came with its waiver is not open."""
    return _of(comparison, "worse")


def unseen(comparison: Comparison) -> list[Changed]:
    """What failed, does not fail now, and was not seen to pass."""
    return _of(comparison, "unseen")


def fixed(comparison: Comparison) -> list[Changed]:
    return _of(comparison, "fixed")


def others(comparison: Comparison) -> list[Changed]:
    """What neither got worse nor was a failure that ended."""
    return _of(comparison, "others")


def _of(comparison: Comparison, wanted: Group) -> list[Changed]:
    return worst_first(one for one in comparison.changes if group(one) == wanted)


def headline(comparison: Comparison) -> str:
    """One sentence for who reads no further."""
    counts = Counter(map(group, comparison.changes))
    parts = (
        f"{counted(counts['worse'], 'failure')} opened",
        f"{counts['fixed']:,} fixed",
        f"{counts['unseen']:,} no longer seen to fail but not seen to pass",
    )
    return f"{counted(len(comparison.changes), 'verdict')} changed: {', '.join(parts)}."


def behind(changes: Iterable[Changed]) -> str:
    """`configuration 3, scope 1`; a dash where nothing changed."""
    counts = Counter(one.why for one in changes)
    return ", ".join(f"{WHYS[why][0]} {counts[why]:,}" for why in WHYS if counts[why]) or "–"
