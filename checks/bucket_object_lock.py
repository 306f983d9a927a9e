"""The check `bucket-object-lock`."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from scanner.check import BucketCheck, Fail, KeptDays, Pass, RequiredBy, Verdict, required
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.words import span

Mode = Literal["GOVERNANCE", "COMPLIANCE"]


class BucketObjectLock(BucketCheck):
    """Log buckets lock every new object for the whole retention period.

    Why it matters: A lock is the one protection that an administrator's stolen credentials don't undo: until
    it ends, no request and no lifecycle rule removes a log file. In GOVERNANCE mode those with
    s3:BypassGovernanceRetention still can, in COMPLIANCE mode nobody. Object Lock without a default
    retention locks nothing, since CloudTrail asks for no lock of its own.

    How to fix: Set a default retention; it holds for objects that arrive from then on. Think before you
    choose COMPLIANCE: it can't be shortened.

    - Console: S3 > the bucket > Properties > Object Lock > Edit > Default retention.
    - CLI: `aws s3api put-object-lock-configuration --bucket BUCKET --object-lock-configuration
      '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":365}}}'`
      (versioning must be enabled).
    - Terraform: `aws_s3_bucket_object_lock_configuration`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
    """

    id = "bucket-object-lock"
    reads = frozenset({"s3:GetBucketObjectLockConfiguration"})

    severity: Severity = Severity.MEDIUM
    min_days: KeptDays = Field(365, description="The shortest default retention, in days.")
    required_by: RequiredBy = None
    modes: tuple[Mode, ...] = Field(
        ("GOVERNANCE", "COMPLIANCE"), min_length=1, description="The retention modes that suffice."
    )

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        lock = bucket.object_lock.require()
        if lock is None:
            return Fail("has no Object Lock")
        if lock.mode is None or lock.days is None:
            return Fail("has Object Lock without a default retention, which locks nothing")
        locked = f"locks objects for {span(timedelta(days=lock.days))} in {lock.mode} mode"
        if lock.days < self.min_days:
            return Fail(f"{locked}, fewer than {required(self.min_days, self.required_by)}")
        if lock.mode not in self.modes:
            return Fail(f"{locked}, not in {' or '.join(self.modes)} mode")
        return Pass(locked)
