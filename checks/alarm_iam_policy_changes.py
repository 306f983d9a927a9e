"""The check `alarm-iam-policy-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmIamPolicyChanges(AlarmCheck):
    """An alarm goes off when IAM policies are changed, attached or detached.

    Why it matters: A changed policy is how an intruder turns a small foothold into a large one, and how an
    administrator locks others out by mistake. Both should be seen the hour they happen.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventSource = iam.amazonaws.com) && (($.eventName = DeleteGroupPolicy) || ($.eventName =
      DeleteRolePolicy) || ($.eventName = DeleteUserPolicy) || ($.eventName = PutGroupPolicy) || ($.eventName
      = PutRolePolicy) || ($.eventName = PutUserPolicy) || ($.eventName = CreatePolicy) || ($.eventName =
      DeletePolicy) || ($.eventName = CreatePolicyVersion) || ($.eventName = DeletePolicyVersion) ||
      ($.eventName = AttachRolePolicy) || ($.eventName = DetachRolePolicy) || ($.eventName = AttachUserPolicy)
      || ($.eventName = DetachUserPolicy) || ($.eventName = AttachGroupPolicy) || ($.eventName =
      DetachGroupPolicy)) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name IamPolicyChanges --filter-pattern
      'PATTERN' --metric-transformations
      metricName=IamPolicyChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name IamPolicyChanges --namespace CloudTrail --metric-name IamPolicyChanges
      --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Without the event source, as CIS has it, the filter passes too; it then also counts CreatePolicy and
    DeletePolicy of Organizations. Security Hub (CloudWatch.4) compares the pattern with a text of its own:
    what passes here can still fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-iam-policy-changes"

    severity: Severity = Severity.LOW
