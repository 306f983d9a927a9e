"""What CloudTrail says of trails: known, none, refused, and cut short."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from scanner.aws.trails import list_trails, read_insights, read_selectors, read_status, read_tags, read_trail
from scanner.model.reading import Gap, Known, Outcome
from scanner.model.trail import (
    AdvancedSelector,
    BasicSelector,
    DataResource,
    FieldSelector,
    InsightSelector,
    Selectors,
    Tag,
    Trail,
    TrailStatus,
)
from tests.aws.fake import CALLER, MEMBER, FakeAws, Refusal

ARN = f"arn:aws:cloudtrail:eu-west-1:{CALLER}:trail/audit"
ITEM: dict[str, Any] = {
    "TrailARN": ARN,
    "Name": "audit",
    "HomeRegion": "eu-west-1",
    "S3BucketName": "acme-logs",
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
    "IsOrganizationTrail": False,
    "HasCustomEventSelectors": False,
    "HasInsightSelectors": False,
}


def only(found: object) -> Trail:
    assert isinstance(found, Known)
    (trail,) = found.value
    assert isinstance(trail, Trail)
    return trail


def test_a_trail_is_its_settings(aws: FakeAws) -> None:
    aws.on(
        "DescribeTrails",
        {
            "trailList": [
                {**ITEM, "S3KeyPrefix": "p", "KmsKeyId": "k", "SnsTopicARN": "t", "RecursiveLogging": False}
            ]
        },
        includeShadowTrails=True,
    )
    trail = only(list_trails(aws.reader()))
    assert (trail.arn, trail.name, trail.home_region, trail.bucket) == (
        ARN,
        "audit",
        "eu-west-1",
        "acme-logs",
    )
    assert (trail.multi_region, trail.global_events, trail.validation, trail.organization) == (
        True,
        True,
        True,
        False,
    )
    assert (trail.prefix, trail.key_id, trail.topic_arn, trail.recursive_logging) == ("p", "k", "t", False)
    assert trail.status == Gap(
        "cloudtrail:GetTrailStatus was not called: no check of that scan needed it",
        action="cloudtrail:GetTrailStatus",
        code="NotRead",
    )


def test_what_is_not_set_is_none_even_where_it_is_an_empty_text(aws: FakeAws) -> None:
    aws.on("DescribeTrails", {"trailList": [{**ITEM, "KmsKeyId": "", "CloudWatchLogsLogGroupArn": ""}]})
    trail = only(list_trails(aws.reader()))
    assert (trail.key_id, trail.log_group_arn, trail.prefix) == (None, None, None)
    assert trail.recursive_logging is None


def test_the_arn_tells_the_home_region(aws: FakeAws) -> None:
    aws.on("DescribeTrails", {"trailList": [{**ITEM, "HomeRegion": "us-east-1"}]})
    assert only(list_trails(aws.reader())).home_region == "eu-west-1"


def test_trails_of_other_partitions_keep_their_arn(aws: FakeAws) -> None:
    arn = f"arn:aws-cn:cloudtrail:cn-north-1:{CALLER}:trail/audit"
    aws.on("DescribeTrails", {"trailList": [{**ITEM, "TrailARN": arn}]})
    trail = only(list_trails(aws.reader()))
    assert (trail.partition, trail.home_region) == ("aws-cn", "cn-north-1")


def test_no_trails_are_a_fact(aws: FakeAws) -> None:
    aws.on("DescribeTrails", {"trailList": []})
    assert list_trails(aws.reader()) == Known(())


@pytest.mark.parametrize(
    "member",
    [
        "TrailARN",
        "Name",
        "S3BucketName",
        "IncludeGlobalServiceEvents",
        "IsMultiRegionTrail",
        "LogFileValidationEnabled",
        "IsOrganizationTrail",
    ],
)
def test_a_trail_without_a_required_member_is_a_gap_and_no_default(aws: FakeAws, member: str) -> None:
    aws.on("DescribeTrails", {"trailList": [{name: ITEM[name] for name in ITEM if name != member}]})
    found = list_trails(aws.reader())
    assert isinstance(found, Gap)
    assert found.detail.endswith(f"the answer has no {member}")


def test_a_refused_listing_is_a_gap(aws: FakeAws) -> None:
    aws.on("DescribeTrails", Refusal("AccessDeniedException"))
    found = list_trails(aws.reader())
    assert isinstance(found, Gap)
    assert found.outcome is Outcome.DENIED


def test_a_status_has_its_times_in_utc_and_no_empty_errors(aws: FakeAws) -> None:
    local = datetime(2026, 1, 31, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    aws.on(
        "GetTrailStatus",
        {
            "IsLogging": True,
            "StartLoggingTime": local,
            "LatestDeliveryTime": local,
            "LatestDeliveryError": "",
            "LatestDigestDeliveryError": "AccessDenied",
            "LatestDeliveryAttemptTime": "",
        },
        Name=ARN,
    )
    utc = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
    assert read_status(aws.reader(), ARN) == Known(
        TrailStatus(logging=True, started=utc, delivered=utc, digest_error="AccessDenied")
    )


def test_a_status_that_does_not_say_whether_it_logs_is_a_gap(aws: FakeAws) -> None:
    aws.on("GetTrailStatus", {"LatestDeliveryError": ""})
    assert isinstance(read_status(aws.reader(), ARN), Gap)


@pytest.mark.parametrize("code", ["TrailNotFoundException", "CloudTrailARNInvalidException"])
def test_a_trail_that_is_refused_is_unknown_and_not_stopped(aws: FakeAws, code: str) -> None:
    aws.on("GetTrailStatus", Refusal(code))
    assert isinstance(read_status(aws.reader(), ARN), Gap)


def test_basic_selectors_have_the_defaults_of_aws(aws: FakeAws) -> None:
    resource = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
    aws.on(
        "GetEventSelectors",
        {
            "TrailARN": ARN,
            "EventSelectors": [{}, {"ReadWriteType": "WriteOnly", "DataResources": [resource]}],
            "AdvancedEventSelectors": [],
        },
        TrailName=ARN,
    )
    data = (DataResource(type="AWS::S3::Object", values=("arn:aws:s3",)),)
    assert read_selectors(aws.reader(), ARN) == Known(
        Selectors(basic=(BasicSelector(), BasicSelector(read_write="WriteOnly", data=data)))
    )


def test_operators_that_are_not_used_may_be_empty_or_missing(aws: FakeAws) -> None:
    aws.on(
        "GetEventSelectors",
        {
            "TrailARN": ARN,
            "AdvancedEventSelectors": [
                {"Name": "n", "FieldSelectors": [{"Field": "readOnly", "Equals": ["true"], "NotEquals": []}]}
            ],
        },
    )
    assert read_selectors(aws.reader(), ARN) == Known(
        Selectors(
            advanced=(
                AdvancedSelector(name="n", fields=(FieldSelector(field="readOnly", equals=("true",)),)),
            )
        )
    )


@pytest.mark.parametrize("kinds", [{}, {"EventSelectors": [], "AdvancedEventSelectors": []}])
def test_no_selectors_at_all_are_no_answer(aws: FakeAws, kinds: dict[str, Any]) -> None:
    aws.on("GetEventSelectors", {"TrailARN": ARN, **kinds})
    found = read_selectors(aws.reader(), ARN)
    assert isinstance(found, Gap)
    assert found.code == "NoSelectors"


def test_both_kinds_of_selectors_are_no_answer(aws: FakeAws) -> None:
    advanced = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    aws.on("GetEventSelectors", {"TrailARN": ARN, "EventSelectors": [{}], "AdvancedEventSelectors": advanced})
    assert isinstance(read_selectors(aws.reader(), ARN), Gap)


@pytest.mark.parametrize("answer", [{}, {"TrailARN": ARN, "EventSelectors": [{"ReadWriteType": "Some"}]}])
def test_selectors_that_make_no_sense_are_a_gap(aws: FakeAws, answer: dict[str, Any]) -> None:
    aws.on("GetEventSelectors", answer)
    found = read_selectors(aws.reader(), ARN)
    assert isinstance(found, Gap)
    assert found.code == "IncompleteAnswer"


def test_insights_are_of_management_events_unless_they_say_otherwise(aws: FakeAws) -> None:
    aws.on(
        "GetInsightSelectors",
        {
            "TrailARN": ARN,
            "InsightSelectors": [
                {"InsightType": "ApiCallRateInsight"},
                {"InsightType": "ApiErrorRateInsight", "EventCategories": ["Data"]},
            ],
        },
    )
    assert read_insights(aws.reader(), ARN) == Known(
        (
            InsightSelector(type="ApiCallRateInsight"),
            InsightSelector(type="ApiErrorRateInsight", categories=("Data",)),
        )
    )


def test_insights_that_are_off_are_none(aws: FakeAws) -> None:
    aws.on("GetInsightSelectors", Refusal("InsightNotEnabledException"))
    assert read_insights(aws.reader(), ARN) == Known(())


@pytest.mark.parametrize("answer", [{}, Refusal("UnsupportedOperationException")])
def test_insights_that_are_not_told_are_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("GetInsightSelectors", answer)
    assert isinstance(read_insights(aws.reader(), ARN), Gap)


def tagged(*tags: dict[str, str], arn: str = ARN) -> dict[str, Any]:
    return {"ResourceTagList": [{"ResourceId": arn, "TagsList": list(tags)}]}


def test_tags_are_sorted_by_key_and_may_lack_a_value(aws: FakeAws) -> None:
    aws.on("ListTags", tagged({"Key": "team", "Value": "audit"}, {"Key": "cost"}), ResourceIdList=[ARN])
    assert read_tags(aws.reader(), ARN) == Known((Tag(key="cost"), Tag(key="team", value="audit")))


def test_tags_come_in_pages(aws: FakeAws) -> None:
    aws.on("ListTags", {**tagged({"Key": "a", "Value": "1"}), "NextToken": "more"})
    aws.on("ListTags", tagged({"Key": "b", "Value": "2"}), NextToken="more")
    assert read_tags(aws.reader(), ARN) == Known((Tag(key="a", value="1"), Tag(key="b", value="2")))


def test_no_tags_are_a_fact(aws: FakeAws) -> None:
    aws.on("ListTags", tagged())
    assert read_tags(aws.reader(), ARN) == Known(())


@pytest.mark.parametrize(
    "answer",
    [{}, {"ResourceTagList": []}, {"ResourceTagList": [{"ResourceId": ARN}]}, tagged(arn=f"{ARN}2")],
)
def test_an_answer_that_does_not_tell_the_tags_of_the_trail_is_a_gap(
    aws: FakeAws, answer: dict[str, Any]
) -> None:
    aws.on("ListTags", answer)
    found = read_tags(aws.reader(), ARN)
    assert isinstance(found, Gap)
    assert (found.action, found.code) == ("cloudtrail:ListTags", "IncompleteAnswer")


def test_refused_tags_are_a_gap(aws: FakeAws) -> None:
    aws.on("ListTags", Refusal("AccessDeniedException"))
    found = read_tags(aws.reader(), ARN)
    assert isinstance(found, Gap)
    assert found.outcome is Outcome.DENIED


def test_the_tags_of_a_foreign_trail_are_a_gap_without_a_call(aws: FakeAws) -> None:
    found = read_tags(aws.reader(MEMBER), ARN)
    assert isinstance(found, Gap)
    assert (found.action, found.code, found.account) == ("cloudtrail:ListTags", "OwnerOutOfScope", CALLER)
    assert aws.calls == []


def test_one_trail_is_found_by_its_arn_and_none_is_a_fact(aws: FakeAws) -> None:
    aws.on("DescribeTrails", {"trailList": [ITEM]}, trailNameList=[ARN])
    found = read_trail(aws.reader(), ARN).require()
    assert found is not None
    assert (found.arn, found.bucket) == (ARN, "acme-logs")
    aws.on("DescribeTrails", {"trailList": []})
    assert read_trail(aws.reader(), ARN) == Known(None)
    aws.on("DescribeTrails", {"trailList": [{**ITEM, "TrailARN": f"{ARN}2"}]})
    assert read_trail(aws.reader(), ARN) == Known(None)
    aws.on("DescribeTrails", Refusal("AccessDeniedException"))
    assert isinstance(read_trail(aws.reader(), ARN), Gap)
