"""The whole of it against moto: real requests, signed and parsed, of two accounts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session
from moto import mock_aws

from scanner.aws import wire
from scanner.aws.clients import Clients
from scanner.aws.collect import collect
from scanner.aws.permissions import CALLS
from scanner.aws.scope import Scope
from scanner.model.bucket import ObjectLock
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known

OWN, OTHER = "123456789012", "210987654321"
REGION = "eu-west-1"
NEEDS = frozenset(call.action for call in CALLS) - {
    "cloudtrail:ListEventDataStores",
    "cloudtrail:LookupEvents",  # moto has none
}


def no_stores(**_: Any) -> Any:
    """Which moto doesn't implement."""
    return SimpleNamespace(status_code=200), {"EventDataStores": []}


@pytest.fixture(scope="module")
def posture() -> Iterator[Posture]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        # libcurl would send past a mock in this process.
        patch.setattr(wire, "is_available", lambda: False)
        session = Session()
        session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
        _build(session, "acme-logs")
        role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/x", "RoleSessionName": "build"}
        sts: Any = session.create_client("sts", region_name=REGION)
        assumed = sts.assume_role(**role)["Credentials"]
        session.set_credentials(assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"])
        _build(session, "other-logs")
        clients = Clients(threads=8)
        clients.session.register("before-call.cloudtrail.ListEventDataStores", no_stores)
        scope = Scope(accounts=(OWN, OTHER), role_name="audit", concurrency=8, regions=(REGION,))
        yield collect(scope, NEEDS, now=datetime.now(UTC), clients=clients)


def _build(session: Session, bucket: str) -> None:
    def client(service: Any) -> Any:
        return session.create_client(service, region_name=REGION)

    s3, trails = client("s3"), client("cloudtrail")
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    logs = client("logs")
    logs.create_log_group(logGroupName="trail")
    logs.put_retention_policy(logGroupName="trail", retentionInDays=400)
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
        },
    )
    group = logs.describe_log_groups()["logGroups"][0]["arn"]
    trails.create_trail(
        Name="audit",
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        KmsKeyId=key,
        CloudWatchLogsLogGroupArn=group,
        CloudWatchLogsRoleArn="arn:aws:iam::1:role/x",
    )
    trails.start_logging(Name="audit")
    trails.put_event_selectors(TrailName="audit", EventSelectors=[{"IncludeManagementEvents": True}])


def test_both_accounts_are_read_in_full(posture: Posture) -> None:
    assert [(one.id, one.state, one.regions) for one in posture.accounts] == [
        (OWN, "assessed", (REGION,)),
        (OTHER, "assessed", (REGION,)),
    ]


def test_each_account_shows_its_own_trail(posture: Posture) -> None:
    assert [trail.owner for trail in posture.trails] == [OWN, OTHER]
    assert all(isinstance(trail.status, Known) and trail.status.value.logging for trail in posture.trails)


def test_each_bucket_belongs_to_its_account(posture: Posture) -> None:
    assert [(one.name, one.owner, one.region) for one in posture.buckets] == [
        ("acme-logs", Known(OWN), Known(REGION)),
        ("other-logs", Known(OTHER), Known(REGION)),
    ]
    assert posture.buckets[0].object_lock == Known(ObjectLock(mode="COMPLIANCE", days=400))


def test_every_setting_of_a_bucket_is_known(posture: Posture) -> None:
    for bucket in posture.buckets:
        assert [name for name in type(bucket).model_fields if isinstance(getattr(bucket, name), Gap)] == []


def test_keys_and_log_groups_are_known(posture: Posture) -> None:
    for key in posture.keys:
        assert all(isinstance(one, Known) for one in (key.metadata, key.policy, key.rotation))
    for group in posture.log_groups:
        assert group.settings.map(lambda found: found and found.retention_days) == Known(400)


def test_the_regions_come_from_ec2_where_the_account_service_fails(posture: Posture) -> None:
    outcomes = {(call.action, call.outcome.value) for call in posture.calls}
    assert ("account:ListRegions", "failed") in outcomes
    assert ("ec2:DescribeRegions", "ok") in outcomes
