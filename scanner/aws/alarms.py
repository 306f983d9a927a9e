"""CloudWatch and SNS: the alarms of a region, and who hears of them."""

from typing import Any

from scanner.aws.permissions import DESCRIBE_ALARMS, LIST_SUBSCRIPTIONS_BY_TOPIC
from scanner.aws.reader import Answer, Fact, Reader
from scanner.model.alarms import Alarm, CompositeAlarm, Metric, MetricAlarm, MetricQuery, Subscription
from scanner.model.reading import Reading

_ONLY_METRIC = "m1"
"""The id that the one metric of a plain alarm gets."""


def read_alarms(reader: Reader) -> Reading[tuple[Alarm, ...]]:
    """All metric and composite alarms of the reader's account and region, by ARN."""
    # Without the types, composite alarms are left out.
    found = reader.read_all(_ALARMS, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
    return found.map(lambda alarms: tuple(sorted(alarms, key=lambda alarm: alarm.arn)))


def read_subscriptions(reader: Reader, topic: str) -> Reading[tuple[Subscription, ...] | None]:
    """The subscriptions of the topic with this ARN; None: there is no such topic."""
    return reader.read_all(_SUBSCRIPTIONS, TopicArn=topic).map(_present)


def _present(found: tuple[Subscription | None, ...]) -> tuple[Subscription, ...] | None:
    if None in found:
        return None
    return tuple(
        sorted((one for one in found if one is not None), key=lambda one: (one.protocol, one.confirmed))
    )


def _alarms(answer: Answer) -> tuple[Alarm, ...]:
    return (
        *(_metric_alarm(item) for item in answer["MetricAlarms"]),
        *(_composite_alarm(item) for item in answer["CompositeAlarms"]),
    )


def _metric_alarm(item: Answer) -> MetricAlarm:
    queries = tuple(_query(one) for one in item.get("Metrics") or ())
    if not queries and item.get("MetricName"):
        statistic = item.get("Statistic") or item["ExtendedStatistic"]
        queries = (MetricQuery(id=_ONLY_METRIC, metric=_metric(item, statistic, item)),)
    # Alarms on PromQL queries have neither periods nor a threshold of this kind.
    periods = item["EvaluationPeriods"] if queries else 1
    return MetricAlarm(
        **_common(item),
        queries=queries,
        comparison=item["ComparisonOperator"] if queries else None,
        threshold=item.get("Threshold"),
        band=item.get("ThresholdMetricId") or None,
        evaluation_periods=periods,
        datapoints=item.get("DatapointsToAlarm") or periods,
        missing_data=item.get("TreatMissingData") or "missing",
        low_samples=item.get("EvaluateLowSampleCountPercentile") or None,
    )


def _composite_alarm(item: Answer) -> CompositeAlarm:
    return CompositeAlarm(**_common(item), rule=item["AlarmRule"])


def _common(item: Answer) -> dict[str, Any]:
    return {
        "name": item["AlarmName"],
        "arn": item["AlarmArn"],
        "actions_enabled": item["ActionsEnabled"],
        "actions": tuple(sorted(item.get("AlarmActions") or ())),
    }


def _query(item: Answer) -> MetricQuery:
    stat = item.get("MetricStat")
    return MetricQuery(
        id=item["Id"],
        metric=_metric(stat["Metric"], stat["Stat"], stat) if stat else None,
        expression=item.get("Expression") or None,
        # "True" unless said otherwise, as in GetMetricData.
        returned=item.get("ReturnData", True),
        account=item.get("AccountId") or None,
    )


def _metric(metric: Answer, statistic: str, settings: Answer) -> Metric:
    return Metric(
        namespace=metric["Namespace"],
        name=metric["MetricName"],
        dimensions=tuple(sorted((one["Name"], one["Value"]) for one in metric.get("Dimensions") or ())),
        statistic=statistic,
        period=settings["Period"],
        unit=settings.get("Unit") or None,
    )


def _subscriptions(answer: Answer) -> tuple[Subscription | None, ...]:
    # Others stand as `PendingConfirmation` or `Deleted`.
    return tuple(
        Subscription(protocol=item["Protocol"], confirmed=item["SubscriptionArn"].startswith("arn:"))
        for item in answer["Subscriptions"]
    )


_ALARMS = Fact(DESCRIBE_ALARMS, _alarms)
_SUBSCRIPTIONS: Fact[tuple[Subscription | None, ...]] = Fact(
    LIST_SUBSCRIPTIONS_BY_TOPIC, _subscriptions, absent={"NotFound": (None,), "NotFoundException": (None,)}
)
