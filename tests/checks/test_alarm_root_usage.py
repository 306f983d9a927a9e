"""An alarm goes off when the root user is used."""

import pytest

from checks.alarm_root_usage import AlarmRootUsage
from scanner.model.finding import Status
from tests.build_alarms import metric_filter
from tests.checks.alarm_cases import CASES, Case, world


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_link_decides(case: Case) -> None:
    case.holds_for(AlarmRootUsage())


def judged(*texts: str) -> tuple[Status, str]:
    """What the check says of a log group whose filters have these patterns."""
    (finding,) = AlarmRootUsage().evaluate(world(*(metric_filter(text=text) for text in texts)))
    return finding.status, finding.message


ROOT = "$.userIdentity.type = Root"


def test_the_order_and_brackets_of_the_clauses_are_free() -> None:
    text = f"{{$.eventType!=AwsServiceEvent&&(({ROOT})&&$.userIdentity.invokedBy NOT EXISTS)}}"
    assert judged(text) == (Status.PASS, "watched by watched")


def test_a_filter_that_can_never_match_fails() -> None:
    status, message = judged(f"{{ {ROOT} && $.userIdentity.type = IAMUser }}")
    assert (status, message) == (Status.FAIL, "no metric filter of log group audit sees what root does")


def test_a_filter_on_sign_ins_of_root_alone_fails() -> None:
    assert judged(f"{{ {ROOT} && $.eventName = ConsoleLogin }}")[0] is Status.FAIL


def test_a_filter_that_counts_everything_is_no_filter() -> None:
    assert judged("") == (Status.FAIL, "metric filter watched counts nearly every event")
