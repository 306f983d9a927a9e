"""The check `alarm-organizations-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmOrganizationsChanges(AlarmCheck):
    """An alarm goes off when the AWS organization, its accounts or its policies change.

    Why it matters: Who controls the organization controls every account: a detached policy lifts a guardrail
    everywhere at once, and an account that leaves takes its logs along.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = AcceptHandshake) ||
      ($.eventName = AttachPolicy) || ($.eventName = CreateAccount) || ($.eventName =
      CreateOrganizationalUnit) || ($.eventName = CreatePolicy) || ($.eventName = DeclineHandshake) ||
      ($.eventName = DeleteOrganization) || ($.eventName = DeleteOrganizationalUnit) || ($.eventName =
      DeletePolicy) || ($.eventName = DetachPolicy) || ($.eventName = DisablePolicyType) || ($.eventName =
      EnablePolicyType) || ($.eventName = InviteAccountToOrganization) || ($.eventName = LeaveOrganization) ||
      ($.eventName = MoveAccount) || ($.eventName = RemoveAccountFromOrganization) || ($.eventName =
      UpdatePolicy) || ($.eventName = UpdateOrganizationalUnit)) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name OrganizationsChanges
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=OrganizationsChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name OrganizationsChanges --namespace CloudTrail --metric-name
      OrganizationsChanges --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Most of these calls are made in the management account, so a filter on the organization trail serves best.
    Security Hub has no such control.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    """

    id = "alarm-organizations-changes"

    severity: Severity = Severity.LOW
