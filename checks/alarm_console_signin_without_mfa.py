"""The check `alarm-console-signin-without-mfa`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmConsoleSigninWithoutMfa(AlarmCheck):
    """An alarm goes off when somebody signs in to the console without MFA.

    Why it matters: A password alone opens the console to whoever guesses, phishes or buys it. Where MFA is
    the rule, a sign-in without it means that a user was forgotten or that the rule was undone.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed != Yes) &&
      ($.userIdentity.type = IAMUser) && ($.responseElements.ConsoleLogin = Success) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name ConsoleSigninWithoutMfa
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=ConsoleSigninWithoutMfa,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name ConsoleSigninWithoutMfa --namespace CloudTrail --metric-name
      ConsoleSigninWithoutMfa --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    The shorter form of CIS, without the last two clauses, passes too; it also counts sign-ins by single
    sign-on, whose MFA AWS does not see. Security Hub (CloudWatch.3) compares the pattern with a text of its
    own: what passes here can still fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-console-signin-without-mfa"

    severity: Severity = Severity.LOW
