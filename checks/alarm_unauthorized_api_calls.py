"""The check `alarm-unauthorized-api-calls`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmUnauthorizedApiCalls(AlarmCheck):
    """An alarm goes off when API calls are refused for lack of permission.

    Why it matters: Whoever has stolen credentials and tries out what they can do is refused again and again.
    In a quiet account such refusals are the first sign that anybody sees; in a busy one they also tell of
    broken deployments, so expect to tune the alarm.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name UnauthorizedApiCalls
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=UnauthorizedApiCalls,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name UnauthorizedApiCalls --namespace CloudTrail --metric-name
      UnauthorizedApiCalls --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    CIS 2.0 and later leave out calls from delivery.logs.amazonaws.com and HeadBucket, which passes here too.
    The text of CIS 1.3 to 1.5 joins its two exclusions with `||` and so counts nearly every event: that
    passes as what the benchmark says, and the message says that it goes off at ordinary events. Security Hub
    (CloudWatch.2) compares the pattern with a text of its own: what passes here can still fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-unauthorized-api-calls"
    benchmark_sees_all = True

    severity: Severity = Severity.LOW
