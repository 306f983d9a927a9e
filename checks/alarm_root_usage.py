"""The check `alarm-root-usage`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmRootUsage(AlarmCheck):
    """An alarm goes off when the root user is used.

    Why it matters: Nothing limits the root user but service control policies, and daily work needs it for
    nothing. Each use should be one that somebody expected; one that nobody did is an emergency.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.userIdentity.type = Root) && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType !=
      AwsServiceEvent) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name RootUsage --filter-pattern
      'PATTERN' --metric-transformations metricName=RootUsage,metricNamespace=CloudTrail,metricValue=1`, then
      `aws cloudwatch put-metric-alarm --alarm-name RootUsage --namespace CloudTrail --metric-name RootUsage
      --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Security Hub (CloudWatch.1) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-root-usage"
    events = "what root does"

    severity: Severity = Severity.MEDIUM
