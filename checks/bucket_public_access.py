"""The check `bucket-public-access`."""

from scanner.check import BucketCheck, Fail, Pass, Unknown, Verdict
from scanner.model.bucket import Bucket, Grant
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of

EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
"""Everybody, and everybody with any AWS account."""


class BucketPublicAccess(BucketCheck):
    """Log buckets are not public, neither by their policy nor by their ACL.

    Why it matters: The logs tell who works with what, from where and with which rights: a map for an
    intruder. A bucket that the public may write to takes forged files besides.

    How to fix: Block public access, of the bucket and better of the whole account; then remove the statement
    or grant that asked for it. CloudTrail delivers all the same.

    - Console: S3 > the bucket > Permissions > Block public access > Edit > Block all public access.
    - CLI: `aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration
      BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`.
    - Terraform: `aws_s3_bucket_public_access_block` with all four arguments true (their default is false).

    BlockPublicAcls and BlockPublicPolicy only refuse new grants. What is there already is neutralised by
    IgnorePublicAcls and RestrictPublicBuckets.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """

    id = "bucket-public-access"
    reads = frozenset(
        {
            "s3:GetBucketPolicyStatus",
            "s3:GetBucketAcl",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetAccountPublicAccessBlock",
            "s3:GetBucketOwnershipControls",
        }
    )

    severity: Severity = Severity.CRITICAL

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        by_policy = all_of((bucket.policy_public, _open(_restricted(bucket))))
        by_acl = all_of((bucket.acl.map(_public), _open(_acls_ignored(bucket))))
        ways = {"its policy": by_policy, "its ACL": by_acl}
        match any_of(ways.values()):
            case Known(value=True):
                names = [name for name, way in ways.items() if way == Known(value=True)]
                lets = "lets" if len(names) == 1 else "let"
                return Fail(f"is public: {' and '.join(names)} {lets} anyone in and no block neutralises it")
            case Gap() as gap:
                return Unknown(gap)
            case Known():
                return Pass("is not public")


def _restricted(bucket: Bucket) -> Reading[bool]:
    """Whether a public policy has no effect beyond the owner account and AWS services."""
    blocks = (bucket.public_access_block, bucket.account_public_access_block)
    return any_of(block.map(lambda flags: flags.restrict_public_buckets) for block in blocks)


def _acls_ignored(bucket: Bucket) -> Reading[bool]:
    """Whether public grants in the ACL have no effect."""
    blocks = (bucket.public_access_block, bucket.account_public_access_block)
    return any_of(
        (
            *(block.map(lambda flags: flags.ignore_public_acls) for block in blocks),
            bucket.ownership.map(lambda ownership: ownership == "BucketOwnerEnforced"),
        )
    )


def _open(blocked: Reading[bool]) -> Reading[bool]:
    return blocked.map(lambda value: not value)


def _public(grants: tuple[Grant, ...]) -> bool:
    return any(grant.grantee in EVERYONE for grant in grants)
