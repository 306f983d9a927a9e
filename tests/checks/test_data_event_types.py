"""Data events of the resource types that matter here are recorded in full."""

import pytest
from pydantic import ValidationError

from checks.data_event_types import DataEventTypes
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import FieldSelector, Selectors
from tests.build import BUCKET, denied, posture, select, trail

QUEUE, TOPIC, S3 = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Object"


def judge(world: Posture, *types: str) -> Finding:
    (finding,) = DataEventTypes(types=types).evaluate(world)
    return finding


def selecting(*types: str) -> Posture:
    return posture(trail(selectors=Known(Selectors(advanced=(select("Data", type=types),)))))


def test_without_types_there_is_nothing_to_judge() -> None:
    assert judge(posture()).status is Status.NOT_APPLICABLE


def test_types_that_are_recorded_pass() -> None:
    finding = judge(selecting(QUEUE, TOPIC), TOPIC, QUEUE)
    assert (finding.status, finding.message) == (
        Status.PASS,
        "AWS::SNS::Topic and AWS::SQS::Queue: recorded by trail/audit",
    )


def test_one_that_is_not_fails_and_is_named() -> None:
    finding = judge(selecting(QUEUE), QUEUE, TOPIC)
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "AWS::SNS::Topic: does not record all events in eu-west-1 and us-east-1",
    )


def test_half_of_a_type_fails() -> None:
    selectors = Selectors(advanced=(select("Data", type=(QUEUE,), readOnly=("false",)),))
    finding = judge(posture(trail(selectors=Known(selectors))), QUEUE)
    assert (finding.status, "read events" in finding.message) == (Status.FAIL, True)


def test_the_log_bucket_may_be_left_out_of_all_objects() -> None:
    one = select("Data", type=(S3,))
    besides = FieldSelector(field="resources.ARN", not_starts_with=(f"arn:aws:s3:::{BUCKET}/",))
    selectors = Selectors(advanced=(one.model_copy(update={"fields": (*one.fields, besides)}),))
    assert judge(posture(trail(selectors=Known(selectors))), S3).status is Status.PASS


def test_unreadable_selectors_are_unknown() -> None:
    world = posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))
    assert judge(world, QUEUE).status is Status.UNKNOWN


@pytest.mark.parametrize("name", ["AWS::SQS", "sqs", "AWS::S3::Access Point", "AWS:SQS:Queue"])
def test_what_is_no_type_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        DataEventTypes.model_validate({"types": [name]})
