"""The answer is that of the matcher and of coverage, with who and why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.coverage import place_of
from scanner.events import recorded
from scanner.explain import Question, explain
from scanner.explain.question import forms
from scanner.model.explanation import Explanation, RecorderVerdict
from scanner.model.posture import Caller, Posture
from scanner.model.reading import Known, not_read
from scanner.model.trail import AdvancedSelector, AdvancedSelectors, BasicSelector, FieldSelector, Selectors
from tests.build import (
    ACCOUNT,
    MANAGEMENT,
    OTHER,
    REGION,
    account,
    denied,
    posture,
    select,
    status,
    store,
    trail,
    trail_arn,
    view,
)

S3 = "s3.amazonaws.com"
OBJECT = "arn:aws:s3:::payments/a.csv"
PUT = Question(source=S3, name="PutObject", resource=OBJECT, region=REGION)
CREATE_USER = Question(source="iam.amazonaws.com", name="CreateUser")
RUN = Question(source="ec2.amazonaws.com", name="RunInstances", region=REGION)
STOPPED = Known(status(logging=False))
UNREAD = denied("cloudtrail:GetTrailStatus")


def explained(question: Question, it: Posture) -> Explanation:
    return explain(question, it.accounts[0], it)


BLAMELESS, TWO = posture(), posture(trail("one"), trail("other"))


def selecting(*selectors: AdvancedSelector, **changes: Any) -> Posture:
    selected = trail(selectors=Known(Selectors(advanced=selectors)), **changes)
    return BLAMELESS.model_copy(update={"trails": (selected,)})


def only(explanation: Explanation) -> RecorderVerdict:
    (case,) = explanation.cases
    (recorder,) = case.recorders
    return recorder


EVENT = {
    "eventCategory": "Data",
    "eventSource": S3,
    "eventName": "PutObject",
    "eventType": "AwsApiCall",
    "readOnly": "false",
    "resources.type": "AWS::S3::Object",
    "resources.ARN": OBJECT,
    "userIdentity.arn": "arn:aws:iam::010203040506:user/alice",
}
CERTAIN = PUT.model_copy(update={"fields": {"userIdentity.arn": EVENT["userIdentity.arn"]}})
"""A question that leaves nothing open, about that event."""


OPERATORS = ("equals", "starts_with", "ends_with", "not_equals", "not_starts_with", "not_ends_with")


def _field(field: str) -> st.SearchStrategy[FieldSelector]:
    value = EVENT[field]
    near = st.sampled_from([value, value[:5], value[-5:], f"{value}x", "other"])
    said = st.dictionaries(st.sampled_from(OPERATORS), st.tuples(near), min_size=1, max_size=2)
    return said.map(lambda operators: FieldSelector.model_validate({"field": field, **operators}))


FIELDS = st.one_of([_field(field) for field in sorted(EVENT)])
SELECTORS: st.SearchStrategy[AdvancedSelectors] = st.lists(
    st.lists(FIELDS, min_size=1, max_size=3).map(lambda fields: AdvancedSelector(fields=tuple(fields))),
    min_size=1,
    max_size=3,
).map(tuple)


@given(SELECTORS)
def test_of_one_event_it_says_what_the_matcher_says(selectors: AdvancedSelectors) -> None:
    sure = recorded(selectors, EVENT)
    assert explained(CERTAIN, selecting(*selectors)).recorded == ("yes" if sure else "no")
    assert explained(CERTAIN, selecting(*selectors, status=STOPPED)).recorded == "no"
    unsure = explained(CERTAIN, selecting(*selectors, status=UNREAD))
    assert unsure.recorded == ("unknown" if sure else "no")


@given(SELECTORS)
def test_the_selectors_that_select_it_are_those_that_match(selectors: AdvancedSelectors) -> None:
    rows = only(explained(CERTAIN, selecting(*selectors))).selectors
    matching = [row.number for row in rows if row.records == "yes"]
    assert matching == [number for number, one in enumerate(selectors, 1) if recorded((one,), EVENT)]


@given(SELECTORS, SELECTORS)
def test_what_is_left_open_it_answers_as_coverage_does(
    one: AdvancedSelectors, other: AdvancedSelectors
) -> None:
    it = TWO.model_copy(
        update={
            "trails": (
                trail("one", selectors=Known(Selectors(advanced=one))),
                trail("other", selectors=Known(Selectors(advanced=other)), status=UNREAD),
            )
        }
    )
    (form,) = forms(PUT, "aws")
    found = place_of(it.accounts[0], it, REGION).answer(form.wanted)
    (case,) = explained(PUT, it).cases
    assert (case.recorded, case.by) == (found.recorded, found.by)


def test_a_trail_that_selects_it_records_it_and_the_others_are_told_with_why() -> None:
    it = posture(trail(), trail("old", status=STOPPED), trail("usa", region="us-east-1", multi_region=False))
    explanation = explained(PUT, it)
    (case,) = explanation.cases
    assert (explanation.recorded, explanation.why) == ("yes", "trail/audit would record it.")
    assert (case.regions, case.by) == ((REGION,), (trail_arn(),))
    assert [(one.arn, one.records, one.why) for one in case.recorders] == [
        (trail_arn(), "yes", None),
        (trail_arn("old"), "no", "is stopped"),
        (trail_arn("usa", region="us-east-1"), "no", "records us-east-1 alone"),
    ]


def test_the_first_field_that_refuses_is_told() -> None:
    payroll = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::payroll/",))
    narrow = AdvancedSelector(name="payroll", fields=(*select("Data").fields, payroll))
    rows = only(explained(PUT, selecting(select(), narrow))).selectors
    assert [(row.number, row.name, row.records, row.fields) for row in rows] == [
        (1, None, "no", ("eventCategory Equals Management",)),
        (2, "payroll", "no", ("resources.ARN StartsWith arn:aws:s3:::payroll/",)),
    ]


def test_what_was_not_said_and_decides_leaves_it_open() -> None:
    alice = FieldSelector(field="userIdentity.arn", equals=(EVENT["userIdentity.arn"],))
    it = selecting(AdvancedSelector(fields=(*select("Data").fields, alice)))
    explanation = explained(PUT, it)
    assert (explanation.recorded, explanation.why) == ("unknown", "It hangs on what was not said.")
    assert only(explanation).selectors[0].fields == (f"userIdentity.arn Equals {EVENT['userIdentity.arn']}",)
    assert explained(CERTAIN, it).recorded == "yes"


def test_reads_of_one_trail_and_writes_of_another_make_a_whole() -> None:
    read, write = (Known(Selectors(advanced=(select(readOnly=(value,)),))) for value in ("true", "false"))
    it = posture(trail("reads", selectors=read), trail("writes", selectors=write))
    explanation = explained(Question(source="acme.amazonaws.com", name="Frob", region=REGION), it)
    assert explanation.recorded == "yes"
    assert {one.records for one in explanation.cases[0].recorders} == {"partly"}
    assert (
        "whether it reads or writes isn't known; both are asked about (--read, --write)" in explanation.notes
    )


def test_a_gap_that_decides_is_told_with_the_permission() -> None:
    explanation = explained(PUT, posture(trail(status=UNREAD)))
    assert (explanation.recorded, explanation.why) == (
        "unknown",
        "It can't be told: GetTrailStatus was denied.",
    )
    reason = only(explanation).reason
    assert reason is not None
    assert reason.action == "cloudtrail:GetTrailStatus"


def test_a_gap_decides_nothing_where_another_trail_records_it() -> None:
    assert explained(PUT, posture(trail(), trail("other", status=UNREAD))).recorded == "yes"


def test_a_region_whose_trails_could_not_be_listed_may_have_one() -> None:
    it = posture(
        accounts=(account(views=(view(REGION, denied("cloudtrail:DescribeTrails")), view("us-east-1"))),)
    )
    explanation = explained(PUT, it)
    assert explanation.recorded == "unknown"
    assert explanation.cases[0].reason is not None
    assert explanation.cases[0].reason.action == "cloudtrail:DescribeTrails"


def test_event_data_stores_that_nobody_listed_leave_a_refusal_open() -> None:
    unlisted = not_read("cloudtrail:ListEventDataStores")
    views = tuple(view(region, (trail_arn(),), stores=unlisted) for region in (REGION, "us-east-1"))
    it = selecting(select()).model_copy(update={"accounts": (account(views=views),)})
    assert explained(PUT, it).recorded == "unknown"
    assert explained(RUN, it).recorded == "yes"


def test_an_event_data_store_records_too() -> None:
    lake = store(selectors=(select("Data", type=("AWS::S3::Object",)),))
    views = (view(REGION, stores=Known((lake.arn,))), view("us-east-1"))
    it = posture(trails=(), accounts=(account(views=views),), stores=(lake,))
    assert explained(PUT, it).why == "eventdatastore/lake would record it."
    paused = store(selectors=(select("Data"),), status="STOPPED_INGESTION")
    stopped = it.model_copy(update={"stores": (paused,)})
    assert only(explained(PUT, stopped)).why == "does not ingest (STOPPED_INGESTION)"


def test_without_a_trail_nothing_records_it() -> None:
    explanation = explained(PUT, posture(trails=()))
    assert (explanation.recorded, explanation.cases[0].recorders) == ("no", ())


def test_basic_selectors_are_told_as_advanced_ones() -> None:
    it = posture(trail(selectors=Known(Selectors(basic=(BasicSelector(read_write="ReadOnly"),)))))
    (row,) = only(explained(RUN, it)).selectors
    assert (row.selects, row.fields) == ("Management", ("readOnly Equals true",))


def test_a_trail_that_named_no_selectors_leaves_it_open() -> None:
    it = posture(trail(selectors=Known(Selectors())))
    assert explained(RUN, it).recorded == "unknown"
    assert only(explained(RUN, it)).selectors == ()


class TestGlobalServices:
    def test_iam_is_recorded_in_the_leader_region_wherever_the_call_is_made(self) -> None:
        explanation = explained(CREATE_USER.model_copy(update={"region": REGION}), posture())
        (case,) = explanation.cases
        assert (case.recorded, case.regions, case.global_service) == ("yes", ("us-east-1",), True)
        assert explanation.notes == (
            "events of iam.amazonaws.com are recorded in us-east-1, wherever the call is made",
        )

    def test_a_trail_of_another_region_alone_gets_none(self) -> None:
        it = posture(trail(multi_region=False))
        assert only(explained(CREATE_USER, it)).why == f"records {REGION} alone"

    def test_a_trail_without_global_service_events_gets_none(self) -> None:
        it = posture(trail(global_events=False))
        assert explained(CREATE_USER, it).recorded == "no"
        assert only(explained(CREATE_USER, it)).why == "leaves global service events out"

    def test_sts_has_endpoints_in_each_region_besides_the_global_one(self) -> None:
        it = posture(trail(multi_region=False))
        assume = Question(source="sts.amazonaws.com", name="AssumeRole")
        assert explained(assume, it).recorded == "no"
        assert explained(assume.model_copy(update={"region": REGION}), it).recorded == "yes"

    def test_in_the_leader_region_either_endpoint_of_sts_may_be_meant(self) -> None:
        it = posture(trail(region="us-east-1", multi_region=False, global_events=False))
        assume = Question(source="sts.amazonaws.com", name="AssumeRole", region="us-east-1")
        explanation = explained(assume, it)
        assert [case.recorded for case in explanation.cases] == ["no", "yes"]
        assert explanation.why == "It hangs on the endpoint of STS, the global one or that of the region."

    def test_where_the_leader_region_is_not_sure_a_trail_of_one_candidate_leaves_it_open(self) -> None:
        home = "cn-north-1"
        arn = trail_arn(region=home, partition="aws-cn")
        seen = trail(region=home, multi_region=False, arn=arn)
        it = posture(
            seen,
            caller=Caller(account=ACCOUNT, arn=f"arn:aws-cn:iam::{ACCOUNT}:user/a", partition="aws-cn"),
            accounts=(account(trails=(seen,), regions=("cn-north-1", "cn-northwest-1")),),
        )
        explanation = explained(CREATE_USER, it)
        assert explanation.recorded == "unknown"
        reason = only(explanation).reason
        assert reason is not None
        assert reason.code == "LeaderRegionUnsure"


class TestRegions:
    def test_without_a_region_all_are_asked_and_a_difference_is_told(self) -> None:
        it = posture(trail(multi_region=False))
        anywhere = RUN.model_copy(update={"region": None})
        explanation = explained(anywhere, it)
        assert (explanation.recorded, explanation.why) == ("unknown", "It hangs on the region (--region).")
        assert {case.regions: case.recorded for case in explanation.cases} == {
            (REGION,): "yes",
            ("us-east-1",): "no",
        }
        assert explained(anywhere, posture()).recorded == "yes"

    def test_the_resource_of_a_data_event_tells_its_region(self) -> None:
        queue = Question(
            source="sqs.amazonaws.com", name="SendMessage", resource=f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
        )
        (case,) = explained(queue, posture()).cases
        assert case.regions == ("us-east-1",)

    def test_regions_that_a_posture_leaves_out_are_said(self) -> None:
        it = posture(accounts=(account(trails=(trail(),), narrowed=True),))
        anywhere = RUN.model_copy(update={"region": None})
        note = "no other regions were looked at than eu-west-1 and us-east-1 (--region)"
        assert explained(anywhere, it).notes == (note,)
        assert explained(RUN, it).notes == ()

    def test_a_region_that_was_not_looked_at_leaves_it_open(self) -> None:
        it = posture(trails=())
        explanation = explained(RUN.model_copy(update={"region": "eu-north-1"}), it)
        assert (explanation.recorded, explanation.cases[0].reason is not None) == ("unknown", True)

    @pytest.mark.parametrize(("multi_region", "recorded"), [(True, "yes"), (False, "unknown")])
    def test_regions_that_nobody_could_list_are_covered_by_what_records_all(
        self, *, multi_region: bool, recorded: str
    ) -> None:
        seen = trail(multi_region=multi_region)
        gap = denied("account:ListRegions")
        it = posture(seen, accounts=(account(trails=(seen,), regions=(REGION,), enabled_regions=gap),))
        assert explained(RUN.model_copy(update={"region": None}), it).recorded == recorded
        assert explained(RUN, it).recorded == "yes"


class TestKinds:
    def test_where_it_may_be_a_management_or_a_data_event_a_difference_leaves_it_open(self) -> None:
        glue = Question(source="glue.amazonaws.com", name="GetTable", region=REGION)
        explanation = explained(glue, selecting(select()))
        assert explanation.why == "It hangs on the category of the event (--category)."
        assert [(case.category, case.recorded) for case in explanation.cases] == [
            ("management", "yes"),
            ("data", "no"),
        ]
        both = selecting(select(), select("Data", type=("AWS::Glue::Table",)))
        assert explained(glue, both).recorded == "yes"

    def test_a_network_activity_event_is_recorded_where_it_is_selected(self) -> None:
        it = selecting(select(), select("NetworkActivity", eventSource=(S3,)))
        through = PUT.model_copy(update={"category": "network-activity"})
        assert explained(through, it).recorded == "yes"
        assert explained(through, selecting(select())).recorded == "no"
        (note,) = explained(PUT, it).notes
        assert note.startswith(
            "through a VPC endpoint it makes a network activity event too, which trail/audit"
        )

    def test_denied_calls_through_an_endpoint_are_only_part_of_the_network_activity(self) -> None:
        it = selecting(select("NetworkActivity", eventSource=(S3,), errorCode=("VpceAccessDenied",)))
        through = PUT.model_copy(update={"category": "network-activity"})
        assert explained(through, it).recorded == "unknown"
        refused = through.model_copy(update={"fields": {"errorCode": "VpceAccessDenied"}})
        assert explained(refused, it).recorded == "yes"

    def test_a_resource_changes_nothing_for_a_management_event(self) -> None:
        named = RUN.model_copy(update={"resource": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"})
        (note,) = explained(named, posture()).notes
        assert note == "selectors of such events don't look at resources: --resource changes nothing"


class TestOrganization:
    def test_an_organization_trail_records_its_members_and_is_told_as_one(self) -> None:
        shared = trail("all", OTHER, organization=True)
        it = posture(trails=(shared,), accounts=(account(trails=(shared,)),))
        recorder = only(explained(RUN, it))
        assert (recorder.organization, recorder.records) == (True, "yes")


INSIGHT = RUN.model_copy(update={"category": "insight"})


class TestInsights:
    def test_a_trail_writes_those_that_are_on_of_the_events_that_it_records(self) -> None:
        explanation = explained(INSIGHT, posture())
        assert explanation.recorded == "yes"
        assert [row.name for row in only(explanation).selectors] == [
            "ApiCallRateInsight",
            "ApiErrorRateInsight",
        ]

    def test_reads_count_for_the_rate_of_errors_alone(self) -> None:
        read = INSIGHT.model_copy(update={"name": "DescribeInstances"})
        assert [row.name for row in only(explained(read, posture())).selectors] == ["ApiErrorRateInsight"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"insights": Known(())},
            {"selectors": Known(Selectors(advanced=(select("Data"),)))},
            {"status": STOPPED},
        ],
    )
    def test_without_them_or_without_the_events_there_are_none(self, changes: dict[str, Any]) -> None:
        assert explained(INSIGHT, posture(trail(**changes))).recorded == "no"

    def test_insights_that_were_not_read_leave_it_open(self) -> None:
        it = posture(trail(insights=not_read("cloudtrail:GetInsightSelectors")))
        assert explained(INSIGHT, it).recorded == "unknown"

    def test_which_event_data_store_gets_them_from_which_is_not_read(self) -> None:
        lake = store(selectors=(select("Insight"),))
        views = (view(REGION, stores=Known((lake.arn,))), view("us-east-1"))
        it = posture(trails=(), accounts=(account(views=views),), stores=(lake,))
        assert explained(INSIGHT, it).recorded == "unknown"
        other = it.model_copy(update={"stores": (store(selectors=MANAGEMENT.advanced),)})
        assert explained(INSIGHT, other).recorded == "no"


def test_an_operator_that_is_not_known_leaves_it_open() -> None:
    unheard = AdvancedSelector(fields=(*select("Data").fields, FieldSelector(field="resources.ARN")))
    explanation = explained(PUT, selecting(unheard))
    assert explanation.recorded == "unknown"
    (row,) = only(explanation).selectors
    assert (row.records, row.reason is not None) == ("unknown", True)
