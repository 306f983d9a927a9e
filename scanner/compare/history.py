"""Every failure over several runs: when it was first seen, when last, and when it was seen mended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median

from scanner.compare.sight import Sight
from scanner.compare.standing import fails, standing
from scanner.model.comparison import Failure, Outcome, Pace
from scanner.model.finding import Finding, Severity, Status
from scanner.model.result import Absence, Result

_ABSENT: dict[Absence, Outcome] = {
    "resource-gone": "gone",
    "filed-elsewhere": "gone",
    "not-visible": "not-visible",
    "account-unreachable": "not-visible",
    "account-skipped": "out-of-scope",
    "account-not-in-scope": "out-of-scope",
    "region-not-in-scope": "out-of-scope",
    "check-not-run": "not-judged",
}
_STANDS: Mapping[str, Outcome] = {"fail": "open", "waived": "waived", "unknown": "not-visible"}


def failures(runs: Sequence[Result]) -> tuple[Failure, ...]:
    """Sorted by account, check, region and resource, and each subject's by time."""
    by_subject: dict[str, list[Finding | None]] = {
        identity: [None] * len(runs) for run in runs for identity in failed(run)
    }
    for at, run in enumerate(runs):
        for finding in run.findings:
            if finding.id in by_subject:
                by_subject[finding.id][at] = finding
    last = Sight.of(runs[-1])
    times = [run.run.seen_at for run in runs]
    found = [one for seen in by_subject.values() for one in _of_subject(seen, times, last)]
    return tuple(
        sorted(
            found,
            key=lambda one: (one.account, one.check, one.region or "", one.resource, one.first_seen),
        )
    )


def failed(run: Result) -> set[str]:
    """Ids of its failures, open or waived."""
    return {one.id for one in run.findings if one.status is Status.FAIL}


def _of_subject(seen: Sequence[Finding | None], times: Sequence[datetime], last: Sight) -> Iterator[Failure]:
    """The failures of one subject. What is unknown or not there ends none: nobody saw it mended."""
    failed: list[int] = []
    for at, finding in enumerate(seen):
        stands = standing(finding)
        if fails(stands):
            failed.append(at)
        elif failed and stands in ("pass", "not_applicable"):
            yield _failure(seen, times, failed, "fixed" if stands == "pass" else "not-applicable", at)
            failed = []
    if failed:
        now, latest = seen[-1], seen[failed[-1]]
        assert latest is not None
        outcome = _ABSENT[last.absence(latest)] if now is None else _STANDS[str(standing(now))]
        yield _failure(seen, times, failed, outcome, None)


def _failure(
    seen: Sequence[Finding | None],
    times: Sequence[datetime],
    failed: Sequence[int],
    outcome: Outcome,
    ended: int | None,
) -> Failure:
    first, latest = seen[failed[0]], seen[failed[-1]]
    assert first is not None
    assert latest is not None
    began = times[failed[0]]
    if failed[0] == 0 and first.first_seen is not None:
        began = min(began, first.first_seen)
    end = times[-1] if ended is None else times[ended]
    return Failure(
        id=latest.id,
        check=latest.check,
        severity=latest.severity,
        account=latest.account,
        region=latest.region,
        resource=latest.resource,
        message=latest.message,
        first_seen=began,
        last_seen=times[failed[-1]],
        ended=None if ended is None else end,
        outcome=outcome,
        days=(end - began).days,
    )


def pace(found: Sequence[Failure]) -> tuple[Pace, ...]:
    """How long failures lasted, for each severity that has any, the worst first."""
    rows = []
    for severity in reversed(Severity):
        own = [one for one in found if one.severity is severity]
        fixed = [one.days for one in own if one.outcome == "fixed"]
        still = [one.days for one in own if one.outcome in ("open", "waived")]
        if own:
            rows.append(
                Pace(
                    severity=severity,
                    fixed=len(fixed),
                    median_days=median(fixed) if fixed else None,
                    longest_days=max(fixed, default=None),
                    open=len(still),
                    oldest_days=max(still, default=None),
                )
            )
    return tuple(rows)
