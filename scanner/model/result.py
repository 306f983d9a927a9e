"""What was concluded: all that a renderer may know, and exactly the published JSON."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict, Field, JsonValue

from scanner.model.base import CLOSED, Frozen, Moment
from scanner.model.evidence import Record
from scanner.model.finding import Finding, Severity, Status
from scanner.model.posture import AccountState, CallCount
from scanner.model.waiver import WaiverNote

SCHEMA_VERSION: Literal["1"] = "1"

EventClass = Literal[
    "management-read",
    "management-write",
    "global-service",
    "kms",
    "rds-data",
    "s3-read",
    "s3-write",
    "lambda",
    "dynamodb",
]
Recorded = Literal["yes", "partly", "no", "unknown"]
GateVerdict = Literal["pass", "fail", "incomplete", "nothing-assessed"]
ControlStatus = Literal["pass", "fail", "unknown", "not_assessed"]
EvidenceStatus = Literal["pass", "fail", "unknown", "not_applicable", "not_run"]
Assessment = Literal["automated", "manual", "scored"]
"""How the framework itself wants the control to be assessed."""
Confidence = Literal["high", "medium", "low"]
"""In a mapping: an official page or several tools agree; the text plainly calls for it; indirect."""
Source = Literal["aws", "aws-unverified", "scanners", "control-text", "secondary", "general", "reading"]
"""Who says so: AWS's own lists (or so, the number not read again), other scanners, the control's text,
secondary literature, general knowledge, or our reading."""


class Tool(Frozen):
    name: Literal["trailaudit"] = "trailaudit"
    version: str


class Run(Frozen):
    """When, by whom. `organization` is its id."""

    id: str
    started: Moment
    finished: Moment
    caller: str
    organization: str | None = None
    taken_at: Moment | None = None
    """When AWS was read: long before, where a saved posture was judged. None in results of old."""

    @property
    def seen_at(self) -> datetime:
        return self.taken_at or self.started


class ScopeAccount(Frozen):
    id: str
    name: str | None = None
    state: AccountState
    regions: tuple[str, ...] = ()
    reason: str | None = None


class Scope(Frozen):
    accounts: tuple[ScopeAccount, ...]


class Rule(Frozen):
    """A check that ran, as it was set."""

    id: str
    severity: Severity
    options: dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Whether one class of events is recorded in one account and region, by what, and what is left out."""

    __pydantic_config__: ClassVar[ConfigDict] = CLOSED

    account: str
    region: str
    event_class: EventClass
    recorded: Recorded
    by: tuple[str, ...] = ()
    holes: tuple[str, ...] = ()


class Link(Frozen):
    """What a check has to do with a control; `sources` says who says so."""

    check: str
    confidence: Confidence
    sources: tuple[Source, ...] = Field(min_length=1)

    @property
    def direct(self) -> bool:
        """Whether it decides; indirect evidence is shown only."""
        return self.confidence != "low"


class Evidence(Link):
    """What one check says of a control: its status over all verdicts, and how many there are of each.

    `fail` counts open failures, `waived` the others; `reason` is why the status isn't what the verdicts say.
    """

    status: EvidenceStatus
    passed: int = Field(alias="pass")
    fail: int
    unknown: int
    not_applicable: int
    waived: int
    reason: str | None = None


class Control(Frozen):
    """What direct evidence says of a control; the counts are its verdicts. `reason`: why it is `unknown`."""

    id: str
    status: ControlStatus
    passed: int = Field(alias="pass")
    fail: int
    unknown: int
    not_applicable: int
    waived: int
    title: str
    level: int | None = None
    assessment: Assessment | None = None
    reason: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()


class RetentionPeriod(Frozen):
    """How long a framework wants logs kept. No `min_days`: it sets no period, `note` says why."""

    control: str | None = None
    min_days: int | None = Field(gt=0)
    immediately_available_days: int | None = Field(None, gt=0)
    force: str
    label: Literal["interpretation", "common practice"] | None = None
    """What the number is where the framework does not plainly say it of logs."""
    confidence: Confidence
    sources: tuple[Source, ...] = Field(min_length=1)
    note: str


class Framework(Frozen):
    """One version of a framework; `short` is how its controls are cited, as in `CIS AWS 5.0.0 3.1`."""

    key: str
    name: str
    short: str
    version: str
    publisher: str
    notes: tuple[str, ...] = ()
    retention: tuple[RetentionPeriod, ...] = ()
    controls: tuple[Control, ...]


class Summary(Frozen):
    """Counts of findings; `score` is pass / (pass + fail + unknown), null when nothing was assessed."""

    passed: int = Field(alias="pass")
    fail: int
    unknown: int
    not_applicable: int
    waived: int
    score: float | None

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Self:
        """Counts; a waived failure counts as waived and not as failed."""
        counts = Counter[str](
            "waived" if one.waiver is not None and one.status is Status.FAIL else one.status
            for one in findings
        )
        assessed = counts["pass"] + counts["fail"] + counts["unknown"]
        return cls(
            passed=counts["pass"],
            fail=counts["fail"],
            unknown=counts["unknown"],
            not_applicable=counts["not_applicable"],
            waived=counts["waived"],
            score=round(counts["pass"] / assessed, 4) if counts["pass"] + counts["fail"] else None,
        )


class Gate(Frozen):
    """The exit code and why."""

    code: int
    verdict: GateVerdict
    reasons: tuple[str, ...]


Absence = Literal[
    "resource-gone",
    "filed-elsewhere",
    "not-visible",
    "account-unreachable",
    "account-skipped",
    "account-not-in-scope",
    "region-not-in-scope",
    "check-not-run",
]
"""Why a run has no verdict on a subject that another run has one on. Only the first means that the thing
isn't there, or that nothing refers to it any more."""


class Gone(Frozen):
    """A failure or unknown verdict that this run has no counterpart of, and why: it need not be mended."""

    id: str
    check: str
    status: Status
    severity: Severity
    account: str
    region: str | None
    resource: str
    message: str
    first_seen: Moment | None
    why: Absence


class Baseline(Frozen):
    """The earlier run that the findings' `change` is told from."""

    run: Run
    tool: Tool
    gone: tuple[Gone, ...]
    """Those of the baseline, and those that it could not see itself and carried on."""


class Result(Frozen):
    schema_version: Literal["1"] = SCHEMA_VERSION
    tool: Tool
    run: Run
    scope: Scope
    rules: tuple[Rule, ...] = ()
    readings: tuple[CallCount, ...]
    coverage: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    waivers: tuple[WaiverNote, ...] = ()
    baseline: Baseline | None = None
    frameworks: tuple[Framework, ...] = ()
    summary: Summary
    gate: Gate
    evidence: tuple[Record, ...] = ()
    """What findings rest on, each once; empty where it was not kept (--evidence)."""

    def record(self, id_: str) -> Record | None:
        return self._records.get(id_)

    @cached_property
    def _records(self) -> dict[str, Record]:
        return {record.id: record for record in self.evidence}


class CheckDoc(Frozen):
    """The prose of one check, for people."""

    id: str
    title: str
    severity: Severity
    subject: str
    why: str
    fix: str
    see: str
    options: tuple["OptionDoc", ...] = ()


class OptionDoc(Frozen):
    name: str
    default: str
    meaning: str


class Report(Frozen):
    """What a renderer gets: the conclusions, and the prose behind the checks that reached them."""

    result: Result
    checks: tuple[CheckDoc, ...]
