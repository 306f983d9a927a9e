"""The alarms of the demo: for each alarm check a metric filter and an alarm; of one nobody hears."""

from typing import Any

from scanner.patterns import alarm_ids, filter_of

NAMESPACE = "CloudTrail"
UNHEARD = "alarm-log-protection"
"""The alarm whose topic nobody subscribed to."""

_BY_FIELDS = {
    "alarm-unauthorized-api-calls": (
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
    ),
    "alarm-console-signin-without-mfa": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'
    ),
    "alarm-root-usage": (
        '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
        '$.eventType != "AwsServiceEvent" }'
    ),
    "alarm-console-auth-failures": (
        '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }'
    ),
}


def pattern(alarm: str) -> str:
    """The pattern of all events that the alarm is about."""
    if alarm in _BY_FIELDS:
        return _BY_FIELDS[alarm]
    sources = (
        f"(($.eventSource = {source}) && ({' || '.join(f'($.eventName = {name})' for name in names)}))"
        for source, names in filter_of(alarm).events.items()
    )
    return f"{{ {' || '.join(sources)} }}"


def build(logs: Any, cloudwatch: Any, sns: Any, group: str) -> None:
    """Put filters on the log group, and alarms beside it, with these clients of one account and region."""
    heard = sns.create_topic(Name="security-team")["TopicArn"]
    sns.subscribe(TopicArn=heard, Protocol="email", Endpoint="security@acme.example")
    unheard = sns.create_topic(Name="platform-team")["TopicArn"]
    for alarm in alarm_ids():
        name = alarm.removeprefix("alarm-")
        logs.put_metric_filter(
            logGroupName=group,
            filterName=name,
            filterPattern=pattern(alarm),
            metricTransformations=[
                {"metricName": name, "metricNamespace": NAMESPACE, "metricValue": "1", "defaultValue": 0}
            ],
        )
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace=NAMESPACE,
            MetricName=name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[unheard if alarm == UNHEARD else heard],
        )
