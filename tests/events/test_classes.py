import pytest
from pydantic import ValidationError

from scanner.events import EventClass, Hole, data_events, management_events
from scanner.events.classes import DYNAMODB_TABLE, KMS, LAMBDA_FUNCTION, RDS_DATA, S3_OBJECT
from scanner.model.trail import FieldSelector

MANAGEMENT = FieldSelector(field="eventCategory", equals=("Management",))
DATA = FieldSelector(field="eventCategory", equals=("Data",))


def test_management_events_are_all_unless_told_otherwise() -> None:
    assert management_events() == EventClass(label="management events", fields=(MANAGEMENT,))


def test_management_events_can_be_those_of_some_sources() -> None:
    assert management_events(read_only=False, sources=(KMS, RDS_DATA)) == EventClass(
        label="write management events of kms.amazonaws.com and rdsdata.amazonaws.com",
        fields=(
            MANAGEMENT,
            FieldSelector(field="readOnly", equals=("false",)),
            FieldSelector(field="eventSource", equals=(KMS, RDS_DATA)),
        ),
    )


def test_management_events_can_leave_sources_out() -> None:
    assert management_events(read_only=True, without_sources=(KMS,)) == EventClass(
        label="read management events but those of kms.amazonaws.com",
        fields=(
            MANAGEMENT,
            FieldSelector(field="readOnly", equals=("true",)),
            FieldSelector(field="eventSource", not_equals=(KMS,)),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "root"),
    [
        (S3_OBJECT, "arn:aws-cn:s3:::"),
        (LAMBDA_FUNCTION, "arn:aws-cn:lambda:"),
        (DYNAMODB_TABLE, "arn:aws-cn:dynamodb:"),
    ],
)
def test_the_arns_of_a_class_of_data_events_are_those_of_its_service_and_partition(
    kind: str, root: str
) -> None:
    assert data_events(kind, "aws-cn").fields == (
        DATA,
        FieldSelector(field="resources.type", equals=(kind,)),
        FieldSelector(field="resources.ARN", starts_with=(root,)),
    )


def test_resources_of_another_type_may_have_no_arn() -> None:
    kind = FieldSelector(field="resources.type", equals=("AWS::SSM::ManagedNode",))
    assert data_events("AWS::SSM::ManagedNode", "aws").fields == (DATA, kind)


def test_data_events_can_be_those_within_and_without_prefixes() -> None:
    wanted = data_events(
        S3_OBJECT,
        "aws",
        read_only=False,
        within=("arn:aws:s3:::pay/",),
        without=("arn:aws:s3:::pay/logs/",),
        service_events=False,
    )
    assert wanted == EventClass(
        label="write data events of AWS::S3::Object in arn:aws:s3:::pay/ outside arn:aws:s3:::pay/logs/"
        " that AWS does not make itself",
        fields=(
            DATA,
            FieldSelector(field="resources.type", equals=(S3_OBJECT,)),
            FieldSelector(field="readOnly", equals=("false",)),
            FieldSelector(
                field="resources.ARN",
                starts_with=("arn:aws:s3:::pay/",),
                not_starts_with=("arn:aws:s3:::pay/logs/",),
            ),
            FieldSelector(field="eventType", not_equals=("AwsServiceEvent",)),
        ),
    )


def test_a_class_of_everything_cannot_be_said() -> None:
    with pytest.raises(ValidationError):
        EventClass(label="everything", fields=())


def test_a_hole_reads_as_its_words() -> None:
    assert str(Hole(words="read events", fields=())) == "read events"
