from typing import Any

from checks.trail_insights import TrailInsights
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import BasicSelector, FieldSelector, InsightSelector, Selectors
from tests.build import INSIGHTS, denied, posture, select, summary, trail, trail_arn

RATE, ERRORS = INSIGHTS
UNREAD = denied("cloudtrail:GetInsightSelectors")
UNSELECTED = denied("cloudtrail:GetEventSelectors")
DATA_ONLY = Known(Selectors(advanced=(select("Data", type=("AWS::S3::Object",)),)))


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailInsights().evaluate(it))


def judged(**changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(**changes)))
    return finding.status, finding.message


def action(**changes: Any) -> str | None:
    (finding,) = evaluated(posture(trail(**changes)))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason.action


def test_both_types_on_management_events_pass() -> None:
    assert summary(evaluated(posture())) == [
        (
            trail_arn(),
            Status.PASS,
            "looks for ApiCallRateInsight and ApiErrorRateInsight in management events",
        )
    ]


def test_no_insights_fail() -> None:
    assert judged(insights=Known(())) == (
        Status.FAIL,
        "does not look for ApiCallRateInsight and ApiErrorRateInsight in management events",
    )


def test_one_type_alone_fails_and_the_other_is_named() -> None:
    assert judged(insights=Known((RATE,))) == (
        Status.FAIL,
        "does not look for ApiErrorRateInsight in management events",
    )


def test_insights_on_data_events_are_not_what_is_asked_for() -> None:
    of_data = InsightSelector(type=ERRORS.type, categories=("Data",))
    assert judged(insights=Known((RATE, of_data)))[0] is Status.FAIL
    both = InsightSelector(type=ERRORS.type, categories=("Data", "Management"))
    assert judged(insights=Known((RATE, both)))[0] is Status.PASS


def test_insights_of_a_trail_that_lost_its_management_events_find_nothing() -> None:
    assert judged(selectors=DATA_ONLY) == (
        Status.FAIL,
        "does not select the events for ApiCallRateInsight and ApiErrorRateInsight",
    )


def test_the_call_rate_needs_writes_and_the_error_rate_reads_or_writes() -> None:
    reads = Known(Selectors(basic=(BasicSelector(read_write="ReadOnly"),)))
    writes = Known(Selectors(basic=(BasicSelector(read_write="WriteOnly"),)))
    assert judged(selectors=reads) == (Status.FAIL, "does not select the events for ApiCallRateInsight")
    assert judged(selectors=writes)[0] is Status.PASS


def test_excluded_sources_leave_enough_to_look_at() -> None:
    without = BasicSelector(excluded_sources=("kms.amazonaws.com", "rdsdata.amazonaws.com"))
    assert judged(selectors=Known(Selectors(basic=(without,))))[0] is Status.PASS


def test_what_is_off_and_what_is_useless_are_both_said() -> None:
    state, message = judged(insights=Known((RATE,)), selectors=DATA_ONLY)
    assert state is Status.FAIL
    assert message == (
        "does not look for ApiErrorRateInsight in management events; "
        "does not select the events for ApiCallRateInsight"
    )


def test_insights_that_may_not_be_read_are_unknown() -> None:
    assert action(insights=UNREAD) == "cloudtrail:GetInsightSelectors"


def test_without_the_events_no_insight_can_work_though_they_may_not_be_read() -> None:
    assert judged(insights=UNREAD, selectors=DATA_ONLY)[0] is Status.FAIL


def test_insights_that_are_off_fail_though_the_selectors_may_not_be_read() -> None:
    assert judged(insights=Known(()), selectors=UNSELECTED)[0] is Status.FAIL


def test_insights_of_unread_selectors_are_unknown() -> None:
    assert action(selectors=UNSELECTED) == "cloudtrail:GetEventSelectors"


def test_an_operator_that_is_not_known_leaves_it_unknown() -> None:
    management = select()
    odd = management.model_copy(update={"fields": (*management.fields, FieldSelector(field="eventSource"))})
    assert action(selectors=Known(Selectors(advanced=(odd,)))) is None


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()))] == [Status.NOT_APPLICABLE]
