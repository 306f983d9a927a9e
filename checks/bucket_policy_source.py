"""The check `bucket-policy-source`."""

from checks._trail_sources import only, unbound
from scanner.access import parse, service_grants
from scanner.check import BucketCheck, Fail, NotApplicable, Pass, Unknown, Verdict
from scanner.model.arn import bucket_arn
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.words import listed


class BucketPolicySource(BucketCheck):
    """CloudTrail writes to log buckets for the trails that are meant alone.

    Why it matters: CloudTrail writes wherever a policy lets it, for whoever names the bucket in a trail. A
    statement that doesn't say for whom lets any AWS customer put files beside yours, and you pay for them.

    How to fix: Bind each statement for cloudtrail.amazonaws.com with a condition.

    - For one trail, `"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME"}`; the
      ARN of an organization trail has the management account in it.
    - For all trails of an account, `"StringEquals": {"aws:SourceAccount": "ACCOUNT"}`.
    - For an organization, `"StringEquals": {"aws:SourceOrgID": "o-ID"}`.
    - CLI: `aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`.
    - Terraform: a `condition` block in the statement of `aws_iam_policy_document`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """

    id = "bucket-policy-source"
    reads = frozenset({"s3:GetBucketPolicy"})

    severity: Severity = Severity.MEDIUM

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        policy = parse(bucket.policy.require()).require()
        objects = f"{bucket_arn(posture.partition, bucket.name)}/*"
        grants = service_grants(policy, "s3:PutObject", objects)
        if not grants:
            return NotApplicable("The policy does not let CloudTrail write.")
        open_ones = unbound(grants)
        if isinstance(open_ones, Gap):
            return Unknown(open_ones)
        if open_ones.value:
            lets = "lets" if len(open_ones.value) == 1 else "let"
            return Fail(f"{listed(open_ones.value)} {lets} CloudTrail write for anybody's trail")
        return Pass(f"lets CloudTrail write {only(grants)}")
