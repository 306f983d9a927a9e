"""The check `bucket-owned`."""

from typing import ClassVar

from pydantic import Field

from scanner.check import BucketCheck, Fail, Pass, Unknown, Verdict
from scanner.model.arn import AccountId
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known


class BucketOwned(BucketCheck):
    """Log buckets exist and belong to an account that is scanned or trusted.

    Why it matters: Bucket names are shared by all of AWS. When the bucket of a trail is deleted, anybody can
    create one with its name, and CloudTrail goes on to deliver: the logs then belong to a stranger. A bucket
    in an account that nobody here answers for is just as far out of reach.

    How to fix: A missing bucket: create it again at once in your own account, or point the trail at another.
    A bucket of an account that is yours: scan that account too, or name it in `trusted_accounts`.

    - Console: CloudTrail > Trails > the trail > Edit > S3 bucket.
    - CLI: `aws cloudtrail update-trail --name ARN --s3-bucket-name BUCKET`.
    - Terraform: `s3_bucket_name` in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """

    id = "bucket-owned"
    needs_owner: ClassVar[bool] = False
    reads = frozenset({"s3:ListAllMyBuckets", "s3:GetBucketLocation"})

    severity: Severity = Severity.CRITICAL
    trusted_accounts: tuple[AccountId, ...] = Field(
        (), description="Accounts outside the scan that may own log buckets: ids of 12 digits."
    )

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        if bucket.exists == Known(value=False):
            return Fail("does not exist: whoever creates a bucket of this name receives the logs")
        if isinstance(bucket.owner, Gap):
            # Where even its existence is unclear, that is what to look into first.
            unclear = bucket.exists if isinstance(bucket.exists, Gap) else bucket.owner
            return Unknown(unclear, "its owner could not be established")
        owner = bucket.owner.value
        if owner in self.trusted_accounts:
            return Pass(f"belongs to the trusted account {owner}")
        account = posture.account(owner)
        # An account that could not be entered was asked for: it is one of ours.
        if account is not None and account.state != "skipped":
            return Pass(f"belongs to account {owner}")
        return Fail(f"belongs to account {owner}, which is neither scanned nor trusted")
