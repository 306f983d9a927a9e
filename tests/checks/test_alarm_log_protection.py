"""An alarm goes off when logging is blinded by other means than stopping a trail."""

import pytest

from checks.alarm_log_protection import AlarmLogProtection
from scanner.model.finding import Status
from scanner.patterns import filter_of
from tests.build_alarms import any_event, metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmLogProtection())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmLogProtection().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


EVENTS = filter_of("alarm-log-protection").events


def test_a_filter_for_each_event_source_does() -> None:
    texts = [
        f"{{ ($.eventSource = {source}) && ({any_event(names).strip('{ }')}) }}"
        for source, names in EVENTS.items()
    ]
    assert judged(*texts) == (Status.PASS, "watched by watched")


def test_the_filter_of_cis_on_trails_is_another() -> None:
    assert judged("{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) }")[0] is Status.FAIL


def test_what_nobody_hears_of_is_named() -> None:
    names = [name for each in EVENTS.values() for name in each if name != "Unsubscribe"]
    assert judged(any_event(names)) == (Status.FAIL, "no metric filter of log group audit sees Unsubscribe")
