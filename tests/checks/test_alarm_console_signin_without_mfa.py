"""An alarm goes off when somebody signs in to the console without MFA."""

import pytest

from checks.alarm_console_signin_without_mfa import AlarmConsoleSigninWithoutMfa
from scanner.model.finding import Status
from tests.build_alarms import metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmConsoleSigninWithoutMfa())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmConsoleSigninWithoutMfa().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


def test_the_longer_form_without_single_sign_on_passes() -> None:
    text = (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
    )
    assert judged(text) == (Status.PASS, "watched by watched")


def test_asking_for_no_instead_of_other_than_yes_passes() -> None:
    assert judged('{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed = "No" }')[0] is Status.PASS


def test_a_filter_on_sign_ins_with_mfa_fails() -> None:
    assert judged("{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed = Yes }")[0] is Status.FAIL
