"""Two organizations of three accounts: one in good health, and the same one neglected.

Both have trails, buckets, keys and policies of the same names, so that any one answer of one may stand in the
other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scanner.aws.scope import Scope
from scanner.patterns import alarm_ids
from tests.aws.fake import ARCHIVE, CALLER, HOME, MEMBER, Answer, Call, FakeAws, Refusal, identity, issued
from tests.build_buckets import document, receiving_policy
from tests.truth import answers
from tests.truth.answers import (
    ACCESS_LOGS,
    BUCKET,
    COPY,
    KEY,
    LEADER,
    REGIONS,
    ROOT,
    SHOP,
    SHOPS,
    STORE,
    TOPIC,
    TRAIL,
    UNIT,
)


@dataclass(frozen=True)
class Rule:
    """As `FakeAws.on` takes it."""

    operation: str
    answer: Answer
    account: str | None = None
    region: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


_EVERY_ACCOUNT = Scope(organization=True, role_name="trailaudit", concurrency=1)
_MEMBERS = Scope(accounts=(MEMBER, ARCHIVE), role_name="trailaudit", concurrency=1)


@dataclass(frozen=True)
class World:
    """Later rules go before earlier ones."""

    name: str
    rules: tuple[Rule, ...] = field(repr=False)
    scope: Scope = _EVERY_ACCOUNT

    def but(self, *rules: Rule) -> "World":
        return replace(self, rules=(*self.rules, *rules))

    def telling(self, change: Callable[[Any], Any]) -> "World":
        """The world whose answers are changed so."""

        def changed(answer: Answer) -> Answer:
            return lambda call: change(answer(call) if callable(answer) else answer)

        return replace(self, rules=tuple(replace(rule, answer=changed(rule.answer)) for rule in self.rules))

    def establish(self, aws: FakeAws) -> None:
        for one in self.rules:
            aws.on(one.operation, one.answer, account=one.account, region=one.region, **one.params)


def _everybodys() -> Iterator[Rule]:
    """Who is who and what is where: the same in both."""
    yield Rule("GetCallerIdentity", lambda call: identity(call.account))
    yield Rule("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))
    organization = {"Id": "o-acme123456", "MasterAccountId": CALLER}
    organization["Arn"] = f"arn:aws:organizations::{CALLER}:organization/o-acme123456"
    yield Rule("DescribeOrganization", {"Organization": organization})
    yield Rule("ListAccounts", answers.accounts(CALLER, MEMBER, ARCHIVE))
    yield Rule("ListAccountsForParent", answers.accounts(CALLER), params={"ParentId": ROOT})
    yield Rule("ListAccountsForParent", answers.accounts(MEMBER, ARCHIVE), params={"ParentId": UNIT})
    yield Rule("ListOrganizationalUnitsForParent", {"OrganizationalUnits": []})
    units = {"OrganizationalUnits": [{"Id": UNIT, "Name": "shops"}]}
    yield Rule("ListOrganizationalUnitsForParent", units, params={"ParentId": ROOT})
    yield Rule("ListDelegatedAdministrators", {"DelegatedAdministrators": []})
    yield Rule("ListPolicies", {"Policies": [{"Id": "p-1", "Name": "protect"}]})
    yield Rule(
        "ListRegions",
        {"Regions": [{"RegionName": one, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for one in REGIONS]},
    )
    yield Rule(
        "DescribeRegions",
        {"Regions": [{"RegionName": one, "OptInStatus": "opt-in-not-required"} for one in REGIONS]},
    )
    yield Rule("ListEventDataStores", {"EventDataStores": []})
    yield Rule(
        "ListEventDataStores",
        {"EventDataStores": [{"EventDataStoreArn": STORE, "Name": "lake"}]},
        CALLER,
        HOME,
    )
    yield Rule("ListBuckets", {"Buckets": []}, CALLER)
    yield Rule("ListBuckets", {"Buckets": [{"Name": SHOPS}]}, MEMBER)
    yield Rule("ListBuckets", {"Buckets": [{"Name": one} for one in (BUCKET, ACCESS_LOGS, COPY)]}, ARCHIVE)
    yield Rule("GetBucketLocation", _refuse_strangers(HOME))
    yield Rule("GetBucketLocation", _refuse_strangers(LEADER), params={"Bucket": COPY})


def _refuse_strangers(region: str) -> Answer:
    def answer(call: Call) -> Any:
        owner = MEMBER if call.params["Bucket"] == SHOPS else ARCHIVE
        if call.account != owner:
            return Refusal("AccessDenied", status=403)
        return {"LocationConstraint": None if region == LEADER else region}

    return answer


def _healthy() -> Iterator[Rule]:
    yield Rule("ListRoots", answers.root("ENABLED"))
    yield Rule("ListTargetsForPolicy", {"Targets": [{"TargetId": ROOT, "Name": "Root"}]})
    yield Rule("DescribePolicy", answers.scp())
    yield Rule("DescribeTrails", {"trailList": [answers.ORGANIZATIONS]})
    yield Rule("GetTrailStatus", answers.STATUS)
    yield Rule("GetEventSelectors", {"TrailARN": TRAIL, "AdvancedEventSelectors": answers.EVERYTHING})
    kinds = ("ApiCallRateInsight", "ApiErrorRateInsight")
    yield Rule(
        "GetInsightSelectors",
        {"TrailARN": TRAIL, "InsightSelectors": [{"InsightType": kind} for kind in kinds]},
    )
    tags = [{"Key": "owner", "Value": "security"}]
    yield Rule(
        "ListTags",
        lambda call: {
            "ResourceTagList": [{"ResourceId": call.params["ResourceIdList"][0], "TagsList": tags}]
        },
    )
    yield Rule("LookupEvents", {"Events": []})
    yield Rule("GetEventDataStore", answers.store())
    yield Rule("GetBucketEncryption", answers.encryption("aws:kms", KMSMasterKeyID=KEY))
    yield Rule("GetBucketEncryption", answers.encryption("AES256"), params={"Bucket": ACCESS_LOGS})
    yield Rule("GetBucketPolicy", answers.policy(answers.delivery(BUCKET, TRAIL)))
    yield Rule("GetBucketPolicy", answers.policy(answers.delivery(SHOPS, SHOP)), params={"Bucket": SHOPS})
    yield Rule(
        "GetBucketPolicy",
        answers.policy(receiving_policy(ACCESS_LOGS, BUCKET)),
        params={"Bucket": ACCESS_LOGS},
    )
    yield Rule("GetBucketPolicyStatus", {"PolicyStatus": {"IsPublic": False}})
    yield Rule("GetBucketAcl", answers.grants())
    yield Rule("GetPublicAccessBlock", answers.block(on=True))
    yield Rule(
        "GetBucketOwnershipControls",
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    )
    yield Rule("GetBucketVersioning", {"Status": "Enabled", "MFADelete": "Enabled"})
    yield Rule("GetObjectLockConfiguration", answers.lock("COMPLIANCE", 400))
    yield Rule(
        "GetObjectLockConfiguration",
        Refusal("ObjectLockConfigurationNotFoundError", status=404),
        params={"Bucket": ACCESS_LOGS},
    )
    yield Rule("GetBucketLifecycleConfiguration", answers.lifecycle("expire", Expiration={"Days": 2555}))
    yield Rule("GetBucketLogging", {"LoggingEnabled": {"TargetBucket": ACCESS_LOGS, "TargetPrefix": "logs/"}})
    yield Rule("GetBucketReplication", answers.replication(COPY))
    yield Rule("DescribeKey", answers.key_metadata("Enabled"))
    yield Rule("GetKeyPolicy", answers.policy(answers.key_policy()))
    yield Rule("GetKeyRotationStatus", {"KeyRotationEnabled": True})
    yield Rule(
        "DescribeLogGroups",
        {"logGroups": [{"logGroupName": "trail", "retentionInDays": 400, "kmsKeyId": KEY}]},
    )
    yield Rule(
        "DescribeMetricFilters",
        {"metricFilters": [answers.metric_filter(id_) for id_ in sorted(alarm_ids())]},
    )
    yield Rule(
        "DescribeAlarms",
        {"MetricAlarms": [answers.alarm(id_) for id_ in sorted(alarm_ids())], "CompositeAlarms": []},
    )
    yield Rule(
        "ListSubscriptionsByTopic",
        {"Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1", "Protocol": "email"}]},
    )


def _neglected() -> Iterator[Rule]:
    yield Rule("ListTargetsForPolicy", {"Targets": [{"TargetId": UNIT, "Name": "shops"}]})
    yield Rule("DescribePolicy", answers.scp(Action="cloudtrail:StopLogging"))
    narrow = answers.ORGANIZATIONS | {"LogFileValidationEnabled": False, "RecursiveLogging": True}
    narrow = {name: value for name, value in narrow.items() if not name.startswith("Sns")}
    shop = answers.trail(SHOP, SHOPS, IncludeGlobalServiceEvents=False, IsMultiRegionTrail=False)
    yield Rule("DescribeTrails", {"trailList": [narrow]})
    yield Rule("DescribeTrails", {"trailList": [narrow, shop]}, MEMBER, HOME)
    yield Rule("GetTrailStatus", answers.STATUS | {"LatestDeliveryTime": answers.ago(days=2)})
    stopped = {
        "IsLogging": False,
        "StartLoggingTime": answers.ago(days=365),
        "StopLoggingTime": answers.ago(days=3),
    }
    yield Rule("GetTrailStatus", stopped, params={"Name": SHOP})
    yield Rule(
        "GetEventSelectors",
        {
            "TrailARN": TRAIL,
            "EventSelectors": [
                {
                    "ReadWriteType": "WriteOnly",
                    "IncludeManagementEvents": True,
                    "DataResources": [],
                    "ExcludeManagementEventSources": ["kms.amazonaws.com"],
                }
            ],
        },
    )
    yield Rule("GetInsightSelectors", Refusal("InsightNotEnabledException"))
    yield Rule(
        "ListTags",
        lambda call: {"ResourceTagList": [{"ResourceId": call.params["ResourceIdList"][0], "TagsList": []}]},
    )
    yield Rule("LookupEvents", {"Events": [answers.event("StopLogging", SHOP)]}, MEMBER, HOME)
    yield Rule(
        "GetEventDataStore",
        answers.store(Status="STOPPED_INGESTION", TerminationProtectionEnabled=False, RetentionPeriod=30),
    )
    yield Rule("GetBucketEncryption", answers.encryption("AES256"))
    open_ = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    yield Rule("GetBucketPolicy", answers.policy(document(open_)))
    yield Rule("GetBucketPolicyStatus", {"PolicyStatus": {"IsPublic": True}}, params={"Bucket": BUCKET})
    everyone = answers.grants("http://acs.amazonaws.com/groups/global/AllUsers")
    yield Rule("GetBucketAcl", everyone, params={"Bucket": SHOPS})
    yield Rule("GetPublicAccessBlock", answers.block(on=False))
    yield Rule("GetBucketOwnershipControls", Refusal("OwnershipControlsNotFoundError", status=404))
    yield Rule("GetBucketVersioning", {"Status": "Suspended"})
    yield Rule("GetObjectLockConfiguration", Refusal("ObjectLockConfigurationNotFoundError", status=404))
    archive = {"Days": 1, "StorageClass": "GLACIER"}
    yield Rule(
        "GetBucketLifecycleConfiguration",
        answers.lifecycle("expire", Expiration={"Days": 31}, Transitions=[archive]),
    )
    yield Rule("GetBucketLogging", {})
    yield Rule("GetBucketReplication", Refusal("ReplicationConfigurationNotFoundError", status=404))
    yield Rule("DescribeKey", answers.key_metadata("Disabled"))
    yield Rule("GetKeyPolicy", answers.policy(document()))
    yield Rule("GetKeyRotationStatus", {"KeyRotationEnabled": False})
    yield Rule("DescribeLogGroups", {"logGroups": [{"logGroupName": "trail", "retentionInDays": 30}]})
    yield Rule("DescribeMetricFilters", {"metricFilters": [answers.metric_filter("alarm-root-usage")]})
    yield Rule(
        "DescribeAlarms",
        {"MetricAlarms": [answers.alarm("alarm-root-usage", ActionsEnabled=False)], "CompositeAlarms": []},
    )
    yield Rule("ListSubscriptionsByTopic", {"Subscriptions": []})


_NEGLECT = tuple(_neglected())
HEALTHY = World("healthy", (*_everybodys(), *_healthy()))
NEGLECTED = World("neglected", (*HEALTHY.rules, *_NEGLECT))
UNTOLD = World("regions untold", (*HEALTHY.rules, Rule("ListRegions", Refusal("AccessDeniedException"))))
"""Healthy, but its regions must be asked for in the second-best way."""
HEADLESS = replace(HEALTHY, name="management account left out", scope=_MEMBERS)
ALIKE = World(
    "neglected, with the same trails",
    tuple(rule for rule in NEGLECTED.rules if (rule.operation, rule.account) != ("DescribeTrails", MEMBER)),
)
WORLDS = (HEALTHY, NEGLECTED, UNTOLD, HEADLESS)


def otherwise(world: World, operation: str) -> World | None:
    """The world with the answers that the other organization gives to one operation, if it gives others."""
    if not any(rule.operation == operation for rule in _NEGLECT):
        return None
    other = HEALTHY if world.name == NEGLECTED.name else NEGLECTED
    # Whatever was said before is out: the first of the other's rules is for everybody.
    return world.but(*(rule for rule in other.rules if rule.operation == operation))
