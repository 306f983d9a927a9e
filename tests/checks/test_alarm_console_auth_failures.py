"""An alarm goes off when sign-ins to the console fail."""

import pytest

from checks.alarm_console_auth_failures import AlarmConsoleAuthFailures
from scanner.model.finding import Status
from tests.build_alarms import metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmConsoleAuthFailures())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmConsoleAuthFailures().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


def test_a_message_without_quotes_is_not_guessed_at() -> None:
    assert (
        judged("{ $.eventName = ConsoleLogin && $.errorMessage = Failed authentication }")[0]
        is Status.UNKNOWN
    )


def test_a_wildcard_may_stand_for_the_rest_of_the_message() -> None:
    text = "{ $.eventName = ConsoleLogin && $.errorMessage = Failed* }"
    assert judged(text) == (Status.PASS, "watched by watched")


def test_successful_sign_ins_are_other_events() -> None:
    text = "{ $.eventName = ConsoleLogin && $.responseElements.ConsoleLogin = Success }"
    assert judged(text)[0] is Status.FAIL
