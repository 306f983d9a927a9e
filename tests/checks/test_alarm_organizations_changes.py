"""An alarm goes off when the AWS organization, its accounts or its policies change."""

import pytest

from checks.alarm_organizations_changes import AlarmOrganizationsChanges
from scanner.model.finding import Status
from scanner.patterns import filter_of
from tests.build_alarms import any_event, metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmOrganizationsChanges())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmOrganizationsChanges().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


EVENTS = [name for names in filter_of("alarm-organizations-changes").events.values() for name in names]


def test_the_event_source_may_be_asked_for_or_not() -> None:
    inner = any_event(EVENTS).strip("{ }")
    assert judged(f"{{ ($.eventSource = organizations.amazonaws.com) && ({inner}) }}") == (
        Status.PASS,
        "watched by watched",
    )


def test_two_filters_may_share_the_events() -> None:
    assert judged(any_event(EVENTS[:1]), any_event(EVENTS[1:])) == (Status.PASS, "watched by watched")


def test_a_missing_event_is_named() -> None:
    text = any_event(name for name in EVENTS if name != "LeaveOrganization")
    says = "no metric filter of log group audit sees LeaveOrganization"
    assert judged(text) == (Status.FAIL, says)


def test_event_names_that_must_all_be_met_at_once_never_are() -> None:
    assert judged(any_event(EVENTS).replace("||", "&&"))[0] is Status.FAIL
