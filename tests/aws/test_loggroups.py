"""The log groups that trails deliver to."""

from typing import Any

import pytest

from scanner.aws.loggroups import read_settings, without_wildcard
from scanner.model.logs import LogGroupSettings
from scanner.model.reading import Gap, Known
from tests.aws.fake import FakeAws, Refusal

GROUPS = [
    {"logGroupName": "trail", "retentionInDays": 400, "kmsKeyId": "k", "logGroupClass": "INFREQUENT_ACCESS"},
    {"logGroupName": "trail-of-another", "retentionInDays": 1},
]


def test_the_log_group_of_that_very_name_is_meant(aws: FakeAws) -> None:
    aws.on("DescribeLogGroups", {"logGroups": GROUPS[1:], "nextToken": "page2"}, logGroupNamePrefix="trail")
    aws.on("DescribeLogGroups", {"logGroups": GROUPS[:1]}, nextToken="page2")
    assert read_settings(aws.reader(), "trail") == Known(
        LogGroupSettings(retention_days=400, key_id="k", log_class="INFREQUENT_ACCESS")
    )


def test_a_log_group_that_keeps_everything_says_nothing(aws: FakeAws) -> None:
    aws.on("DescribeLogGroups", {"logGroups": [{"logGroupName": "trail"}]})
    assert read_settings(aws.reader(), "trail") == Known(LogGroupSettings())


def test_a_log_group_that_is_not_there_is_a_fact(aws: FakeAws) -> None:
    aws.on("DescribeLogGroups", {"logGroups": GROUPS[1:]})
    assert read_settings(aws.reader(), "trail") == Known(None)


@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {}])
def test_log_groups_that_could_not_be_listed_are_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("DescribeLogGroups", answer)
    assert isinstance(read_settings(aws.reader(), "trail"), Gap)


def test_the_wildcard_is_no_part_of_the_arn() -> None:
    arn = "arn:aws:logs:eu-west-1:111111111111:log-group:trail"
    assert without_wildcard(f"{arn}:*") == without_wildcard(arn) == arn
