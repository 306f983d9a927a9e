"""The check `bucket-versioning`."""

from scanner.check import BucketCheck, Fail, Pass, Verdict
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture


class BucketVersioning(BucketCheck):
    """Log buckets keep the earlier versions of their objects.

    Why it matters: Without versioning, whoever may delete or overwrite a log file destroys it. With it the
    file stays underneath as a noncurrent version, and removing that takes another permission. A bucket
    whose versioning is suspended protects nothing that is written from then on.

    How to fix: Enable versioning, and give noncurrent versions a lifecycle rule that fits your retention.

    - Console: S3 > the bucket > Properties > Bucket Versioning > Edit.
    - CLI: `aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled`.
    - Terraform: `aws_s3_bucket_versioning` with `status = "Enabled"`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    """

    id = "bucket-versioning"
    reads = frozenset({"s3:GetBucketVersioning"})

    severity: Severity = Severity.MEDIUM

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        match bucket.versioning.require().status:
            case "Enabled":
                return Pass("has versioning enabled")
            case "Suspended":
                return Fail("has versioning suspended")
            case None:
                return Fail("never had versioning enabled")
