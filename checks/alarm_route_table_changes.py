"""The check `alarm-route-table-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmRouteTableChanges(AlarmCheck):
    """An alarm goes off when route tables change.

    Why it matters: A changed route sends traffic past the inspection that it should pass, or to a machine
    that listens. Nothing else shows that.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventSource = ec2.amazonaws.com) && (($.eventName = CreateRoute) || ($.eventName =
      CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) ||
      ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName =
      DisassociateRouteTable)) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name RouteTableChanges --filter-pattern
      'PATTERN' --metric-transformations
      metricName=RouteTableChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name RouteTableChanges --namespace CloudTrail --metric-name RouteTableChanges
      --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Without the event source, as CIS has it, the filter passes too. Note that CreateRoute and CreateRouteTable
    are two events. Security Hub (CloudWatch.13) compares the pattern with a text of its own: what passes here
    can still fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-route-table-changes"

    severity: Severity = Severity.LOW
