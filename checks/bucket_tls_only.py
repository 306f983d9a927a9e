"""The check `bucket-tls-only`."""

from scanner.access import open_to_plain_http, parse
from scanner.check import BucketCheck, Fail, Pass, Verdict
from scanner.model.arn import bucket_arn
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.words import listed


class BucketTlsOnly(BucketCheck):
    """Log buckets refuse plain HTTP, for everyone.

    Why it matters: Without a Deny, S3 also answers requests that come without TLS, and whoever stands
    between reads the logs and the signatures of those who fetch them.

    How to fix: Deny what comes without TLS, for the bucket and its objects.

    - Policy: `{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::BUCKET",
      "arn:aws:s3:::BUCKET/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`. CloudTrail itself
      always uses TLS.
    - CLI: `aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`.
    - Terraform: the same statement in `aws_s3_bucket_policy`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html
    """

    id = "bucket-tls-only"
    reads = frozenset({"s3:GetBucketPolicy"})

    severity: Severity = Severity.MEDIUM

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        policy = parse(bucket.policy.require()).require()
        holes = open_to_plain_http(policy, bucket_arn(posture.partition, bucket.name)).require()
        if holes:
            return Fail(f"does not deny plain HTTP for {listed(holes)}")
        return Pass("denies plain HTTP for everyone")
