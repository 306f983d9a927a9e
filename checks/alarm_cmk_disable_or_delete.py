"""The check `alarm-cmk-disable-or-delete`."""

from checks._alarms import AlarmCheck
from scanner.coverage import KMS_EVENTS
from scanner.model.finding import Severity


class AlarmCmkDisableOrDelete(AlarmCheck):
    """An alarm goes off when a KMS key is disabled or scheduled for deletion.

    Why it matters: What is encrypted with a deleted key is lost for good, log files included. Deletion waits
    for 7 to 30 days: an alarm turns that time into a chance to take it back.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName =
      ScheduleKeyDeletion)) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name CmkDisableOrDelete
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=CmkDisableOrDelete,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name CmkDisableOrDelete --namespace CloudTrail --metric-name CmkDisableOrDelete
      --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    The trail must record the events of KMS: one that excludes them as too many can raise no such alarm.
    Security Hub (CloudWatch.7) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-cmk-disable-or-delete"
    also_recorded = (KMS_EVENTS,)

    severity: Severity = Severity.LOW
