"""The log groups that trails deliver to."""

from typing import Any

import pytest

from scanner.aws.loggroups import read_filters, read_settings, without_wildcard
from scanner.model.alarms import MetricFilter, MetricTransformation
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


def item(name: str, **changes: Any) -> dict[str, Any]:
    """A metric filter as the API tells of it."""
    made = {"metricName": name, "metricNamespace": "CloudTrail", "metricValue": "1"}
    return {"filterName": name, "filterPattern": "{ $.a = 1 }", "metricTransformations": [made], **changes}


def test_metric_filters_are_read_in_pages_and_sorted(aws: FakeAws) -> None:
    aws.on("DescribeMetricFilters", {"metricFilters": [item("b")], "nextToken": "2"}, logGroupName="trail")
    aws.on("DescribeMetricFilters", {"metricFilters": [item("a")]}, nextToken="2")
    a, b = (
        MetricFilter(
            name=name,
            pattern="{ $.a = 1 }",
            transformations=(MetricTransformation(namespace="CloudTrail", name=name),),
        )
        for name in "ab"
    )
    assert read_filters(aws.reader(), "trail") == Known((a, b))


def test_a_metric_filter_is_read_with_all_that_narrows_it(aws: FakeAws) -> None:
    made = {
        "metricName": "m",
        "metricNamespace": "n",
        "metricValue": "$.size",
        "defaultValue": 0.0,
        "dimensions": {"User": "$.userName"},
        "unit": "Count",
    }
    whole = item(
        "f",
        metricTransformations=[made],
        applyOnTransformedLogs=True,
        fieldSelectionCriteria='@aws.region = "eu-west-1"',
        emitSystemFieldDimensions=["@aws.account"],
    )
    aws.on("DescribeMetricFilters", {"metricFilters": [whole]})
    published = MetricTransformation(
        namespace="n",
        name="m",
        value="$.size",
        default=0.0,
        dimensions=("@aws.account", "User"),
        unit="Count",
    )
    assert read_filters(aws.reader(), "trail") == Known(
        (
            MetricFilter(
                name="f",
                pattern="{ $.a = 1 }",
                transformations=(published,),
                transformed_logs=True,
                selection='@aws.region = "eu-west-1"',
            ),
        )
    )


def test_no_metric_filters_and_no_log_group_are_two_facts(aws: FakeAws) -> None:
    aws.on("DescribeMetricFilters", {"metricFilters": []})
    assert read_filters(aws.reader(), "trail") == Known(())
    aws.on("DescribeMetricFilters", Refusal("ResourceNotFoundException"))
    assert read_filters(aws.reader(), "trail") == Known(None)


@pytest.mark.parametrize(
    "answer", [Refusal("AccessDeniedException"), {}, {"metricFilters": [{"filterName": "f"}]}]
)
def test_metric_filters_that_were_not_told_are_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("DescribeMetricFilters", answer)
    found = read_filters(aws.reader(), "trail")
    assert isinstance(found, Gap)
    assert found.action == "logs:DescribeMetricFilters"


def test_the_wildcard_is_no_part_of_the_arn() -> None:
    arn = "arn:aws:logs:eu-west-1:111111111111:log-group:trail"
    assert without_wildcard(f"{arn}:*") == without_wildcard(arn) == arn
