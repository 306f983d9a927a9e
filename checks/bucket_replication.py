"""The check `bucket-replication`."""

from pydantic import Field

from scanner.check import BucketCheck, Fail, NotApplicable, Pass, Unknown, Verdict
from scanner.model.bucket import Bucket, ReplicationRule
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of, not_read
from scanner.model.trail import Trail
from scanner.retention import Folder, writes_only_under
from scanner.words import listed


class BucketReplication(BucketCheck):
    """Log buckets are replicated to another account or region.

    Why it matters: A copy in another account survives those who rule over this one, and a copy in another
    region survives its outage. Many keep logs in an account of their own instead, with Object Lock; this
    check is therefore switched off by default.

    How to fix: Let a rule over the whole bucket (or all that the trail writes) replicate to a bucket in
    another account or region; both need versioning. What is there already isn't copied.

    - Console: S3 > the bucket > Management > Replication rules.
    - CLI: `aws s3api put-bucket-replication --bucket BUCKET --replication-configuration file://rules.json`.
    - Terraform: `aws_s3_bucket_replication_configuration`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """

    id = "bucket-replication"
    reads = frozenset({"s3:GetReplicationConfiguration"})

    severity: Severity = Severity.INFO
    enabled: bool = Field(default=False, description="Ask for replication.")

    @property
    def needs(self) -> frozenset[str]:
        return self.reads if self.enabled else frozenset()

    def _verdict(self, bucket: Bucket, posture: Posture) -> Verdict:
        return super()._verdict(bucket, posture) if self.enabled else NotApplicable("Switched off.")

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        rules = [rule for rule in bucket.replication.require() if rule.enabled and not rule.tagged]
        if not rules:
            return Fail("is not replicated")
        places = [(rule, _elsewhere(rule, bucket, posture)) for rule in rules]
        complete = all_of(
            any_of(place for rule, place in places if writes_only_under(rule.prefix, trail, folder))
            for trail in posture.users(bucket.name)
            for folder in _folders(trail)
        )
        names = listed(sorted({rule.bucket for rule in rules}))
        match complete:
            case Gap() as gap:
                return Unknown(gap)
            case Known(value=True):
                return Pass(f"is replicated to {names}")
            case Known():
                near = sorted({rule.bucket for rule, place in places if place == Known(value=False)})
                if near:
                    return Fail(
                        f"is replicated to {listed(near)}, which is missing or in the same account and region"
                    )
                return Fail(f"is replicated to {names}, but not all of the logs and digests are")


def _folders(trail: Trail) -> tuple[Folder, ...]:
    return (Folder.LOG, Folder.DIGEST) if trail.validation else (Folder.LOG,)


def _elsewhere(rule: ReplicationRule, bucket: Bucket, posture: Posture) -> Reading[bool]:
    """Whether the rule copies to another account or region."""
    owner, here = bucket.owner.require(), bucket.region.require()
    if rule.destination_account not in (None, owner):
        return Known(value=True)
    destination = posture.destination(rule.bucket)
    if destination is None:
        return not_read("s3:GetBucketLocation")
    if destination.exists == Known(value=False):
        return Known(value=False)
    return any_of(
        (
            destination.owner.map(lambda other: other != owner),
            destination.region.map(lambda there: there != here),
        )
    )
