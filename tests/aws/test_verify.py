"""`verify` against an AWS that answers by rule and a bucket behind real connections."""

import json
import pickle
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from scanner.aws import delivery as door
from scanner.aws.clients import Clients
from scanner.aws.scope import Scope
from scanner.demo.deliveries import Delivery, Pause, Tree
from scanner.errors import UserError
from scanner.integrity.verification import exit_code
from scanner.model.verification import Verification
from scanner.origin import Learned, Session
from scanner.settings import Settings
from scanner.verify import Asked, verify
from tests.aws.fake import CALLER, MEMBER, FakeAws, Refusal, identity
from tests.build import trail as a_trail
from tests.integrity import tree as trees
from tests.integrity.s3_server import Fault, Refuse, S3Server, serving
from tests.integrity.tree import SIGNER, delivered

DELIVERY = Delivery(accounts=(CALLER,), hours=30, regions=("eu-west-1", "us-east-1"))
NOW = DELIVERY.end + timedelta(hours=1)
ITEM = {
    "TrailARN": DELIVERY.arn,
    "Name": DELIVERY.trail,
    "S3BucketName": DELIVERY.bucket,
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
    "IsOrganizationTrail": False,
}


@dataclass
class World:
    """What a test changes before it verifies: AWS's answers, the objects, how they are served."""

    aws: FakeAws
    tree: Tree
    faults: dict[str, Fault] = field(default_factory=dict)
    told: list[tuple[int, int]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def verify(self, *, now: datetime = NOW, **changes: Any) -> Verification:
        asked = {"trail": DELIVERY.arn, "start": now - timedelta(hours=20), "end": now, **changes}
        server = S3Server(self.tree, bucket=DELIVERY.bucket, always=self.faults)
        with serving(server) as url, pytest.MonkeyPatch.context() as patch:
            patch.setattr(Clients, "configured_endpoint", lambda *_: url)
            found = verify(
                Asked.model_validate(asked),
                Settings(),
                {},
                now=now,
                on_progress=lambda done, total: self.told.append((done, total)),
            )
        self.asked = server.asked
        return found

    def kinds(self, **changes: Any) -> list[str]:
        return [str(found.kind) for found in self.verify(**changes).findings]


@pytest.fixture
def world(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> World:
    def clients(**_: Any) -> Clients:
        return aws.clients

    monkeypatch.setattr(door, "Clients", clients)
    aws.on("GetCallerIdentity", identity(CALLER))
    aws.on("DescribeTrails", {"trailList": [ITEM]})
    status = {"IsLogging": True, "LatestDigestDeliveryTime": DELIVERY.end + timedelta(minutes=3)}
    aws.on("GetTrailStatus", status, Name=DELIVERY.arn)
    regions = [{"RegionName": name, "RegionOptStatus": "ENABLED"} for name in DELIVERY.regions]
    aws.on("ListRegions", {"Regions": regions})
    for region in DELIVERY.regions:
        aws.on("ListPublicKeys", {"PublicKeyList": SIGNER.public_keys(region)}, region=region)
    aws.on("LookupEvents", {"Events": []})
    aws.on("GetBucketLifecycleConfiguration", Refusal("NoSuchLifecycleConfiguration", status=404))
    return World(aws, dict(delivered(DELIVERY)))


def test_an_intact_trail_takes_each_object_once_and_a_handful_of_calls(world: World) -> None:
    found = world.verify()
    assert (found.verdict, found.verified_at) == ("intact", NOW)
    assert [(lane.account, lane.region) for lane in found.lanes] == [
        (CALLER, "eu-west-1"),
        (CALLER, "us-east-1"),
    ]
    assert Counter(world.aws.operations()) == Counter(
        {
            "GetCallerIdentity": 1,
            "DescribeTrails": 1,
            "GetTrailStatus": 1,
            "ListRegions": 1,
            "ListPublicKeys": 2,
        }
    )
    objects = {key: count for key, count in world.asked.items() if key in world.tree}
    assert set(objects.values()) == {1}
    assert world.told[-1] == (40, 40)


def test_a_tampered_hour_is_found(world: World) -> None:
    key = trees.alter_log(world.tree, 80)
    found = world.verify()
    assert (found.verdict, [one.key for one in found.findings]) == ("tampered", [key])


def test_a_region_whose_files_are_all_gone_is_missed_since_it_is_enabled(world: World) -> None:
    for key in [key for key in world.tree if "/us-east-1/" in key]:
        del world.tree[key]
    found = world.verify()
    assert found.verdict != "intact"
    assert {one.region for one in found.findings} == {"us-east-1"}


def test_a_region_that_is_not_enabled_any_more_needs_no_digests(world: World) -> None:
    world.aws.on("ListPublicKeys", Refusal("UnrecognizedClientException"), region="af-south-1")
    stale = "AWSLogs/111111111111/CloudTrail/af-south-1/2024/01/01/old.json.gz"
    world.tree[stale] = next(iter(world.tree.values()))
    assert [lane.region for lane in world.verify().lanes] == ["eu-west-1", "us-east-1"]


def test_newest_digests_that_cloudtrail_says_it_delivered_are_missed(world: World) -> None:
    for key in trees.digests(world.tree)[-6:]:
        del world.tree[key]
    assert "tail-missing" in world.kinds()


def test_a_stop_that_history_tells_explains_a_gap(world: World) -> None:
    stopped = replace(DELIVERY, pauses=(Pause(15.5, 18),))
    world.tree = dict(delivered(stopped))

    def told(name: str, hours: float) -> dict[str, Any]:
        record = {"requestParameters": {"name": "main"}, "userIdentity": {"arn": "arn:aws:iam::1:user/eve"}}
        return {
            "EventId": name,
            "EventName": name,
            "EventTime": DELIVERY.start + timedelta(hours=hours),
            "CloudTrailEvent": json.dumps(record),
        }

    for name, hours in (("StopLogging", 15.5), ("StartLogging", 18)):
        asked = [{"AttributeKey": "EventName", "AttributeValue": name}]
        world.aws.on("LookupEvents", {"Events": [told(name, hours)]}, LookupAttributes=asked)
    found = world.verify()
    assert (found.verdict, {str(one.kind) for one in found.findings}) == ("incomplete", {"gap"})
    assert all("StopLogging by arn:aws:iam::1:user/eve" in one.detail for one in found.findings)


def test_what_aws_refuses_to_tell_of_a_gap_leaves_it_a_gap(world: World) -> None:
    world.tree = dict(delivered(replace(DELIVERY, pauses=(Pause(15.5, 18),))))
    world.aws.on("LookupEvents", Refusal("AccessDeniedException"))
    world.aws.on("GetBucketLifecycleConfiguration", Refusal("AccessDenied", status=403))
    assert set(world.kinds()) == {"gap"}


def test_where_lifecycle_rules_may_not_be_read_only_what_is_young_was_surely_deleted(world: World) -> None:
    """A rule takes nothing before it is a day old."""
    old, young = (trees.logs(world.tree)[at] for at in (12, 80))
    gone = trees.digests(world.tree)[4]
    for key in (old, gone):
        del world.tree[key]
    world.aws.on("GetBucketLifecycleConfiguration", Refusal("AccessDenied", status=403))
    found = world.verify(start=DELIVERY.start)
    assert (found.verdict, exit_code(found)) == ("incomplete", 3)
    assert {str(one.kind) for one in found.findings} == {"gap", "head-unanchored"}
    assert all("s3:GetLifecycleConfiguration was denied" in one.detail for one in found.findings)
    del world.tree[young]
    found = world.verify(start=DELIVERY.start)
    assert found.verdict == "tampered"
    assert ("log-missing", young) in [(str(one.kind), one.key) for one in found.findings]


def test_a_denied_log_file_is_unreadable(world: World) -> None:
    key = trees.logs(world.tree)[80]
    world.faults[key] = Refuse(403, "AccessDenied", "not authorized to perform: kms:Decrypt")
    found = world.verify()
    assert (found.verdict, [(str(one.kind), one.key) for one in found.findings]) == (
        "incomplete",
        [("log-unreadable", key)],
    )


def test_keys_that_may_not_be_listed_leave_everything_unproven(world: World) -> None:
    world.aws.on("ListPublicKeys", Refusal("AccessDeniedException"), region="us-east-1")
    found = world.verify()
    assert found.verdict == "incomplete"
    assert {one.region for one in found.findings} == {"us-east-1"}
    assert exit_code(found) == 3


def test_a_trail_that_is_gone_needs_a_bucket(world: World) -> None:
    world.aws.on("DescribeTrails", {"trailList": []})
    with pytest.raises(UserError, match="there is no trail arn:aws:cloudtrail") as problem:
        world.verify()
    assert problem.value.hint == "name the bucket and prefix of its files: --bucket, --prefix"
    found = world.verify(bucket=DELIVERY.bucket, end=DELIVERY.end)
    assert found.verdict == "intact"


def test_of_a_trail_that_is_gone_no_lifecycle_rules_are_known(world: World) -> None:
    del world.tree[trees.logs(world.tree)[12]]
    world.aws.on("DescribeTrails", {"trailList": []})
    assert world.kinds(bucket=DELIVERY.bucket, start=DELIVERY.start, end=DELIVERY.end) == ["gap"]


def test_a_copy_in_another_bucket_is_proven_by_what_its_digests_say(world: World) -> None:
    world.aws.on("DescribeTrails", {"trailList": [{**ITEM, "S3BucketName": "original"}]})
    assert world.verify(bucket=DELIVERY.bucket).verdict == "intact"


def test_the_organization_is_aws_s_word_and_else_the_bucket_s(world: World) -> None:
    delivery = replace(DELIVERY, organization="o-exampleorg", accounts=(CALLER, MEMBER))
    world.tree = dict(delivered(delivery))
    world.aws.on("DescribeTrails", {"trailList": [{**ITEM, "IsOrganizationTrail": True}]})
    members = [{"Id": account, "Name": "", "State": "ACTIVE"} for account in (CALLER, MEMBER)]
    world.aws.on("ListAccounts", {"Accounts": members})
    world.aws.on("DescribeOrganization", Refusal("AccessDeniedException"))
    found = world.verify()
    assert (found.verdict, len(found.lanes)) == ("intact", 4)
    arn = f"arn:aws:organizations::{CALLER}:organization/o-elsewhere1"
    told = {"Id": "o-elsewhere1", "Arn": arn, "MasterAccountId": CALLER}
    world.aws.on("DescribeOrganization", {"Organization": told})
    assert "no-digests" in world.kinds()
    assert world.verify(organization_id="o-exampleorg").verdict == "intact"
    only = world.verify(organization_id="o-exampleorg", accounts=(MEMBER,))
    assert {lane.account for lane in only.lanes} == {MEMBER}


def test_a_member_whose_files_are_all_gone_is_missed(world: World) -> None:
    delivery = replace(DELIVERY, organization="o-exampleorg")
    world.tree = dict(delivered(delivery))
    world.aws.on("DescribeTrails", {"trailList": [{**ITEM, "IsOrganizationTrail": True}]})
    members = [{"Id": account, "Name": "", "State": "ACTIVE"} for account in (CALLER, MEMBER)]
    world.aws.on("ListAccounts", {"Accounts": members})
    found = world.verify(organization_id="o-exampleorg")
    assert {(one.account, str(one.kind)) for one in found.findings} == {(MEMBER, "no-digests")}


def test_an_account_that_the_trail_delivers_nothing_for_leaves_nothing_to_verify(world: World) -> None:
    with pytest.raises(UserError, match="nothing is left to verify"):
        world.verify(accounts=(MEMBER,))


@pytest.mark.usefixtures("world")
def test_a_task_goes_to_another_process_and_signs_in_there() -> None:
    session = Session(Scope(), None, DELIVERY.arn)
    learned = Learned(session, a_trail(account=CALLER), NOW)
    again = pickle.loads(pickle.dumps(learned))
    assert again._session.credentials() == session.credentials()
    assert b"secret" not in pickle.dumps(Session(Scope(external_id=SecretStr("secret")), "X", DELIVERY.arn))
