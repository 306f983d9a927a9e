"""Builds the organization of `story` in moto, with the calls that one would make to AWS.

Only what no API offers (other people's past, delivery errors, account ids) is set on moto's own
records. Everything random comes from moto's generator, seeded, so that two builds are alike.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from functools import partial
from typing import Any
from unittest import mock

import boto3
import moto.organizations.utils
from moto import mock_aws
from moto.cloudtrail.models import cloudtrail_backends
from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.organizations.models import organizations_backends

from scanner.demo import cloudtrail, log_files, storage, story, watch
from scanner.demo.access_keys import access_key_id
from scanner.demo.patches import DEFAULT_REGIONS, enable_region
from scanner.demo.story import HOME_REGION, MANAGEMENT, OWN_TRAIL, Member

CENTRAL_BUCKET = "acme-organization-trail"
ORGANIZATION_TRAIL = "organization-trail"
INSIGHTS = [{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]


def build(day: date) -> None:
    """Build it inside this process; whatever moto held before is forgotten. One trail has the log files of
    that day.
    """
    mock_random.seed("trailaudit")
    aws = mock_aws()
    aws.start()
    try:
        _Organization().build(day)
    finally:
        aws.stop(remove_data=False)
    _settle()


def _settle() -> None:
    # Reads of other accounts' buckets end here, as they do on AWS; building needed them.
    os.environ["MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS"] = "false"
    for member in story.ACCOUNTS:
        for region in DEFAULT_REGIONS:
            # moto makes regions when first asked, while other threads walk over them.
            _ = cloudtrail_backends[member.id][region]


@contextmanager
def _ids_of_new_accounts(*ids: str) -> Iterator[None]:
    """An id is drawn for the management account too, and then replaced."""
    drawn = iter((MANAGEMENT.id, *ids))
    with mock.patch.object(moto.organizations.utils, "make_random_account_id", partial(next, drawn)):
        yield


class _Organization:
    """The boto3 clients of every account, and the building steps that use them."""

    def __init__(self) -> None:
        self._session = boto3.Session()

    def client(self, service: str, account: Member) -> Any:
        return self._session.client(
            service,  # type: ignore[call-overload] # any of the services used here
            region_name=HOME_REGION,
            aws_access_key_id=access_key_id(account.id),
            aws_secret_access_key=story.CALLER_SECRET,
        )

    def build(self, day: date) -> None:
        organization = self._accounts()
        self._roles()
        self._organization_trail(organization)
        self._members_trails()
        self._log_files(day)
        self._guardrail()
        enable_region(story.PAYMENTS.id, "eu-south-1")

    def _accounts(self) -> str:
        """Create the organization and its accounts; returns the organization's id."""
        organizations = self.client("organizations", MANAGEMENT)
        with _ids_of_new_accounts(*(member.id for member in story.MEMBERS)):
            made: str = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
            for member in story.MEMBERS:
                organizations.create_account(AccountName=member.name, Email=f"{member.name}@acme.example")
        organizations.close_account(AccountId=story.CLOSED.id)
        organizations_backends[MANAGEMENT.id]["aws"].get_account_by_id(MANAGEMENT.id).name = MANAGEMENT.name
        return made

    def _roles(self) -> None:
        """The caller's user in the management account, and the audit role in every member but one."""
        caller = self.client("iam", MANAGEMENT)
        caller.create_user(UserName="auditor")
        drawn = caller.create_access_key(UserName="auditor")["AccessKey"]["AccessKeyId"]
        user = iam_backends[MANAGEMENT.id]["aws"].get_user("auditor")
        user.get_access_key_by_id(drawn).access_key_id = story.CALLER_KEY_ID
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT.id}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        for member in story.MEMBERS:
            if member != story.NO_ROLE:
                self.client("iam", member).create_role(
                    RoleName=story.ROLE, AssumeRolePolicyDocument=json.dumps(trust)
                )

    def _organization_trail(self, organization: str) -> None:
        arn = f"arn:aws:cloudtrail:{HOME_REGION}:{MANAGEMENT.id}:trail/{ORGANIZATION_TRAIL}"
        key = self._key(story.LOG_ARCHIVE, arn)
        welcome = [member.id for member in story.MEMBERS if member not in story.LATECOMERS]
        folders = [MANAGEMENT.id, *(f"{organization}/{account}" for account in (MANAGEMENT.id, *welcome))]
        storage.build(self.client("s3", story.LOG_ARCHIVE), CENTRAL_BUCKET, arn, folders)
        trails = self.client("cloudtrail", MANAGEMENT)
        trails.create_trail(
            Name=ORGANIZATION_TRAIL,
            S3BucketName=CENTRAL_BUCKET,
            IsMultiRegionTrail=True,
            IsOrganizationTrail=True,
            EnableLogFileValidation=True,
            KmsKeyId=key,
            **self._listeners(MANAGEMENT, ORGANIZATION_TRAIL, key),
        )
        watch.build(
            self.client("logs", MANAGEMENT),
            self.client("cloudwatch", MANAGEMENT),
            self.client("sns", MANAGEMENT),
            ORGANIZATION_TRAIL,
        )
        trails.put_insight_selectors(TrailName=ORGANIZATION_TRAIL, InsightSelectors=INSIGHTS)
        trails.put_event_selectors(
            TrailName=ORGANIZATION_TRAIL,
            AdvancedEventSelectors=[
                {
                    "Name": "management events",
                    "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
                },
                *_data_events(besides=CENTRAL_BUCKET),
            ],
        )
        trails.start_logging(Name=ORGANIZATION_TRAIL)
        made = cloudtrail.trail(MANAGEMENT.id, HOME_REGION, ORGANIZATION_TRAIL)
        made.status.started = utcnow() - timedelta(days=700)
        for member in story.LATECOMERS:
            cloudtrail.say(
                made,
                member.id,
                LatestDeliveryError="AccessDenied",
                LatestDigestDeliveryError="AccessDenied",
                LatestDeliveryTime=None,
                LatestDigestDeliveryTime=None,
            )

    def _members_trails(self) -> None:
        self._own_trail(story.STOPPED)
        stopped = cloudtrail.trail(story.STOPPED.id, HOME_REGION, OWN_TRAIL)
        self.client("cloudtrail", story.STOPPED).stop_logging(Name=OWN_TRAIL)
        stopped.status.stopped = utcnow() - timedelta(days=9)
        last = int(stopped.status.stopped.replace(tzinfo=UTC).timestamp())
        cloudtrail.say(stopped, LatestDeliveryTime=last, LatestDigestDeliveryTime=last)
        self._happened(story.STOPPED, "StopLogging", timedelta(days=9), "break-glass/mallory")
        # A store that takes in nothing records nothing, whatever it selects.
        self.client("cloudtrail", story.STOPPED).create_event_data_store(
            Name="billing-lake", RetentionPeriod=90, TerminationProtectionEnabled=False, StartIngestion=False
        )

        self._own_trail(story.BLIND)
        self.client("cloudtrail", story.BLIND).put_event_selectors(
            TrailName=OWN_TRAIL,
            AdvancedEventSelectors=_data_events(besides=_own_bucket(story.BLIND)),
        )

        self._own_trail(story.SINGLE_REGION, multi_region=False, bound_key=False)
        self._happened(story.SINGLE_REGION, "StopLogging", timedelta(days=20), "deploy/pipeline")
        self._happened(story.SINGLE_REGION, "StartLogging", timedelta(days=20, minutes=-4), "deploy/pipeline")

        self._own_trail(story.PUBLIC)
        storage.open_to_everyone(self.client("s3", story.PUBLIC), _own_bucket(story.PUBLIC))

        self._own_trail(story.SHORT_LIVED, locked=False, keep_days=1)

        key = self._own_trail(story.KEY_DELETED)
        self.client("kms", story.KEY_DELETED).schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        cloudtrail.happened(
            story.KEY_DELETED.id,
            HOME_REGION,
            "ScheduleKeyDeletion",
            {"keyId": key, "pendingWindowInDays": 7},
            ago=timedelta(days=2),
            actor="cleanup/nightly",
            source="kms.amazonaws.com",
        )
        cloudtrail.say(
            cloudtrail.trail(story.KEY_DELETED.id, HOME_REGION, OWN_TRAIL),
            LatestDeliveryError="KMS.KMSInvalidStateException",
            LatestDigestDeliveryError="KMS.KMSInvalidStateException",
        )

    def _log_files(self, day: date) -> None:
        owner = story.TAMPERED
        log_files.build(self.client("s3", owner), _own_bucket(owner), owner, day)

    def _happened(self, member: Member, name: str, ago: timedelta, actor: str) -> None:
        """Put a call on the member's own trail into its event history."""
        cloudtrail.happened(member.id, HOME_REGION, name, {"name": OWN_TRAIL}, ago=ago, actor=actor)

    def _guardrail(self) -> None:
        """A service control policy on the root: nobody but the platform team changes trails."""
        organizations = self.client("organizations", MANAGEMENT)
        (root,) = organizations.list_roots()["Roots"]
        organizations.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
        blinding = ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail")
        statement = {
            "Effect": "Deny",
            "Action": [f"cloudtrail:{name}" for name in blinding],
            "Resource": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/platform"}},
        }
        policy = organizations.create_policy(
            Name="protect-trails",
            Description="Trails stay as they are",
            Type="SERVICE_CONTROL_POLICY",
            Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=policy, TargetId=root["Id"])

    def _own_trail(
        self,
        member: Member,
        *,
        multi_region: bool = True,
        locked: bool = True,
        keep_days: int = storage.KEEP_DAYS,
        bound_key: bool = True,
    ) -> str:
        """A trail with a bucket and a key of the member's own, all in order; returns the key's id."""
        arn = f"arn:aws:cloudtrail:{HOME_REGION}:{member.id}:trail/{OWN_TRAIL}"
        key = self._key(member, arn if bound_key else None)
        bucket = _own_bucket(member)
        s3 = self.client("s3", member)
        storage.build(s3, bucket, arn, [member.id], locked=locked, keep_days=keep_days)
        trails = self.client("cloudtrail", member)
        trails.create_trail(
            Name=OWN_TRAIL,
            S3BucketName=bucket,
            IsMultiRegionTrail=multi_region,
            IncludeGlobalServiceEvents=multi_region,
            EnableLogFileValidation=True,
            KmsKeyId=key,
            **self._listeners(member, OWN_TRAIL, key),
        )
        trails.put_insight_selectors(TrailName=OWN_TRAIL, InsightSelectors=INSIGHTS)
        trails.start_logging(Name=OWN_TRAIL)
        made = cloudtrail.trail(member.id, HOME_REGION, OWN_TRAIL)
        made.status.started = utcnow() - timedelta(days=200)
        return key.rsplit("/", 1)[-1]

    def _listeners(self, owner: Member, trail: str, key: str) -> dict[str, str]:
        """What hears of a trail's events at once, as CreateTrail takes it: a log group and a topic."""
        logs = self.client("logs", owner)
        logs.create_log_group(logGroupName=trail, kmsKeyId=key)
        logs.put_retention_policy(logGroupName=trail, retentionInDays=storage.LOCK_DAYS)
        trust = {"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.client("iam", owner).create_role(
            RoleName=f"{trail}-to-logs", AssumeRolePolicyDocument=storage.policy(trust)
        )
        self.client("sns", owner).create_topic(Name=trail)
        return {
            "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOME_REGION}:{owner.id}:log-group:{trail}:*",
            "CloudWatchLogsRoleArn": role["Role"]["Arn"],
            "SnsTopicName": trail,
        }

    def _key(self, owner: Member, trail: str | None) -> str:
        """A key that CloudTrail may use for the trail, or for anybody's; returns its ARN."""
        bound = {} if trail is None else {"Condition": {"StringEquals": {"aws:SourceArn": trail}}}
        policy = storage.policy(
            {"Principal": {"AWS": f"arn:aws:iam::{owner.id}:root"}, "Action": "kms:*", "Resource": "*"},
            {
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
                "Resource": "*",
                **bound,
            },
        )
        kms = self.client("kms", owner)
        made = kms.create_key(Description="CloudTrail log files", Policy=policy)["KeyMetadata"]
        kms.enable_key_rotation(KeyId=made["KeyId"])
        arn: str = made["Arn"]
        return arn


def _own_bucket(member: Member) -> str:
    return f"acme-{member.name}-trail"


def _data_events(*, besides: str) -> list[dict[str, Any]]:
    """Selectors of all functions, tables and objects but those of one bucket: a trail need not log its own
    deliveries.
    """
    others = {"Field": "resources.ARN", "NotStartsWith": [f"arn:aws:s3:::{besides}/"]}
    return [
        {
            "Name": name,
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.type", "Equals": [type_]},
                *narrowed,
            ],
        }
        for name, type_, narrowed in (
            ("all objects but the log files", "AWS::S3::Object", [others]),
            ("all functions", "AWS::Lambda::Function", []),
            ("all tables", "AWS::DynamoDB::Table", []),
        )
    ]
