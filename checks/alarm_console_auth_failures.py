"""The check `alarm-console-auth-failures`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmConsoleAuthFailures(AlarmCheck):
    """An alarm goes off when sign-ins to the console fail.

    Why it matters: Failed sign-ins are what guessing passwords looks like. One alone is a typing error; that
    they are counted at all is what lets you see the hundredth.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name ConsoleAuthFailures
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=ConsoleAuthFailures,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name ConsoleAuthFailures --namespace CloudTrail --metric-name
      ConsoleAuthFailures --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Security Hub (CloudWatch.6) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-console-auth-failures"

    severity: Severity = Severity.LOW
