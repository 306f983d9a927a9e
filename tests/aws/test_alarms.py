"""The alarms of a region, and who subscribed to a topic."""

from typing import Any

import pytest

from scanner.aws.alarms import read_alarms, read_subscriptions
from scanner.model.alarms import CompositeAlarm, Metric, MetricAlarm, MetricQuery, Subscription
from scanner.model.reading import Gap, Known
from tests.aws.fake import FakeAws, Refusal

TOPIC = "arn:aws:sns:eu-west-1:111111111111:security"
ARN = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:"
PLAIN: dict[str, Any] = {
    "AlarmName": "root",
    "AlarmArn": f"{ARN}root",
    "ActionsEnabled": True,
    "AlarmActions": [TOPIC],
    "OKActions": ["arn:aws:sns:eu-west-1:111111111111:other"],
    "MetricName": "Root",
    "Namespace": "CloudTrail",
    "Statistic": "Sum",
    "Dimensions": [],
    "Period": 300,
    "EvaluationPeriods": 2,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}
COMPOSITE: dict[str, Any] = {
    "AlarmName": "all",
    "AlarmArn": f"{ARN}all",
    "ActionsEnabled": False,
    "AlarmActions": [],
    "AlarmRule": "ALARM(root)",
}
ROOT = Metric(namespace="CloudTrail", name="Root", statistic="Sum", period=300)


def read(aws: FakeAws, *metric: dict[str, Any], composite: tuple[dict[str, Any], ...] = ()) -> Any:
    aws.on("DescribeAlarms", {"MetricAlarms": list(metric), "CompositeAlarms": list(composite)})
    return read_alarms(aws.reader())


def test_alarms_of_both_kinds_are_asked_for_and_sorted(aws: FakeAws) -> None:
    root = MetricAlarm(
        name="root",
        arn=f"{ARN}root",
        actions_enabled=True,
        actions=(TOPIC,),
        queries=(MetricQuery(id="m1", metric=ROOT),),
        comparison="GreaterThanOrEqualToThreshold",
        threshold=1.0,
        evaluation_periods=2,
        datapoints=2,
    )
    above = CompositeAlarm(name="all", arn=f"{ARN}all", actions_enabled=False, rule="ALARM(root)")
    assert read(aws, PLAIN, composite=(COMPOSITE,)) == Known((above, root))
    assert aws.calls[0].params["AlarmTypes"] == ["MetricAlarm", "CompositeAlarm"]


def test_alarms_come_in_pages(aws: FakeAws) -> None:
    aws.on("DescribeAlarms", {"MetricAlarms": [PLAIN], "CompositeAlarms": [], "NextToken": "2"})
    aws.on("DescribeAlarms", {"MetricAlarms": [], "CompositeAlarms": [COMPOSITE]}, NextToken="2")
    found = read_alarms(aws.reader())
    assert isinstance(found, Known)
    assert [one.name for one in found.value] == ["all", "root"]


def test_no_alarms_is_a_fact(aws: FakeAws) -> None:
    assert read(aws) == Known(())


def test_what_an_alarm_leaves_out_has_the_defaults_of_aws(aws: FakeAws) -> None:
    percentile = {
        key: value for key, value in PLAIN.items() if key not in ("Statistic", "Dimensions", "AlarmActions")
    }
    more = {
        "ExtendedStatistic": "p99",
        "DatapointsToAlarm": 1,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "ignore",
        "Unit": "Count",
    }
    (one,) = read(aws, percentile | more).value
    assert one.queries[0].metric == ROOT.model_copy(update={"statistic": "p99", "unit": "Count"})
    assert (one.datapoints, one.evaluation_periods, one.actions) == (1, 2, ())
    assert (one.missing_data, one.low_samples) == ("notBreaching", "ignore")
    (plain,) = read(aws, PLAIN).value
    assert (plain.missing_data, plain.low_samples, plain.band) == ("missing", None, None)


def test_metric_math_is_kept_item_by_item(aws: FakeAws) -> None:
    stat = {
        "Metric": {
            "Namespace": "CloudTrail",
            "MetricName": "Root",
            "Dimensions": [{"Name": "a", "Value": "b"}],
        },
        "Stat": "Sum",
        "Period": 300,
    }
    math = {key: value for key, value in PLAIN.items() if key not in ("MetricName", "Namespace", "Statistic")}
    metrics = [
        {"Id": "m1", "MetricStat": stat, "ReturnData": False, "AccountId": "222222222222"},
        {"Id": "e1", "Expression": "m1 * 2"},
    ]
    (one,) = read(aws, math | {"Metrics": metrics, "ThresholdMetricId": "e1"}).value
    assert one.queries == (
        MetricQuery(
            id="m1",
            metric=ROOT.model_copy(update={"dimensions": (("a", "b"),)}),
            returned=False,
            account="222222222222",
        ),
        MetricQuery(id="e1", expression="m1 * 2"),
    )
    assert one.band == "e1"


def test_an_alarm_on_a_promql_query_watches_no_metric(aws: FakeAws) -> None:
    names = ("AlarmName", "AlarmArn", "ActionsEnabled", "AlarmActions")
    (one,) = read(aws, {name: PLAIN[name] for name in names}).value
    assert (one.queries, one.comparison, one.threshold) == ((), None, None)


@pytest.mark.parametrize(
    "answer",
    [
        Refusal("AccessDeniedException"),
        {},
        {"MetricAlarms": []},
        {"MetricAlarms": [{"AlarmName": "a"}], "CompositeAlarms": []},
        {"MetricAlarms": [PLAIN | {"Statistic": None}], "CompositeAlarms": []},
    ],
)
def test_alarms_that_were_not_told_whole_are_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("DescribeAlarms", answer)
    found = read_alarms(aws.reader())
    assert isinstance(found, Gap)
    assert found.action == "cloudwatch:DescribeAlarms"


def subscription(arn: str, protocol: str = "email") -> dict[str, Any]:
    return {
        "SubscriptionArn": arn,
        "Protocol": protocol,
        "Endpoint": "someone@acme.example",
        "TopicArn": TOPIC,
    }


def test_only_those_who_confirmed_have_an_arn(aws: FakeAws) -> None:
    aws.on(
        "ListSubscriptionsByTopic", {"Subscriptions": [subscription(f"{TOPIC}:1", "sqs")], "NextToken": "2"}
    )
    pending = [subscription("PendingConfirmation"), subscription("Deleted")]
    aws.on("ListSubscriptionsByTopic", {"Subscriptions": pending}, NextToken="2")
    unconfirmed = Subscription(protocol="email", confirmed=False)
    assert read_subscriptions(aws.reader(), TOPIC) == Known(
        (unconfirmed, unconfirmed, Subscription(protocol="sqs", confirmed=True))
    )
    assert aws.calls[0].params == {"TopicArn": TOPIC}


def test_nobody_subscribed_and_no_topic_are_two_facts(aws: FakeAws) -> None:
    aws.on("ListSubscriptionsByTopic", {"Subscriptions": []})
    assert read_subscriptions(aws.reader(), TOPIC) == Known(())
    aws.on("ListSubscriptionsByTopic", Refusal("NotFound", status=404))
    assert read_subscriptions(aws.reader(), TOPIC) == Known(None)


@pytest.mark.parametrize("answer", [Refusal("AuthorizationError", status=403), {}, {"Subscriptions": [{}]}])
def test_subscriptions_that_were_not_told_are_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("ListSubscriptionsByTopic", answer)
    found = read_subscriptions(aws.reader(), TOPIC)
    assert isinstance(found, Gap)
    assert found.action == "sns:ListSubscriptionsByTopic"
