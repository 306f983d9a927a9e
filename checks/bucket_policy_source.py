"""The check `bucket-policy-source`."""

from scanner.access import parse, service_grants
from scanner.check import BucketCheck, Fail, NotApplicable, Pass, Unknown, Verdict
from scanner.model.arn import bucket_arn
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, first_gap
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
        sure = [grant for grant in grants if grant.granted == Known(value=True)]
        unbound = [grant.statement for grant in sure if grant.bound == Known(value=False)]
        if unbound:
            lets = "lets" if len(unbound) == 1 else "let"
            return Fail(f"{listed(unbound)} {lets} CloudTrail write for anybody's trail")
        # Whether a bound statement lets CloudTrail write at all decides nothing here.
        gaps = [
            gap
            for grant in grants
            if grant.bound != Known(value=True)
            for gap in (grant.granted, grant.bound)
            if isinstance(gap, Gap)
        ]
        if gaps:
            return Unknown(first_gap(gaps))
        bounds = sorted({str(bound) for grant in grants for bound in grant.bounds})
        return Pass(f"lets CloudTrail write only with {listed(bounds)}")
