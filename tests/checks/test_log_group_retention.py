"""The log groups of trails keep events for the whole retention period."""

import pytest
from pydantic import ValidationError

from checks.log_group_retention import LogGroupRetention
from scanner.model.finding import Finding, Reason, Status
from scanner.model.logs import LogGroupSettings
from scanner.model.reading import Known, Reading
from tests.build import denied, posture, trail
from tests.build_alarms import log_group


def judge(settings: Reading[LogGroupSettings | None], **options: object) -> Finding:
    world = posture(log_groups=(log_group(settings=settings),))
    (finding,) = LogGroupRetention.model_validate(options).evaluate(world)
    return finding


@pytest.mark.parametrize(
    ("days", "message"), [(None, "keeps events forever"), (365, "keeps events 365 days")]
)
def test_a_year_and_forever_pass(days: int | None, message: str) -> None:
    finding = judge(Known(LogGroupSettings(retention_days=days)))
    assert (finding.status, finding.message) == (Status.PASS, message)


def test_less_fails() -> None:
    finding = judge(Known(LogGroupSettings(retention_days=90)))
    assert (finding.status, finding.message) == (Status.FAIL, "keeps events 90 days, fewer than 365 days")


def test_the_days_asked_for_are_an_option() -> None:
    assert judge(Known(LogGroupSettings(retention_days=90)), min_days=90).status is Status.PASS


def test_days_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValidationError):
        LogGroupRetention.model_validate({"min_days": 0})


def test_settings_that_cannot_be_read_are_unknown() -> None:
    finding = judge(denied("logs:DescribeLogGroups"))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "logs:DescribeLogGroups"


def test_a_group_that_does_not_exist_is_judged_elsewhere() -> None:
    assert judge(Known(None)).status is Status.NOT_APPLICABLE


def test_without_a_log_group_there_is_nothing_to_judge() -> None:
    (finding,) = LogGroupRetention().evaluate(posture(trail(log_group_arn=None)))
    assert finding.status is Status.NOT_APPLICABLE
