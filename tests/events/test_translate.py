import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.events import recorded, translate
from scanner.events.classes import DYNAMODB_TABLE, KMS, LAMBDA_FUNCTION, RDS_DATA, S3_OBJECT
from scanner.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, Selectors

MANAGEMENT = FieldSelector(field="eventCategory", equals=("Management",))
DATA = FieldSelector(field="eventCategory", equals=("Data",))


def of_type(name: str) -> FieldSelector:
    return FieldSelector(field="resources.type", equals=(name,))


def basic(*selectors: BasicSelector, partition: str = "aws") -> list[tuple[FieldSelector, ...]]:
    return [one.fields for one in translate(Selectors(basic=selectors), partition)]


def data_only(kind: str, *values: str, partition: str = "aws") -> list[tuple[FieldSelector, ...]]:
    resource = DataResource(type=kind, values=values)
    return basic(BasicSelector(management=False, data=(resource,)), partition=partition)


def test_the_default_selector_takes_all_management_events() -> None:
    assert basic(BasicSelector()) == [(MANAGEMENT,)]


@pytest.mark.parametrize(("kind", "value"), [("ReadOnly", "true"), ("WriteOnly", "false")])
def test_the_read_write_type_governs_management_and_data_events_alike(kind: str, value: str) -> None:
    resource = DataResource(type=S3_OBJECT, values=("arn:aws:s3",))
    selector = BasicSelector.model_validate({"read_write": kind, "data": (resource,)})
    read_only = FieldSelector(field="readOnly", equals=(value,))
    assert basic(selector) == [(MANAGEMENT, read_only), (DATA, of_type(S3_OBJECT), read_only)]


def test_excluded_sources_are_left_out_of_management_events() -> None:
    excluded = FieldSelector(field="eventSource", not_equals=(KMS, RDS_DATA))
    assert basic(BasicSelector(excluded_sources=(KMS, RDS_DATA))) == [(MANAGEMENT, excluded)]


def test_excluded_sources_leave_data_events_alone() -> None:
    resource = DataResource(type=S3_OBJECT, values=("arn:aws:s3",))
    selector = BasicSelector(management=False, data=(resource,), excluded_sources=(KMS,))
    assert basic(selector) == [(DATA, of_type(S3_OBJECT))]


def test_s3_values_are_prefixes() -> None:
    values = ("arn:aws:s3:::payments/", "arn:aws:s3:::logs")
    arn = FieldSelector(field="resources.ARN", starts_with=values)
    assert data_only(S3_OBJECT, *values) == [(DATA, of_type(S3_OBJECT), arn)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (LAMBDA_FUNCTION, "arn:aws:lambda:eu-west-1:111122223333:function:pay"),
        (DYNAMODB_TABLE, "arn:aws:dynamodb:eu-west-1:111122223333:table/pay"),
    ],
)
def test_functions_and_tables_are_named_exactly(kind: str, value: str) -> None:
    arn = FieldSelector(field="resources.ARN", equals=(value,))
    assert data_only(kind, value) == [(DATA, of_type(kind), arn)]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
@pytest.mark.parametrize(
    ("kind", "service"),
    [(S3_OBJECT, "s3"), (S3_OBJECT, "s3:::"), (LAMBDA_FUNCTION, "lambda"), (DYNAMODB_TABLE, "dynamodb")],
)
def test_the_value_for_all_asks_for_no_arn(kind: str, service: str, partition: str) -> None:
    value = f"arn:{partition}:{service}"
    assert data_only(kind, value, partition=partition) == [(DATA, of_type(kind))]
    assert data_only(kind, f"arn:{partition}:x", value, partition=partition) == [(DATA, of_type(kind))]


def test_the_value_for_all_of_another_partition_or_type_is_none() -> None:
    cn = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::",))
    assert data_only(S3_OBJECT, "arn:aws:s3:::", partition="aws-cn") == [(DATA, of_type(S3_OBJECT), cn)]
    other = FieldSelector(field="resources.ARN", equals=("arn:aws:s3:::",))
    assert data_only(LAMBDA_FUNCTION, "arn:aws:s3:::") == [(DATA, of_type(LAMBDA_FUNCTION), other)]


def test_a_wildcard_is_a_prefix_like_any_other() -> None:
    literal = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::*/*",))
    assert data_only(S3_OBJECT, "arn:aws:s3:::*/*") == [(DATA, of_type(S3_OBJECT), literal)]


def test_a_type_that_the_api_does_not_document_is_taken_by_its_exact_arns() -> None:
    kind, value = "AWS::S3::AccessPoint", "arn:aws:s3:eu-west-1:111122223333:accesspoint/one"
    arn = FieldSelector(field="resources.ARN", equals=(value,))
    assert data_only(kind, value) == [(DATA, of_type(kind), arn)]


def test_a_type_without_values_takes_nothing() -> None:
    assert data_only(S3_OBJECT) == []


def test_a_selector_of_neither_management_nor_data_events_takes_nothing() -> None:
    assert basic(BasicSelector(management=False)) == []


def test_advanced_selectors_pass_as_they_are() -> None:
    advanced = (AdvancedSelector(name="x", fields=(MANAGEMENT,)), AdvancedSelector())
    assert translate(Selectors(advanced=advanced), "aws") == advanced


def test_both_kinds_add_up() -> None:
    advanced = AdvancedSelector(fields=(DATA, of_type(S3_OBJECT)))
    both = translate(Selectors(basic=(BasicSelector(),), advanced=(advanced,)), "aws")
    assert both == (AdvancedSelector(fields=(MANAGEMENT,)), advanced)


def test_neither_kind_is_left_to_the_caller() -> None:
    assert translate(Selectors(), "aws") == ()


VALUES = {
    S3_OBJECT: ("arn:aws:s3", "arn:aws:s3:::", "arn:aws:s3:::a", "arn:aws:s3:::a/", "arn:aws:s3:::a/k"),
    LAMBDA_FUNCTION: ("arn:aws:lambda", "arn:aws:lambda:r:1:function:f"),
    DYNAMODB_TABLE: ("arn:aws:dynamodb", "arn:aws:dynamodb:r:1:table/t"),
}
RESOURCES = {
    S3_OBJECT: ("arn:aws:s3:::a/key", "arn:aws:s3:::a/other", "arn:aws:s3:::ab/key", "arn:aws:s3:::c/key"),
    LAMBDA_FUNCTION: ("arn:aws:lambda:r:1:function:f", "arn:aws:lambda:r:1:function:f2"),
    DYNAMODB_TABLE: ("arn:aws:dynamodb:r:1:table/t", "arn:aws:dynamodb:r:1:table/t2"),
}
ALL = {
    S3_OBJECT: ("arn:aws:s3", "arn:aws:s3:::"),
    LAMBDA_FUNCTION: ("arn:aws:lambda",),
    DYNAMODB_TABLE: ("arn:aws:dynamodb",),
}


def data_resources(kind: str) -> st.SearchStrategy[DataResource]:
    values = st.lists(st.sampled_from(VALUES[kind]), max_size=3).map(tuple)
    return st.builds(DataResource, type=st.just(kind), values=values)


BASIC = st.builds(
    BasicSelector,
    read_write=st.sampled_from(["All", "ReadOnly", "WriteOnly"]),
    management=st.booleans(),
    data=st.lists(st.sampled_from(sorted(VALUES)).flatmap(data_resources), max_size=3).map(tuple),
    excluded_sources=st.lists(st.sampled_from([KMS, RDS_DATA]), max_size=2).map(tuple),
)


def events() -> list[dict[str, str]]:
    management = [
        {"eventCategory": "Management", "eventSource": source}
        for source in (KMS, RDS_DATA, "ec2.amazonaws.com")
    ]
    data = [
        {
            "eventCategory": "Data",
            "eventSource": "any.amazonaws.com",
            "resources.type": kind,
            "resources.ARN": arn,
        }
        for kind, arns in RESOURCES.items()
        for arn in arns
    ]
    return [
        {**event, "readOnly": read_only, "eventName": "Any", "eventType": "AwsApiCall"}
        for event in [*management, *data]
        for read_only in ("true", "false")
    ]


def takes(selector: BasicSelector, event: dict[str, str]) -> bool:
    """One basic selector and one event, read straight from the definition of EventSelector."""
    if selector.read_write == "ReadOnly" and event["readOnly"] != "true":
        return False
    if selector.read_write == "WriteOnly" and event["readOnly"] != "false":
        return False
    if event["eventCategory"] == "Management":
        return selector.management and event["eventSource"] not in selector.excluded_sources
    kind, arn = event["resources.type"], event["resources.ARN"]
    return any(
        value in ALL[kind] or (arn.startswith(value) if kind == S3_OBJECT else arn == value)
        for resource in selector.data
        if resource.type == kind
        for value in resource.values
    )


@given(st.lists(BASIC, max_size=3).map(tuple))
def test_a_translation_records_what_the_basic_selectors_record(selectors: tuple[BasicSelector, ...]) -> None:
    translated = translate(Selectors(basic=selectors), "aws")
    for event in events():
        assert recorded(translated, event) == any(takes(one, event) for one in selectors)
