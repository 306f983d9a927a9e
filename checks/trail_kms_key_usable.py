"""The check `trail-kms-key-usable`."""

from checks._keys import key_of, unread
from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Verdict
from scanner.model.arn import is_arn, parse_arn
from scanner.model.finding import Severity
from scanner.model.key import Key, KeyMetadata
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, not_read
from scanner.model.trail import Trail


class TrailKmsKeyUsable(TrailCheck):
    """The KMS keys of trails are enabled, customer managed and in the region of the log bucket.

    Why it matters: Without a working key CloudTrail delivers no log file, and what was delivered can't
    be read. A key that is pending deletion takes all logs with it, for good. An AWS managed key has
    a policy that nobody can set, so it separates nobody from the logs.

    How to fix: Mend the key, or name another one in the trail.

    - Disabled: `aws kms enable-key --key-id KEY-ARN`.
    - Pending deletion: `aws kms cancel-key-deletion --key-id KEY-ARN`, then enable it.
    - Missing, AWS managed or in another region: create a key in the bucket's region, let its policy
      allow CloudTrail, and `aws cloudtrail update-trail --name ARN --kms-key-id KEY-ARN`.

    Keep the old key for as long as the logs that it encrypted.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    """

    id = "trail-kms-key-usable"
    reads = frozenset({"kms:DescribeKey", "s3:GetBucketLocation", "s3:ListAllMyBuckets"})

    severity: Severity = Severity.HIGH

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if trail.key_id is None:
            return NotApplicable("The trail has no KMS key.")
        key = key_of(trail.key_id, posture)
        bucket = posture.bucket(trail.bucket)
        region = not_read("s3:GetBucketLocation") if bucket is None else bucket.region
        defects = (key.metadata.map(_defect), _misplacement(key, region))
        known = [one.value for one in defects if isinstance(one, Known) and one.value is not None]
        if known:
            return Fail(f"key {trail.key_id} {', '.join(known)}")
        if isinstance(key.metadata, Gap):
            return unread(key.metadata, key.owner, "the KMS key", posture)
        if bucket is not None and bucket.exists == Known(value=False):
            return NotApplicable("The log bucket does not exist.")
        if isinstance(region, Gap):
            owner = bucket.owner.value if bucket is not None and isinstance(bucket.owner, Known) else None
            return unread(region, owner, "the log bucket", posture)
        return Pass(f"key {trail.key_id} is enabled, customer managed and in {region.value}")


def _defect(metadata: KeyMetadata | None) -> str | None:
    if metadata is None:
        return "does not exist"
    defects = [] if metadata.state == "Enabled" else [f"is {metadata.state}"]
    if metadata.manager != "CUSTOMER":
        defects.append(f"is managed by {metadata.manager}")
    return ", ".join(defects) or None


def _misplacement(key: Key, bucket: Reading[str]) -> Reading[str | None]:
    """Whether the key's region is the bucket's. The key's ARN tells it even where the key can't be read."""
    arn = key.id
    if isinstance(key.metadata, Known):
        if key.metadata.value is None:
            return Known(None)
        arn = key.metadata.value.arn
    elif not is_arn(arn):
        return key.metadata
    region = parse_arn(arn).region
    return bucket.map(
        lambda home: None if region == home else f"is in {region}, not in {home} with the log bucket"
    )
