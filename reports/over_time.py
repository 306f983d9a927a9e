"""What a report says of its waivers and its baseline, in the words of every format."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from reports.terminal import ROWS, Page
from reports.words import counted, moment, wrap
from scanner.model.finding import Change, Finding, Status
from scanner.model.result import Absence, Gone, Result
from scanner.model.waiver import WaiverNote, WaiverState
from scanner.words import listed

STATES: dict[WaiverState, str] = {
    "expired": "Its last day is over: what it was about is open.",
    "pending": "It begins after what was judged was read: what it is about is open.",
    "unused": "Nothing that it is about failed.",
    "active": "It excuses failures; they stay failures, and count neither in the gate nor in the score.",
}
"""From what needs attention first."""

ABSENCES: dict[Absence, str] = {
    "resource-gone": "gone, or nothing refers to it any more",
    "filed-elsewhere": "filed under another account or region",
    "not-visible": "perhaps there: not everything could be listed",
    "account-unreachable": "the account could not be entered",
    "account-skipped": "the account was skipped",
    "account-not-in-scope": "the account is not in scope",
    "region-not-in-scope": "the region is not in scope",
    "check-not-run": "the check did not run",
}

CHANGES: dict[Change, str] = {
    "new": "new",
    "reappeared": "came back",
    "fixed": "fixed",
    "lost-visibility": "not visible any more",
    "changed": "changed otherwise",
    "unchanged": "unchanged",
}


def stale_first(notes: Sequence[WaiverNote]) -> list[WaiverNote]:
    """By state, then by their last day."""
    order = list(STATES)
    return sorted(notes, key=lambda one: (order.index(one.state), one.expires, one.id))


def states(notes: Sequence[WaiverNote]) -> str:
    """`1 expired and 2 active`."""
    counts = Counter(one.state for one in notes)
    return listed(f"{counts[state]:,} {state}" for state in STATES if counts[state])


def since(findings: Sequence[Finding]) -> str:
    """What became of failures since the baseline: `2 new, 1 came back, 3 fixed, 40 unchanged`."""
    counts = Counter(one.change for one in findings if _tells(one))
    return ", ".join(f"{counts[one]:,} {word}" for one, word in CHANGES.items() if counts[one]) or "none"


def _tells(finding: Finding) -> bool:
    """Whether its change is about a failure: one that is there, or one that was."""
    return finding.status is Status.FAIL or finding.change in ("fixed", "lost-visibility")


def baseline_table(page: Page, result: Result) -> Iterator[str]:
    """For a terminal: what became of failures, and those that have no verdict any more."""
    baseline = result.baseline
    if baseline is None:
        return
    yield page.heading(f"Since the baseline of {moment(baseline.run.seen_at)}")
    yield wrap(f"Failures: {since(result.findings)}", page.width)
    if baseline.gone:
        missing = f"{counted(len(baseline.gone), 'verdict')} of the baseline without a counterpart now"
        yield f"{missing}; that is not fixed:"
        groups: defaultdict[tuple[str, str, Absence], list[Gone]] = defaultdict(list)
        for one in baseline.gone:
            groups[one.status.value, one.account, one.why].append(one)
        rows = [
            (len(gone), was, account, ABSENCES[why], _one_or_count({one.check for one in gone}, "check"))
            for (was, account, why), gone in sorted(groups.items())
        ]
        yield page.fitted(("count", "was", "account", "now", "check"), rows[:ROWS])
        if len(rows) > ROWS:
            yield f"… and {len(rows) - ROWS:,} more (use --output html or json)"


def _one_or_count(names: Collection[str], noun: str) -> str:
    return next(iter(names)) if len(names) == 1 else counted(len(names), noun)


def waivers_table(page: Page, result: Result) -> Iterator[str]:
    """For a terminal: every waiver with its state, the stale ones first."""
    if not result.waivers:
        return
    yield page.heading(f"Waivers: {states(result.waivers)}")
    shown = stale_first(result.waivers)[:ROWS]
    yield page.fitted(
        ("state", "waiver", "owner", "what became of it"),
        [(one.state, one.id, one.owner, _until(one)) for one in shown],
    )
    if len(result.waivers) > ROWS:
        yield f"… and {len(result.waivers) - ROWS:,} more (use --output html or json)"


def _until(one: WaiverNote) -> str:
    return one.detail if one.state == "expired" else f"{one.detail}; its last day is {one.expires}"
