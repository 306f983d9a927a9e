"""What differs between runs, and what is said to be behind it."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.compare import Sight, compare, since
from scanner.model.comparison import Changed, Comparison, OptionChange, RuleChange, ScopeChange
from scanner.model.finding import Finding, Severity, Status
from scanner.model.result import Result, Tool
from tests.build import ACCOUNT, OTHER
from tests.compare.worlds import (
    CHECK,
    NOT_JUDGED,
    PASSED,
    UNREAD,
    at,
    finding,
    rules,
    run,
    scope_account,
    unlisted,
)
from tests.test_scan import WAIVER

TOOL = Tool(version="0.1.0")
WAIVED = finding(waiver=WAIVER)


def compared(*runs: Result) -> Comparison:
    return compare(runs, TOOL)


def kinds(old: Finding | None, new: Finding | None) -> list[tuple[str, str]]:
    runs = [run(*([one] if one else []), quarter=quarter) for quarter, one in enumerate((old, new))]
    return [(one.kind, one.why) for one in compared(*runs).changes]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (finding(PASSED), finding(), ("new", "configuration")),
        (None, finding(), ("new", "configuration")),
        (finding(UNREAD), finding(), ("new", "visibility")),
        (finding(), finding(PASSED), ("fixed", "configuration")),
        (WAIVED, finding(PASSED), ("fixed", "configuration")),
        (finding(), finding(UNREAD), ("lost-visibility", "visibility")),
        (finding(), finding(NOT_JUDGED), ("changed", "configuration")),
        (finding(UNREAD), finding(PASSED), ("changed", "visibility")),
        (finding(), WAIVED, ("waived", "waivers")),
        (WAIVED, finding(), ("waiver-ended", "waivers")),
        (finding(), None, ("gone", "configuration")),
        (None, finding(PASSED), ("appeared", "configuration")),
        (None, finding(UNREAD), ("appeared", "visibility")),
    ],
)
def test_what_became_of_a_subject_and_why(
    old: Finding | None, new: Finding | None, expected: tuple[str, str]
) -> None:
    assert kinds(old, new) == [expected]


@pytest.mark.parametrize("status", list(Status))
def test_a_subject_that_stands_as_it_stood_is_counted_and_not_listed(status: Status) -> None:
    found = compared(run(finding(status)), run(finding(status, message="in other words"), quarter=1))
    assert (found.changes, found.unchanged, found.accounts, found.checks) == ((), 1, (), ())


def why(before: dict[str, Any], after: dict[str, Any], *findings: Finding) -> tuple[str, str]:
    """Behind a trail that passed in the first run, and fails or isn't there in the last."""
    first, last = run(finding(PASSED), **before), run(*findings, quarter=1, **after)
    (one,) = (one for one in compared(first, last).changes if one.id == finding().id)
    return one.why, one.detail


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({}, ("configuration", "it is gone, or nothing refers to it")),
        ({"accounts": [scope_account(OTHER)]}, ("scope", "the account is not in the scope of the last run")),
        ({"accounts": [scope_account(state="skipped")]}, ("scope", "the account was skipped by the last run")),
        ({"accounts": [scope_account(regions=())]}, ("scope", "the region is not in the scope of the last run")),
        ({"accounts": [scope_account(state="unreachable")]}, ("visibility", "the account could not be entered by the last run")),
        ({"ran": rules(["trail-tags"])}, ("rules", "the check was no part of the last run")),
        ({"version": "0.2.0"}, ("configuration-or-rules", "it is gone, or nothing refers to it, or trailaudit 0.1.0 judged the one, 0.2.0 the other")),
    ],
)  # fmt: skip
def test_why_a_subject_has_no_verdict_any_more(after: dict[str, Any], expected: tuple[str, str]) -> None:
    assert why({}, after) == expected


def test_a_trail_that_could_not_be_listed_is_not_said_to_be_gone() -> None:
    assert why({}, {}, unlisted()) == (
        "visibility",
        "the last run could not list everything: it may have been there",
    )


def test_a_thing_that_moves_to_its_owner_who_came_into_scope_is_a_change_of_scope() -> None:
    bucket = "arn:aws:s3:::acme-logs"
    users = finding(check="bucket-retention", resource=bucket)
    owners = finding(check="bucket-retention", account=OTHER, resource=bucket)
    one, both = [scope_account()], [scope_account(), scope_account(OTHER)]
    for first, last in (
        (run(users, accounts=one), run(owners, accounts=both, quarter=1)),
        (run(owners, accounts=both), run(users, accounts=one, quarter=1)),
    ):
        assert {change.why for change in compared(first, last).changes} == {"scope"}
    moved = compared(run(users), run(owners, quarter=1)).changes
    assert {change.why for change in moved} == {"configuration"}


def test_another_verdict_by_other_rules_may_be_for_either_reason() -> None:
    now = finding()
    assert why({}, {"version": "0.2.0"}, now) == (
        "configuration-or-rules",
        "trailaudit 0.1.0 judged the one, 0.2.0 the other",
    )
    assert why({"ran": rules(min_days=365)}, {"ran": rules(min_days=400)}, now) == (
        "configuration-or-rules",
        "the check is set otherwise (min_days)",
    )
    assert why({"ran": ()}, {}, now)[0] == "configuration-or-rules"


def test_another_severity_decides_no_verdict() -> None:
    critical = tuple(one.model_copy(update={"severity": Severity.CRITICAL}) for one in rules())
    assert why({}, {"ran": critical}, finding())[0] == "configuration"


def test_what_an_account_brings_along_is_a_change_of_scope() -> None:
    found = compared(run(accounts=[scope_account()]), run(finding(account=OTHER), quarter=1))
    assert [(one.kind, one.why) for one in found.changes] == [("new", "scope")]
    assert found.scope == (
        ScopeChange(
            account=OTHER,
            name=None,
            before=None,
            after="assessed",
            regions_added=("eu-west-1", "us-east-1"),
            regions_removed=(),
        ),
    )


def test_rules_that_differ_are_told_check_by_check() -> None:
    before = rules(["a", "b", "c"], min_days=365)
    found = compared(
        run(ran=before), run(ran=(*rules(["b"], min_days=365), *rules(["c", "d"], min_days=400)), quarter=1)
    )
    assert found.rules == (
        RuleChange(check="a", kind="removed"),
        RuleChange(
            check="c",
            kind="changed",
            options=(OptionChange(name="min_days", before=365, after=400),),
        ),
        RuleChange(check="d", kind="added"),
    )


def test_of_results_that_do_not_say_their_rules_none_is_said_to_have_changed() -> None:
    found = compared(run(ran=()), run(quarter=1))
    assert (found.rules, found.rules_known) == ((), False)


def test_accounts_and_checks_are_counted_the_most_new_failures_first() -> None:
    first = run(finding(), finding(PASSED, account=OTHER), finding(PASSED, check="trail-tags", account=OTHER))
    last = run(finding(PASSED), finding(account=OTHER), finding(check="trail-tags", account=OTHER), quarter=1)
    found = compared(first, last)
    assert [(row.key, row.new, row.fixed) for row in found.accounts] == [(OTHER, 2, 0), (ACCOUNT, 0, 1)]
    assert [(row.key, row.new, row.fixed) for row in found.checks] == [(CHECK, 1, 1), ("trail-tags", 1, 0)]
    other = found.accounts[0]
    assert other.before is not None
    assert other.after is not None
    assert (other.before.score, other.after.score) == (1.0, 0.0)


def test_a_failure_that_an_earlier_run_had_reappeared() -> None:
    runs = [
        run(finding(PASSED)),
        run(finding(), quarter=1),
        run(finding(PASSED), quarter=2),
        run(finding(), quarter=3),
    ]
    assert [one.kind for one in compared(*runs).changes] == ["reappeared"]
    remembered = run(finding(PASSED, first_seen=run().run.seen_at))
    assert [one.kind for one in compared(remembered, run(finding(), quarter=1)).changes] == ["reappeared"]


def test_a_failure_that_began_between_the_runs_and_stayed_is_new() -> None:
    runs = [run(finding(PASSED)), run(finding(), quarter=1), run(finding(), quarter=2)]
    assert [one.kind for one in compared(*runs).changes] == ["new"]


def test_a_failure_that_the_first_run_could_not_see_itself_but_carried_on_reappeared() -> None:
    seen, blind = run(finding()), [scope_account(state="unreachable")]
    _, told = since((), Sight.of(run(quarter=1, accounts=blind)), seen, at(1))
    first = run(quarter=1, accounts=blind, baseline=told)
    assert [one.kind for one in compared(first, run(finding(), quarter=2)).changes] == ["reappeared"]


def test_an_account_that_a_later_run_has_no_name_for_keeps_its_name() -> None:
    before = run(finding(PASSED), accounts=[scope_account(name="payments")])
    (tally,) = compared(before, run(finding(), quarter=1)).accounts
    assert tally.name == "payments"


SUBJECTS = st.builds(
    finding,
    st.sampled_from(list(Status)),
    check=st.sampled_from([CHECK, "trail-tags"]),
    account=st.sampled_from([ACCOUNT, OTHER]),
    region=st.sampled_from(["eu-west-1", "us-east-1"]),
)
VERDICTS = st.lists(SUBJECTS, unique_by=lambda one: one.id)
SCOPES = st.lists(
    st.builds(
        scope_account,
        st.sampled_from([ACCOUNT, OTHER]),
        st.sampled_from(["assessed", "partial", "unreachable", "skipped"]),
    ),
    unique_by=lambda one: one.id,
)
RUNS = st.builds(
    lambda findings, accounts, version: run(*findings, accounts=accounts, version=version),
    VERDICTS,
    SCOPES,
    st.sampled_from(["0.1.0", "0.2.0"]),
)


def failing(changes: tuple[Changed, ...], side: str) -> set[str]:
    """Subjects that fail on this side and not on the other."""
    other = "after" if side == "before" else "before"
    bad = ("fail", "waived")
    return {one.id for one in changes if getattr(one, side) in bad and getattr(one, other) not in bad}


@given(RUNS, RUNS)
def test_what_is_new_one_way_is_no_longer_failing_the_other_way(one: Result, other: Result) -> None:
    there, back = compared(one, other).changes, compared(other, one).changes
    new = {change.id for change in there if change.kind in ("new", "reappeared")}
    assert new == failing(there, "after") == failing(back, "before")
    assert {change.id for change in there} == {change.id for change in back}
    assert {change.id: change.why for change in there} == {change.id: change.why for change in back}


@given(RUNS, RUNS, st.randoms(use_true_random=False))
def test_the_order_of_findings_changes_nothing(one: Result, other: Result, random: Random) -> None:
    def shuffled(result: Result) -> Result:
        findings = random.sample(result.findings, len(result.findings))
        return result.model_copy(update={"findings": tuple(findings)})

    assert compared(shuffled(one), shuffled(other)) == compared(one, other)


@given(RUNS, RUNS)
def test_every_subject_is_listed_or_counted_once(one: Result, other: Result) -> None:
    found = compared(one, other)
    subjects = {finding.id for result in (one, other) for finding in result.findings}
    assert len(found.changes) + found.unchanged == len(subjects)
    assert sum(row.new + row.fixed + row.other for row in found.accounts) == len(found.changes)
    assert sum(row.new + row.fixed + row.other for row in found.checks) == len(found.changes)


@given(RUNS)
def test_a_run_differs_in_nothing_from_itself(one: Result) -> None:
    found = compared(one, one)
    assert (found.changes, found.scope, found.rules, found.controls) == ((), (), (), ())


@given(RUNS, RUNS)
def test_fixed_is_only_what_was_seen_to_pass(one: Result, other: Result) -> None:
    passing = {finding.id for finding in other.findings if finding.status is PASSED}
    found = compared(one, other)
    assert {change.id for change in found.changes if change.kind == "fixed"} <= passing
    assert {failure.id for failure in found.failures if failure.outcome == "fixed"} <= passing
