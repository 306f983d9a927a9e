"""An alarm goes off when API calls are refused for lack of permission."""

import pytest

from checks.alarm_unauthorized_api_calls import AlarmUnauthorizedApiCalls
from scanner.model.finding import Status
from tests.build_alarms import metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmUnauthorizedApiCalls())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmUnauthorizedApiCalls().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


SHORT = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
EXCLUSIONS = '($.sourceIPAddress != "delivery.logs.amazonaws.com") {0} ($.eventName != "HeadBucket")'


def test_the_exclusions_of_cis_2_0_pass_too() -> None:
    text = f"{SHORT[:-2]} && {EXCLUSIONS.format('&&')} }}"
    assert judged(text) == (Status.PASS, "watched by watched")


def test_the_text_of_cis_1_3_passes_and_is_said_to_go_off_at_ordinary_events() -> None:
    status, message = judged(f"{SHORT[:-2]} || {EXCLUSIONS.format('||')} }}")
    assert status is Status.PASS
    assert message.startswith("watched by watched (which goes off at ordinary events too: ")


def test_one_of_the_two_errors_alone_is_not_enough() -> None:
    status, message = judged('{ $.errorCode = "*UnauthorizedOperation" }')
    assert (status, "an AccessDenied error" in message) == (Status.FAIL, True)


def test_two_filters_may_share_the_errors() -> None:
    texts = ('{ $.errorCode = "*UnauthorizedOperation" }', "{ $.errorCode = AccessDenied* }")
    assert judged(*texts) == (Status.PASS, "watched by watched")
