"""What a comparison tells, as tables of plain text and numbers: every format lays out the same ones."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reports.comparison.words import (
    KINDS,
    OUTCOMES,
    WHYS,
    day,
    fixed,
    others,
    score,
    standing,
    unseen,
    worse,
)
from reports.terminal import Value
from reports.verdicts import RANKS
from reports.words import moment
from scanner.model.comparison import Changed, Comparison, Tally


class Column(NamedTuple):
    heading: str
    width: int
    """In characters, as far as a format can choose."""


class Section(NamedTuple):
    key: str
    title: str
    intro: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    folded: bool = False
    """Long and for reference: what is above suffices to act."""
    changes: tuple[Changed, ...] = ()
    """What the rows tell of, for a format with a better way to show it."""


def sections(comparison: Comparison) -> Iterator[Section]:
    """Those that have something to say, the most important first."""
    yield _runs(comparison)
    yield from _telling(
        _kinds(comparison),
        _changes(
            "worse",
            "Failures that opened",
            "Open failures that were not open, the worst first: see to these.",
            worse(comparison),
        ),
        _changes(
            "unseen",
            "Not shown to be mended",
            "Nobody has shown that these were mended: they are unknown, out of scope, not judged or gone.",
            unseen(comparison),
        ),
        _changes("fixed", "Fixed", "These failed in the first run and pass in the last.", fixed(comparison)),
    )
    yield from short_sections(comparison)
    yield from _telling(
        _failures(comparison),
        _changes(
            "others",
            "Other changes",
            "Neither a failure that opened nor one that ended.",
            others(comparison),
            folded=True,
        ),
    )


def short_sections(comparison: Comparison) -> Iterator[Section]:
    """Those of them whose rows fit on a line."""
    yield from _telling(
        _scope(comparison),
        _rules(comparison),
        _tallies("accounts", "By account", "Account", comparison.accounts),
        _tallies("checks", "By check", "Check", comparison.checks),
        _controls(comparison),
        _pace(comparison),
    )


def _telling(*made: Section) -> Iterator[Section]:
    return (section for section in made if section.rows)


def _runs(comparison: Comparison) -> Section:
    columns = (
        Column("Read", 22),
        Column("Run", 30),
        Column("trailaudit", 11),
        Column("Accounts", 9),
        Column("not entered", 9),
        Column("Checks", 8),
        Column("Failed", 8),
        Column("Unknown", 9),
        Column("Waived", 8),
        Column("Passed", 8),
        Column("Score", 7),
        Column("Gate", 16),
    )
    rows = tuple(
        (
            moment(run.seen_at),
            run.id,
            run.version,
            run.accounts,
            run.unreachable,
            run.checks,
            run.summary.fail,
            run.summary.unknown,
            run.summary.waived,
            run.summary.passed,
            score(run.summary),
            run.verdict.replace("-", " "),
        )
        for run in comparison.runs
    )
    return Section("runs", "The runs", "In the order of time.", columns, rows)


def _kinds(comparison: Comparison) -> Section:
    counts = Counter((one.kind, one.why) for one in comparison.changes)
    whys = [why for why in WHYS if any(counts[kind, why] for kind in KINDS)]
    columns = (Column("What became of it", 24), *(Column(WHYS[why][0], 14) for why in whys), Column("all", 8))
    numbers = {kind: [counts[kind, why] for why in whys] for kind in KINDS}
    rows: list[tuple[Value, ...]] = [
        (KINDS[kind][0], *own, sum(own)) for kind, own in numbers.items() if any(own)
    ]
    same = f"{comparison.unchanged:,} verdicts stand as they stood."
    intro = (
        f"Every verdict that differs between the first and the last run, by what changed behind it. {same}"
    )
    return Section("kinds", "What changed, and why", intro, columns, tuple(rows))


def _changes(
    key: str, title: str, intro: str, changes: Sequence[Changed], *, folded: bool = False
) -> Section:
    columns = (
        Column("Severity", 10),
        Column("What became of it", 20),
        Column("Check", 30),
        Column("Account", 15),
        Column("Region", 14),
        Column("Resource", 55),
        Column("Before", 45),
        Column("Now", 45),
        Column("Why", 40),
    )
    rows = tuple(
        (
            one.severity.value,
            KINDS[one.kind][0],
            one.check,
            one.account,
            one.region or "",
            one.resource,
            _told(standing(one.before), one.message_before),
            _told(standing(one.after), one.message_after),
            f"{WHYS[one.why][0]}: {one.detail}",
        )
        for one in changes
    )
    return Section(key, title, intro, columns, rows, folded, tuple(changes))


def _told(word: str, message: str | None) -> str:
    return word if message is None else f"{word}: {message}"


def _scope(comparison: Comparison) -> Section:
    columns = (
        Column("Account", 15),
        Column("Name", 22),
        Column("Before", 14),
        Column("Now", 14),
        Column("Regions added", 40),
        Column("Regions left out", 40),
    )
    rows = tuple(
        (
            one.account,
            one.name or "",
            one.before or "not in scope",
            one.after or "not in scope",
            ", ".join(one.regions_added),
            ", ".join(one.regions_removed),
        )
        for one in comparison.scope
    )
    return Section(
        "scope", "Scope", "Accounts whose state or regions differ. Skipped ones are closed.", columns, rows
    )


def _rules(comparison: Comparison) -> Section:
    words = {
        "added": "ran in the last run only",
        "removed": "ran in the first run only",
        "changed": "set otherwise",
    }
    columns = (
        Column("Check", 32),
        Column("Change", 26),
        Column("Option", 20),
        Column("Before", 30),
        Column("Now", 30),
    )
    rows: list[tuple[Value, ...]] = []
    versions = (comparison.runs[0].version, comparison.runs[-1].version)
    if versions[0] != versions[1]:
        rows.append(("all", "judged by another version", "trailaudit", *versions))
    if not comparison.rules_known:
        rows.append(("all", "not known", "", "a result does not say how its checks were set", ""))
    for rule in comparison.rules:
        if rule.kind != "changed":
            rows.append((rule.check, words[rule.kind], "", "", ""))
        rows += [
            (rule.check, words[rule.kind], option.name, _in_words(option.before), _in_words(option.after))
            for option in rule.options
        ]
    return Section("rules", "Rules", "How the checks judged.", columns, tuple(rows))


def _in_words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tallies(key: str, title: str, heading: str, tallies: Iterable[Tally]) -> Section:
    named = any(one.name for one in tallies)
    columns = (
        Column(heading, 32),
        *((Column("Name", 22),) if named else ()),
        Column("New failures", 9),
        Column("Fixed", 8),
        Column("Other changes", 9),
        Column("Failed before", 9),
        Column("Failed now", 9),
        Column("Score before", 9),
        Column("Score now", 9),
    )
    rows = tuple(
        (
            one.key,
            *((one.name or "",) if named else ()),
            one.new,
            one.fixed,
            one.other,
            one.before.fail if one.before else "–",
            one.after.fail if one.after else "–",
            score(one.before),
            score(one.after),
        )
        for one in tallies
    )
    return Section(
        key, title, "Those in which something changed, the most new failures first.", columns, rows
    )


def _controls(comparison: Comparison) -> Section:
    columns = (Column("Framework", 24), Column("Control", 16), Column("Before", 16), Column("Now", 16))
    rows = tuple(
        (one.framework, one.control, _status(one.before), _status(one.after)) for one in comparison.controls
    )
    return Section("controls", "Frameworks", "Controls whose status differs.", columns, rows)


def _status(status: str | None) -> str:
    return "not reported" if status is None else status.replace("_", " ")


def _pace(comparison: Comparison) -> Section:
    columns = (
        Column("Severity", 10),
        Column("Fixed", 8),
        Column("Median days", 9),
        Column("Longest", 9),
        Column("Not fixed", 9),
        Column("Oldest, days", 9),
    )
    rows = tuple(
        (
            one.severity.value,
            one.fixed,
            "–" if one.median_days is None else f"{one.median_days:g}",
            "–" if one.longest_days is None else one.longest_days,
            one.open,
            "–" if one.oldest_days is None else one.oldest_days,
        )
        for one in comparison.pace
    )
    intro = (
        "From the first run that saw a failure to the first that saw it pass. Runs see only their own day: "
        "the true times lie between two of them."
    )
    return Section("pace", "Time to fix", intro, columns, rows)


def _failures(comparison: Comparison) -> Section:
    columns = (
        Column("Severity", 10),
        Column("Check", 30),
        Column("Account", 15),
        Column("Region", 14),
        Column("Resource", 55),
        Column("First seen", 12),
        Column("Last seen", 12),
        Column("Ended", 12),
        Column("Now", 22),
        Column("Days", 7),
    )
    ordered = sorted(comparison.failures, key=lambda one: (-RANKS[one.severity], -one.days))
    rows = tuple(
        (
            one.severity.value,
            one.check,
            one.account,
            one.region or "",
            one.resource,
            day(one.first_seen),
            day(one.last_seen),
            day(one.ended),
            OUTCOMES[one.outcome],
            one.days,
        )
        for one in ordered
    )
    intro = "Every failure over all runs: when it was first seen, last seen, and seen to end."
    return Section("failures", "Failures over time", intro, columns, rows, folded=True)
