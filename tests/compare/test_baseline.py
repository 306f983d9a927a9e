"""What became of each verdict since the baseline, and what the baseline alone holds."""

from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.compare import Sight, held, since
from scanner.model.finding import Change, Finding, Status
from scanner.model.result import Result
from tests.build import ACCOUNT, OTHER
from tests.compare.worlds import (
    FAILED,
    NOT_JUDGED,
    PASSED,
    UNREAD,
    at,
    finding,
    run,
    scope_account,
)
from tests.test_scan import WAIVER


def after(earlier: Result | None, later: Result) -> Result:
    """The later run as a scan with that baseline would have told it."""
    if earlier is None:
        return later
    findings, baseline = since(later.findings, Sight.of(later), earlier, later.run.seen_at)
    return later.model_copy(update={"findings": findings, "baseline": baseline})


def chain(*runs: Result) -> Result:
    told: Result | None = None
    for one in runs:
        told = after(told, one)
    assert told is not None
    return told


def changes(*statuses: Status | None) -> list[Change | None]:
    """The change in the last of these runs, of one subject; None: it had no verdict there."""
    runs = [run(*([finding(one)] if one else []), quarter=at) for at, one in enumerate(statuses)]
    return [one.change for one in chain(*runs).findings]


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (FAILED, FAILED, "unchanged"),
        (PASSED, PASSED, "unchanged"),
        (UNREAD, UNREAD, "unchanged"),
        (PASSED, FAILED, "new"),
        (UNREAD, FAILED, "new"),
        (NOT_JUDGED, FAILED, "new"),
        (None, FAILED, "new"),
        (None, PASSED, "new"),
        (FAILED, PASSED, "fixed"),
        (FAILED, UNREAD, "lost-visibility"),
        (PASSED, UNREAD, "lost-visibility"),
        (FAILED, NOT_JUDGED, "changed"),
        (UNREAD, PASSED, "changed"),
        (NOT_JUDGED, PASSED, "changed"),
    ],
)
def test_the_change_follows_from_both_verdicts(before: Status | None, now: Status, change: Change) -> None:
    assert changes(before, now) == [change]


def test_a_failure_that_comes_back_is_known_again_however_long_it_was_gone() -> None:
    assert changes(FAILED, PASSED, FAILED) == ["reappeared"]
    assert changes(FAILED, PASSED, PASSED, UNREAD, FAILED) == ["reappeared"]
    assert changes(PASSED, PASSED, FAILED) == ["new"]


def first_seen(*statuses: Status) -> datetime | None:
    runs = [run(finding(one), quarter=quarter) for quarter, one in enumerate(statuses)]
    (last,) = chain(*runs).findings
    return last.first_seen


def test_when_a_failure_was_first_seen_is_carried_from_run_to_run() -> None:
    assert first_seen(PASSED, FAILED, FAILED, FAILED) == at(1)
    assert first_seen(FAILED, UNREAD, PASSED, FAILED) == at(0)
    assert first_seen(PASSED, PASSED) is None
    assert first_seen(PASSED, FAILED) == at(1)


def test_a_first_run_without_a_baseline_is_remembered_by_its_time() -> None:
    assert first_seen(FAILED, PASSED) == at(0)


def test_the_wording_and_the_severity_are_no_part_of_the_identity() -> None:
    reworded = finding(message="other words", severity="critical")
    assert [one.change for one in after(run(finding()), run(reworded, quarter=1)).findings] == ["unchanged"]


def gone(*runs: Result) -> list[tuple[str, Status, str]]:
    baseline = chain(*runs).baseline
    assert baseline is not None
    return [(one.account, one.status, one.why) for one in baseline.gone]


def test_what_vanished_is_told_with_its_reason_and_is_not_fixed() -> None:
    before = run(finding(), finding(account=OTHER), finding(PASSED, check="trail-tags"))
    later = run(quarter=1, accounts=[scope_account()])
    assert gone(before, later) == [
        (ACCOUNT, FAILED, "resource-gone"),
        (OTHER, FAILED, "account-not-in-scope"),
    ]


def test_a_failure_that_nobody_could_see_is_carried_on_until_it_is_seen() -> None:
    closed = [scope_account(state="unreachable", regions=())]
    unseen = [run(quarter=quarter, accounts=closed) for quarter in (1, 2)]
    assert gone(run(finding()), *unseen) == [(ACCOUNT, FAILED, "account-unreachable")]
    again = chain(run(finding()), *unseen, run(finding(), quarter=3))
    assert [(one.change, one.first_seen) for one in again.findings] == [("reappeared", at(0))]
    mended = chain(run(finding()), *unseen, run(finding(PASSED), quarter=3))
    assert [(one.change, one.first_seen) for one in mended.findings] == [("fixed", at(0))]
    assert mended.baseline is not None
    assert mended.baseline.gone == ()


def test_what_is_gone_for_good_is_told_once() -> None:
    assert gone(run(finding()), run(quarter=1), run(quarter=2)) == []


def test_the_baseline_holds_the_failures_that_were_open() -> None:
    excused = finding(account=OTHER, waiver=WAIVER)
    assert held(run(finding(), excused, finding(UNREAD, check="trail-tags"))) == {finding().id}


SUBJECTS = st.builds(
    finding,
    st.sampled_from(list(Status)),
    check=st.sampled_from(["trail-logging", "trail-tags"]),
    account=st.sampled_from([ACCOUNT, OTHER]),
)
VERDICTS = st.lists(SUBJECTS, unique_by=lambda one: one.id)


@given(VERDICTS, VERDICTS, st.randoms(use_true_random=False))
def test_the_order_of_findings_changes_nothing(
    before: list[Finding],
    now: list[Finding],
    random: Random,
) -> None:
    shuffled = run().model_copy(update={"findings": tuple(random.sample(before, len(before)))})
    sight = Sight.of(run(*now, quarter=1))
    told = since(now, sight, run(*before), at(1))
    assert since(now, sight, shuffled, at(1)) == told
    backwards, _ = since(now[::-1], sight, run(*before), at(1))
    assert backwards[::-1] == told[0]


@given(VERDICTS, VERDICTS)
def test_no_failure_of_the_baseline_gets_lost(before: list[Finding], now: list[Finding]) -> None:
    told = after(run(*before), run(*now, quarter=1))
    assert told.baseline is not None
    known = {one.id for one in told.findings} | {one.id for one in told.baseline.gone}
    assert {one.id for one in before if one.status is FAILED} <= known
    fixed = {one.id for one in told.findings if one.change == "fixed"}
    assert fixed == {one.id for one in before if one.status is FAILED} & {
        one.id for one in now if one.status is PASSED
    }
