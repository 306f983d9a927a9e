"""The check `alarm-s3-bucket-policy-changes`."""

from checks._alarms import AlarmCheck
from scanner.model.finding import Severity


class AlarmS3BucketPolicyChanges(AlarmCheck):
    """An alarm goes off when the policy, ACL, CORS, lifecycle or replication of a bucket changes.

    Why it matters: One call makes a bucket public, lets another account in, or has a lifecycle rule delete
    its contents tomorrow. All of these concern the log bucket first.

    How to fix: Count the events in the log group of a multi-region trail with a metric filter, let one event
    set off an alarm in the same region, and subscribe somebody to its topic.

    - Pattern: `{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName =
      PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || ($.eventName
      = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) ||
      ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }`
    - Console: CloudWatch > Log groups > the group > Metric filters > Create metric filter; then choose it >
      Create alarm.
    - CLI: `aws logs put-metric-filter --log-group-name GROUP --filter-name S3BucketPolicyChanges
      --filter-pattern 'PATTERN' --metric-transformations
      metricName=S3BucketPolicyChanges,metricNamespace=CloudTrail,metricValue=1`, then `aws cloudwatch
      put-metric-alarm --alarm-name S3BucketPolicyChanges --namespace CloudTrail --metric-name
      S3BucketPolicyChanges --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
      --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching --alarm-actions
      TOPIC-ARN`.
    - Terraform: `aws_cloudwatch_log_metric_filter`, `aws_cloudwatch_metric_alarm` and
      `aws_sns_topic_subscription`.

    Versioning, Object Lock and the blocks of public access are in no benchmark: alarm-log-protection is about
    those. Security Hub (CloudWatch.8) compares the pattern with a text of its own: what passes here can still
    fail there.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    """

    id = "alarm-s3-bucket-policy-changes"

    severity: Severity = Severity.LOW
