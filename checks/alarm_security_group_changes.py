"""The check `alarm-security-group-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmSecurityGroupChanges(AlarmCheck):
    """An alarm goes off when security groups or their rules change.

    Why it matters: A security group is the firewall of everything behind it. A rule that opens a port to the
    world is found by scanners within minutes.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName =
      AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName =
      RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup)
      || ($.eventName = ModifySecurityGroupRules) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name SecurityGroupChanges
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=SecurityGroupChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name SecurityGroupChanges --namespace CloudTrail --metric-name
      SecurityGroupChanges --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    CIS asks for ModifySecurityGroupRules since version 5.0 only, and since a rule can be opened by it, it is
    asked for here; a fail that comes from it alone says so. Security Hub (CloudWatch.10) compares the pattern
    with a text of its own: what passes here can still fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-security-group-changes"

    severity: Severity = Severity.LOW
