"""Reads and writes of items are recorded for all DynamoDB tables, present and future."""

import pytest

from checks.dynamodb_data_events import DynamodbDataEvents
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import FieldSelector, Selectors
from tests.build import MANAGEMENT, denied, posture, select, trail

DYNAMODB = ("AWS::DynamoDB::Table",)


def judge(world: Posture) -> Finding:
    (finding,) = DynamodbDataEvents().evaluate(world)
    return finding


def selecting(*fields: FieldSelector) -> Posture:
    one = select("Data", type=DYNAMODB)
    narrowed = one.model_copy(update={"fields": (*one.fields, *fields)})
    return posture(trail(selectors=Known(Selectors(advanced=(narrowed,)))))


def test_all_tables_pass() -> None:
    finding = judge(selecting())
    assert (finding.status, finding.message) == (Status.PASS, "recorded by trail/audit")


@pytest.mark.parametrize(
    "field",
    [
        FieldSelector(field="readOnly", equals=("true",)),
        FieldSelector(field="readOnly", equals=("false",)),
        FieldSelector(field="resources.ARN", not_ends_with=("table/sessions",)),
        FieldSelector(field="eventName", equals=("PutItem",)),
    ],
)
def test_half_of_it_fails(field: FieldSelector) -> None:
    assert judge(selecting(field)).status is Status.FAIL


def test_two_trails_that_record_a_half_each_pass() -> None:
    def half(read_only: str) -> Known[Selectors]:
        return Known(Selectors(advanced=(select("Data", type=DYNAMODB, readOnly=(read_only,)),)))

    world = posture(trail("a", selectors=half("true")), trail("b", selectors=half("false")))
    finding = judge(world)
    assert (finding.status, finding.message) == (Status.PASS, "recorded by trail/a and trail/b")


def test_management_events_are_not_items() -> None:
    assert judge(posture(trail(selectors=Known(MANAGEMENT)))).status is Status.FAIL


def test_unreadable_selectors_are_unknown() -> None:
    assert judge(posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))).status is Status.UNKNOWN


def test_no_trail_fails() -> None:
    assert judge(posture(trails=())).status is Status.FAIL
