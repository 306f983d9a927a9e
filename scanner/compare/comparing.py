"""The last of several runs against the first: what differs, and what changed behind it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from scanner.compare.baseline import once_failed
from scanner.compare.causes import Causes, Run, options
from scanner.compare.history import failed, failures, pace
from scanner.compare.standing import difference, standing
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
    causes = Causes(before, after)
    paused = _paused(runs[:-1])
    subjects = {**before.sight.findings, **after.sight.findings}
    changes = tuple(
        sorted(
            (
                changed
                for identity in subjects
                if (changed := _changed(identity, before, after, causes, paused)) is not None
            ),
            key=lambda one: (one.account, one.check, one.region or "", one.resource),
        )
    )
    history = failures(runs)
    names = {one.id: one.name for run in runs for one in run.scope.accounts if one.name}
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


def _paused(runs: Sequence[Result]) -> set[str]:
    """Ids of what failed and, in a later one of these runs, did not."""
    ever, paused = set(once_failed(runs[0])), set[str]()
    for run in runs:
        failing = failed(run)
        paused |= ever - failing
        ever |= failing
    return paused


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


def _changed(
    identity: str, before: Run, after: Run, causes: Causes, paused: Collection[str]
) -> Changed | None:
    old, new = before.sight.findings.get(identity), after.sight.findings.get(identity)
    was, now = standing(old), standing(new)
    kind = difference(was, now, paused=identity in paused)
    one = new or old
    if kind is None or one is None:
        return None
    why, detail = causes.of(old, new)
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
    then, now = _by(first.findings, key, groups), _by(last.findings, key, groups)
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


def _by(
    findings: Sequence[Finding], key: Callable[[Changed | Finding], str], wanted: Collection[str]
) -> dict[str, list[Finding]]:
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if (group := key(finding)) in wanted:
            groups[group].append(finding)
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
