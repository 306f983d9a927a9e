"""Log buckets: what S3 says of each."""

from typing import Any, Literal

from scanner.model.base import Frozen, Moment
from scanner.model.reading import Reading


class Encryption(Frozen):
    """The default encryption rule: AES256, aws:kms or aws:kms:dsse."""

    algorithm: str
    key_id: str | None = None


class PublicAccessBlock(Frozen):
    """The four flags; all false where none is set."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    def __or__(self, other: "PublicAccessBlock") -> "PublicAccessBlock":
        """The strictest of the two, flag by flag, as S3 applies them."""
        return PublicAccessBlock(
            block_public_acls=self.block_public_acls or other.block_public_acls,
            ignore_public_acls=self.ignore_public_acls or other.ignore_public_acls,
            block_public_policy=self.block_public_policy or other.block_public_policy,
            restrict_public_buckets=self.restrict_public_buckets or other.restrict_public_buckets,
        )


class Grant(Frozen):
    """One ACL grant; grantee is a canonical user id, an e-mail address or a group URI."""

    grantee: str
    permission: str


class Versioning(Frozen):
    """`status` is None where versioning was never switched on."""

    status: Literal["Enabled", "Suspended"] | None = None
    mfa_delete: bool = False


class ObjectLock(Frozen):
    """A bucket with Object Lock; `mode` and `days` are None without a default rule. A year is 365 days."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"] | None = None
    days: int | None = None


class Transition(Frozen):
    storage_class: str
    days: int | None = None
    date: Moment | None = None
    newer_noncurrent_versions: int | None = None
    """Of a noncurrent transition: how many of the newest noncurrent versions it spares."""


class LifecycleRule(Frozen):
    """One rule, its scope flattened: every condition that is set must hold."""

    id: str | None = None
    enabled: bool
    prefix: str = ""
    tagged: bool = False
    """The filter asks for tags; CloudTrail's objects have none."""
    larger_than: int | None = None
    smaller_than: int | None = None
    expire_days: int | None = None
    expire_date: Moment | None = None
    noncurrent_days: int | None = None
    newer_noncurrent_versions: int | None = None
    transitions: tuple[Transition, ...] = ()
    noncurrent_transitions: tuple[Transition, ...] = ()


class AccessLogging(Frozen):
    """Where server access logs go."""

    target_bucket: str
    target_prefix: str = ""


class ReplicationRule(Frozen):
    """One rule, its scope flattened: every condition that is set must hold."""

    enabled: bool
    prefix: str = ""
    tagged: bool = False
    """The filter asks for tags; CloudTrail's objects have none."""
    destination: str
    """ARN of the destination bucket."""
    destination_account: str | None = None

    @property
    def bucket(self) -> str:
        """The name of the destination bucket."""
        return self.destination.rpartition(":")[2]


class Bucket(Frozen):
    """One log bucket, or one that log buckets send something to, read once, with the session of the
    account that owns it.

    Where it doesn't exist or its owner isn't in scope, only `exists` and `owner` were asked.
    """

    name: str
    exists: Reading[bool]
    owner: Reading[str]
    """The account that owns it; `Known` only with proof (it is in that account's ListBuckets, or S3
    confirmed it as the expected owner)."""
    region: Reading[str]
    encryption: Reading[Encryption | None]
    policy: Reading[dict[str, Any] | None]
    policy_public: Reading[bool]
    """S3's own judgement of the policy; false without a policy."""
    acl: Reading[tuple[Grant, ...]]
    public_access_block: Reading[PublicAccessBlock]
    account_public_access_block: Reading[PublicAccessBlock]
    """Of the owner account, with the organization's S3 policy in it."""
    ownership: Reading[str | None]
    """ObjectOwnership: BucketOwnerEnforced switches ACLs off."""
    versioning: Reading[Versioning]
    object_lock: Reading[ObjectLock | None]
    lifecycle: Reading[tuple[LifecycleRule, ...]]
    logging: Reading[AccessLogging | None]
    replication: Reading[tuple[ReplicationRule, ...]]
