"""What a source and a name tell of an event."""

import re

import pytest

from scanner.events.catalogue import data_types, has_network_activity, read_only, resource_types


def test_an_object_is_written_on_a_bucket_or_through_an_access_point() -> None:
    assert data_types("s3.amazonaws.com", "PutObject") == (("AWS::S3::AccessPoint", "AWS::S3::Object"), ())


@pytest.mark.parametrize(
    ("resource", "type_"),
    [
        ("arn:aws:s3:::payments/a.csv", "AWS::S3::Object"),
        ("arn:aws:s3:eu-west-1:010203040506:accesspoint/web/object/a", "AWS::S3::AccessPoint"),
    ],
)
def test_the_arn_of_the_resource_tells_types_apart(resource: str, type_: str) -> None:
    assert data_types("s3.amazonaws.com", "PutObject", resource).named == (type_,)


def test_an_arn_that_tells_nothing_leaves_all() -> None:
    assert len(data_types("ses.amazonaws.com", "SendEmail", "arn:aws:ses:::odd").named) == 3


@pytest.mark.parametrize(
    ("source", "name"),
    [("s3.amazonaws.com", "PutBucketPolicy"), ("kms.amazonaws.com", "Decrypt"), ("lambda.amazonaws.com", "CreateFunction20150331")],
)  # fmt: skip
def test_what_is_no_data_event_has_no_type(source: str, name: str) -> None:
    assert data_types(source, name) == ((), ())


def test_a_source_of_which_aws_names_no_events_may_mean_a_type_with_any() -> None:
    assert data_types("glue.amazonaws.com", "GetTable") == ((), ("AWS::Glue::Table",))


def test_the_events_of_a_stream_are_those_of_its_table_too() -> None:
    found = data_types("dynamodb.amazonaws.com", "GetRecords")
    assert found.named == ("AWS::DynamoDB::Stream", "AWS::DynamoDB::Table")


@pytest.mark.parametrize(
    ("source", "name", "reads"),
    [
        ("s3.amazonaws.com", "GetObject", True),
        ("s3.amazonaws.com", "PutObject", False),
        ("dynamodb.amazonaws.com", "Query", True),
        ("kms.amazonaws.com", "Decrypt", True),
        ("kms.amazonaws.com", "ScheduleKeyDeletion", False),
        ("sts.amazonaws.com", "AssumeRole", True),
        ("lambda.amazonaws.com", "Invoke", False),
        ("signin.amazonaws.com", "ConsoleLogin", False),
        ("bedrock.amazonaws.com", "InvokeAgent", None),
        ("acme.amazonaws.com", "Invoke", None),
    ],
)
def test_the_verb_tells_whether_it_reads_unless_the_source_knows_better(
    source: str, name: str, *, reads: bool | None
) -> None:
    assert read_only(source, name) is reads


def test_some_sources_log_what_passes_through_a_vpc_endpoint() -> None:
    assert has_network_activity("s3.amazonaws.com")
    assert not has_network_activity("iam.amazonaws.com")


def test_every_type_is_one() -> None:
    assert len(resource_types()) > 100
    assert [
        one for one in resource_types() if not re.fullmatch(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+", one)
    ] == []
