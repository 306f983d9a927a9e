"""What became of each verdict since an earlier run.

| now             | in the baseline                                    | `change`          |
|-----------------|----------------------------------------------------|-------------------|
| fail            | fail                                               | `unchanged`       |
| fail            | anything else, and it is known to have failed once | `reappeared`      |
| fail            | anything else                                      | `new`             |
| pass            | fail                                               | `fixed`           |
| unknown         | pass, fail or not applicable                       | `lost-visibility` |
| as it was       |                                                    | `unchanged`       |
| another verdict |                                                    | `changed`         |
| no failure      | no verdict on this subject                         | `new`             |

Subjects are told apart by check, account, region and resource. A result remembers when each subject
first failed (`first_seen`), so a chain of baselines knows a failure that comes back after several runs.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scanner.compare.sight import Sight
from scanner.model.finding import Change, Finding, Status
from scanner.model.result import Baseline, Gone, Result

_CARRIED = frozenset({"account-unreachable", "not-visible"})
"""Who was not seen for these reasons stays on the list until it is seen again."""


def since(
    findings: Sequence[Finding], sight: Sight, earlier: Result, now: datetime
) -> tuple[tuple[Finding, ...], Baseline]:
    """The findings of a run with their change, and what the baseline has that the run hasn't.

    `sight` is the run's own, `now` the time at which it read AWS.
    """
    before: dict[str, Finding | Gone] = {one.id: one for one in _carried(earlier)}
    before |= {one.id: one for one in earlier.findings}
    then = earlier.run.seen_at
    changed = []
    for finding in findings:
        old = before.get(finding.id)
        first = None if old is None else _first_seen(old, then)
        changed.append(
            replace(
                finding,
                change=_change(finding, old, failed_before=first is not None),
                first_seen=now if first is None and finding.status is Status.FAIL else first,
            )
        )
    gone = [
        _gone(old, sight, then)
        for identity, old in before.items()
        if identity not in sight.findings and old.status in (Status.FAIL, Status.UNKNOWN)
    ]
    ordered = sorted(gone, key=lambda one: (one.account, one.check, one.region or "", one.resource))
    return tuple(changed), Baseline(run=earlier.run, tool=earlier.tool, gone=tuple(ordered))


def held(earlier: Result) -> frozenset[str]:
    """Ids of the failures that were open in a run: a failure that a waiver excused was not."""
    return frozenset(one.id for one in earlier.findings if one.status is Status.FAIL and one.waiver is None)


def once_failed(earlier: Result) -> frozenset[str]:
    """Ids of all that a run knows to have failed by then, itself or in the runs that it was held against."""
    told: tuple[Finding | Gone, ...] = (*earlier.findings, *_carried(earlier))
    return frozenset(one.id for one in told if one.status is Status.FAIL or one.first_seen is not None)


def _carried(earlier: Result) -> tuple[Gone, ...]:
    gone = earlier.baseline.gone if earlier.baseline is not None else ()
    return tuple(one for one in gone if one.why in _CARRIED)


def _first_seen(old: Finding | Gone, then: datetime) -> datetime | None:
    return old.first_seen or (then if old.status is Status.FAIL else None)


def _change(finding: Finding, old: Finding | Gone | None, *, failed_before: bool) -> Change:
    now, was = finding.status, None if old is None else old.status
    if now is was:
        # What the baseline itself could not see and carried on from an earlier one was not there.
        return "reappeared" if now is Status.FAIL and isinstance(old, Gone) else "unchanged"
    if now is Status.FAIL:
        return "reappeared" if failed_before else "new"
    if was is None:
        return "new"
    if now is Status.PASS and was is Status.FAIL:
        return "fixed"
    return "lost-visibility" if now is Status.UNKNOWN else "changed"


def _gone(old: Finding | Gone, sight: Sight, then: datetime) -> Gone:
    return Gone(
        id=old.id,
        check=old.check,
        status=old.status,
        severity=old.severity,
        account=old.account,
        region=old.region,
        resource=old.resource,
        message=old.message,
        first_seen=_first_seen(old, then),
        why=sight.absence(old),
    )
