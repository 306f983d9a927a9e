"""Assessing with waivers and a baseline: what the gate minds, and what the result says of both."""

from datetime import date
from typing import Any

from scanner.check import Check
from scanner.model.finding import Severity
from scanner.model.reading import Known
from scanner.model.result import Gate, Result, Rule, Run
from scanner.registry import checks
from scanner.scan import assess
from tests.build import ACCOUNT, NOW, ago, denied, posture, status, trail
from tests.waivers.shorthand import waiver

STOPPED = posture(trail(status=Known(status(logging=False))))
UNREADABLE = posture(trail(status=denied("cloudtrail:GetTrailStatus")))
RUN = Run(id="now", started=NOW, finished=NOW, caller=f"arn:aws:iam::{ACCOUNT}:user/auditor", taken_at=NOW)
THEN = RUN.model_copy(update={"id": "then", "taken_at": ago(days=91)})


def _only(*names: str) -> list[Check]:
    return [check.model_validate({}) for check in checks() if check.id in names]


def assessed(
    it: Any = STOPPED, run: Run = RUN, only: tuple[str, ...] = ("trail-logging",), **options: Any
) -> Result:
    return assess(it, _only(*only), run=run, fail_on=Severity.LOW, allow_unknown=False, **options)


def test_a_waived_failure_is_counted_as_waived_and_passes_the_gate() -> None:
    result = assessed(waivers=[waiver()])
    assert (result.gate.code, result.summary.fail, result.summary.waived) == (0, 0, 1)
    assert [(note.id, note.state) for note in result.waivers] == [("W-1", "active")]


def test_an_expired_waiver_fails_the_gate_by_the_time_of_reading_and_not_by_the_clock() -> None:
    ended = waiver(expires=ago(days=1).date())
    result = assessed(waivers=[ended])
    assert (result.gate.code, result.waivers[0].state) == (1, "expired")
    assert assessed(waivers=[waiver(expires=NOW.date())]).gate.code == 0
    earlier = STOPPED.model_copy(update={"taken_at": ago(days=1)})
    assert assessed(earlier, waivers=[ended]).gate.code == 0


def test_a_waiver_makes_nothing_known() -> None:
    result = assessed(UNREADABLE, waivers=[waiver()])
    assert result.findings[0].waiver is None
    assert result.gate.code > 1


def test_the_result_says_which_checks_ran_and_how_they_were_set() -> None:
    result = assessed(only=("trail-logging", "bucket-object-lock"))
    assert result.rules[1] == Rule(id="trail-logging", severity=Severity.HIGH, options={})
    assert (result.rules[0].id, result.rules[0].options["min_days"]) == ("bucket-object-lock", 365)


def test_every_option_of_every_check_can_be_written_down() -> None:
    result = assessed(only=tuple(check.id for check in checks()))
    assert [rule.id for rule in result.rules] == [check.id for check in checks()]
    assert Result.model_validate_json(result.model_dump_json()) == result


def test_without_a_baseline_nothing_is_said_of_change() -> None:
    result = assessed()
    assert result.baseline is None
    assert {(one.change, one.first_seen) for one in result.findings} == {(None, None)}


def test_with_a_baseline_each_finding_says_what_became_of_it() -> None:
    result = assessed(baseline=assessed(run=THEN))
    assert result.baseline is not None
    assert result.baseline.run == THEN
    assert [(one.change, one.first_seen) for one in result.findings] == [("unchanged", THEN.taken_at)]


def test_a_failure_that_the_baseline_holds_fails_the_gate_unless_only_new_ones_shall() -> None:
    held = assessed(run=THEN)
    assert assessed(baseline=held).gate.code == 1
    assert assessed(baseline=held, fail_on_new=True).gate == Gate(
        code=0,
        verdict="pass",
        reasons=("everything asked for was assessed, and nothing failed the gate beyond the baseline",),
    )


def test_a_failure_beyond_the_baseline_fails_the_gate() -> None:
    good = assessed(posture(), run=THEN)
    assert assessed(baseline=good, fail_on_new=True).gate.reasons == (
        "1 failed at or above low, beyond the baseline",
    )


def test_a_failure_that_was_waived_in_the_baseline_is_not_held_once_the_waiver_ended() -> None:
    some = waiver(created=date(2025, 10, 1), expires=ago(days=1).date())
    then = assessed(STOPPED.model_copy(update={"taken_at": ago(days=91)}), run=THEN, waivers=[some])
    assert (then.gate.code, then.findings[0].waiver is not None) == (0, True)
    now = assessed(baseline=then, fail_on_new=True, waivers=[some])
    assert (now.gate.code, now.findings[0].change) == (1, "unchanged")


def test_what_could_not_be_read_is_incomplete_whatever_the_baseline_holds() -> None:
    unread = assessed(UNREADABLE, run=THEN)
    assert assessed(UNREADABLE, baseline=unread, fail_on_new=True).gate.code == unread.gate.code
