"""The check `bucket-access-logging`."""

from checks._log_target import why_none_arrives
from scanner.check import BucketCheck, Fail, Pass, Unknown, Verdict
from scanner.coverage import Answer, in_region
from scanner.events import data_events
from scanner.events.classes import S3_OBJECT
from scanner.model.arn import bucket_arn, parse_arn
from scanner.model.bucket import AccessLogging, Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, first_gap
from scanner.words import listed


class BucketAccessLogging(BucketCheck):
    """Who reads or changes what lies in log buckets is recorded, by server access logs or as data events.

    Why it matters: Who covers tracks reads the logs first and deletes them then. Server access logs tell of
    both; they come late, and now and then one is missing. Data events are complete and name the identity.
    Access logs that are sent to a bucket that can't take them vanish without an error.

    How to fix: Send server access logs to another bucket in the same region, whose policy lets
    logging.s3.amazonaws.com write, and which has neither a default retention of Object Lock nor default
    encryption with KMS. Or record data events of the log bucket.

    - Console: S3 > the bucket > Properties > Server access logging > Edit.
    - CLI: `aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status
      '{"LoggingEnabled":{"TargetBucket":"TARGET","TargetPrefix":"BUCKET/"}}'`.
    - Terraform: `aws_s3_bucket_logging`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """

    id = "bucket-access-logging"
    reads = frozenset(
        {
            "s3:GetBucketLogging",
            "s3:GetBucketPolicy",
            "s3:GetBucketAcl",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetEncryptionConfiguration",
        }
    )

    severity: Severity = Severity.LOW

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        logged = why_none_arrives(bucket, posture)
        if logged == Known(None):
            return Pass(f"sends access logs to {bucket.logging.map(_target).require()}")
        events = _data_events(bucket, posture)
        match events.complete, logged:
            case Known(value=True), _:
                names = listed([parse_arn(arn).resource for arn in events.by])
                return Pass(f"has its data events recorded by {names}, in place of server access logs")
            case Known(), Known(why):
                return Fail(f"{why}, and its data events are not all recorded")
            case readings:
                return Unknown(first_gap(one for one in readings if isinstance(one, Gap)))


def _target(logging: AccessLogging | None) -> str:
    return "" if logging is None else logging.target_bucket


def _data_events(bucket: Bucket, posture: Posture) -> Answer:
    """What of all reads and writes in the bucket is recorded, in the account and region where it lies."""
    (account,) = (one for one in posture.reachable if one.id == bucket.owner.require())
    objects = f"{bucket_arn(posture.partition, bucket.name)}/"
    wanted = data_events(S3_OBJECT, posture.partition, within=(objects,), service_events=False)
    return in_region(account, posture, wanted, bucket.region.require())
