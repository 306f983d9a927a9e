"""The whole program on one screen: read AWS into a posture, then judge it.

`collect` is all of the I/O; `assess` is a pure function of what was read.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from scanner.check import BROKEN, Check
from scanner.compare import Sight, held, since
from scanner.coverage import matrix
from scanner.errors import UserError
from scanner.frameworks import FrameworkFile, assess_frameworks
from scanner.model.finding import Finding, Reason, Severity, Status
from scanner.model.posture import Posture
from scanner.model.result import (
    Gate,
    GateVerdict,
    Report,
    Result,
    Rule,
    Run,
    Scope,
    ScopeAccount,
    Summary,
    Tool,
)
from scanner.model.waiver import WaiverRule
from scanner.registry import describe
from scanner.waivers import apply
from scanner.words import plural

EXIT_PASS = 0
EXIT_FAIL = 1
EXIT_USER = 2
EXIT_INCOMPLETE = 3
EXIT_NOTHING = 4
EXIT_INTERRUPTED = 130


def needs(checks: Iterable[Check]) -> frozenset[str]:
    """The IAM actions that the verdicts of these checks rest on: what a scan for them must read."""
    return frozenset(action for check in checks for action in check.needs)


def verdicts(posture: Posture, checks: Iterable[Check]) -> tuple[Finding, ...]:
    """What the checks say of the posture, sorted."""
    found = (finding for check in checks for finding in check.evaluate(posture))
    return tuple(sorted(found, key=lambda finding: finding.order))


def assess(
    posture: Posture,
    checks: Sequence[Check],
    *,
    run: Run,
    fail_on: Severity | None,
    allow_unknown: bool,
    frameworks: Sequence[FrameworkFile] = (),
    waivers: Sequence[WaiverRule] = (),
    baseline: Result | None = None,
    fail_on_new: bool = False,
) -> Result:
    """Judge a posture. The same posture, checks, waivers and baseline give the same result, but for `run`.

    `fail_on` is the mildest severity that the gate minds; None never fails it. With `fail_on_new` it
    minds only what was no open failure in the baseline.
    """
    findings, notes = apply(verdicts(posture, checks), waivers, posture.taken_at.date())
    scope = _scope(posture)
    since_then = None
    if baseline is not None:
        sight = Sight(scope.accounts, {check.id for check in checks}, findings)
        findings, since_then = since(findings, sight, baseline, posture.taken_at)
    coverage = [row for account in posture.reachable for row in matrix(account, posture)]
    return Result(
        tool=Tool(version=version("trailaudit")),
        run=run,
        scope=scope,
        rules=tuple(sorted(map(_rule, checks), key=lambda rule: rule.id)),
        readings=posture.calls,
        coverage=tuple(sorted(coverage, key=lambda row: (row.account, row.region, row.event_class))),
        findings=findings,
        waivers=notes,
        baseline=since_then,
        frameworks=assess_frameworks(frameworks, findings, scope.accounts, checks),
        summary=Summary.of(findings),
        gate=gate(
            posture,
            findings,
            fail_on=fail_on,
            allow_unknown=allow_unknown,
            known=held(baseline) if baseline is not None and fail_on_new else None,
        ),
    )


def report(result: Result, checks: Sequence[Check]) -> Report:
    """The result with the prose of its checks, as renderers take it."""
    return Report(result=result, checks=tuple(describe(check) for check in checks))


def _rule(check: Check) -> Rule:
    options = to_jsonable_python({name: getattr(check, name) for name in type(check).model_fields})
    severity = options.pop("severity")
    return Rule(id=check.id, severity=severity, options=options)


def as_ran(result: Result, installed: Iterable[type[Check]]) -> tuple[Check, ...]:
    """The checks of an earlier run as they were set, as far as they are installed; none where it is too old
    to tell. Raises UserError where they take other options today.
    """
    known = {check.id: check for check in installed}
    try:
        return tuple(
            known[rule.id].model_validate_json(json.dumps({**rule.options, "severity": rule.severity}))
            for rule in result.rules
            if rule.id in known
        )
    except ValidationError as error:
        raise UserError(
            f"the run {result.run.id} has options that its checks no longer take",
            hint="render it with the release that wrote it",
        ) from error


def against(result: Result, frameworks: Sequence[FrameworkFile], installed: Iterable[type[Check]]) -> Result:
    """An earlier result with what its verdicts say of these frameworks instead of its own.

    Raises UserError where it doesn't tell how its checks were set, and as `as_ran` does.
    """
    ran = as_ran(result, installed)
    if not ran:
        raise UserError(
            f"the run {result.run.id} does not tell which checks ran",
            hint="judge its posture again: trailaudit scan --posture FILE --framework KEY",
        )
    assessed = assess_frameworks(frameworks, result.findings, result.scope.accounts, ran)
    return result.model_copy(update={"frameworks": assessed})


def _scope(posture: Posture) -> Scope:
    return Scope(
        accounts=tuple(
            ScopeAccount(
                id=account.id,
                name=account.name,
                state=account.state,
                regions=account.regions,
                reason=account.reason,
            )
            for account in posture.accounts
        )
    )


def gate(
    posture: Posture,
    findings: Sequence[Finding],
    *,
    fail_on: Severity | None,
    allow_unknown: bool,
    known: frozenset[str] | None = None,
) -> Gate:
    """The exit code and its reasons, the weightiest first. The highest code that applies wins.

    `known`: ids of failures that the gate doesn't mind, since the baseline holds them.
    """
    statuses = Counter(finding.status for finding in findings)
    unreachable = sum(account.state == "unreachable" for account in posture.accounts)
    failed = sum(
        finding.status is Status.FAIL
        and finding.waiver is None
        and fail_on is not None
        and finding.severity.rank >= fail_on.rank
        and finding.id not in (known or ())
        for finding in findings
    )
    broken = sorted({finding.check for finding in findings if _is_broken(finding)})
    nothing = not posture.reachable or (
        statuses[Status.UNKNOWN] > 0 and not statuses[Status.PASS] and not statuses[Status.FAIL]
    )
    reasons: list[tuple[int, str]] = []
    if nothing:
        reasons.append((EXIT_NOTHING, "nothing could be assessed"))
    if unreachable:
        reasons.append((EXIT_INCOMPLETE, f"{plural(unreachable, 'account')} could not be entered"))
    if broken:
        reasons.append((EXIT_INCOMPLETE, f"broken: {', '.join(broken)}"))
    if statuses[Status.UNKNOWN] and not allow_unknown:
        reasons.append((EXIT_INCOMPLETE, f"{statuses[Status.UNKNOWN]:,} unknown"))
    if failed and fail_on is not None:
        least = "" if fail_on is Severity.INFO else f" at or above {fail_on}"
        beyond = "" if known is None else ", beyond the baseline"
        reasons.append((EXIT_FAIL, f"{failed:,} failed{least}{beyond}"))
    code = max((code for code, _ in reasons), default=EXIT_PASS)
    verdicts: dict[int, GateVerdict] = {
        EXIT_PASS: "pass",
        EXIT_FAIL: "fail",
        EXIT_INCOMPLETE: "incomplete",
        EXIT_NOTHING: "nothing-assessed",
    }
    beyond = "" if known is None else " beyond the baseline"
    passed = f"everything asked for was assessed, and nothing failed the gate{beyond}"
    texts = tuple(text for _, text in reasons) or (passed,)
    return Gate(code=code, verdict=verdicts[code], reasons=texts)


def _is_broken(finding: Finding) -> bool:
    return isinstance(finding.reason, Reason) and finding.reason.code == BROKEN
