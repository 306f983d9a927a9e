"""The check `trail-kms-key-policy`."""

from collections.abc import Iterator

from checks._keys import key_of, unread
from checks._trail_sources import only, unbound
from scanner.access import TrailSource, admits, parse, public, service_grants
from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Unknown, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, first_gap
from scanner.model.trail import Trail
from scanner.words import listed

ENCRYPT = "kms:GenerateDataKey"
"""What CloudTrail calls for each file. It uses no grants, so that the key's policy alone lets it."""


class TrailKmsKeyPolicy(TrailCheck):
    """The KMS keys of trails let CloudTrail encrypt for the trails that are meant alone, and are not open
    to everyone.

    Why it matters: A key that CloudTrail may not use stops delivery. One that it may use for anybody's
    trail lets any AWS customer encrypt with it, at your cost. One that is open to everyone keeps nobody
    from the logs.

    How to fix: Let cloudtrail.amazonaws.com do `kms:GenerateDataKey*`, bound by conditions, and name in
    every other statement who may use the key.

    - For one trail, `"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME"}`; the
      ARN of an organization trail has the management account in it.
    - For all trails of an account, `"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn":
      "arn:aws:cloudtrail:*:ACCOUNT:trail/*"}` or `"StringEquals": {"aws:SourceAccount": "ACCOUNT"}`.
    - CLI: `aws kms put-key-policy --key-id KEY-ARN --policy-name default --policy file://policy.json`.
    - Terraform: `policy` in `aws_kms_key`, or `aws_kms_key_policy`.

    The statement for the account's root enables IAM policies; it does not let CloudTrail in.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """

    id = "trail-kms-key-policy"
    reads = frozenset({"kms:DescribeKey", "kms:GetKeyPolicy"})

    severity: Severity = Severity.MEDIUM

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if trail.key_id is None:
            return NotApplicable("The trail has no KMS key.")
        key = key_of(trail.key_id, posture)
        if key.metadata == Known(None):
            return NotApplicable("The KMS key does not exist.")
        if isinstance(key.policy, Gap):
            return unread(key.policy, key.owner, "the KMS key", posture)
        policy = parse(key.policy.value).require()
        metadata = key.metadata.value if isinstance(key.metadata, Known) else None
        arn = key.id if metadata is None else metadata.arn
        grants = service_grants(policy, ENCRYPT, arn)
        source = TrailSource(trail.arn, trail.owner, _organization(trail, posture))
        strangers, anybodys = public(policy), unbound(grants)
        admitted = admits(policy, source, ENCRYPT, arn)
        defects = list(_opened(strangers, anybodys))
        if admitted == Known(value=False):
            bound = grants and anybodys == Known(())
            defects.append(
                f"lets CloudTrail encrypt {only(grants)}, not for this trail"
                if bound
                else "does not let CloudTrail encrypt for this trail"
            )
        if defects:
            return Fail(f"key {trail.key_id} {', '.join(defects)}")
        gaps = [one for one in (strangers, anybodys, admitted) if isinstance(one, Gap)]
        if gaps:
            return Unknown(first_gap(gaps))
        return Pass(f"key {trail.key_id} lets CloudTrail encrypt {only(grants)}")


def _opened(strangers: Reading[tuple[str, ...]], anybodys: Reading[tuple[str, ...]]) -> Iterator[str]:
    """What is known to be open, each statement once."""
    everyones = strangers.value if isinstance(strangers, Known) else ()
    if everyones:
        yield f"is open to everyone ({listed(everyones)})"
    found = anybodys.value if isinstance(anybodys, Known) else ()
    if others := [statement for statement in found if statement not in everyones]:
        yield f"lets CloudTrail encrypt for anybody's trail ({listed(others)})"


def _organization(trail: Trail, posture: Posture) -> Reading[str | None]:
    """The id of the organization that the trail's account is in."""
    if isinstance(posture.organization, Gap):
        return posture.organization
    organization, account = posture.organization.value, posture.account(trail.owner)
    if trail.owner == posture.caller.account:
        return Known(None if organization is None else organization.id)
    listed_there = account is not None and account.in_organization
    if organization is not None and (listed_there or trail.owner == organization.management_account):
        return Known(organization.id)
    return Gap(f"the organization of account {trail.owner} is not known", account=trail.owner)
