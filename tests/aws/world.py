"""A blameless organization behind `FakeAws`, of three accounts and two regions."""

from datetime import UTC, datetime
from typing import Any

from scanner.aws import permissions
from scanner.aws.scope import Scope
from tests.aws.fake import ARCHIVE, CALLER, HOME, MEMBER, ORGANIZATION, FakeAws, Refusal, identity, issued

NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
LEADER = "us-east-1"
BUCKET = "acme-logs"
TRAIL = f"arn:aws:cloudtrail:{HOME}:{CALLER}:trail/organization"
KEY = f"arn:aws:kms:{HOME}:{ARCHIVE}:key/1234"
GROUP = f"arn:aws:logs:{HOME}:{CALLER}:log-group:trail"
TOPIC = f"arn:aws:sns:{HOME}:{ARCHIVE}:security"
STORE = f"arn:aws:cloudtrail:{HOME}:{CALLER}:eventdatastore/lake"

EVERYTHING = frozenset(call.action for call in permissions.CALLS) - {"cloudtrail:ListEventDataStores"}
ORGANIZATION_WIDE = Scope(organization=True, role_name="trailaudit", concurrency=8)
DENIED = Refusal("AccessDenied", status=403)

DATA_TYPES = {"AWS::S3::Object": "s3", "AWS::Lambda::Function": "lambda", "AWS::DynamoDB::Table": "dynamodb"}


def trail(arn: str = TRAIL, bucket: str = BUCKET, **changes: Any) -> dict[str, Any]:
    return {
        "TrailARN": arn,
        "Name": arn.rpartition("/")[2],
        "S3BucketName": bucket,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        "IsOrganizationTrail": True,
        **changes,
    }


def alarm(metric: str, topic: str) -> dict[str, Any]:
    """An alarm on this metric that tells this topic."""
    return {
        "AlarmName": metric,
        "AlarmArn": f"arn:aws:cloudwatch:{HOME}:{CALLER}:alarm:{metric}",
        "ActionsEnabled": True,
        "AlarmActions": [topic],
        "MetricName": metric,
        "Namespace": "CloudTrail",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }


def organization(aws: FakeAws) -> FakeAws:
    """An organization whose one trail records everything, into the log archive's bucket."""
    aws.on("GetCallerIdentity", lambda call: identity(call.account))
    aws.on("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))
    arn = f"arn:aws:organizations::{CALLER}:organization/{ORGANIZATION}"
    aws.on(
        "DescribeOrganization",
        {"Organization": {"Id": ORGANIZATION, "Arn": arn, "MasterAccountId": CALLER}},
    )
    names = {CALLER: "payer", MEMBER: "shop", ARCHIVE: "log-archive"}
    accounts = [{"Id": id_, "Name": name, "State": "ACTIVE"} for id_, name in names.items()]
    aws.on("ListAccounts", {"Accounts": accounts})
    aws.on("ListDelegatedAdministrators", {"DelegatedAdministrators": []})
    aws.on("ListRoots", {"Roots": [{"Id": "r-1", "PolicyTypes": []}]})
    regions = [{"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for name in (LEADER, HOME)]
    aws.on("ListRegions", {"Regions": regions})
    aws.on("DescribeTrails", {"trailList": [trail(KmsKeyId=KEY, CloudWatchLogsLogGroupArn=f"{GROUP}:*")]})
    aws.on(
        "GetTrailStatus", {"IsLogging": True, "StartLoggingTime": NOW, "LatestDeliveryTime": NOW}, Name=TRAIL
    )
    resources = [{"Type": type_, "Values": [f"arn:aws:{service}"]} for type_, service in DATA_TYPES.items()]
    aws.on("GetEventSelectors", {"TrailARN": TRAIL, "EventSelectors": [{"DataResources": resources}]})
    aws.on("GetInsightSelectors", Refusal("InsightNotEnabledException"))
    aws.on("ListTags", {"ResourceTagList": [{"ResourceId": TRAIL, "TagsList": []}]}, account=CALLER)
    aws.on("LookupEvents", {"Events": []})
    aws.on("ListBuckets", {"Buckets": []})
    aws.on("ListBuckets", {"Buckets": [{"Name": BUCKET}]}, account=ARCHIVE)
    aws.on("GetBucketLocation", {"LocationConstraint": HOME}, account=ARCHIVE)
    settings: dict[str, Any] = {
        "GetBucketEncryption": Refusal("ServerSideEncryptionConfigurationNotFoundError", status=404),
        "GetBucketPolicy": {"Policy": "{}"},
        "GetBucketPolicyStatus": {"PolicyStatus": {"IsPublic": False}},
        "GetBucketAcl": {"Grants": []},
        "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        "GetBucketOwnershipControls": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        },
        "GetBucketVersioning": {"Status": "Enabled"},
        "GetObjectLockConfiguration": Refusal("ObjectLockConfigurationNotFoundError", status=404),
        "GetBucketLifecycleConfiguration": {"Rules": []},
        "GetBucketLogging": {},
        "GetBucketReplication": Refusal("ReplicationConfigurationNotFoundError", status=404),
    }
    for operation, answer in settings.items():
        aws.on(operation, answer, account=ARCHIVE)
    metadata = {
        "Arn": KEY,
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "Origin": "AWS_KMS",
    }
    aws.on("DescribeKey", {"KeyMetadata": metadata}, account=ARCHIVE)
    aws.on("GetKeyPolicy", {"Policy": "{}"}, account=ARCHIVE)
    aws.on("GetKeyRotationStatus", {"KeyRotationEnabled": True}, account=ARCHIVE)
    aws.on("DescribeLogGroups", {"logGroups": [{"logGroupName": "trail"}]}, account=CALLER, region=HOME)
    made = {"metricName": "Root", "metricNamespace": "CloudTrail", "metricValue": "1"}
    watch = {"filterName": "root", "filterPattern": "{ $.a = 1 }", "metricTransformations": [made]}
    aws.on("DescribeMetricFilters", {"metricFilters": [watch]}, account=CALLER, region=HOME)
    aws.on(
        "DescribeAlarms",
        {"MetricAlarms": [alarm("Root", TOPIC), alarm("Other", "arn:x")], "CompositeAlarms": []},
        account=CALLER,
        region=HOME,
    )
    subscription = {"SubscriptionArn": f"{TOPIC}:1", "Protocol": "email"}
    aws.on("ListSubscriptionsByTopic", {"Subscriptions": [subscription]}, account=ARCHIVE, TopicArn=TOPIC)
    return aws
