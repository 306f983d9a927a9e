"""The check `alarm-log-protection`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmLogProtection(AlarmCheck):
    """An alarm goes off when logging is blinded by other means than stopping a trail.

    Why it matters: The benchmarks watch the trail itself. Its selectors can be narrowed, its bucket unlocked,
    the log group and the metric filters deleted, the alarms switched off and the topic removed, and no
    benchmark asks who would notice.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ (($.eventSource = cloudtrail.amazonaws.com) && (($.eventName = PutEventSelectors) ||
      ($.eventName = PutInsightSelectors) || ($.eventName = DeleteEventDataStore) || ($.eventName =
      StopEventDataStoreIngestion) || ($.eventName = UpdateEventDataStore))) || (($.eventSource =
      s3.amazonaws.com) && (($.eventName = PutBucketVersioning) || ($.eventName =
      PutBucketObjectLockConfiguration) || ($.eventName = PutBucketPublicAccessBlock) || ($.eventName =
      PutBucketLogging))) || (($.eventSource = logs.amazonaws.com) && (($.eventName = DeleteLogGroup) ||
      ($.eventName = DeleteMetricFilter) || ($.eventName = PutRetentionPolicy))) || (($.eventSource =
      monitoring.amazonaws.com) && (($.eventName = DeleteAlarms) || ($.eventName = DisableAlarmActions))) ||
      (($.eventSource = sns.amazonaws.com) && (($.eventName = DeleteTopic) || ($.eventName = Unsubscribe))) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name LogProtection --filter-pattern
      'PATTERN' --metric-transformations metricName=LogProtection,metricNamespace=CloudTrail,metricValue=1`,
      then `aws cloudwatch put-metric-alarm --alarm-name LogProtection --namespace CloudTrail --metric-name
      LogProtection --statistic Sum --period 300 --evaluation-periods 1 --threshold 1 --comparison-operator
      GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    A log group takes 100 metric filters, and several may share the events: one for each event source reads
    better.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    """

    id = "alarm-log-protection"

    severity: Severity = Severity.LOW
