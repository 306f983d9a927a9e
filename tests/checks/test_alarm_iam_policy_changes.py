"""An alarm goes off when IAM policies are changed, attached or detached."""

import pytest

from checks.alarm_iam_policy_changes import AlarmIamPolicyChanges
from scanner.model.finding import Status
from scanner.patterns import filter_of
from tests.build_alarms import any_event, metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmIamPolicyChanges())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmIamPolicyChanges().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


EVENTS = [name for names in filter_of("alarm-iam-policy-changes").events.values() for name in names]


def test_the_event_source_may_be_asked_for_or_not() -> None:
    inner = any_event(EVENTS).strip("{ }")
    assert judged(f"{{ ($.eventSource = iam.amazonaws.com) && ({inner}) }}") == (
        Status.PASS,
        "watched by watched",
    )


def test_two_filters_may_share_the_events() -> None:
    assert judged(any_event(EVENTS[:1]), any_event(EVENTS[1:])) == (Status.PASS, "watched by watched")


def test_a_missing_event_is_named() -> None:
    text = any_event(name for name in EVENTS if name != "DetachGroupPolicy")
    says = "no metric filter of log group audit sees DetachGroupPolicy"
    assert judged(text) == (Status.FAIL, says)


def test_event_names_that_must_all_be_met_at_once_never_are() -> None:
    assert judged(any_event(EVENTS).replace("||", "&&"))[0] is Status.FAIL
