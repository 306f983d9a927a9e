"""Whether the server access logs of a log bucket arrive where they are sent to."""

from scanner.access import UNCLEAR, Kind, Policy, Principal, Request, allows, parse
from scanner.model.arn import bucket_arn
from scanner.model.bucket import AccessLogging, Bucket, Encryption, Grant, ObjectLock
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of, first_gap, not_read
from scanner.words import listed

LOG_SERVICE = Principal(Kind.SERVICE, "logging.s3.amazonaws.com")
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
"""The group that stands for the same service in ACLs."""
A_LOG_FILE = "2026-01-31-09-00-00-0123456789ABCDEF"
ANYTHING = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}


def why_none_arrives(bucket: Bucket, posture: Posture) -> Reading[str | None]:
    """Why no server access logs arrive, None where they do."""
    if isinstance(bucket.logging, Gap):
        return bucket.logging
    logging = bucket.logging.value
    if logging is None:
        return Known("sends no access logs")
    sends = f"sends access logs to {logging.target_bucket}, which"
    if logging.target_bucket == bucket.name:
        return Known("sends access logs to itself")
    target = posture.destination(logging.target_bucket)
    if target is None:
        return not_read("s3:GetBucketLocation")
    if target.exists == Known(value=False):
        return Known(f"{sends} does not exist")
    obstacles = (
        _misplaced(bucket, target),
        target.object_lock.map(_locks),
        target.encryption.map(_encrypts),
        _admits(target, logging, bucket, posture).map(
            lambda admits: None if admits else "does not let logging.s3.amazonaws.com write"
        ),
    )
    known = [one.value for one in obstacles if isinstance(one, Known) and one.value is not None]
    gaps = [one for one in obstacles if isinstance(one, Gap)]
    if known:
        return Known(f"{sends} {listed(known)}")
    return first_gap(gaps) if gaps else Known(None)


def _misplaced(bucket: Bucket, target: Bucket) -> Reading[str | None]:
    if isinstance(bucket.region, Gap):
        return bucket.region
    here = bucket.region.value
    return target.region.map(lambda there: None if there == here else f"is in {there}, not in {here}")


def _locks(lock: ObjectLock | None) -> str | None:
    return "locks objects by default" if lock is not None and lock.days is not None else None


def _encrypts(encryption: Encryption | None) -> str | None:
    by_kms = encryption is not None and encryption.algorithm.startswith("aws:kms")
    return "encrypts with KMS by default" if by_kms else None


def _admits(target: Bucket, logging: AccessLogging, bucket: Bucket, posture: Posture) -> Reading[bool]:
    """Whether the log service may write there: by the policy or the ACL, and against no Deny."""
    policy = target.policy if isinstance(target.policy, Gap) else parse(target.policy.value)
    if isinstance(policy, Gap):
        return policy
    request = _delivery(target, logging, bucket, posture, policy.value)
    if isinstance(request, Gap):
        return request
    undenied = Policy((*parse(ANYTHING).require().statements, *policy.value.denies))
    return all_of(
        (
            any_of((allows(policy.value, request.value), _granted(target))),
            allows(undenied, request.value),
        )
    )


def _delivery(
    target: Bucket, logging: AccessLogging, bucket: Bucket, posture: Posture, policy: Policy
) -> Reading[Request]:
    """The request that brings a log file; a gap where the policy asks it for what isn't read."""
    context = {
        "aws:SecureTransport": ("true",),
        "aws:PrincipalIsAWSService": ("true",),
        "aws:PrincipalServiceName": (LOG_SERVICE.value,),
        "aws:SourceArn": (bucket_arn(posture.partition, bucket.name),),
        "aws:SourceAccount": (bucket.owner.require(),),
    }
    asked = {condition.key for statement in policy.statements for condition in statement.conditions}
    if "aws:sourceorgpaths" in asked:
        return Gap(
            f"the policy of {target.name} asks for aws:SourceOrgPaths, which is not read", code=UNCLEAR
        )
    if "aws:sourceorgid" in asked:
        if isinstance(posture.organization, Gap):
            return posture.organization
        if posture.organization.value is not None:
            context["aws:SourceOrgID"] = (posture.organization.value.id,)
    key = f"{bucket_arn(posture.partition, target.name)}/{logging.target_prefix}{A_LOG_FILE}"
    return Known(Request(LOG_SERVICE, "s3:PutObject", key, context))


def _granted(target: Bucket) -> Reading[bool]:
    """Whether the ACL lets the log service write."""
    return all_of(
        (
            target.ownership.map(lambda ownership: ownership != "BucketOwnerEnforced"),
            target.acl.map(lambda grants: any(map(_lets_deliver, grants))),
        )
    )


def _lets_deliver(grant: Grant) -> bool:
    return grant.grantee == LOG_DELIVERY and grant.permission in ("WRITE", "FULL_CONTROL")
