"""What AWS answers, call by call: the parts that the worlds are made of."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.aws.fake import ARCHIVE, CALLER, HOME, MEMBER
from tests.build_alarms import pattern
from tests.build_buckets import allow, document, tls_only

NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
LEADER = "us-east-1"
REGIONS = (HOME, LEADER)
ROOT, UNIT = "r-acme", "ou-acme-shops"
TRAIL = f"arn:aws:cloudtrail:{HOME}:{CALLER}:trail/organization"
SHOP = f"arn:aws:cloudtrail:{HOME}:{MEMBER}:trail/shop"
BUCKET, ACCESS_LOGS, COPY, SHOPS = "acme-logs", "acme-access-logs", "acme-logs-copy", "shop-logs"
KEY = f"arn:aws:kms:{HOME}:{ARCHIVE}:key/1234"
GROUP = f"arn:aws:logs:{HOME}:{CALLER}:log-group:trail"
TOPIC = f"arn:aws:sns:{HOME}:{ARCHIVE}:security"
STORE = f"arn:aws:cloudtrail:{HOME}:{CALLER}:eventdatastore/lake"
FUNCTION = f"arn:aws:lambda:{HOME}:{MEMBER}:function:pay"
NAMESPACE = "CloudTrail"


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def field_selector(name: str, **operators: list[str]) -> dict[str, Any]:
    return {"Field": name, **operators}


def data(type_: str) -> dict[str, Any]:
    return {
        "FieldSelectors": [
            field_selector("eventCategory", Equals=["Data"]),
            field_selector("resources.type", Equals=[type_]),
        ]
    }


MANAGEMENT = {"FieldSelectors": [field_selector("eventCategory", Equals=["Management"])]}
EVERYTHING = [MANAGEMENT, *map(data, ("AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"))]


def trail(arn: str, bucket: str, **changes: Any) -> dict[str, Any]:
    return {
        "TrailARN": arn,
        "Name": arn.rpartition("/")[2],
        "S3BucketName": bucket,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        "IsOrganizationTrail": False,
        "HomeRegion": HOME,
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": True,
        "RecursiveLogging": False,
        **changes,
    }


ORGANIZATIONS = trail(
    TRAIL,
    BUCKET,
    IsOrganizationTrail=True,
    KmsKeyId=KEY,
    CloudWatchLogsLogGroupArn=f"{GROUP}:*",
    CloudWatchLogsRoleArn=f"arn:aws:iam::{CALLER}:role/to-logs",
    SnsTopicARN=TOPIC,
    SnsTopicName="security",
)
STATUS = {
    "IsLogging": True,
    "StartLoggingTime": ago(days=365),
    "LatestDeliveryTime": ago(minutes=5),
    "LatestDigestDeliveryTime": ago(minutes=40),
    "LatestCloudWatchLogsDeliveryTime": ago(minutes=5),
    "LatestNotificationTime": ago(minutes=5),
}


def policy(content: object) -> dict[str, str]:
    return {"Policy": json.dumps(content)}


def delivery(bucket: str, arn: str) -> dict[str, Any]:
    return document(allow("cloudtrail.amazonaws.com", bucket, arn), tls_only(bucket))


def key_policy() -> dict[str, Any]:
    administer = {
        "Sid": "account",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ARCHIVE}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    encrypt = {
        "Sid": "encrypt",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceArn": TRAIL},
            "StringLike": {
                "kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{CALLER}:trail/*"
            },
        },
    }
    return document(administer, encrypt)


def scp(**changes: Any) -> dict[str, Any]:
    names = ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail")
    deny = {"Effect": "Deny", "Action": [f"cloudtrail:{name}" for name in names], "Resource": "*", **changes}
    return {
        "Policy": {"PolicySummary": {"Id": "p-1", "Name": "protect"}, "Content": json.dumps(document(deny))}
    }


def metric_filter(name: str) -> dict[str, Any]:
    made = {"metricName": name, "metricNamespace": NAMESPACE, "metricValue": "1", "defaultValue": 0.0}
    return {"filterName": name, "filterPattern": pattern(name), "metricTransformations": [made]}


def alarm(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{HOME}:{CALLER}:alarm:{name}",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "MetricName": name,
        "Namespace": NAMESPACE,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        **changes,
    }


def event(name: str, arn: str) -> dict[str, Any]:
    record = {
        "userIdentity": {"arn": f"arn:aws:sts::{MEMBER}:assumed-role/admin/eve"},
        "requestParameters": {"name": arn},
        "sourceIPAddress": "198.51.100.7",
    }
    return {
        "EventId": name,
        "EventName": name,
        "EventTime": ago(days=3),
        "EventSource": "cloudtrail.amazonaws.com",
        "CloudTrailEvent": json.dumps(record),
    }


def accounts(*ids: str) -> dict[str, Any]:
    names = {CALLER: "payer", MEMBER: "shop", ARCHIVE: "log-archive"}
    return {"Accounts": [{"Id": id_, "Name": names[id_], "State": "ACTIVE"} for id_ in ids]}


def root(status: str) -> dict[str, Any]:
    return {"Roots": [{"Id": ROOT, "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": status}]}]}


def block(on: bool) -> dict[str, Any]:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {"PublicAccessBlockConfiguration": dict.fromkeys(names, on)}


def encryption(algorithm: str, **key: str) -> dict[str, Any]:
    default = {"SSEAlgorithm": algorithm, **key}
    return {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}}


def lock(mode: str, days: int) -> dict[str, Any]:
    default = {"DefaultRetention": {"Mode": mode, "Days": days}}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": default}}


def lifecycle(id_: str, **changes: Any) -> dict[str, Any]:
    return {"Rules": [{"ID": id_, "Filter": {"Prefix": ""}, "Status": "Enabled", **changes}]}


def grants(*uris: str) -> dict[str, Any]:
    owner = {"Grantee": {"Type": "CanonicalUser", "ID": "0123"}, "Permission": "FULL_CONTROL"}
    public = [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": "READ"} for uri in uris]
    return {"Owner": {"ID": "0123"}, "Grants": [owner, *public]}


def replication(bucket: str) -> dict[str, Any]:
    destination = {"Bucket": f"arn:aws:s3:::{bucket}"}
    rule = {"ID": "copy", "Status": "Enabled", "Filter": {"Prefix": ""}, "Destination": destination}
    return {"ReplicationConfiguration": {"Role": "arn:aws:iam::1:role/copy", "Rules": [rule]}}


def store(**changes: Any) -> dict[str, Any]:
    return {
        "EventDataStoreArn": STORE,
        "Name": "lake",
        "Status": "ENABLED",
        "MultiRegionEnabled": True,
        "OrganizationEnabled": True,
        "RetentionPeriod": 2557,
        "TerminationProtectionEnabled": True,
        "KmsKeyId": KEY,
        "AdvancedEventSelectors": [MANAGEMENT],
        **changes,
    }


def key_metadata(state: str) -> dict[str, Any]:
    return {
        "KeyMetadata": {
            "KeyId": "1234",
            "Arn": KEY,
            "KeyState": state,
            "KeyManager": "CUSTOMER",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "Origin": "AWS_KMS",
        }
    }
