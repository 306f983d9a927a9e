"""The log groups of trails are encrypted with a KMS key."""

import pytest

from checks.log_group_encryption import LogGroupEncryption
from scanner.model.finding import Finding, Reason, Status
from scanner.model.logs import LogGroupSettings
from scanner.model.reading import Known, Reading
from tests.build import denied, posture, trail
from tests.build_alarms import log_group


def judge(settings: Reading[LogGroupSettings | None], **options: object) -> Finding:
    world = posture(log_groups=(log_group(settings=settings),))
    (finding,) = LogGroupEncryption.model_validate(options).evaluate(world)
    return finding


@pytest.mark.parametrize(("key", "status"), [("1234abcd", Status.PASS), (None, Status.FAIL)])
def test_a_key_passes_and_none_fails(key: str | None, status: Status) -> None:
    assert judge(Known(LogGroupSettings(key_id=key))).status is status


def test_settings_that_cannot_be_read_are_unknown() -> None:
    finding = judge(denied("logs:DescribeLogGroups"))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "logs:DescribeLogGroups"


def test_a_group_that_does_not_exist_is_judged_elsewhere() -> None:
    assert judge(Known(None)).status is Status.NOT_APPLICABLE


def test_without_a_log_group_there_is_nothing_to_judge() -> None:
    (finding,) = LogGroupEncryption().evaluate(posture(trail(log_group_arn=None)))
    assert finding.status is Status.NOT_APPLICABLE
