"""An alarm goes off when a KMS key is disabled or scheduled for deletion."""

import pytest

from checks.alarm_cmk_disable_or_delete import AlarmCmkDisableOrDelete
from scanner.model.finding import Status
from scanner.model.reading import Known
from scanner.model.trail import BasicSelector, Selectors
from scanner.patterns import filter_of
from tests.build import trail
from tests.build_alarms import any_event, metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmCmkDisableOrDelete())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmCmkDisableOrDelete().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


EVENTS = [name for names in filter_of("alarm-cmk-disable-or-delete").events.values() for name in names]


def test_the_event_source_may_be_asked_for_or_not() -> None:
    inner = any_event(EVENTS).strip("{ }")
    assert judged(f"{{ ($.eventSource = kms.amazonaws.com) && ({inner}) }}") == (
        Status.PASS,
        "watched by watched",
    )


def test_two_filters_may_share_the_events() -> None:
    assert judged(any_event(EVENTS[:1]), any_event(EVENTS[1:])) == (Status.PASS, "watched by watched")


def test_a_missing_event_is_named() -> None:
    text = any_event(name for name in EVENTS if name != "ScheduleKeyDeletion")
    says = "no metric filter of log group audit sees ScheduleKeyDeletion"
    assert judged(text) == (Status.FAIL, says)


def test_event_names_that_must_all_be_met_at_once_never_are() -> None:
    assert judged(any_event(EVENTS).replace("||", "&&"))[0] is Status.FAIL


def test_a_trail_without_the_events_of_kms_fails() -> None:
    without = BasicSelector(excluded_sources=("kms.amazonaws.com",))
    only = trail(selectors=Known(Selectors(basic=(without,))))
    whole = metric_filter(text=any_event(EVENTS))
    (finding,) = AlarmCmkDisableOrDelete().evaluate(world(whole, trails=(only,)))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "trail/audit does not select events of kms.amazonaws.com",
    )
