"""S3: who owns a bucket, and what it is set to."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from scanner.aws import permissions
from scanner.aws.permissions import ApiCall
from scanner.aws.reader import Answer, Fact, Reader
from scanner.model.bucket import (
    AccessLogging,
    Encryption,
    Grant,
    LifecycleRule,
    ObjectLock,
    PublicAccessBlock,
    ReplicationRule,
    Transition,
    Versioning,
)
from scanner.model.reading import Reading

DAYS_PER_YEAR = 365


def list_buckets(reader: Reader) -> Reading[frozenset[str]]:
    """The names of the buckets that the account owns."""
    return reader.read_all(_BUCKETS, cursor="ContinuationToken", MaxBuckets=1000).map(frozenset)


def read_location(
    reader: Reader, name: str, *, partition: str, owner: str | None = None
) -> Reading[str | None]:
    """The bucket's region; None where there is no such bucket.

    With `owner` S3 refuses unless that account owns it. Asks in no region of the bucket's own: S3
    answers from everywhere, and the SDK follows its redirects.
    """
    expected = {"ExpectedBucketOwner": owner} if owner else {}
    fact = _LOCATION_BY_PARTITION if partition == "aws" else _LOCATION
    return reader.read(fact, Bucket=name, **expected)


def read_account_block(reader: Reader) -> Reading[PublicAccessBlock]:
    """Of the reader's account, with the organization's S3 policy in it."""
    return reader.read(_ACCOUNT_BLOCK, AccountId=reader.account)


def read_setting(reader: Reader, name: str, field: str) -> Reading[Any]:
    """One of `SETTINGS` of a bucket; the reader's region should be the bucket's."""
    return reader.read(SETTINGS[field], Bucket=name)


def _names(answer: Answer) -> tuple[str, ...]:
    return tuple(item["Name"] for item in answer["Buckets"])


def _location(answer: Answer) -> str:
    region = answer["LocationConstraint"]
    if not isinstance(region, str) or not region:
        raise ValueError("no LocationConstraint")
    return region


def _location_in_aws(answer: Answer) -> str:
    """Of the commercial partition, where the two oldest regions have odd names."""
    region = answer["LocationConstraint"]
    return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(region) or str(region)


def _encryption(answer: Answer) -> Encryption:
    default = answer["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return Encryption(algorithm=default["SSEAlgorithm"], key_id=default.get("KMSMasterKeyID") or None)


def policy_document(answer: Answer) -> dict[str, Any]:
    """The JSON object in the member `Policy`."""
    document = json.loads(answer["Policy"])
    if not isinstance(document, dict):
        raise TypeError("the policy is no JSON object")
    return document


def _policy_public(answer: Answer) -> bool:
    public = answer["PolicyStatus"]["IsPublic"]
    if not isinstance(public, bool):
        raise TypeError("IsPublic is neither true nor false")
    return public


def _acl(answer: Answer) -> tuple[Grant, ...]:
    return tuple(
        Grant(grantee=_grantee(item["Grantee"]), permission=item["Permission"]) for item in answer["Grants"]
    )


def _grantee(grantee: Answer) -> str:
    name: str = grantee.get("URI") or grantee.get("ID") or grantee["EmailAddress"]
    return name


def _block(answer: Answer) -> PublicAccessBlock:
    flags = answer["PublicAccessBlockConfiguration"]
    if not flags:
        raise KeyError("BlockPublicAcls")
    return PublicAccessBlock(
        block_public_acls=flags.get("BlockPublicAcls", False),
        ignore_public_acls=flags.get("IgnorePublicAcls", False),
        block_public_policy=flags.get("BlockPublicPolicy", False),
        restrict_public_buckets=flags.get("RestrictPublicBuckets", False),
    )


def _ownership(answer: Answer) -> str:
    ownership: str = answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    return ownership


def _versioning(answer: Answer) -> Versioning:
    """An answer without members is what S3 says of a bucket that never had versioning."""
    return Versioning(status=answer.get("Status"), mfa_delete=answer.get("MFADelete") == "Enabled")


def _object_lock(answer: Answer) -> ObjectLock | None:
    configuration = answer["ObjectLockConfiguration"]
    if configuration["ObjectLockEnabled"] != "Enabled":
        return None
    rule = configuration.get("Rule")
    if rule is None:
        return ObjectLock()
    default = rule["DefaultRetention"]
    days = default.get("Days") or DAYS_PER_YEAR * default["Years"]
    return ObjectLock(mode=default["Mode"], days=days)


def _lifecycle(answer: Answer) -> tuple[LifecycleRule, ...]:
    return tuple(map(_lifecycle_rule, answer["Rules"]))


def _lifecycle_rule(rule: Answer) -> LifecycleRule:
    conditions = _conditions(rule)
    prefix, tagged = _scope(rule)
    expiration, noncurrent = rule.get("Expiration"), rule.get("NoncurrentVersionExpiration")
    return LifecycleRule(
        id=rule.get("ID"),
        enabled=rule["Status"] == "Enabled",
        prefix=prefix,
        tagged=tagged,
        larger_than=conditions.get("ObjectSizeGreaterThan"),
        smaller_than=conditions.get("ObjectSizeLessThan"),
        **(_expiry(expiration) if expiration is not None else {}),
        noncurrent_days=noncurrent["NoncurrentDays"] if noncurrent is not None else None,
        newer_noncurrent_versions=(noncurrent or {}).get("NewerNoncurrentVersions"),
        transitions=tuple(map(_transition, rule.get("Transitions") or ())),
        noncurrent_transitions=tuple(
            Transition(
                storage_class=item["StorageClass"],
                days=item["NoncurrentDays"],
                newer_noncurrent_versions=item.get("NewerNoncurrentVersions"),
            )
            for item in rule.get("NoncurrentVersionTransitions") or ()
        ),
    )


def _expiry(expiration: Answer) -> dict[str, Any]:
    """When objects expire; never, where the rule only clears away delete markers."""
    if not expiration.keys() & {"Days", "Date", "ExpiredObjectDeleteMarker"}:
        raise KeyError("Days")
    return {"expire_days": expiration.get("Days"), "expire_date": expiration.get("Date")}


def _transition(item: Answer) -> Transition:
    date = item.get("Date")
    days = item["Days"] if date is None else item.get("Days")
    return Transition(storage_class=item["StorageClass"], days=days, date=date)


def _logging(answer: Answer) -> AccessLogging | None:
    """An answer without LoggingEnabled is what S3 says where access logging is off."""
    target = answer.get("LoggingEnabled")
    if target is None:
        return None
    return AccessLogging(target_bucket=target["TargetBucket"], target_prefix=target.get("TargetPrefix") or "")


def _replication(answer: Answer) -> tuple[ReplicationRule, ...]:
    return tuple(map(_replication_rule, answer["ReplicationConfiguration"]["Rules"]))


def _replication_rule(rule: Answer) -> ReplicationRule:
    prefix, tagged = _scope(rule)
    return ReplicationRule(
        enabled=rule["Status"] == "Enabled",
        prefix=prefix,
        tagged=tagged,
        destination=rule["Destination"]["Bucket"],
        destination_account=rule["Destination"].get("Account"),
    )


def _scope(rule: Answer) -> tuple[str, bool]:
    """The prefix that a rule of lifecycle or replication asks for, and whether it asks for tags."""
    conditions = _conditions(rule)
    prefix = conditions.get("Prefix") or rule.get("Prefix") or ""
    return prefix, bool(conditions.get("Tag") or conditions.get("Tags"))


def _conditions(rule: Answer) -> Answer:
    """One condition stands in the filter itself, several in its `And`; old rules have only a prefix."""
    found: Answer = rule.get("Filter") or {}
    return found.get("And") or found


def _optional(call: ApiCall, parse: Any, absent: Mapping[str, Any] | None = None) -> Fact[Any]:
    return Fact(call, parse, absent=MappingProxyType(dict(absent or {})))


_BUCKETS = Fact(permissions.LIST_BUCKETS, _names)
_LOCATION: Fact[str | None] = Fact(permissions.GET_BUCKET_LOCATION, _location, absent={"NoSuchBucket": None})
_LOCATION_BY_PARTITION: Fact[str | None] = Fact(
    permissions.GET_BUCKET_LOCATION, _location_in_aws, absent={"NoSuchBucket": None}
)
_NO_BLOCK = {"NoSuchPublicAccessBlockConfiguration": PublicAccessBlock()}
_ACCOUNT_BLOCK = Fact(permissions.GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, _block, absent=_NO_BLOCK)

SETTINGS: Mapping[str, Fact[Any]] = {
    "encryption": _optional(
        permissions.GET_BUCKET_ENCRYPTION,
        _encryption,
        {"ServerSideEncryptionConfigurationNotFoundError": None},
    ),
    "policy": _optional(permissions.GET_BUCKET_POLICY, policy_document, {"NoSuchBucketPolicy": None}),
    "policy_public": _optional(
        permissions.GET_BUCKET_POLICY_STATUS, _policy_public, {"NoSuchBucketPolicy": False}
    ),
    "acl": _optional(permissions.GET_BUCKET_ACL, _acl),
    "public_access_block": _optional(permissions.GET_BUCKET_PUBLIC_ACCESS_BLOCK, _block, _NO_BLOCK),
    "ownership": _optional(
        permissions.GET_BUCKET_OWNERSHIP_CONTROLS, _ownership, {"OwnershipControlsNotFoundError": None}
    ),
    "versioning": _optional(permissions.GET_BUCKET_VERSIONING, _versioning),
    "object_lock": _optional(
        permissions.GET_OBJECT_LOCK_CONFIGURATION,
        _object_lock,
        {"ObjectLockConfigurationNotFoundError": None},
    ),
    "lifecycle": _optional(
        permissions.GET_BUCKET_LIFECYCLE, _lifecycle, {"NoSuchLifecycleConfiguration": ()}
    ),
    "logging": _optional(permissions.GET_BUCKET_LOGGING, _logging),
    "replication": _optional(
        permissions.GET_BUCKET_REPLICATION, _replication, {"ReplicationConfigurationNotFoundError": ()}
    ),
}
"""What is read of each bucket with a session of its owner: the members of `Bucket` of these names."""
