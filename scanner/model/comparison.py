"""What changed between runs: all that a renderer of comparisons may know, and exactly the published JSON."""

from typing import Literal

from pydantic import JsonValue

from scanner.model.base import Frozen, Moment
from scanner.model.finding import Severity
from scanner.model.posture import AccountState
from scanner.model.result import GateVerdict, Summary, Tool

COMPARISON_VERSION: Literal["1"] = "1"

Standing = Literal["pass", "fail", "waived", "unknown", "not_applicable"]
"""A verdict, with failures parted into open and waived ones."""

Kind = Literal[
    "new",
    "reappeared",
    "fixed",
    "lost-visibility",
    "gone",
    "waived",
    "waiver-ended",
    "appeared",
    "changed",
]
"""What became of a subject: `new` and `reappeared` fail and did not; `gone` has no verdict any more;
`appeared` had none and does not fail; `changed` is any other difference. The other words say it."""

Why = Literal["configuration", "scope", "rules", "visibility", "waivers", "configuration-or-rules"]
"""What changed behind it. `configuration-or-rules`: both may have, since two versions of trailaudit or two
settings of the check judged."""

Outcome = Literal[
    "open", "waived", "fixed", "not-applicable", "gone", "not-visible", "out-of-scope", "not-judged"
]
"""How a failure stands in the last run: only `fixed` was seen to pass."""


class ComparedRun(Frozen):
    """One of the runs, in the order in which they were given, which is that of time."""

    id: str
    seen_at: Moment
    """When AWS was read."""
    version: str
    caller: str
    accounts: int
    unreachable: int
    checks: int
    summary: Summary
    verdict: GateVerdict


class ScopeChange(Frozen):
    """An account whose state or regions differ; None: it was not in scope."""

    account: str
    name: str | None
    before: AccountState | None
    after: AccountState | None
    regions_added: tuple[str, ...]
    regions_removed: tuple[str, ...]


class OptionChange(Frozen):
    """An option of a check (`severity` too) that is set differently; null where it has no such option."""

    name: str
    before: JsonValue
    after: JsonValue


class RuleChange(Frozen):
    """A check that ran in one of the two runs only, or was set differently."""

    check: str
    kind: Literal["added", "removed", "changed"]
    options: tuple[OptionChange, ...] = ()


class Changed(Frozen):
    """A subject whose standing differs between the first and the last run; None: it had no verdict."""

    id: str
    check: str
    severity: Severity
    account: str
    region: str | None
    resource: str
    before: Standing | None
    after: Standing | None
    kind: Kind
    why: Why
    detail: str
    """The same in a sentence."""
    message_before: str | None
    message_after: str | None


class Tally(Frozen):
    """One account or check in which something changed. None: the run had no verdict on it."""

    key: str
    name: str | None = None
    before: Summary | None
    after: Summary | None
    new: int
    """Failures that the last run has and the first has not, those that came back included."""
    fixed: int
    other: int
    """Subjects that changed otherwise."""


class ControlChange(Frozen):
    """A control of a framework whose status differs; None: the run did not report it."""

    framework: str
    control: str
    before: str | None
    after: str | None


class Failure(Frozen):
    """A failure from the first run that saw it to the first that saw it end, over all runs.

    One that passed in between and came back stands here twice. Runs see only their own day: it began and
    ended somewhere before.
    """

    id: str
    check: str
    severity: Severity
    account: str
    region: str | None
    resource: str
    message: str
    """In the last run that saw it."""
    first_seen: Moment
    last_seen: Moment
    ended: Moment | None
    """The first run after it in which it passed, or in which the question did not arise any more."""
    outcome: Outcome
    days: int
    """From `first_seen` to `ended`, or to the last run."""


class Pace(Frozen):
    """How long failures of one severity lasted, in days; null where there are none."""

    severity: Severity
    fixed: int
    median_days: float | None
    longest_days: int | None
    open: int
    oldest_days: int | None


class Comparison(Frozen):
    """The last of several runs against the first, and every failure over all of them."""

    schema_version: Literal["1"] = COMPARISON_VERSION
    tool: Tool
    runs: tuple[ComparedRun, ...]
    scope: tuple[ScopeChange, ...]
    rules: tuple[RuleChange, ...]
    rules_known: bool
    """False: a result of old does not say how its checks were set."""
    changes: tuple[Changed, ...]
    unchanged: int
    """Subjects that stand as they stood."""
    accounts: tuple[Tally, ...]
    checks: tuple[Tally, ...]
    controls: tuple[ControlChange, ...]
    failures: tuple[Failure, ...]
    pace: tuple[Pace, ...]
