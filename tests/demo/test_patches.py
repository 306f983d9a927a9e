"""Each departure of moto from AWS is probed twice: the patches put it right, and stock moto still departs.

The second half is the pin: it fails once moto does by itself what a patch does, which can go then.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import moto.backends
import moto.core.responses
import moto.iam.models
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.models import iam_backends

from scanner.demo import cloudtrail
from scanner.demo.access_keys import access_key_id
from scanner.demo.patches import DEFAULT_REGIONS, enable_region, patched
from tests.integrity.tree import SIGNER

MANAGEMENT = "111122223333"
REGION = "eu-west-1"


class World:
    """moto in this process, with clients for any account."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    def client(self, service: str, account: str = MANAGEMENT, region: str = REGION) -> Any:
        key = iam_backends[account]["aws"].create_temp_access_key()
        return self._session.client(
            service,  # type: ignore[call-overload] # any service
            region_name=region,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
        )

    def trail(self, **options: Any) -> str:
        """A logging trail in the management account; returns its ARN."""
        self.client("s3").create_bucket(
            Bucket="acme-logs", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        trails = self.client("cloudtrail")
        arn: str = trails.create_trail(Name="audit", S3BucketName="acme-logs", **options)["TrailARN"]
        trails.start_logging(Name="audit")
        return arn

    def organization_trail(self) -> tuple[str, str]:
        """An organization with one member and a trail for both; returns the ARN and the member's id."""
        organizations = self.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        made = organizations.create_account(AccountName="member", Email="member@acme.example")
        arn = self.trail(IsMultiRegionTrail=True, IsOrganizationTrail=True)
        return arn, made["CreateAccountStatus"]["AccountId"]


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    """One for all tests: its first clients take long."""
    return boto3.Session()


@pytest.fixture
def stock(session: boto3.Session) -> Iterator[World]:
    with mock_aws():
        yield World(session)


@pytest.fixture
def world(session: boto3.Session) -> Iterator[World]:
    with ExitStack() as stack:
        stack.enter_context(patched())
        stack.enter_context(mock_aws())
        yield World(session)


def organization_trail_in_a_member(world: World) -> object:
    arn, member = world.organization_trail()
    seen = world.client("cloudtrail", member, "us-east-1").describe_trails()["trailList"]
    return [trail["TrailARN"] for trail in seen] == [arn]


def organization_trail_without_shadows(world: World) -> object:
    arn, member = world.organization_trail()
    seen = world.client("cloudtrail", member).describe_trails(includeShadowTrails=False)["trailList"]
    status = world.client("cloudtrail", member).get_trail_status(Name=arn)
    return seen, status["IsLogging"]


def organization_trail_selectors_in_a_member(world: World) -> object:
    arn, member = world.organization_trail()
    return world.client("cloudtrail", member).get_event_selectors(TrailName=arn)["TrailARN"] == arn


def default_selectors(world: World) -> object:
    answer = world.client("cloudtrail").get_event_selectors(TrailName=world.trail())
    return answer["EventSelectors"], "AdvancedEventSelectors" in answer


ADVANCED = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


def basic_selectors_after_advanced_ones(world: World) -> object:
    arn, trails = world.trail(), world.client("cloudtrail")
    trails.put_event_selectors(TrailName=arn, AdvancedEventSelectors=ADVANCED)
    trails.put_event_selectors(TrailName=arn, EventSelectors=[{"ReadWriteType": "ReadOnly"}])
    answer = trails.get_event_selectors(TrailName=arn)
    return answer["EventSelectors"], "AdvancedEventSelectors" in answer


def advanced_selectors_alone(world: World) -> object:
    arn, trails = world.trail(), world.client("cloudtrail")
    trails.put_event_selectors(TrailName=arn, AdvancedEventSelectors=ADVANCED)
    answer = trails.get_event_selectors(TrailName=arn)
    return answer["AdvancedEventSelectors"] == ADVANCED, "EventSelectors" in answer


def insights_of_a_trail_without(world: World) -> object:
    return world.client("cloudtrail").get_insight_selectors(TrailName=world.trail())


def insights_put_twice(world: World) -> object:
    arn, trails = world.trail(), world.client("cloudtrail")
    for kind in ("ApiCallRateInsight", "ApiErrorRateInsight"):
        trails.put_insight_selectors(TrailName=arn, InsightSelectors=[{"InsightType": kind}])
    found = trails.get_insight_selectors(TrailName=arn)["InsightSelectors"]
    return [selector["InsightType"] for selector in found]


def digest_delivery(world: World) -> object:
    arn = world.trail(EnableLogFileValidation=True)
    return "LatestDigestDeliveryTime" in world.client("cloudtrail").get_trail_status(Name=arn)


def status_by_a_bare_name_elsewhere(world: World) -> object:
    world.trail(IsMultiRegionTrail=True)
    return world.client("cloudtrail", region="us-east-1").get_trail_status(Name="audit")


def event_data_stores(world: World) -> object:
    return world.client("cloudtrail").list_event_data_stores()["EventDataStores"]


def event_history(world: World) -> object:
    return world.client("cloudtrail").lookup_events()["Events"]


def public_keys(world: World) -> object:
    return world.client("cloudtrail").list_public_keys()["PublicKeyList"]


def regions(world: World) -> object:
    found = world.client("account").list_regions(RegionOptStatusContains=["ENABLED_BY_DEFAULT"])["Regions"]
    return tuple(region["RegionName"] for region in found)


def delegated_administrator(world: World) -> object:
    _, member = world.organization_trail()
    organizations = world.client("organizations")
    service = "cloudtrail.amazonaws.com"
    organizations.register_delegated_administrator(AccountId=member, ServicePrincipal=service)
    found = organizations.list_delegated_administrators(ServicePrincipal=service)["DelegatedAdministrators"]
    return [admin["Id"] for admin in found] == [member]


def encryption_of_a_new_bucket(world: World) -> object:
    world.trail()
    answer = world.client("s3").get_bucket_encryption(Bucket="acme-logs")
    (rule,) = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def block_of_a_new_bucket(world: World) -> object:
    world.trail()
    answer = world.client("s3").get_public_access_block(Bucket="acme-logs")
    return sorted(answer["PublicAccessBlockConfiguration"].items())


def ownership_of_a_new_bucket(world: World) -> object:
    world.trail()
    answer = world.client("s3").get_bucket_ownership_controls(Bucket="acme-logs")
    return answer["OwnershipControls"]["Rules"]


def an_object_where_a_policy_denies_plain_http(world: World) -> object:
    world.trail()
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::acme-logs/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3 = world.client("s3")
    s3.put_bucket_policy(Bucket="acme-logs", Policy=json.dumps({"Statement": deny}))
    s3.put_object(Bucket="acme-logs", Key="log", Body=b"{}")
    return s3.get_object(Bucket="acme-logs", Key="log")["Body"].read()


def an_object_where_a_policy_denies_all(world: World) -> object:
    world.trail()
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    s3 = world.client("s3")
    s3.put_bucket_policy(Bucket="acme-logs", Policy=json.dumps({"Statement": [deny]}))
    return s3.put_object(Bucket="acme-logs", Key="log", Body=b"{}")


def a_role_that_is_not_there(world: World) -> object:
    return world.client("sts").assume_role(
        RoleArn="arn:aws:iam::444455556666:role/nobody", RoleSessionName="audit"
    )


def an_access_key_nobody_made(world: World) -> object:  # noqa: ARG001 - a probe like the others
    return moto.iam.models.get_account_id_from(access_key_id("010203040506"))


def modules_listed_once(world: World) -> object:  # noqa: ARG001
    return moto.backends.list_of_moto_modules() is moto.backends.list_of_moto_modules()


def methods_listed_once(world: World) -> object:  # noqa: ARG001
    names = moto.core.responses.method_names_from_class  # type: ignore[attr-defined] # an import of moto's
    return names(World) is names(World)


DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
BLOCKED = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]

DEPARTURES: list[tuple[Callable[[World], object], object]] = [
    (organization_trail_in_a_member, True),
    (organization_trail_without_shadows, ([], True)),
    (organization_trail_selectors_in_a_member, True),
    (default_selectors, ([DEFAULT], False)),
    (basic_selectors_after_advanced_ones, ([DEFAULT | {"ReadWriteType": "ReadOnly"}], False)),
    (advanced_selectors_alone, (True, False)),
    (insights_of_a_trail_without, "InsightNotEnabledException"),
    (insights_put_twice, ["ApiErrorRateInsight"]),
    (digest_delivery, True),
    (status_by_a_bare_name_elsewhere, "TrailNotFoundException"),
    (event_data_stores, []),
    (event_history, []),
    (public_keys, []),
    (regions, DEFAULT_REGIONS),
    (delegated_administrator, True),
    (encryption_of_a_new_bucket, "AES256"),
    (block_of_a_new_bucket, [(flag, True) for flag in BLOCKED]),
    (ownership_of_a_new_bucket, [{"ObjectOwnership": "BucketOwnerEnforced"}]),
    (an_object_where_a_policy_denies_plain_http, b"{}"),
    (a_role_that_is_not_there, "AccessDenied"),
    (an_access_key_nobody_made, "010203040506"),
    (modules_listed_once, True),
    (methods_listed_once, True),
]

each_departure = pytest.mark.parametrize(
    ("probe", "as_aws"), DEPARTURES, ids=[probe.__name__ for probe, _ in DEPARTURES]
)


def outcome(probe: Callable[[World], object], world: World) -> object:
    """The answer, or the code of the error."""
    try:
        return probe(world)
    except ClientError as error:
        return error.response["Error"]["Code"]
    except NotImplementedError:
        return "NotImplementedError"


@each_departure
def test_the_patches_make_moto_answer_as_aws(
    world: World, probe: Callable[[World], object], as_aws: object
) -> None:
    assert outcome(probe, world) == as_aws


@each_departure
def test_stock_moto_still_departs(stock: World, probe: Callable[[World], object], as_aws: object) -> None:
    assert outcome(probe, stock) != as_aws, "moto does this by itself now: the patch can go"


def test_nothing_stays_patched() -> None:
    before = moto.iam.models.get_account_id_from
    with patched():
        assert moto.iam.models.get_account_id_from is not before
    assert moto.iam.models.get_account_id_from is before


def test_a_delivery_error_can_be_said_of_one_member(world: World) -> None:
    arn, member = world.organization_trail()
    cloudtrail.say(cloudtrail.trail(MANAGEMENT, REGION, "audit"), member, LatestDeliveryError="AccessDenied")
    its = world.client("cloudtrail", member).get_trail_status(Name=arn)
    owners = world.client("cloudtrail").get_trail_status(Name=arn)
    assert (its["LatestDeliveryError"], "LatestDeliveryError" in owners) == ("AccessDenied", False)


def test_a_time_can_be_taken_back(world: World) -> None:
    arn = world.trail()
    cloudtrail.say(cloudtrail.trail(MANAGEMENT, REGION, "audit"), LatestDeliveryTime=None)
    assert "LatestDeliveryTime" not in world.client("cloudtrail").get_trail_status(Name=arn)


def test_delivery_times_are_utc_whatever_the_zone_of_the_host(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Anchorage")
    time.tzset()
    try:
        delivered = world.client("cloudtrail").get_trail_status(Name=world.trail())["LatestDeliveryTime"]
        assert abs(delivered.timestamp() - time.time()) < 60
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_opt_in_region_can_be_enabled(world: World) -> None:
    enable_region(MANAGEMENT, "eu-south-1")
    found = world.client("account").list_regions(RegionOptStatusContains=["ENABLED"])["Regions"]
    assert [region["RegionName"] for region in found] == ["eu-south-1"]


def test_regions_come_in_pages(world: World) -> None:
    pages = world.client("account").get_paginator("list_regions").paginate(PaginationConfig={"PageSize": 10})
    sizes = [len(page["Regions"]) for page in pages]
    assert sizes == [10, 10, 9]


def test_a_store_that_was_created_is_listed_and_read(world: World) -> None:
    trails = world.client("cloudtrail")
    made = trails.create_event_data_store(Name="lake", MultiRegionEnabled=False)["EventDataStoreArn"]
    listed = [store["EventDataStoreArn"] for store in trails.list_event_data_stores()["EventDataStores"]]
    read = trails.get_event_data_store(EventDataStore=made)
    assert (listed, read["Status"], read["MultiRegionEnabled"]) == ([made], "ENABLED", False)


def test_a_store_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(ClientError, match="EventDataStoreNotFoundException"):
        world.client("cloudtrail").get_event_data_store(
            EventDataStore="arn:aws:cloudtrail:x:1:eventdatastore/y"
        )


def test_what_happened_is_looked_up_newest_first_by_source_and_time_in_its_region(world: World) -> None:
    actor, kms = "admin/eve", "kms.amazonaws.com"
    for days in (1, 3, 99):
        cloudtrail.happened(
            MANAGEMENT, REGION, "StopLogging", {"name": "audit"}, ago=timedelta(days=days), actor=actor
        )
    cloudtrail.happened(MANAGEMENT, REGION, "DisableKey", {}, ago=timedelta(days=2), actor=actor, source=kms)
    now = datetime.now(UTC)
    query: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": "cloudtrail.amazonaws.com"}],
        "StartTime": now - timedelta(days=90),
        "EndTime": now,
        "MaxResults": 1,
    }
    pages = world.client("cloudtrail").get_paginator("lookup_events").paginate(**query)
    found = [event for page in pages for event in page["Events"]]
    assert [(now - event["EventTime"]).days for event in found] == [1, 3]
    assert '"arn:aws:sts::111122223333:assumed-role/admin/eve"' in found[0]["CloudTrailEvent"]
    assert world.client("cloudtrail", region="us-east-1").lookup_events(**query)["Events"] == []


def test_a_policy_that_denies_all_still_does(world: World) -> None:
    assert outcome(an_object_where_a_policy_denies_all, world) == "403"


def test_a_region_tells_the_keys_of_a_period(world: World) -> None:
    (key,) = SIGNER.public_keys(REGION, datetime(2026, 6, 1, tzinfo=UTC))
    cloudtrail.signs_with(MANAGEMENT, REGION, [key])

    def told(first: int, last: int, region: str = REGION) -> list[dict[str, Any]]:
        start, end = (datetime(2026, month, 1, tzinfo=UTC) for month in (first, last))
        trails = world.client("cloudtrail", region=region)
        found: list[dict[str, Any]] = trails.list_public_keys(StartTime=start, EndTime=end)["PublicKeyList"]
        return found

    assert told(5, 7) == [key]
    assert [told(1, 5), told(7, 9), told(5, 7, "us-east-1")] == [[], [], []]


def test_a_role_that_exists_can_be_assumed(world: World) -> None:
    world.client("iam", "444455556666").create_role(RoleName="audit", AssumeRolePolicyDocument="{}")
    answer = world.client("sts").assume_role(
        RoleArn="arn:aws:iam::444455556666:role/audit", RoleSessionName="audit"
    )
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::444455556666:assumed-role/audit/audit"
