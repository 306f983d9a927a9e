"""The check `bucket-encryption`."""

from typing import Literal

from pydantic import Field

from scanner.check import BucketCheck, Fail, Pass, Verdict
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture

KMS = ("aws:kms", "aws:kms:dsse")


class BucketEncryption(BucketCheck):
    """Log buckets encrypt new objects by default.

    Why it matters: What is written without a wish of its own gets the bucket's default encryption. S3 has
    set SSE-S3 (AES256) on every bucket since January 2023, so a bucket without any is an old answer or a
    template's omission. SSE-KMS adds a second lock: who reads must be allowed by the key's policy too.

    How to fix: Set a default encryption. For SSE-KMS let the key's policy allow CloudTrail first, else
    delivery stops.

    - Console: S3 > the bucket > Properties > Default encryption > Edit.
    - CLI: `aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration
      '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY-ARN"},
      "BucketKeyEnabled":true}]}'`.
    - Terraform: `aws_s3_bucket_server_side_encryption_configuration`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """

    id = "bucket-encryption"
    reads = frozenset({"s3:GetEncryptionConfiguration"})

    severity: Severity = Severity.MEDIUM
    require: Literal["any", "kms"] = Field(
        "any", description="`kms` asks for SSE-KMS or DSSE-KMS, `any` for any default encryption."
    )

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        encryption = bucket.encryption.require()
        if encryption is None:
            return Fail("has no default encryption")
        if self.require == "kms" and encryption.algorithm not in KMS:
            return Fail(f"encrypts new objects with {encryption.algorithm}, not with a KMS key")
        return Pass(f"encrypts new objects with {encryption.algorithm}")
