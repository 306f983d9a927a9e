"""The check `alarm-cloudtrail-config-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmCloudtrailConfigChanges(AlarmCheck):
    """An alarm goes off when a trail is created, changed, deleted, started or stopped.

    Why it matters: An intruder who knows AWS stops the trail first. The call that stops it is the last event
    that it records, and this alarm is what makes somebody look while the rest of the evidence is still fresh.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) ||
      ($.eventName = StartLogging) || ($.eventName = StopLogging) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name CloudtrailConfigChanges
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=CloudtrailConfigChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name CloudtrailConfigChanges --namespace CloudTrail --metric-name
      CloudtrailConfigChanges --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Changed selectors and deleted event data stores are in no benchmark: alarm-log-protection is about those.
    Security Hub (CloudWatch.5) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-cloudtrail-config-changes"

    severity: Severity = Severity.MEDIUM
