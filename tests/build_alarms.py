"""Log groups, metric filters, alarms and topics of a blameless world: each alarm check's chain works."""

from collections.abc import Iterable
from typing import Any

from scanner.model.alarms import (
    Alarm,
    AlarmBoard,
    CompositeAlarm,
    Metric,
    MetricAlarm,
    MetricFilter,
    MetricQuery,
    MetricTransformation,
    Subscription,
    Topic,
)
from scanner.model.arn import parse_arn
from scanner.model.logs import LogGroup, LogGroupSettings
from scanner.model.reading import Known
from scanner.model.trail import Trail
from scanner.patterns import alarm_ids, filter_of

NAMESPACE = "CloudTrail"
ACCOUNT = "010203040506"
REGION = "eu-west-1"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:audit"

_SPECIAL = {
    "alarm-unauthorized-api-calls": (
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
    ),
    "alarm-console-signin-without-mfa": (
        "{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed != Yes) }"
    ),
    "alarm-root-usage": (
        "{ ($.userIdentity.type = Root) && ($.userIdentity.invokedBy NOT EXISTS) && "
        "($.eventType != AwsServiceEvent) }"
    ),
    "alarm-console-auth-failures": (
        '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }'
    ),
}


def any_event(names: Iterable[str]) -> str:
    """The pattern of events by name."""
    return "{ " + " || ".join(f"($.eventName = {name})" for name in names) + " }"


def pattern(alarm_id: str) -> str:
    """One that sees every event that the alarm is about."""
    names = [name for group in filter_of(alarm_id).events.values() for name in group]
    return _SPECIAL.get(alarm_id) or any_event(names)


def transformation(name: str = "watched", **changes: Any) -> MetricTransformation:
    values: dict[str, Any] = {"namespace": NAMESPACE, "name": name, **changes}
    return MetricTransformation(**values)


def metric_filter(name: str = "watched", text: str = "{ $.a = 1 }", **changes: Any) -> MetricFilter:
    """A filter of a metric that is called like it."""
    values: dict[str, Any] = {
        "name": name,
        "pattern": text,
        "transformations": (transformation(name),),
        **changes,
    }
    return MetricFilter(**values)


def metric(name: str = "watched", **changes: Any) -> Metric:
    values: dict[str, Any] = {
        "namespace": NAMESPACE,
        "name": name,
        "statistic": "Sum",
        "period": 300,
        **changes,
    }
    return Metric(**values)


def topic_arn(name: str = "security", account: str = ACCOUNT, region: str = REGION) -> str:
    return f"arn:aws:sns:{region}:{account}:{name}"


def alarm_arn(name: str, account: str = ACCOUNT, region: str = REGION) -> str:
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"


def alarm(name: str = "watched", account: str = ACCOUNT, region: str = REGION, **changes: Any) -> MetricAlarm:
    """Goes off at one event of the metric that is called like it, and tells the topic."""
    values: dict[str, Any] = {
        "name": name,
        "arn": alarm_arn(name, account, region),
        "actions_enabled": True,
        "actions": (topic_arn(account=account, region=region),),
        "queries": (MetricQuery(id="m1", metric=metric(name)),),
        "comparison": "GreaterThanOrEqualToThreshold",
        "threshold": 1.0,
        **changes,
    }
    return MetricAlarm(**values)


def composite(name: str, rule: str, **changes: Any) -> CompositeAlarm:
    values: dict[str, Any] = {
        "name": name,
        "arn": alarm_arn(name),
        "actions_enabled": True,
        "actions": (topic_arn(),),
        "rule": rule,
        **changes,
    }
    return CompositeAlarm(**values)


def log_group(arn: str = GROUP, *filters: MetricFilter, **changes: Any) -> LogGroup:
    values: dict[str, Any] = {
        "arn": arn,
        "settings": Known(LogGroupSettings(retention_days=400, key_id="1234abcd")),
        "filters": Known(filters),
        **changes,
    }
    return LogGroup(**values)


def board(*alarms: Alarm, account: str = ACCOUNT, region: str = REGION) -> AlarmBoard:
    return AlarmBoard(account=account, region=region, alarms=Known(alarms))


def topic(arn: str | None = None, **changes: Any) -> Topic:
    """One with a confirmed subscription."""
    values: dict[str, Any] = {
        "arn": arn or topic_arn(),
        "subscriptions": Known((Subscription(protocol="email", confirmed=True),)),
        **changes,
    }
    return Topic(**values)


def watched(trails: Iterable[Trail]) -> dict[str, Any]:
    """What makes the alarms of these trails work, by the posture's members."""
    arns = sorted({one.log_group_arn.removesuffix(":*") for one in trails if one.log_group_arn})
    places = sorted({(parse_arn(arn).account, parse_arn(arn).region) for arn in arns})
    ids = sorted(alarm_ids())
    return {
        "log_groups": tuple(
            log_group(arn, *(metric_filter(id_, pattern(id_)) for id_ in ids)) for arn in arns
        ),
        "alarm_boards": tuple(
            board(*(alarm(id_, *place) for id_ in ids), account=place[0], region=place[1]) for place in places
        ),
        "topics": tuple(topic(topic_arn("security", *place)) for place in places),
    }
