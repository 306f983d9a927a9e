"""When a failure was first seen, last seen and seen mended, and how long that took."""

import pytest

from scanner.compare.history import failures, pace
from scanner.model.comparison import Pace
from scanner.model.finding import Finding, Severity, Status
from scanner.model.result import Result
from tests.compare.worlds import (
    FAILED,
    NOT_JUDGED,
    PASSED,
    QUARTER,
    UNREAD,
    at,
    finding,
    run,
    scope_account,
)
from tests.test_scan import WAIVER


def runs(*statuses: Status | None) -> list[Result]:
    """One a quarter; None: no verdict."""
    return [run(*([finding(one)] if one else []), quarter=quarter) for quarter, one in enumerate(statuses)]


def test_a_failure_that_was_mended_has_its_three_times() -> None:
    (one,) = failures(runs(PASSED, FAILED, FAILED, PASSED))
    assert (one.first_seen, one.last_seen, one.ended) == (at(1), at(2), at(3))
    assert (one.outcome, one.days) == ("fixed", 2 * QUARTER.days)


def test_a_failure_that_is_still_there_has_no_end_and_grows_old() -> None:
    (one,) = failures(runs(FAILED, FAILED, FAILED))
    assert (one.first_seen, one.last_seen, one.ended) == (at(0), at(2), None)
    assert (one.outcome, one.days) == ("open", 2 * QUARTER.days)


@pytest.mark.parametrize("unseen", [UNREAD, None])
def test_what_nobody_could_see_ends_no_failure(unseen: Status | None) -> None:
    (one,) = failures(runs(FAILED, unseen, FAILED, PASSED))
    assert (one.first_seen, one.last_seen, one.ended, one.outcome) == (at(0), at(2), at(3), "fixed")


def test_a_failure_that_passed_and_came_back_stands_there_twice() -> None:
    found = failures(runs(FAILED, PASSED, FAILED))
    assert [(one.first_seen, one.ended, one.outcome) for one in found] == [
        (at(0), at(1), "fixed"),
        (at(2), None, "open"),
    ]


def test_a_question_that_does_not_arise_any_more_is_no_repair() -> None:
    (one,) = failures(runs(FAILED, NOT_JUDGED))
    assert (one.ended, one.outcome) == (at(1), "not-applicable")


def test_unknown_at_the_end_is_not_visible_and_not_fixed() -> None:
    (one,) = failures(runs(FAILED, UNREAD))
    assert (one.ended, one.outcome) == (None, "not-visible")


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (run(quarter=1), "gone"),
        (run(quarter=1, accounts=[]), "out-of-scope"),
        (run(quarter=1, accounts=[scope_account(state="skipped")]), "out-of-scope"),
        (run(quarter=1, accounts=[scope_account(state="unreachable")]), "not-visible"),
        (run(quarter=1, ran=run().rules[:1]), "not-judged"),
    ],
)
def test_a_failure_without_a_verdict_in_the_last_run_says_why(last: Result, outcome: str) -> None:
    (one,) = failures([run(finding()), last])
    assert (one.ended, one.outcome) == (None, outcome)


def test_a_waived_failure_is_still_one() -> None:
    (one,) = failures([run(finding()), run(finding(waiver=WAIVER), quarter=1)])
    assert (one.outcome, one.days) == ("waived", QUARTER.days)


def test_what_the_first_run_remembers_counts() -> None:
    remembered = run(finding(first_seen=at(-2)))
    (one,) = failures([remembered, run(finding(PASSED), quarter=1)])
    assert (one.first_seen, one.days) == (at(-2), 3 * QUARTER.days)


def test_the_pace_is_told_for_each_severity_the_worst_first() -> None:
    def some(severity: Severity, name: str, status: Status) -> Finding:
        return finding(status, severity=severity, resource=f"arn:aws:s3:::{name}")

    high, low = Severity.HIGH, Severity.LOW
    first = run(*(some(high, name, FAILED) for name in "ab"), some(low, "c", FAILED))
    middle = run(some(high, "a", PASSED), some(high, "b", FAILED), some(low, "c", FAILED), quarter=1)
    last = run(some(high, "b", PASSED), some(low, "c", FAILED), quarter=2)
    assert pace(failures([first, middle, last])) == (
        Pace(severity=high, fixed=2, median_days=136.5, longest_days=182, open=0, oldest_days=None),
        Pace(severity=low, fixed=0, median_days=None, longest_days=None, open=1, oldest_days=182),
    )
