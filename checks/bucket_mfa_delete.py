"""The check `bucket-mfa-delete`."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from scanner.check import BucketCheck, Fail, Pass, Unknown, Verdict
from scanner.model.bucket import Bucket, ObjectLock, Versioning
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, any_of
from scanner.words import span


class BucketMfaDelete(BucketCheck):
    """No log file is deleted for good without a second factor, or before a lock without exceptions ends.

    Why it matters: Stolen credentials of an administrator are enough to delete every version of every log
    file. MFA delete asks the root user for a code as well; a default retention in COMPLIANCE mode refuses
    everybody until it ends, which is stronger.

    How to fix: Prefer Object Lock in COMPLIANCE mode; it can't be shortened, so begin with few days. MFA
    delete can be switched on by the root user alone, with the CLI, and a bucket that has it takes no
    lifecycle rules.

    - CLI: `aws s3api put-object-lock-configuration --bucket BUCKET --object-lock-configuration
      '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":365}}}'`.
    - CLI, as root: `aws s3api put-bucket-versioning --bucket BUCKET
      --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa "SERIAL CODE"`.
    - Terraform: `aws_s3_bucket_object_lock_configuration` with `mode = "COMPLIANCE"`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    id = "bucket-mfa-delete"
    reads = frozenset({"s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"})

    severity: Severity = Severity.LOW
    min_days: PositiveInt = Field(
        365, description="The shortest default retention in COMPLIANCE mode that makes MFA delete needless."
    )

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        by_mfa = bucket.versioning.map(_asks_for_mfa)
        by_lock = bucket.object_lock.map(self._refuses_everybody)
        match any_of((by_mfa, by_lock)):
            case Gap() as gap:
                return Unknown(gap)
            case Known(value=True) if by_mfa == Known(value=True):
                return Pass("has MFA delete")
            case Known(value=True):
                lock = bucket.object_lock.require()
                return Pass(f"needs no MFA delete: it {_locked(lock)}")
            case Known():
                return Fail(f"has {self._what_is_there(bucket)}")

    def _refuses_everybody(self, lock: ObjectLock | None) -> bool:
        return lock is not None and lock.mode == "COMPLIANCE" and (lock.days or 0) >= self.min_days

    def _what_is_there(self, bucket: Bucket) -> str:
        versioning, lock = bucket.versioning.require(), bucket.object_lock.require()
        if versioning.mfa_delete:
            mfa = "MFA delete, which protects nothing while versioning is suspended"
        else:
            mfa = "no MFA delete"
        return f"{mfa}, and {_locked(lock)} ({self.min_days} days in COMPLIANCE mode would make it needless)"


def _locked(lock: ObjectLock | None) -> str:
    if lock is None or lock.days is None:
        return "locks nothing"
    return f"locks objects for {span(timedelta(days=lock.days))} in {lock.mode} mode"


def _asks_for_mfa(versioning: Versioning) -> bool:
    """What is written while versioning is suspended has no version of its own to protect."""
    return versioning.mfa_delete and versioning.status == "Enabled"
