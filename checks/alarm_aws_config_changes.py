"""The check `alarm-aws-config-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmAwsConfigChanges(AlarmCheck):
    """An alarm goes off when the recording of AWS Config is changed or stopped.

    Why it matters: AWS Config remembers what resources looked like; who wants a change to go unnoticed stops
    its recorder or takes away its delivery channel.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventSource = config.amazonaws.com) && (($.eventName = StopConfigurationRecorder) ||
      ($.eventName = DeleteDeliveryChannel) || ($.eventName = PutDeliveryChannel) || ($.eventName =
      PutConfigurationRecorder)) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name AwsConfigChanges --filter-pattern
      'PATTERN' --metric-transformations
      metricName=AwsConfigChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name AwsConfigChanges --namespace CloudTrail --metric-name AwsConfigChanges
      --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Security Hub (CloudWatch.9) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-aws-config-changes"

    severity: Severity = Severity.LOW
