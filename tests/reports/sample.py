"""Reports to render in tests: one with some of everything, and one that means harm.

`report()` has a verdict and an account of every kind; give what a test is about and the rest
(summary, gate, prose) follows from it. `hostile()` has the same shape with names from an attacker.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, get_args

from scanner.model.finding import Change, Finding, Reason, Severity, Status, Waiver, finding_id
from scanner.model.posture import AccountState, CallCount
from scanner.model.reading import Outcome
from scanner.model.result import (
    Baseline,
    CheckDoc,
    Confidence,
    Control,
    ControlStatus,
    Coverage,
    EventClass,
    Evidence,
    EvidenceStatus,
    Framework,
    Gate,
    Gone,
    OptionDoc,
    Recorded,
    Report,
    Result,
    Run,
    Scope,
    ScopeAccount,
    Summary,
    Tool,
)
from scanner.model.waiver import WaiverNote, WaiverScope
from tests.evidence.records import record

MAIN = "010203040506"
MEMBER = "111122223333"
UNREACHABLE = "222233334444"
CLOSED = "333344445555"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{MAIN}:trail/audit"
BUCKET = "arn:aws:s3:::example-audit-logs"
DENIED = Reason(
    action="s3:GetEncryptionConfiguration",
    operation="GetBucketEncryption",
    code="AccessDenied",
    detail="s3:GetEncryptionConfiguration was denied (AccessDenied)",
    account=MAIN,
    region="eu-west-1",
)
WAIVER = Waiver(
    id="W-1",
    owner="platform@example.com",
    approver="ciso@example.com",
    reason="Replaced by the organization trail in March",
    ticket="SEC-42",
    expires=date(2026, 3, 31),
)
STARTED = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
FINISHED = datetime(2026, 1, 31, 9, 1, tzinfo=UTC)
CLASSES: tuple[EventClass, ...] = get_args(EventClass)

HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(2)</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "nul\x00bell\x07escape\x1b[2J\x1b]0;owned\x07c1\x9b31m",
    "carriage\rreturn\nnewline\ttab\u2028separator\x85next",
    "right\u202eleft\u2066isolate\u200bwidth",
    "javascript:alert(1)",
    "[click](javascript:alert(1)) | `code` | **bold**",
    "]]> &amp; & <!-- --> <![CDATA[ ]]>",
    "{{ 7 * 7 }} {% raw %} ${7*7} [red]markup[/red]",
    "\ud800 lone surrogate \ufffe\uffff",
    "一二三 ß é 👩‍👩‍👧",
    "x" * 100_000,
    '+HYPERLINK("http://evil.example","here")',
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r\n=1+1",
    "＝1+1",
    '"quoted", and a comma; and a semicolon',
    "@security-team see #1, http://evil.example and www.evil.example",
    "| a | b | <details> \\| `` ` ``` ~~~",
    "\u200f=1+1\u202c",
    "<r><t>1</t></r></is></c><c r='Z9'><f>1+1</f></c><c><is><r>&</r>",
    "",
)
"""Names that came from resources, tags or error messages of somebody who wishes us ill."""
CITABLE = tuple(text for text in HOSTILE_TEXTS if text == " ".join(text.split()) and "\ud800" not in text)
"""Of these, what a framework's file can hold: lines of UTF-8."""


def finding(
    check: str = "trail-log-file-validation",
    status: Status = Status.FAIL,
    *,
    severity: Severity = Severity.MEDIUM,
    account: str = MAIN,
    region: str | None = "eu-west-1",
    resource: str = TRAIL,
    message: str | None = None,
    reason: Reason | str | None = None,
    waiver: Waiver | None = None,
    change: Change | None = None,
) -> Finding:
    """One finding; message and reason fit its status unless they are given."""
    if status is Status.UNKNOWN and reason is None:
        reason = DENIED
    if status is Status.NOT_APPLICABLE and reason is None:
        reason = "The trail has no key."
    words = {
        Status.PASS: "signs its log files",
        Status.FAIL: "does not sign its log files",
        Status.UNKNOWN: f"could not be checked: {reason.detail if isinstance(reason, Reason) else reason}",
        Status.NOT_APPLICABLE: str(reason),
    }
    return Finding(
        id=finding_id(check, account, region, _encodable(resource)),
        check=check,
        status=status,
        severity=severity,
        account=account,
        region=region,
        resource=resource,
        message=words[status] if message is None else message,
        reason=reason,
        waiver=waiver,
        change=change,
    )


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def findings() -> tuple[Finding, ...]:
    """One of every kind, in the order of a result."""
    return in_order(
        [
            finding(),
            finding("trail-logging", Status.PASS, severity=Severity.HIGH, message="is logging"),
            finding(
                "bucket-public-access",
                severity=Severity.CRITICAL,
                resource=BUCKET,
                message="is public: the policy lets everyone s3:GetObject, and no block is on",
                change="new",
            ),
            finding("bucket-encryption", Status.UNKNOWN, resource=BUCKET),
            finding("trail-kms-key-policy", Status.NOT_APPLICABLE),
            finding("trail-notifications", severity=Severity.LOW, message="has no SNS topic", waiver=WAIVER),
            finding(
                "region-management-events",
                severity=Severity.HIGH,
                account=MEMBER,
                region="us-east-1",
                resource=f"arn:aws:iam::{MEMBER}:root",
                message="management writes are not recorded in us-east-1: no trail covers it",
            ),
            finding(
                "multi-region-trail",
                Status.PASS,
                severity=Severity.HIGH,
                account=MEMBER,
                region=None,
                resource=f"arn:aws:iam::{MEMBER}:root",
                message="the organization trail records everything",
            ),
        ]
    )


def in_order(some: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(some, key=lambda one: one.order))


def accounts() -> tuple[ScopeAccount, ...]:
    """One in each state."""
    return (
        account(MAIN, "partial", name="audit", reason="1 call was denied"),
        account(MEMBER, name="payments", regions=("eu-west-1", "us-east-1")),
        account(
            UNREACHABLE,
            "unreachable",
            name="legacy",
            regions=(),
            reason="sts:AssumeRole was denied (AccessDenied)",
        ),
        account(CLOSED, "skipped", regions=(), reason="SUSPENDED"),
    )


def account(
    number: str = MAIN,
    state: AccountState = "assessed",
    *,
    name: str | None = None,
    regions: tuple[str, ...] = ("eu-west-1",),
    reason: str | None = None,
) -> ScopeAccount:
    return ScopeAccount(id=number, name=name, state=state, regions=regions, reason=reason)


def coverage(
    number: str = MAIN,
    region: str = "eu-west-1",
    but: Mapping[EventClass, Recorded] = MappingProxyType({}),
) -> tuple[Coverage, ...]:
    """Every event class of one account and region: recorded, but for those that are given."""
    return tuple(
        Coverage(
            account=number,
            region=region,
            event_class=event_class,
            recorded=but.get(event_class, "yes"),
            by=(TRAIL,) if but.get(event_class, "yes") in ("yes", "partly") else (),
            holes=("objects outside arn:aws:s3:::payments/",) if but.get(event_class) == "partly" else (),
        )
        for event_class in CLASSES
    )


def summary(some: Sequence[Finding]) -> Summary:
    """Counts of open findings; a failure with a waiver is waived."""
    waived = sum(one.status is Status.FAIL and one.waiver is not None for one in some)
    counts = Counter(one.status for one in some)
    fail = counts[Status.FAIL] - waived
    asked = counts[Status.PASS] + fail + counts[Status.UNKNOWN]
    return Summary(
        passed=counts[Status.PASS],
        fail=fail,
        unknown=counts[Status.UNKNOWN],
        not_applicable=counts[Status.NOT_APPLICABLE],
        waived=waived,
        score=counts[Status.PASS] / asked if asked else None,
    )


def settled(some: Sequence[Finding], scope: Sequence[ScopeAccount]) -> Gate:
    """The gate at its default settings."""
    counts = summary(some)
    lost = sum(one.state == "unreachable" for one in scope)
    reasons = []
    if counts.unknown:
        reasons.append(f"{counts.unknown} unknown")
    if lost:
        reasons.append(f"{lost} unreachable")
    if counts.fail:
        reasons.append(f"{counts.fail} failed")
    if counts.score is None:
        return Gate(code=4, verdict="nothing-assessed", reasons=("nothing could be assessed",))
    if counts.unknown or lost:
        return Gate(code=3, verdict="incomplete", reasons=tuple(reasons))
    if counts.fail:
        return Gate(code=1, verdict="fail", reasons=tuple(reasons))
    return Gate(code=0, verdict="pass", reasons=())


def prose(some: Iterable[Finding]) -> tuple[CheckDoc, ...]:
    """The prose of each check that is named."""
    worst = {one.check: one.severity for one in some}
    return tuple(
        CheckDoc(
            id=check,
            title=f"The sentence that a pass of {check} means.",
            severity=worst[check],
            subject="trail",
            why="Somebody who can rewrite history leaves no history.",
            fix=f"aws cloudtrail update-trail --name audit  # {check}",
            see="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/",
            options=(OptionDoc(name="min_days", default="365", meaning="days"),),
        )
        for check in sorted(worst)
    )


def evidence(
    check: str, status: EvidenceStatus = "pass", *, confidence: Confidence = "high", **counts: int
) -> Evidence:
    """What a check says of a control; counts that aren't given are 0."""
    zero = dict.fromkeys(("passed", "fail", "unknown", "not_applicable", "waived"), 0)
    given: dict[str, Any] = {**zero, **counts}
    return Evidence(check=check, confidence=confidence, sources=("aws",), status=status, **given)


def control(number: str, status: ControlStatus, *some: Evidence, **more: str | None) -> Control:
    """A control with the counts of its direct evidence."""
    direct = [one for one in some if one.direct]
    given: dict[str, Any] = {"title": f"What {number} asks for", **more}
    return Control(
        id=number,
        status=status,
        passed=sum(one.passed for one in direct),
        fail=sum(one.fail for one in direct),
        unknown=sum(one.unknown for one in direct),
        not_applicable=sum(one.not_applicable for one in direct),
        waived=sum(one.waived for one in direct),
        evidence=some,
        **given,
    )


def framework(*controls: Control, key: str = "cis_aws_5_0", short: str = "CIS AWS 5.0.0") -> Framework:
    return Framework(
        key=key,
        name="CIS Amazon Web Services Foundations Benchmark",
        short=short,
        version="5.0.0",
        publisher="Center for Internet Security",
        notes=("The alarms are to be checked by hand.",),
        controls=controls,
    )


FINDINGS = findings()
ACCOUNTS = accounts()
COVERAGE = (
    *coverage(MAIN, "eu-west-1", {"s3-read": "partly", "s3-write": "unknown"}),
    *coverage(MEMBER, "eu-west-1", {"lambda": "no"}),
    *coverage(MEMBER, "us-east-1", {"management-write": "no", "lambda": "no"}),
)
READINGS = (
    CallCount(
        account=MAIN, region="eu-west-1", action="cloudtrail:DescribeTrails", outcome=Outcome.OK, count=1
    ),
    CallCount(
        account=MAIN,
        region="eu-west-1",
        action="s3:GetEncryptionConfiguration",
        outcome=Outcome.DENIED,
        code="AccessDenied",
        count=1,
    ),
)
FRAMEWORKS = (
    framework(
        control("3.1", "pass", evidence("multi-region-trail", "pass", passed=2)),
        control("3.2", "fail", evidence("trail-log-file-validation", "fail", fail=1)),
        control(
            "3.5",
            "unknown",
            evidence("trail-kms-encryption", "unknown", unknown=1),
            reason="unknown: trail-kms-encryption",
            note="Answered for trails alone.",
        ),
        control("4.16", "not_assessed"),
    ),
)
RUN = Run(
    id="20260131T090000Z-1a2b3c",
    started=STARTED,
    finished=FINISHED,
    caller=f"arn:aws:iam::{MAIN}:user/auditor",
    organization="o-a1b2c3d4e5",
)


def report(
    *,
    findings: Sequence[Finding] = FINDINGS,
    accounts: Sequence[ScopeAccount] = ACCOUNTS,
    coverage: Sequence[Coverage] = COVERAGE,
    readings: Sequence[CallCount] = READINGS,
    frameworks: Sequence[Framework] = FRAMEWORKS,
    waivers: Sequence[WaiverNote] = (),
    baseline: Baseline | None = None,
    run: Run = RUN,
    gate: Gate | None = None,
    checks: Sequence[CheckDoc] | None = None,
) -> Report:
    """A report of what is given; summary, gate and prose follow from the findings and accounts."""
    return Report(
        result=Result(
            tool=Tool(version="0.1.0"),
            run=run,
            scope=Scope(accounts=tuple(accounts)),
            readings=tuple(readings),
            coverage=tuple(coverage),
            findings=tuple(findings),
            waivers=tuple(waivers),
            baseline=baseline,
            frameworks=tuple(frameworks),
            summary=summary(findings),
            gate=settled(findings, accounts) if gate is None else gate,
        ),
        checks=prose(findings) if checks is None else tuple(checks),
    )


def waiver_note(text: str = "") -> WaiverNote:
    """What became of the waiver of the sample; `text` in every place that a person fills."""
    return WaiverNote(
        **{
            **WAIVER.model_dump(),
            **(dict.fromkeys(("id", "owner", "reason", "ticket"), text) if text else {}),
        },
        check="trail-notifications",
        scope=WaiverScope(account=MAIN, resource=text or TRAIL),
        created=date(2026, 1, 1),
        state="active",
        detail="excuses 1 failure",
        findings=(finding("trail-notifications").id,),
        unknown=0,
    )


def baseline(resource: str = TRAIL) -> Baseline:
    """An earlier run with a failure on something that is gone."""
    gone = Gone(
        id=finding(resource=resource).id,
        check="trail-log-file-validation",
        status=Status.FAIL,
        severity=Severity.MEDIUM,
        account=MAIN,
        region="eu-west-1",
        resource=resource,
        message="does not sign its log files",
        first_seen=STARTED,
        why="resource-gone",
    )
    return Baseline(run=RUN, tool=Tool(version="0.1.0"), gone=(gone,))


def clean() -> Report:
    """One account where everything passes."""
    return report(
        findings=[finding(status=Status.PASS)],
        accounts=[account()],
        coverage=coverage(),
        readings=(),
        frameworks=(),
    )


def many(count: int) -> Report:
    """One account with so many failures, each of a trail of its own, over all severities."""
    levels = list(Severity)
    return report(
        findings=in_order(
            finding(
                severity=levels[number % len(levels)],
                resource=f"arn:aws:cloudtrail:eu-west-1:{MAIN}:trail/trail-{number:05}",
            )
            for number in range(count)
        ),
        accounts=[account()],
    )


def hostile() -> Report:
    """Every hostile text in every place that a stranger can fill: names, messages, reasons, waivers."""
    some = []
    for number, text in enumerate(HOSTILE_TEXTS):
        for status in Status:
            gap = Reason(action="s3:GetBucketPolicy", operation="GetBucketPolicy", code=text, detail=text)
            reasons: dict[Status, Reason | str] = {Status.UNKNOWN: gap, Status.NOT_APPLICABLE: text}
            some.append(
                finding(
                    "bucket-public-access",
                    status,
                    region=f"region-{number}-{status}",
                    resource=text,
                    message=text,
                    reason=reasons.get(status),
                )
            )
        some.append(
            finding(
                "bucket-tls-only",
                region=f"region-{number}",
                resource=text,
                message=text,
                waiver=Waiver(id=text, owner=text, reason=text, ticket=text, expires=date(2026, 3, 31)),
            )
        )
    states: tuple[AccountState, ...] = ("assessed", "partial", "unreachable", "skipped")
    scope = [account()] + [
        account(f"{900_000_000_000 + number}", states[number % 4], name=text, reason=text)
        for number, text in enumerate(HOSTILE_TEXTS)
    ]
    cells = [
        Coverage(
            account=MAIN,
            region="eu-west-1",
            event_class="s3-read",
            recorded="partly",
            by=HOSTILE_TEXTS,
            holes=HOSTILE_TEXTS,
        )
    ]
    return report(
        findings=in_order(some),
        accounts=scope,
        coverage=cells,
        waivers=[waiver_note(text) for text in HOSTILE_TEXTS if text.strip()],
        baseline=baseline(HOSTILE_TEXTS[0]),
        frameworks=[
            framework(
                control(
                    text, "unknown", evidence(text, "unknown", unknown=1), title=text, reason=text, note=text
                ),
                control(text, "not_assessed", title=text, note=text),
                short=text,
            )
            for text in CITABLE
        ],
        run=Run(
            id=HOSTILE_TEXTS[0],
            started=STARTED,
            finished=FINISHED,
            caller=HOSTILE_TEXTS[5],
            organization=HOSTILE_TEXTS[7],
        ),
    )


def with_evidence(some: Report, text: str = "{}", calls: int = 5) -> Report:
    """The report, each finding of which rests on the same calls; they answered the text."""
    records = tuple(
        record(
            "cloudtrail:DescribeTrails",
            MAIN,
            id=f"{MAIN}/{number}",
            at=STARTED,
            request_ids=(f"request-{number}",),
            caller=f"arn:aws:sts::{MAIN}:assumed-role/trailaudit/{text}",
            facts=text,
        )
        for number in range(1, calls + 1)
    )
    ids = tuple(record.id for record in records)
    cited = tuple(replace(one, evidence=ids) for one in some.result.findings)
    result = some.result.model_copy(update={"findings": cited, "evidence": records})
    return some.model_copy(update={"result": result})
