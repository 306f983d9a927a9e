"""Invocations are recorded for all Lambda functions, present and future."""

import pytest

from checks.lambda_data_events import LambdaDataEvents
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import BasicSelector, DataResource, FieldSelector, Selectors
from tests.build import MANAGEMENT, denied, posture, select, status, trail

LAMBDA = "AWS::Lambda::Function"


def judge(world: Posture) -> Finding:
    (finding,) = LambdaDataEvents().evaluate(world)
    return finding


def selecting(*fields: FieldSelector, type_: str = LAMBDA) -> Posture:
    one = select("Data", type=(type_,))
    narrowed = one.model_copy(update={"fields": (*one.fields, *fields)})
    return posture(trail(selectors=Known(Selectors(advanced=(narrowed,)))))


def test_all_functions_pass() -> None:
    finding = judge(selecting())
    assert (finding.status, finding.message) == (Status.PASS, "recorded by trail/audit")


def test_writes_suffice_since_an_invocation_is_one() -> None:
    assert judge(selecting(FieldSelector(field="readOnly", equals=("false",)))).status is Status.PASS
    assert judge(selecting(FieldSelector(field="readOnly", equals=("true",)))).status is Status.FAIL


def test_a_basic_selector_of_all_functions_passes_and_one_of_a_function_fails() -> None:
    def basic(value: str) -> Posture:
        one = BasicSelector(data=(DataResource(type=LAMBDA, values=(value,)),))
        return posture(trail(selectors=Known(Selectors(basic=(one,)))))

    assert judge(basic("arn:aws:lambda")).status is Status.PASS
    assert judge(basic("arn:aws:lambda:eu-west-1:010203040506:function:pay")).status is Status.FAIL


@pytest.mark.parametrize(
    "field",
    [
        FieldSelector(field="resources.ARN", starts_with=("arn:aws:lambda:eu-west-1:",)),
        FieldSelector(field="eventName", equals=("CreateFunction",)),
    ],
)
def test_what_narrows_the_selection_fails(field: FieldSelector) -> None:
    finding = judge(selecting(field))
    assert finding.status is Status.FAIL
    assert "in eu-west-1 and us-east-1" in finding.message


def test_other_types_and_management_events_are_not_invocations() -> None:
    assert judge(selecting(type_="AWS::S3::Object")).status is Status.FAIL
    assert judge(posture(trail(selectors=Known(MANAGEMENT)))).status is Status.FAIL


def test_a_stopped_trail_fails_and_is_named() -> None:
    finding = judge(posture(trail(status=Known(status(logging=False)))))
    assert finding.status is Status.FAIL
    assert finding.message.endswith(": trail/audit is stopped")


def test_unreadable_selectors_are_unknown() -> None:
    assert judge(posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))).status is Status.UNKNOWN


def test_no_trail_fails() -> None:
    assert judge(posture(trails=())).status is Status.FAIL
