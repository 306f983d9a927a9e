"""What is recorded of a reading, and that nothing is where nobody wants it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue, SecretStr

from scanner.aws.collect import collect
from scanner.aws.permissions import ASSUME_ROLE, DESCRIBE_TRAILS, GET_BUCKET_POLICY, LIST_EVENT_DATA_STORES
from scanner.aws.reader import Fact
from scanner.aws.recorder import LONGEST, Recorder
from scanner.aws.scope import Scope
from scanner.model.evidence import Record
from scanner.model.reading import Known, Outcome
from tests.aws.fake import CALLER, HOME, MEMBER, FakeAws, Refusal, identity, issued
from tests.build import NOW

NAMES = Fact(DESCRIBE_TRAILS, lambda answer: tuple(one["Name"] for one in answer["trailList"]))
POLICY: Fact[str | None] = Fact(
    GET_BUCKET_POLICY, lambda answer: str(answer["Policy"]), absent={"NoSuchBucketPolicy": None}
)
ARNS: Fact[tuple[str, ...]] = Fact(
    LIST_EVENT_DATA_STORES,
    lambda answer: tuple(item["EventDataStoreArn"] for item in answer["EventDataStores"]),
)
WHO = f"arn:aws:iam::{CALLER}:user/auditor"


class Kept:
    """A recorder whose clock goes a second ahead at each look, and all that it put away."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._now = NOW
        self.recorder = Recorder(self._keep, self._clock)

    def _keep(self, account: str, record: Mapping[str, JsonValue]) -> str:
        self.lines.append(json.loads(json.dumps(record)))
        return f"{account}/{len(self.lines)}"

    def _clock(self) -> Any:
        self._now += timedelta(seconds=1)
        return self._now

    @property
    def only(self) -> Record:
        (record,) = self.recorder.records
        return record


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_a_reading_is_recorded_with_all_that_finds_it_again(aws: FakeAws, kept: Kept) -> None:
    aws.on("DescribeTrails", {"trailList": [{"Name": "audit"}]})
    aws.reader(recorder=kept.recorder, identity=WHO).read(NAMES, includeShadowTrails=True)
    assert kept.only == Record(
        id=f"{CALLER}/1",
        action="cloudtrail:DescribeTrails",
        operation="DescribeTrails",
        account=CALLER,
        region=HOME,
        parameters={"includeShadowTrails": True},
        at=NOW + timedelta(seconds=1),
        request_ids=("request-1",),
        caller=WHO,
        outcome=Outcome.OK,
        code=None,
        facts='{"trailList": [{"Name": "audit"}]}',
    )
    assert [page["answer"] for page in kept.lines[0]["answers"]] == [{"trailList": [{"Name": "audit"}]}]


def test_pages_are_one_record_with_the_request_id_of_each(aws: FakeAws, kept: Kept) -> None:
    aws.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": "a"}], "NextToken": "t0ken"})
    aws.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": "b"}]}, NextToken="t0ken")
    assert aws.reader(recorder=kept.recorder).read_all(ARNS) == Known(("a", "b"))
    assert kept.only.request_ids == ("request-1", "request-2")
    assert [len(page["answer"]["EventDataStores"]) for page in kept.lines[0]["answers"]] == [1, 1]
    assert "t0ken" not in json.dumps(kept.lines)


@pytest.mark.parametrize(
    ("code", "outcome"), [("NoSuchBucketPolicy", Outcome.ABSENT), ("AccessDenied", Outcome.DENIED)]
)
def test_an_error_is_recorded_with_its_request_id(
    aws: FakeAws, kept: Kept, code: str, outcome: Outcome
) -> None:
    aws.on("GetBucketPolicy", Refusal(code, status=403))
    aws.reader(recorder=kept.recorder).read(POLICY, Bucket="logs")
    assert (kept.only.outcome, kept.only.code, kept.only.request_ids) == (outcome, code, ("request-1",))
    assert kept.only.facts == f'{{"Error": {{"Code": "{code}", "Message": "because"}}}}'


def test_attempts_before_the_last_are_no_records(aws: FakeAws, kept: Kept) -> None:
    answers = iter([Refusal("ThrottlingException"), {"trailList": []}])
    aws.on("DescribeTrails", lambda _: next(answers))
    aws.reader(recorder=kept.recorder).read(NAMES)
    assert kept.only.request_ids == ("request-2",)


def test_an_answer_that_makes_no_sense_is_recorded_as_it_came(aws: FakeAws, kept: Kept) -> None:
    aws.on("DescribeTrails", {"trailList": 7})
    aws.reader(recorder=kept.recorder).read(NAMES)
    assert (kept.only.outcome, kept.only.code) == (Outcome.FAILED, "IncompleteAnswer")
    assert kept.only.facts == '{"trailList": 7}'


def test_a_session_s_credentials_are_not_recorded(aws: FakeAws, kept: Kept) -> None:
    aws.on("AssumeRole", issued(MEMBER))
    fact = Fact(ASSUME_ROLE, lambda answer: answer["Credentials"]["AccessKeyId"])
    found = aws.reader(recorder=kept.recorder).read(
        fact, RoleArn=f"arn:aws:iam::{MEMBER}:role/x", ExternalId="h1dden", RoleSessionName="trailaudit"
    )
    assert found == Known(f"ASIA{MEMBER}")
    whole = json.dumps(kept.lines) + kept.only.model_dump_json()
    assert "h1dden" not in whole
    assert "ASIA" not in whole
    assert '"secret"' not in whole


def test_the_external_id_in_an_error_is_not_recorded(aws: FakeAws, kept: Kept) -> None:
    aws.on("DescribeTrails", Refusal("ValidationError", "value 'h1dden' at externalId"))
    aws.reader(recorder=kept.recorder, hidden=SecretStr("h1dden")).read(NAMES)
    assert "h1dden" not in json.dumps(kept.lines) + kept.only.facts


def test_a_long_answer_is_cut_in_the_record_and_whole_where_it_is_kept(aws: FakeAws, kept: Kept) -> None:
    aws.on("DescribeTrails", {"trailList": [{"Name": "x" * 9999}]})
    aws.reader(recorder=kept.recorder).read(NAMES)
    assert len(kept.only.facts) < LONGEST + 40
    assert kept.only.facts.endswith(f"… (cut: {9999 + 29:,} characters)")
    assert len(kept.lines[0]["answers"][0]["answer"]["trailList"][0]["Name"]) == 9999


def test_records_are_in_the_order_of_their_times(aws: FakeAws, kept: Kept) -> None:
    aws.on("DescribeTrails", {"trailList": []})
    for region in ("us-east-1", HOME):
        aws.reader(region=region, recorder=kept.recorder).read(NAMES)
    assert [record.region for record in kept.recorder.records] == ["us-east-1", HOME]


def test_a_scan_records_each_reading_that_it_counts_with_the_session_that_asked(
    aws: FakeAws, kept: Kept
) -> None:
    session = f"assumed-role/trailaudit/{MEMBER}"
    aws.on("GetCallerIdentity", identity(CALLER))
    aws.on("GetCallerIdentity", identity(MEMBER, who=session), account=MEMBER)
    aws.on("AssumeRole", issued(MEMBER))
    aws.on("ListRegions", {"Regions": [{"RegionName": HOME, "RegionOptStatus": "ENABLED"}]})
    aws.on("DescribeOrganization", Refusal("AWSOrganizationsNotInUseException"))
    aws.on("DescribeTrails", {"trailList": []})
    aws.on("ListEventDataStores", {"EventDataStores": []})
    scope = Scope(accounts=(CALLER, MEMBER), role_name="trailaudit")
    posture = collect(scope, frozenset(), now=NOW, clients=aws.clients, recorder=kept.recorder)
    assert sum(call.count for call in posture.calls) == len(kept.recorder.records)
    counted = {(call.account, call.action, call.outcome) for call in posture.calls}
    assert {(one.account, one.action, one.outcome) for one in kept.recorder.records} == counted
    callers = {(one.account, one.action): one.caller for one in kept.recorder.records}
    assert callers[CALLER, "sts:GetCallerIdentity"] == WHO
    assert callers[MEMBER, "sts:AssumeRole"] == WHO
    assert callers[MEMBER, "sts:GetCallerIdentity"] == f"arn:aws:iam::{MEMBER}:role/trailaudit"
    assert callers[MEMBER, "cloudtrail:DescribeTrails"] == f"arn:aws:iam::{MEMBER}:{session}"
