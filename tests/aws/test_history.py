"""CloudTrail's event history: one query a source and region, at AWS's pace."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.aws.history import PATIENCE, read_events
from scanner.changes import CLOUDTRAIL, KMS, S3, WATCHED
from scanner.model.history import HistoryEvent
from scanner.model.reading import Gap, Known, Outcome, Reading
from scanner.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, Selectors
from tests.aws.fake import CALLER, FakeAws, Refusal

NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
EVE = f"arn:aws:sts::{CALLER}:assumed-role/admin/eve"


def item(name: str, number: int = 1, source: str = CLOUDTRAIL, **record: Any) -> dict[str, Any]:
    told = {
        "userIdentity": {"type": "AssumedRole", "arn": EVE},
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": {"name": "audit"},
        **record,
    }
    return {
        "EventId": f"id-{number}",
        "EventName": name,
        "EventSource": source,
        "EventTime": NOW - timedelta(hours=number),
        "CloudTrailEvent": json.dumps(told),
    }


def read(aws: FakeAws, source: str = CLOUDTRAIL) -> Reading[tuple[HistoryEvent, ...]]:
    return read_events(aws.reader(), source, until=NOW)


def only(aws: FakeAws, *events: dict[str, Any], source: str = CLOUDTRAIL) -> HistoryEvent:
    aws.on("LookupEvents", {"Events": list(events)})
    found = read(aws, source)
    assert isinstance(found, Known)
    (event,) = found.value
    return event


def test_one_query_by_source_asks_for_90_days(aws: FakeAws) -> None:
    aws.on("LookupEvents", {"Events": []})
    assert read(aws) == Known(())
    (call,) = aws.calls
    assert call.params == {
        "LookupAttributes": [{"AttributeKey": "EventSource", "AttributeValue": CLOUDTRAIL}],
        "StartTime": NOW - timedelta(days=90),
        "EndTime": NOW,
        "MaxResults": 50,
    }


def test_an_event_is_who_when_where_and_what_judging_needs(aws: FakeAws) -> None:
    asked = {"name": "audit", "s3BucketName": "evil", "snsTopicName": "x"}
    assert only(aws, item("DescribeTrails", 2), item("UpdateTrail", requestParameters=asked)) == HistoryEvent(
        id="id-1",
        time=NOW - timedelta(hours=1),
        name="UpdateTrail",
        actor=EVE,
        source_ip="198.51.100.7",
        parameters={"name": "audit", "s3BucketName": "evil"},
    )


def test_a_failed_call_keeps_its_error(aws: FakeAws) -> None:
    event = only(aws, item("StopLogging", errorCode="AccessDenied", requestParameters=None))
    assert (event.error, event.parameters) == ("AccessDenied", {})


@pytest.mark.parametrize(
    ("identity", "actor"),
    [
        ({"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}, "cloudformation.amazonaws.com"),
        ({"userName": "eve"}, "eve"),
        ({}, "an unnamed caller"),
        (None, "an unnamed caller"),
    ],
)
def test_a_caller_without_an_arn_has_its_best_name(aws: FakeAws, identity: Any, actor: str) -> None:
    assert only(aws, item("StopLogging", userIdentity=identity)).actor == actor


@pytest.mark.parametrize(
    ("asked", "selectors"),
    [
        (
            {
                "eventSelectors": [
                    {
                        "readWriteType": "WriteOnly",
                        "includeManagementEvents": False,
                        "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
                    }
                ]
            },
            Selectors(
                basic=(
                    BasicSelector(
                        read_write="WriteOnly",
                        management=False,
                        data=(DataResource(type="AWS::S3::Object", values=("arn:aws:s3",)),),
                    ),
                )
            ),
        ),
        (
            {"advancedEventSelectors": [{"fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}]}]},
            Selectors(
                advanced=(AdvancedSelector(fields=(FieldSelector(field="eventCategory", equals=("Data",)),)),)
            ),
        ),
    ],
)  # fmt: skip
def test_selectors_are_read_as_history_spells_them(
    aws: FakeAws, asked: dict[str, Any], selectors: Selectors
) -> None:
    event = only(aws, item("PutEventSelectors", requestParameters={"trailName": "audit", **asked}))
    assert (event.selectors, event.parameters) == (Known(selectors), {"trailName": "audit"})


def test_selectors_that_make_no_sense_are_a_gap_of_that_event(aws: FakeAws) -> None:
    event = only(aws, item("PutEventSelectors", requestParameters={"eventSelectors": ["?"]}))
    assert isinstance(event.selectors, Gap)


def test_the_parameters_of_s3_are_kept_by_one_spelling(aws: FakeAws) -> None:
    body = {"bucketName": "logs", "versioning": "", "VersioningConfiguration": {"Status": "Suspended"}}
    event = only(aws, item("PutBucketVersioning", source=S3, requestParameters=body), source=S3)
    assert event.parameters == {"bucketName": "logs", "versioningConfiguration": {"Status": "Suspended"}}


def test_all_pages_are_read_and_the_oldest_comes_first(aws: FakeAws) -> None:
    aws.on("LookupEvents", {"Events": [item("StopLogging", 1)], "NextToken": "2"})
    aws.on("LookupEvents", {"Events": [item("StopLogging", 2)], "NextToken": "3"}, NextToken="2")
    aws.on("LookupEvents", {"Events": [item("StopLogging", 2)]}, NextToken="3")
    found = read(aws)
    assert isinstance(found, Known)
    assert [one.id for one in found.value] == ["id-2", "id-1"]


@pytest.mark.parametrize(
    "answer",
    [Refusal("AccessDeniedException"), {}, {"Events": [{"EventName": "StopLogging"}]}],
    ids=["denied", "empty", "cut"],
)
def test_a_history_that_is_not_told_is_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("LookupEvents", answer)
    assert isinstance(read(aws), Gap)


def test_a_second_page_that_is_refused_is_a_gap(aws: FakeAws) -> None:
    aws.on("LookupEvents", {"Events": [item("StopLogging")], "NextToken": "2"})
    aws.on("LookupEvents", Refusal("ThrottlingException"), NextToken="2")
    found = read(aws)
    assert isinstance(found, Gap)
    assert found.outcome is Outcome.THROTTLED


def test_a_token_that_comes_twice_is_a_gap(aws: FakeAws) -> None:
    aws.on("LookupEvents", {"Events": [], "NextToken": "2"})
    found = read(aws)
    assert isinstance(found, Gap)
    assert found.code == "IncompleteAnswer"


class TestABusySource:
    @pytest.fixture
    def busy(self, aws: FakeAws) -> FakeAws:
        """KMS tells of every data key."""

        def answer(call: Any) -> dict[str, Any]:
            (attribute,) = call.params["LookupAttributes"]
            if attribute["AttributeKey"] == "EventSource":
                page = int(call.params.get("NextToken", 0))
                return {"Events": [item("GenerateDataKey", source=KMS)], "NextToken": str(page + 1)}
            if attribute["AttributeValue"] == "DisableKey":
                return {"Events": [item("DisableKey", 1, KMS), item("DisableKey", 2, "other.amazonaws.com")]}
            return {"Events": []}

        aws.on("LookupEvents", answer)
        return aws

    def test_is_asked_for_each_name_instead(self, busy: FakeAws) -> None:
        found = read(busy, KMS)
        assert isinstance(found, Known)
        assert [(one.name, one.id) for one in found.value] == [("DisableKey", "id-1")]
        assert len(busy.calls) == PATIENCE + len(WATCHED[KMS])

    def test_of_which_one_name_is_refused_is_a_gap(self, busy: FakeAws) -> None:
        refused = [{"AttributeKey": "EventName", "AttributeValue": "EnableKey"}]
        busy.on("LookupEvents", Refusal("AccessDeniedException"), LookupAttributes=refused)
        assert isinstance(read(busy, KMS), Gap)
