"""The check `bucket-tamper-access`."""

from collections.abc import Iterable

from pydantic import Field

from scanner.access import Deed, Writer, parse, writers
from scanner.check import BucketCheck, Fail, Pass, Verdict
from scanner.model.arn import bucket_arn
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.words import listed

ON_OBJECTS = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObject",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
)
ON_THE_BUCKET = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
)


class BucketTamperAccess(BucketCheck):
    """The policies of log buckets let nobody but CloudTrail and those who are trusted change anything.

    Why it matters: Who may write can forge a log file, who may delete can remove one, and who may set the
    lifecycle, versioning, lock or policy can do either by detour. In the policy of the bucket such a right
    is easily given to more people than was meant, to other accounts too.

    How to fix: Remove the statement that the message names, or the actions that it need not allow; readers
    need `s3:GetObject` and `s3:ListBucket` alone. Whom you do trust, name in the option.

    - Console: S3 > the bucket > Permissions > Bucket policy > Edit.
    - CLI: `aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`.
    - Terraform: `aws_s3_bucket_policy`.

    What identities of the bucket's own account may do by their own policies is not judged here.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
    """

    id = "bucket-tamper-access"
    reads = frozenset({"s3:GetBucketPolicy"})

    severity: Severity = Severity.HIGH
    trusted_principals: tuple[str, ...] = Field(
        (), description="Who else may change log buckets, as policies name them."
    )

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        policy = parse(bucket.policy.require()).require()
        arn = bucket_arn(posture.partition, bucket.name)
        deeds = [Deed(action, f"{arn}/*") for action in ON_OBJECTS]
        deeds += [Deed(action, arn) for action in ON_THE_BUCKET]
        root = posture.root(bucket.owner.require())
        others = writers(policy, deeds, (root, *self.trusted_principals)).require()
        if others:
            return Fail("; ".join(_words(others)))
        return Pass("lets nobody but CloudTrail and those who are trusted change anything")


def _words(others: Iterable[Writer]) -> list[str]:
    return [f"lets {one.who} call {listed(_verbs(one.actions))} ({one.statement})" for one in others]


def _verbs(actions: Iterable[str]) -> list[str]:
    return [action.removeprefix("s3:") for action in actions]
