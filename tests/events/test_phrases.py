import pytest

from scanner.events import EventClass, missed
from scanner.model.trail import FieldSelector
from tests.events.shorthand import MANAGEMENT, READ, S3, S3_WRITES, WRITE, objects, words


def test_an_event_and_a_bucket_leave_two_holes() -> None:
    narrow = objects(
        FieldSelector(field="eventName", equals=("PutObject",)),
        FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::pay/",)),
    )
    assert words(S3, narrow) == [
        "events named PutObject on objects outside arn:aws:s3:::pay/",
        "events named other than PutObject",
    ]


def test_reads_and_writes_with_the_same_hole_are_said_at_once() -> None:
    bucket = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::pay/",))
    (hole,) = missed((objects(READ, bucket), objects(WRITE, bucket)), S3)
    assert str(hole) == "objects outside arn:aws:s3:::pay/"
    assert "readOnly" not in {field.field for field in hole.fields}


def test_a_bucket_with_an_exception_is_said_with_it() -> None:
    bucket = FieldSelector(
        field="resources.ARN", not_starts_with=("arn:aws:s3:::pay/",), not_ends_with=(".tmp",)
    )
    but = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::pay/in/",))
    assert words(S3, objects(bucket), objects(but)) == [
        "objects ending in .tmp outside arn:aws:s3:::pay/",
        "objects in arn:aws:s3:::pay/ outside arn:aws:s3:::pay/in/",
    ]


def test_alternatives_of_two_operators_leave_out_what_neither_takes() -> None:
    either = FieldSelector(field="eventName", starts_with=("Put",), ends_with=("Tagging",))
    assert words(S3_WRITES, objects(either)) == ["write events named other than Put* and *Tagging"]


def test_a_prefix_and_a_suffix_at_once_are_said_so() -> None:
    no_put = FieldSelector(field="eventName", not_starts_with=("Put",))
    no_tagging = FieldSelector(field="eventName", not_ends_with=("Tagging",))
    assert words(S3, objects(no_put), objects(no_tagging)) == ["events named Put* that are also *Tagging"]


def test_names_with_an_exception_are_said_with_it() -> None:
    no_put = FieldSelector(field="eventName", not_starts_with=("Put",))
    but = FieldSelector(field="eventName", equals=("PutObject",))
    assert words(S3, objects(no_put), objects(but)) == ["events named Put* other than PutObject"]


def test_a_prefix_that_another_implies_is_not_said() -> None:
    buckets = ("arn:aws:s3:::pay/", "arn:aws:s3:::pay/in/")
    some = FieldSelector(field="resources.ARN", starts_with=buckets)
    assert words(S3, objects(some)) == ["objects outside arn:aws:s3:::pay/"]


@pytest.mark.parametrize(
    ("some", "hole"),
    [
        (FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::logs/",)), "outside arn:aws:s3:::logs/"),
        (FieldSelector(field="resources.ARN", equals=("arn:aws:s3:::logs/x",)), "other than arn:aws:s3:::logs/x"),
    ],
)  # fmt: skip
def test_an_exception_that_cannot_be_met_is_not_said(some: FieldSelector, hole: str) -> None:
    no_pay = FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::pay/",))
    assert words(S3, objects(some), objects(READ, no_pay)) == [
        "read events on objects in arn:aws:s3:::pay/",
        f"write events on objects {hole}",
    ]


def test_of_a_long_list_three_are_named() -> None:
    arns = tuple(f"arn:aws:s3:::b{number:03}/x" for number in range(500))
    assert words(S3, objects(FieldSelector(field="resources.ARN", not_equals=arns))) == [
        "objects arn:aws:s3:::b000/x, arn:aws:s3:::b001/x, arn:aws:s3:::b002/x and 497 more"
    ]


def test_no_event_of_a_class_of_alternatives_is_in_two_holes() -> None:
    either = FieldSelector(field="eventName", starts_with=("Put",), ends_with=("Tagging",))
    assert words(EventClass(label="either", fields=(MANAGEMENT, either))) == [
        "events named *Tagging other than Put*",
        "events named Put*",
    ]
