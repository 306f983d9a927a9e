"""The check `alarm-nacl-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmNaclChanges(AlarmCheck):
    """An alarm goes off when network access control lists change.

    Why it matters: Network ACLs are the second wall around a subnet, seldom touched. A change that nobody
    announced opens a way in or cuts services off.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName =
      DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) ||
      ($.eventName = ReplaceNetworkAclAssociation) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name NaclChanges --filter-pattern
      'PATTERN' --metric-transformations metricName=NaclChanges,metricNamespace=CloudTrail,metricValue=1`,
      then `aws cloudwatch put-metric-alarm --alarm-name NaclChanges --namespace CloudTrail --metric-name
      NaclChanges --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Security Hub (CloudWatch.11) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-nacl-changes"

    severity: Severity = Severity.LOW
