from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.reading import Gap, Known
from scanner.patterns import Judgement, Missed, alarm_ids, describe, judge, parse
from tests.patterns.texts import (
    BUCKETS,
    NOISY_UNAUTHORIZED,
    PUBLISHED,
    ROUTES,
    SIX_SECURITY_GROUP_CALLS,
    TRAILS,
    any_of,
)

TRAIL_CHANGES = "alarm-cloudtrail-config-changes"
BLAMELESS = Judgement()


def tried(alarm: str, *texts: str, accounts: Sequence[str] | None = None) -> Judgement:
    return judge([parse(text) for text in texts], alarm, accounts)


def missed(alarm: str, *texts: str, accounts: Sequence[str] | None = None) -> str:
    return describe(tried(alarm, *texts, accounts=accounts).missed)


def narrowed(condition: str, accounts: Sequence[str] | None = None) -> str:
    """What a filter on changes of trails misses for the condition alone."""
    found = missed(TRAIL_CHANGES, f"{{ ({any_of(TRAILS)}) && ({condition}) }}", accounts=accounts)
    return found.removeprefix("CreateTrail, UpdateTrail, DeleteTrail, StartLogging and StopLogging ")


def test_each_alarm_has_a_published_text() -> None:
    assert PUBLISHED.keys() == set(alarm_ids())


@pytest.mark.parametrize(
    ("alarm", "text"), [(alarm, text) for alarm, texts in PUBLISHED.items() for text in texts]
)
def test_a_published_text_sees_everything_and_nothing_ordinary(alarm: str, text: str) -> None:
    assert tried(alarm, text) == BLAMELESS


def test_the_noisy_text_of_cis_passes_with_a_remark() -> None:
    found = tried("alarm-unauthorized-api-calls", NOISY_UNAUTHORIZED)
    assert found.complete == Known(value=True)
    assert "DescribeInstances" in found.fires_on


def test_the_event_that_older_benchmarks_do_not_know_is_named_as_such() -> None:
    found = tried("alarm-security-group-changes", SIX_SECURITY_GROUP_CALLS)
    assert found == Judgement(missed=(Missed("ModifySecurityGroupRules", since="5.0"),))
    assert describe(found.missed) == "ModifySecurityGroupRules (which CIS asks for since 5.0)"


@given(st.permutations(TRAILS.split()), st.booleans(), st.booleans())
def test_order_quotes_and_brackets_do_not_matter(names: list[str], quoted: bool, brackets: bool) -> None:
    text = any_of(" ".join(names), quoted=quoted, brackets=brackets)
    assert tried(TRAIL_CHANGES, f"{{{text}}}") == BLAMELESS


def test_several_filters_may_see_the_events_together() -> None:
    halves = ("{ $.eventName = *Trail && $.readOnly IS FALSE }", "{ $.eventName = St*Logging }")
    assert missed(TRAIL_CHANGES, *halves) == "StartLogging and StopLogging"
    assert tried(TRAIL_CHANGES, halves[0], "{ $.eventName = St* }") == BLAMELESS


def test_no_filter_at_all_misses_everything() -> None:
    assert missed("alarm-cmk-disable-or-delete") == "DisableKey and ScheduleKeyDeletion"


def test_event_names_joined_by_and_are_never_seen() -> None:
    text = any_of(TRAILS).replace("||", "&&")
    everything = "CreateTrail, UpdateTrail, DeleteTrail, StartLogging and StopLogging"
    assert missed(TRAIL_CHANGES, f"{{ {text} }}") == everything


def test_a_route_is_not_a_route_table() -> None:
    names = ROUTES.replace("CreateRoute ", "").replace("DeleteRoute ", "")
    assert missed("alarm-route-table-changes", f"{{ {any_of(names)} }}") == "CreateRoute and DeleteRoute"


def test_a_wrong_source_or_a_typing_error_is_noticed() -> None:
    found = missed("alarm-s3-bucket-policy-changes", f"{{ $.eventSource = s3 && ({any_of(BUCKETS)}) }}")
    assert found.startswith("PutBucketAcl")
    typo = TRAILS.replace("StopLogging", "StopLoging")
    assert missed(TRAIL_CHANGES, f"{{ {any_of(typo)} }}") == "StopLogging"


@pytest.mark.parametrize(
    ("condition", "when"),
    [
        ("$.userIdentity.userName = bob", "except where $.userIdentity.userName is bob"),
        ('$.userIdentity.arn = "*:role/x"', "except where $.userIdentity.arn is *:role/x"),
        ("$.userIdentity.userName = alice", "where $.userIdentity.userName is another"),
        ("$.userIdentity.type = Root", "except by root"),
        ("$.userIdentity.type != Root", "by root"),
        ("$.userIdentity.invokedBy NOT EXISTS", "through another service"),
        ("$.awsRegion = eu-west-1", "in another region"),
        ("$.awsRegion = us-east-1", "except where $.awsRegion is us-east-1"),
        ("$.recipientAccountId = 999999999999", "except where $.recipientAccountId is 999999999999"),
        ("$.recipientAccountId = 111122223333", "in another account"),
        ('$.userIdentity.userName != "bob"', "by a role"),
        ("$.sourceIPAddress != 10.0.0.1", "where $.sourceIPAddress is 10.0.0.1"),
        ("$.userIdentity.type != AWSService", "where $.userIdentity.type is AWSService"),
        ("$.vpcEndpointId NOT EXISTS", "where $.vpcEndpointId exists"),
        ("$.sessionCredentialFromConsole NOT EXISTS", "from the console"),
        (
            "$.awsRegion = eu-west-1 || $.awsRegion = ap-southeast-2",
            "where $.awsRegion is another",
        ),
    ],
)
def test_a_narrowed_filter_is_noticed_and_the_message_says_how(condition: str, when: str) -> None:
    assert when in narrowed(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "$.eventSource = cloudtrail.amazonaws.com",
        "$.eventType = AwsApiCall",
        "$.errorCode NOT EXISTS",
        "$.managementEvent IS TRUE",
        "$.userIdentity.arn = *",
        '$.userIdentity.arn = "arn:aws:*"',
        "$.eventName = *",
    ],
)
def test_a_condition_that_all_changes_meet_narrows_nothing(condition: str) -> None:
    assert narrowed(condition) == ""


def test_a_filter_may_name_all_accounts_that_there_are() -> None:
    one = "$.recipientAccountId = 123456789012"
    two = f'{one} || $.recipientAccountId = "210987654321"'
    assert narrowed(one, accounts=["123456789012"]) == ""
    assert narrowed(two, accounts=["123456789012", "210987654321"]) == ""
    assert narrowed(one, accounts=["123456789012", "210987654321"]) == "except in account 123456789012"
    three = ["000000000001", "123456789012", "210987654321"]
    assert narrowed(two, accounts=three) == "except in account 123456789012 and in account 210987654321"


def test_a_filter_may_leave_out_an_account_that_is_not_there() -> None:
    other = "$.recipientAccountId != 210987654321"
    assert narrowed(other, accounts=["123456789012"]) == ""
    assert narrowed(other, accounts=["123456789012", "210987654321"]) == "in account 210987654321"
    assert "where $.recipientAccountId is 210987654321" in narrowed(other)


def test_what_iam_and_organizations_do_may_be_bound_to_their_region() -> None:
    text = PUBLISHED["alarm-iam-policy-changes"][1].removesuffix("}") + " && $.awsRegion = us-east-1 }"
    assert tried("alarm-iam-policy-changes", text) == BLAMELESS


def test_more_exclusions_than_the_benchmark_allows_are_noticed() -> None:
    allowed = PUBLISHED["alarm-unauthorized-api-calls"][0]
    narrower = "{ $.errorCode = *Unauthorized* || $.errorCode = AccessDenied* && $.eventName != ListBuckets }"
    assert tried("alarm-unauthorized-api-calls", allowed).complete == Known(value=True)
    assert missed("alarm-unauthorized-api-calls", narrower) == (
        "an AccessDenied error and an AccessDeniedException error where $.eventName is ListBuckets"
    )


def test_a_filter_that_is_not_understood_leaves_open_what_it_alone_could_see() -> None:
    found = tried(TRAIL_CHANGES, "{ $.eventName = *Trail && $.readOnly IS FALSE }", "{ $.eventName = %St% }")
    assert not found.missed
    assert [one.event for one in found.undecided] == ["StartLogging", "StopLogging"]
    assert isinstance(found.complete, Gap)
    assert "at character 17: regular expressions" in found.complete.detail


def test_a_filter_that_is_not_understood_does_not_matter_where_another_sees_all() -> None:
    assert tried(TRAIL_CHANGES, "[a, b]", f"{{{any_of(TRAILS)}}}") == BLAMELESS


def test_a_comparison_that_is_not_documented_leaves_the_answer_open() -> None:
    found = tried(TRAIL_CHANGES, f"{{ ({any_of(TRAILS)}) && $.readOnly = false }}")
    assert isinstance(found.complete, Gap)
    assert "$.readOnly" in found.complete.detail


def test_an_event_that_is_surely_missed_fails_whatever_else_is_open() -> None:
    text = "{ $.eventName = *Trail && $.readOnly = false }"
    assert tried(TRAIL_CHANGES, text).complete == Known(value=False)


def test_ordinary_events_that_are_counted_too_are_a_remark() -> None:
    found = tried(TRAIL_CHANGES, "{ $.eventSource = cloudtrail.amazonaws.com }")
    assert found == Judgement(fires_on=("GetTrailStatus", "LookupEvents"))


def test_the_empty_pattern_sees_everything() -> None:
    found = tried("alarm-root-usage", "")
    assert found.complete == Known(value=True)
    assert "DescribeInstances" in found.fires_on


@given(
    st.permutations(["{ $.eventName = *Trail }", "[a]", "{ $.eventName = %x% }", "{ $.eventName = Stop* }"])
)
def test_the_order_of_filters_changes_nothing(texts: list[str]) -> None:
    assert tried(TRAIL_CHANGES, *texts) == tried(TRAIL_CHANGES, *sorted(texts))
