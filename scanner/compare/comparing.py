"""The last of several runs against the first: what differs, and what changed behind it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from scanner.compare.causes import Run, cause, options
from scanner.compare.history import failures, pace
from scanner.compare.standing import difference, fails, standing
from scanner.model.comparison import (
    Changed,
    ComparedRun,
    Comparison,
    ControlChange,
    RuleChange,
    ScopeChange,
    Tally,
)
from scanner.model.finding import Finding
from scanner.model.result import Result, Summary, Tool


def compare(runs: Sequence[Result], tool: Tool) -> Comparison:
    """Two runs or more, the oldest first; `tool` is what compares."""
    first, last = runs[0], runs[-1]
    before, after = Run(first, "the first run"), Run(last, "the last run")
    failed_before = {one.id for run in runs[:-1] for one in run.findings if fails(standing(one))}
    failed_before |= {one.id for one in first.findings if one.first_seen is not None}
    subjects = {**before.sight.findings, **after.sight.findings}
    changes = tuple(
        changed
        for subject in sorted(subjects.values(), key=lambda one: one.order)
        if (changed := _changed(subject.id, before, after, failed_before)) is not None
    )
    history = failures(runs)
    names = {one.id: one.name for run in runs for one in run.scope.accounts}
    return Comparison(
        tool=tool,
        runs=tuple(_run(run) for run in runs),
        scope=tuple(_scope(first, last)),
        rules=tuple(_rules(before, after)),
        rules_known=bool(before.rules and after.rules),
        changes=changes,
        unchanged=len(subjects) - len(changes),
        accounts=_tallies(changes, first, last, lambda one: one.account, names),
        checks=_tallies(changes, first, last, lambda one: one.check, {}),
        controls=tuple(_controls(first, last)),
        failures=history,
        pace=pace(history),
    )


def _run(result: Result) -> ComparedRun:
    states = Counter(account.state for account in result.scope.accounts)
    return ComparedRun(
        id=result.run.id,
        seen_at=result.run.seen_at,
        version=result.tool.version,
        caller=result.run.caller,
        accounts=len(result.scope.accounts),
        unreachable=states["unreachable"],
        checks=len({rule.id for rule in result.rules} or {one.check for one in result.findings}),
        summary=result.summary,
        verdict=result.gate.verdict,
    )


def _changed(identity: str, before: Run, after: Run, failed_before: set[str]) -> Changed | None:
    old, new = before.sight.findings.get(identity), after.sight.findings.get(identity)
    was, now = standing(old), standing(new)
    kind = difference(was, now, failed_before=identity in failed_before)
    one = new or old
    if kind is None or one is None:
        return None
    why, detail = cause(before, after, old, new)
    return Changed(
        id=identity,
        check=one.check,
        severity=one.severity,
        account=one.account,
        region=one.region,
        resource=one.resource,
        before=was,
        after=now,
        kind=kind,
        why=why,
        detail=detail,
        message_before=None if old is None else old.message,
        message_after=None if new is None else new.message,
    )


def _scope(first: Result, last: Result) -> Iterator[ScopeChange]:
    old = {account.id: account for account in first.scope.accounts}
    new = {account.id: account for account in last.scope.accounts}
    for identity in sorted({**old, **new}):
        was, now = old.get(identity), new.get(identity)
        regions = (set(was.regions) if was else set(), set(now.regions) if now else set())
        state = (was and was.state, now and now.state)
        if state[0] != state[1] or regions[0] != regions[1]:
            named = now or was
            yield ScopeChange(
                account=identity,
                name=named.name if named else None,
                before=state[0],
                after=state[1],
                regions_added=tuple(sorted(regions[1] - regions[0])),
                regions_removed=tuple(sorted(regions[0] - regions[1])),
            )


def _rules(before: Run, after: Run) -> Iterator[RuleChange]:
    if not before.rules or not after.rules:
        return
    for check in sorted({**before.rules, **after.rules}):
        old, new = before.rules.get(check), after.rules.get(check)
        if old is None:
            yield RuleChange(check=check, kind="added")
        elif new is None:
            yield RuleChange(check=check, kind="removed")
        elif changed := options(old, new):
            yield RuleChange(check=check, kind="changed", options=changed)


def _tallies(
    changes: Sequence[Changed],
    first: Result,
    last: Result,
    key: Callable[[Changed | Finding], str],
    names: Mapping[str, str | None],
) -> tuple[Tally, ...]:
    """Those in which something changed, the most new failures first."""
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in changes:
        new = one.kind in ("new", "reappeared")
        groups[key(one)]["new" if new else "fixed" if one.kind == "fixed" else "other"] += 1
    then, now = _by(first.findings, key), _by(last.findings, key)
    rows = (
        Tally(
            key=group,
            name=names.get(group),
            before=Summary.of(then[group]) if group in then else None,
            after=Summary.of(now[group]) if group in now else None,
            new=counts["new"],
            fixed=counts["fixed"],
            other=counts["other"],
        )
        for group, counts in groups.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.new, -row.fixed, -row.other, row.key)))


def _by(findings: Sequence[Finding], key: Callable[[Changed | Finding], str]) -> dict[str, list[Finding]]:
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[key(finding)].append(finding)
    return dict(groups)


def _controls(first: Result, last: Result) -> Iterator[ControlChange]:
    old, new = _statuses(first), _statuses(last)
    for framework, control in sorted({**old, **new}):
        was, now = old.get((framework, control)), new.get((framework, control))
        if was != now:
            yield ControlChange(framework=framework, control=control, before=was, after=now)


def _statuses(result: Result) -> dict[tuple[str, str], str]:
    return {
        (framework.key, control.id): control.status
        for framework in result.frameworks
        for control in framework.controls
    }
