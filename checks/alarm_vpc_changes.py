"""The check `alarm-vpc-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmVpcChanges(AlarmCheck):
    """An alarm goes off when VPCs and their peerings change.

    Why it matters: A peering connection joins two networks that were apart, and an unexpected VPC is a place
    where nobody looks.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute)
      || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) ||
      ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) || ($.eventName
      = AttachClassicLinkVpc) || ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink)
      || ($.eventName = EnableVpcClassicLink) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name VpcChanges --filter-pattern
      'PATTERN' --metric-transformations metricName=VpcChanges,metricNamespace=CloudTrail,metricValue=1`, then
      `aws cloudwatch put-metric-alarm --alarm-name VpcChanges --namespace CloudTrail --metric-name VpcChanges
      --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    The four ClassicLink calls are retired and still stand in every version of CIS. Security Hub
    (CloudWatch.14) compares the pattern with a text of its own: what passes here can still fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-vpc-changes"

    severity: Severity = Severity.LOW
