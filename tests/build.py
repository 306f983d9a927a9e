"""A blameless world to start from: every builder's defaults pass every check; change one thing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.model.bucket import (
    AccessLogging,
    Bucket,
    Encryption,
    LifecycleRule,
    ObjectLock,
    PublicAccessBlock,
    Versioning,
)
from scanner.model.finding import Finding, Status
from scanner.model.history import History, HistoryEvent
from scanner.model.key import Key, KeyMetadata
from scanner.model.organization import ControlPolicy, Guardrails, MemberPath, Organization
from scanner.model.posture import Account, Caller, Posture, RegionView
from scanner.model.reading import Gap, Known, Outcome, not_read
from scanner.model.store import EventDataStore, StoreSettings
from scanner.model.trail import (
    AdvancedSelector,
    FieldSelector,
    InsightSelector,
    Selectors,
    Trail,
    TrailStatus,
)
from tests.build_alarms import watched
from tests.build_buckets import delivery_policy, receiving_policy
from tests.build_keys import key_policy

NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
ACCOUNT = "010203040506"
OTHER = "210987654321"
REGION = "eu-west-1"
REGIONS = ("eu-west-1", "us-east-1")
BUCKET = "acme-logs"
ACCESS_LOGS = "acme-access-logs"


def ago(**span: float) -> datetime:
    """The moment this long before the posture was taken: `ago(hours=25)`."""
    return NOW - timedelta(**span)


def denied(
    action: str, operation: str | None = None, account: str = ACCOUNT, region: str | None = REGION
) -> Gap:
    """What a refused call leaves."""
    name = operation or action.split(":")[1]
    return Gap(
        f"{name} was denied",
        action=action,
        operation=name,
        code="AccessDenied",
        account=account,
        region=region,
        outcome=Outcome.DENIED,
    )


def trail_arn(
    name: str = "audit", account: str = ACCOUNT, region: str = REGION, partition: str = "aws"
) -> str:
    return f"arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"


def key_arn(
    name: str = "1234abcd", account: str = ACCOUNT, region: str = REGION, partition: str = "aws"
) -> str:
    return f"arn:{partition}:kms:{region}:{account}:key/{name}"


def select(category: str = "Management", **fields: tuple[str, ...]) -> AdvancedSelector:
    """An advanced selector of one category: `select("Data", type=(…,), readOnly=("true",))`, all Equals."""
    named = {"type": "resources.type"}
    return AdvancedSelector(
        fields=(
            FieldSelector(field="eventCategory", equals=(category,)),
            *(FieldSelector(field=named.get(name, name), equals=values) for name, values in fields.items()),
        )
    )


EVERYTHING = Selectors(
    advanced=(
        select(),
        select("Data", type=("AWS::S3::Object",)),
        select("Data", type=("AWS::Lambda::Function",)),
        select("Data", type=("AWS::DynamoDB::Table",)),
    )
)
MANAGEMENT = Selectors(advanced=(select(),))
INSIGHTS = tuple(InsightSelector(type=type_) for type_ in ("ApiCallRateInsight", "ApiErrorRateInsight"))


def status(**changes: Any) -> TrailStatus:
    """Logging for a year, delivered five minutes ago."""
    values: dict[str, Any] = {
        "logging": True,
        "started": ago(days=365),
        "delivered": ago(minutes=5),
        "digest_delivered": ago(minutes=40),
        "logs_delivered": ago(minutes=5),
        "notified": ago(minutes=5),
        **changes,
    }
    return TrailStatus(**values)


def trail(name: str = "audit", account: str = ACCOUNT, region: str = REGION, **changes: Any) -> Trail:
    values: dict[str, Any] = {
        "arn": trail_arn(name, account, region),
        "name": name,
        "home_region": region,
        "bucket": BUCKET,
        "global_events": True,
        "multi_region": True,
        "validation": True,
        "topic_arn": f"arn:aws:sns:{region}:{account}:{name}",
        "log_group_arn": f"arn:aws:logs:{region}:{account}:log-group:{name}:*",
        "logs_role_arn": f"arn:aws:iam::{account}:role/{name}-to-logs",
        "key_id": key_arn(account=account),
        "organization": False,
        "status": Known(status()),
        "selectors": Known(EVERYTHING),
        "recursive_logging": False,
        "insights": Known(INSIGHTS),
        "tags": Known(()),
        **changes,
    }
    return Trail(**values)


def bucket(name: str = BUCKET, owner: str | Gap = ACCOUNT, **changes: Any) -> Bucket:
    """A log bucket of this account, or of one that could not be told."""
    values: dict[str, Any] = {
        "name": name,
        "exists": Known(value=True),
        "owner": owner if isinstance(owner, Gap) else Known(owner),
        "region": Known(REGION),
        "encryption": Known(Encryption(algorithm="aws:kms", key_id=key_arn())),
        "policy": Known(delivery_policy(name)),
        "policy_public": Known(value=False),
        "acl": Known(()),
        "public_access_block": Known(
            PublicAccessBlock(
                block_public_acls=True,
                ignore_public_acls=True,
                block_public_policy=True,
                restrict_public_buckets=True,
            )
        ),
        "account_public_access_block": Known(PublicAccessBlock()),
        "ownership": Known("BucketOwnerEnforced"),
        "versioning": Known(Versioning(status="Enabled")),
        "object_lock": Known(ObjectLock(mode="COMPLIANCE", days=365)),
        "lifecycle": Known(()),
        "logging": Known(AccessLogging(target_bucket=ACCESS_LOGS, target_prefix=f"{name}/")),
        "replication": Known(()),
        **changes,
    }
    return Bucket(**values)


def log_target(name: str = ACCESS_LOGS, sender: str = BUCKET, **changes: Any) -> Bucket:
    """A bucket that receives the access logs of a log bucket; what isn't asked of such ones isn't read."""
    unread = {
        "policy_public": "s3:GetBucketPolicyStatus",
        "public_access_block": "s3:GetBucketPublicAccessBlock",
        "account_public_access_block": "s3:GetAccountPublicAccessBlock",
        "versioning": "s3:GetBucketVersioning",
        "lifecycle": "s3:GetLifecycleConfiguration",
        "logging": "s3:GetBucketLogging",
        "replication": "s3:GetReplicationConfiguration",
    }
    values: dict[str, Any] = {
        **{field: not_read(action) for field, action in unread.items()},
        "encryption": Known(Encryption(algorithm="AES256")),
        "policy": Known(receiving_policy(name, sender)),
        "object_lock": Known(None),
        **changes,
    }
    return bucket(name, **values)


def store(name: str = "lake", account: str = ACCOUNT, region: str = REGION, **changes: Any) -> EventDataStore:
    """An event data store of all management events; changes are to its settings."""
    values: dict[str, Any] = {
        "name": name,
        "status": "ENABLED",
        "multi_region": True,
        "organization": False,
        "retention_days": 366,
        "termination_protection": True,
        "key_id": key_arn(account=account, region=region),
        "selectors": (select(),),
        **changes,
    }
    return EventDataStore(arn=store_arn(name, account, region), settings=Known(StoreSettings(**values)))


def store_arn(name: str = "lake", account: str = ACCOUNT, region: str = REGION) -> str:
    return f"arn:aws:cloudtrail:{region}:{account}:eventdatastore/{name}"


def rule(**changes: Any) -> LifecycleRule:
    """An enabled rule over the whole bucket that does nothing yet."""
    values: dict[str, Any] = {"id": "expire", "enabled": True, **changes}
    return LifecycleRule(**values)


def key(account: str = ACCOUNT, **changes: Any) -> Key:
    arn = key_arn(account=account)
    values: dict[str, Any] = {
        "id": arn,
        "metadata": Known(KeyMetadata(arn=arn, state="Enabled", manager="CUSTOMER")),
        "policy": Known(key_policy()),
        "rotation": Known(value=True),
        **changes,
    }
    return Key(**values)


def view(region: str, trails: tuple[str, ...] | Gap = (), **changes: Any) -> RegionView:
    """What an account sees in one region: ARNs of trails, or why they could not be listed."""
    seen = trails if isinstance(trails, Gap) else Known(trails)
    values: dict[str, Any] = {"region": region, "trails": seen, "stores": Known(()), **changes}
    return RegionView(**values)


def account(account_id: str = ACCOUNT, *, trails: tuple[Trail, ...] = (), **changes: Any) -> Account:
    """An account that sees these trails where AWS would show them: multi-region ones everywhere."""
    regions: tuple[str, ...] = changes.pop("regions", REGIONS)
    values: dict[str, Any] = {
        "id": account_id,
        "name": "acme",
        "state": "assessed",
        "regions": regions,
        "enabled_regions": Known(regions),
        "views": tuple(
            view(region, tuple(sorted(t.arn for t in trails if t.multi_region or t.home_region == region)))
            for region in regions
        ),
        "history": histories(*regions),
        **changes,
    }
    return Account(**values)


SOURCES = ("cloudtrail.amazonaws.com", "kms.amazonaws.com", "s3.amazonaws.com")


def histories(*regions: str, **events: tuple[HistoryEvent, ...] | Gap) -> tuple[History, ...]:
    """The event history of these regions, empty but for the sources named: `cloudtrail=(…,)` in the first."""
    found: list[History] = []
    for region in regions:
        for source in SOURCES:
            told = events.pop(source.partition(".")[0], ())
            found.append(
                History(region=region, source=source, events=told if isinstance(told, Gap) else Known(told))
            )
    return tuple(found)


def event(name: str, time: datetime = NOW - timedelta(days=3), **changes: Any) -> HistoryEvent:
    """A successful call of somebody; of StopLogging and its like on the trail `audit`."""
    values: dict[str, Any] = {
        "id": f"{name} {time:%H:%M}",
        "time": time,
        "name": name,
        "actor": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/eve",
        "source_ip": "198.51.100.7",
        "parameters": {"name": "audit"},
        **changes,
    }
    return HistoryEvent(**values)


def posture(*trails: Trail, **changes: Any) -> Posture:
    """One account with these trails (one blameless one unless `trails=()` asks for none), bucket and key."""
    seen: tuple[Trail, ...] = changes.pop("trails", trails or (trail(),))
    values: dict[str, Any] = {
        "taken_at": NOW,
        "caller": Caller(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/auditor", partition="aws"),
        "organization": Known(None),
        "accounts": (account(trails=seen),),
        "trails": tuple(sorted(seen, key=lambda one: one.arn)),
        "buckets": (bucket(),) if seen else (),
        "destinations": (log_target(),) if seen else (),
        "keys": (key(),) if seen else (),
        **watched(seen),
        **changes,
    }
    return Posture(**values)


ROOT_ID = "r-acme"
BLINDING = ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail")


def control_policy(
    *statements: dict[str, Any], name: str = "protect-trails", targets: tuple[str, ...] = (ROOT_ID,)
) -> ControlPolicy:
    """A service control policy on the root that denies whatever blinds trails, unless told otherwise."""
    blinding = [f"cloudtrail:{name}" for name in BLINDING]
    deny = {"Effect": "Deny", "Action": blinding, "Resource": "*"}
    return ControlPolicy(
        id=f"p-{name}",
        name=name,
        document=Known({"Version": "2012-10-17", "Statement": list(statements or (deny,))}),
        targets=Known(targets),
    )


def guardrails(*policies: ControlPolicy, **changes: Any) -> Guardrails:
    values: dict[str, Any] = {
        "root": ROOT_ID,
        "enabled": True,
        "policies": policies or (control_policy(),),
        "members": Known(tuple(MemberPath(account=one, parents=(ROOT_ID,)) for one in (ACCOUNT, OTHER))),
        **changes,
    }
    return Guardrails(**values)


def organization(**changes: Any) -> Organization:
    values: dict[str, Any] = {
        "id": "o-acme123456",
        "arn": f"arn:aws:organizations::{ACCOUNT}:organization/o-acme123456",
        "management_account": ACCOUNT,
        "delegated_administrators": Known(()),
        "guardrails": Known(guardrails()),
        **changes,
    }
    return Organization(**values)


def summary(findings: list[Finding]) -> list[tuple[str, Status, str]]:
    """What most tests compare: (resource, status, message)."""
    return [(one.resource, one.status, one.message) for one in findings]
