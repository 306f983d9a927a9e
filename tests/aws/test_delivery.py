"""What AWS says of a trail's deliveries."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.aws import delivery
from scanner.aws.clients import Clients
from scanner.aws.delivery import (
    expected_lanes,
    frozen_credentials,
    is_shared,
    organization_id,
    read_expiry,
    read_public_keys,
    read_switches,
    sign_in,
)
from scanner.aws.scope import Scope
from scanner.errors import UserError
from scanner.integrity.digest import PublicKey
from scanner.integrity.objects import Credentials
from scanner.model.reading import Gap, Known, Outcome
from scanner.retention import Folder
from tests.aws.fake import CALLER, HOME, MEMBER, ORGANIZATION, FakeAws, Refusal, identity, issued
from tests.build import trail as a_trail

ARN = f"arn:aws:cloudtrail:{HOME}:{CALLER}:trail/audit"
NOW = datetime(2026, 6, 8, tzinfo=UTC)
WEEK = (NOW - timedelta(days=7), NOW)
KEY = {"Value": b"der", "Fingerprint": "f1"}


def test_keys_are_those_of_the_period_and_a_little_more_page_by_page(aws: FakeAws) -> None:
    aws.on("ListPublicKeys", {"PublicKeyList": [KEY], "NextToken": "more"}, region="us-east-1")
    aws.on("ListPublicKeys", {"PublicKeyList": [{**KEY, "Fingerprint": "f2"}]}, NextToken="more")
    found = read_public_keys(aws.reader(region="us-east-1"), *WEEK)
    assert found == Known((PublicKey("f1", b"der"), PublicKey("f2", b"der")))
    assert aws.calls[0].params == {
        "StartTime": WEEK[0] - timedelta(hours=2),
        "EndTime": WEEK[1] + timedelta(hours=2),
    }


def test_that_a_region_has_no_keys_is_a_fact(aws: FakeAws) -> None:
    aws.on("ListPublicKeys", {"PublicKeyList": []})
    assert read_public_keys(aws.reader(), *WEEK) == Known(())


def test_keys_that_may_not_be_listed_are_a_gap(aws: FakeAws) -> None:
    aws.on("ListPublicKeys", Refusal("AccessDeniedException"))
    found = read_public_keys(aws.reader(), *WEEK)
    assert isinstance(found, Gap)
    assert (found.action, found.outcome) == ("cloudtrail:ListPublicKeys", Outcome.DENIED)


def test_an_answer_without_the_value_of_a_key_is_a_gap(aws: FakeAws) -> None:
    aws.on("ListPublicKeys", {"PublicKeyList": [{"Fingerprint": "f1"}]})
    assert isinstance(read_public_keys(aws.reader(), *WEEK), Gap)


def event(name: str, request: dict[str, Any], *, hours: int, **more: Any) -> dict[str, Any]:
    record = {"requestParameters": request, "userIdentity": {"arn": "arn:aws:iam::1:user/eve"}, **more}
    return {
        "EventId": f"{name}-{hours}",
        "EventName": name,
        "EventTime": NOW - timedelta(hours=hours),
        "CloudTrailEvent": json.dumps(record),
    }


def events(aws: FakeAws, *found: dict[str, Any]) -> None:
    def answer(call: Any) -> dict[str, Any]:
        name = call.params["LookupAttributes"][0]["AttributeValue"]
        return {"Events": [one for one in found if one["EventName"] == name]}

    aws.on("LookupEvents", answer)


def test_stops_and_starts_of_the_trail_are_told_in_their_order_with_who_made_them(aws: FakeAws) -> None:
    events(
        aws,
        event("StartLogging", {"name": ARN}, hours=3),
        event("StopLogging", {"name": "audit"}, hours=5),
        event("UpdateTrail", {"name": "audit", "enableLogFileValidation": False}, hours=9),
        event("UpdateTrail", {"name": "audit", "s3BucketName": "logs"}, hours=8),
        event("StopLogging", {"name": "another"}, hours=4),
        event("StopLogging", {"name": "audit"}, hours=2, errorCode="AccessDenied"),
    )
    found = read_switches(aws.reader(), ARN, now=NOW).require()
    assert [(one.call, one.on, one.at) for one in found] == [
        ("UpdateTrail", False, NOW - timedelta(hours=9)),
        ("StopLogging", False, NOW - timedelta(hours=5)),
        ("StartLogging", True, NOW - timedelta(hours=3)),
    ]
    assert {one.by for one in found} == {"arn:aws:iam::1:user/eve"}


def test_a_history_that_may_not_be_read_is_a_gap(aws: FakeAws) -> None:
    aws.on("LookupEvents", Refusal("AccessDeniedException"))
    assert isinstance(read_switches(aws.reader(), ARN, now=NOW), Gap)


def regions(aws: FakeAws, *names: str) -> None:
    aws.on("ListRegions", {"Regions": [{"RegionName": name, "RegionOptStatus": "ENABLED"} for name in names]})


def test_a_multi_region_trail_delivers_for_every_enabled_region_of_its_owner(aws: FakeAws) -> None:
    regions(aws, "eu-west-1", "us-east-1")
    trail = a_trail(account=CALLER, region=HOME, multi_region=True)
    assert expected_lanes(aws.reader(), trail) == Known(((CALLER, "eu-west-1"), (CALLER, "us-east-1")))


def test_a_single_region_trail_delivers_for_its_home_alone(aws: FakeAws) -> None:
    trail = a_trail(account=CALLER, region=HOME, multi_region=False)
    assert expected_lanes(aws.reader(), trail) == Known(((CALLER, HOME),))


def test_an_organization_trail_delivers_for_the_home_region_of_every_active_member(aws: FakeAws) -> None:
    regions(aws, "eu-west-1")
    aws.on(
        "ListAccounts",
        {
            "Accounts": [
                {"Id": CALLER, "Name": "a", "State": "ACTIVE"},
                {"Id": MEMBER, "Name": "b", "State": "ACTIVE"},
                {"Id": "333333333333", "Name": "c", "State": "SUSPENDED"},
            ]
        },
    )
    trail = a_trail(account=CALLER, region=HOME, multi_region=True, organization=True)
    assert expected_lanes(aws.reader(), trail) == Known(((CALLER, HOME), (MEMBER, HOME)))


def test_lanes_that_nobody_may_tell_are_a_gap(aws: FakeAws) -> None:
    aws.on("ListRegions", Refusal("AccessDeniedException"))
    aws.on("DescribeRegions", Refusal("UnauthorizedOperation"))
    trail = a_trail(account=CALLER, region=HOME, multi_region=True)
    assert isinstance(expected_lanes(aws.reader(), trail), Gap)


def test_the_organization_is_told_by_its_id(aws: FakeAws) -> None:
    organization = {"Id": ORGANIZATION, "Arn": f"arn:aws:organizations::{CALLER}:organization/{ORGANIZATION}"}
    aws.on("DescribeOrganization", {"Organization": {**organization, "MasterAccountId": CALLER}})
    assert organization_id(aws.reader()) == Known(ORGANIZATION)


@pytest.fixture
def shared(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    def clients(**_: Any) -> Clients:
        return aws.clients

    monkeypatch.setattr(delivery, "Clients", clients)
    return aws


def test_without_a_role_the_caller_asks_whosever_the_trail(shared: FakeAws) -> None:
    shared.on("GetCallerIdentity", identity(CALLER))
    session = sign_in(Scope(), MEMBER, "us-east-1")
    assert (session.account, session.region) == (CALLER, "us-east-1")


def test_with_a_role_the_owner_s_account_is_entered_and_its_keys_sign(shared: FakeAws) -> None:
    shared.on("GetCallerIdentity", identity(CALLER), account=CALLER)
    shared.on("GetCallerIdentity", identity(MEMBER), account=MEMBER)
    shared.on("AssumeRole", issued(MEMBER), RoleArn=f"arn:aws:iam::{MEMBER}:role/audit")
    session = sign_in(Scope(role_name="audit"), MEMBER, HOME)
    assert session.account == MEMBER
    assert frozen_credentials(session) == Credentials(f"ASIA{MEMBER}", "secret", "token")


def test_a_role_that_can_t_be_assumed_is_a_thing_to_put_right(shared: FakeAws) -> None:
    shared.on("GetCallerIdentity", identity(CALLER))
    shared.on("AssumeRole", Refusal("AccessDenied", status=403))
    with pytest.raises(UserError, match=f"the role audit of account {MEMBER} can't be assumed"):
        sign_in(Scope(role_name="audit"), MEMBER, HOME)


ITEM = {
    "TrailARN": ARN,
    "Name": "audit",
    "S3BucketName": "acme-logs",
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
    "IsOrganizationTrail": False,
}


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ({}, True),
        ({"S3BucketName": "other"}, False),
        ({"S3KeyPrefix": "p"}, False),
        ({"TrailARN": ARN}, False),
    ],
)
def test_a_folder_is_shared_by_trails_of_one_bucket_and_prefix(
    aws: FakeAws, other: dict[str, Any], shared: bool
) -> None:
    aws.on("DescribeTrails", {"trailList": [ITEM, {**ITEM, "TrailARN": f"{ARN}-2", **other}]})
    trail = a_trail(account=CALLER, region=HOME, bucket="acme-logs")
    assert is_shared(aws.reader(), trail) == Known(shared)


def test_lifecycle_rules_tell_from_which_age_on_files_may_be_gone(aws: FakeAws) -> None:
    rule = {"ID": "expire", "Status": "Enabled", "Expiration": {"Days": 90}, "Filter": {}}
    aws.on("GetBucketLifecycleConfiguration", {"Rules": [rule]})
    trail = a_trail(account=CALLER, region=HOME)
    days = timedelta(days=90)
    assert read_expiry(aws.reader(), trail, NOW) == Known({Folder.DIGEST: days, Folder.LOG: days})
    aws.on("GetBucketLifecycleConfiguration", Refusal("NoSuchLifecycleConfiguration", status=404))
    assert read_expiry(aws.reader(), trail, NOW) == Known({Folder.DIGEST: None, Folder.LOG: None})
    aws.on("GetBucketLifecycleConfiguration", Refusal("AccessDenied", status=403))
    assert isinstance(read_expiry(aws.reader(), trail, NOW), Gap)
