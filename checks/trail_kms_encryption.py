"""The check `trail-kms-encryption`."""

from typing import ClassVar

from scanner.check import NO_TRAIL, Fail, Pass, TrailCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.trail import Trail


class TrailKmsEncryption(TrailCheck):
    """Trails encrypt their log files with a KMS key.

    Why it matters: With S3's own encryption, whoever may read the bucket reads the logs. A KMS key is a
    second lock: readers need the right to decrypt too, and each use of the key is itself an event.
    The bucket's default encryption is another setting and does not count here.

    How to fix: Name a symmetric KMS key in the bucket's region whose policy lets CloudTrail encrypt.

    - Console: CloudTrail > Trails > the trail > General details > Edit: Log file SSE-KMS encryption.
    - CLI: `aws cloudtrail update-trail --name ARN --kms-key-id KEY-ARN`.
    - Terraform: `kms_key_id = aws_kms_key.trail.arn` in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    """

    id = "trail-kms-encryption"
    without_trail: ClassVar[Verdict] = Fail(NO_TRAIL)

    severity: Severity = Severity.MEDIUM

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the trail says it all
        if trail.key_id is None:
            return Fail("has no KMS key")
        return Pass(f"encrypts its log files with {trail.key_id}")
