"""The check `alarm-network-gateway-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmNetworkGatewayChanges(AlarmCheck):
    """An alarm goes off when gateways between a VPC and the outside change.

    Why it matters: A gateway is the door between a private network and the internet or a partner. A new one
    makes a way out for data where there was none.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) ||
      ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || ($.eventName =
      DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name NetworkGatewayChanges
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=NetworkGatewayChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name NetworkGatewayChanges --namespace CloudTrail --metric-name
      NetworkGatewayChanges --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Security Hub (CloudWatch.12) compares the pattern with a text of its own: what passes here can still fail
    there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-network-gateway-changes"

    severity: Severity = Severity.LOW
