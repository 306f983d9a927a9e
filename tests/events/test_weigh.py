"""One selector, one class of events: recorded, refused by which field, or narrowed by which."""

import pytest
from hypothesis import given

from scanner.events import EventClass, matches, meet, missed
from scanner.events.weigh import Weighed, spelled, weigh
from scanner.model.reading import Unreadable
from scanner.model.trail import AdvancedSelector, AdvancedSelectors, FieldSelector
from tests.events.shorthand import DATA, MANAGEMENT, OBJECTS, READ, S3, WRITE, management, objects
from tests.events.worlds import EVENTS, FIELDS, SELECTORS, passes

PAYMENTS = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::payments/",))
UNHEARD = FieldSelector(field="userIdentity.arn")


def only(event: dict[str, str]) -> EventClass:
    """The class of events that agree with this one in all that it has, and lack the rest."""
    absent = FieldSelector(field="userIdentity.arn", not_starts_with=("",))
    return EventClass(
        label="one event",
        fields=(
            *(FieldSelector(field=field, equals=(value,)) for field, value in event.items()),
            *(() if "userIdentity.arn" in event else (absent,)),
        ),
    )


@given(SELECTORS, EVENTS)
def test_of_one_event_it_says_what_the_matcher_says(
    selectors: AdvancedSelectors, event: dict[str, str]
) -> None:
    for selector in selectors:
        assert weigh(selector, only(event)).records == ("yes" if matches(selector, event) else "no")


@given(SELECTORS, EVENTS)
def test_the_field_that_refuses_one_event_is_the_first_that_it_fails(
    selectors: AdvancedSelectors, event: dict[str, str]
) -> None:
    for selector in selectors:
        failed = [field for field in selector.fields if not passes(field, event.get(field.field))]
        assert weigh(selector, only(event)).fields == tuple(failed[:1])


@given(SELECTORS, FIELDS)
def test_of_a_class_it_says_what_meets_it_and_what_is_missed(
    selectors: AdvancedSelectors, fields: tuple[FieldSelector, ...]
) -> None:
    wanted = EventClass(label="wanted", fields=fields)
    for selector in selectors:
        met, left = meet(wanted, (selector,)), missed((selector,), wanted)
        assert weigh(selector, wanted).records == ("no" if not met else "partly" if left else "yes")


def test_a_selector_of_the_whole_class_records_it() -> None:
    assert weigh(objects(), S3) == Weighed("yes")


def test_the_category_refuses_first() -> None:
    assert weigh(management(READ), S3) == Weighed("no", (MANAGEMENT,))


def test_fields_that_leave_something_out_are_all_named() -> None:
    assert weigh(objects(WRITE, PAYMENTS), S3) == Weighed("partly", (WRITE, PAYMENTS))


def test_two_fields_that_exclude_each_other_refuse_with_the_second() -> None:
    outside = FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::pay",))
    assert weigh(objects(PAYMENTS, outside), S3) == Weighed("no", (outside,))


def test_a_selector_without_fields_records_nothing() -> None:
    assert weigh(AdvancedSelector(), S3) == Weighed("no")


def test_an_operator_that_is_not_known_leaves_it_open() -> None:
    found = weigh(objects(UNHEARD), S3)
    assert found.records == "unknown"
    assert found.gap is not None
    assert found.gap.code == "UnknownOperator"


def test_a_field_that_refuses_for_sure_decides_over_one_that_is_not_known() -> None:
    assert weigh(AdvancedSelector(fields=(UNHEARD, MANAGEMENT)), S3) == Weighed("no", (MANAGEMENT,))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (DATA, "eventCategory Equals Data"),
        (OBJECTS, "resources.type Equals AWS::S3::Object"),
        (PAYMENTS, "resources.ARN StartsWith arn:aws:s3:::payments/"),
        (FieldSelector(field="eventName", equals=("a", "b"), not_ends_with=("c",)), "eventName Equals a or b, NotEndsWith c"),
        (FieldSelector(field="eventName", equals=tuple("abcde")), "eventName Equals a or b or c or 2 more"),
        (UNHEARD, "userIdentity.arn without an operator that this version knows"),
    ],
)  # fmt: skip
def test_a_field_is_spelled_as_aws_writes_it(field: FieldSelector, words: str) -> None:
    assert spelled(field) == words


def test_unreadable_never_leaves() -> None:
    with pytest.raises(Unreadable):
        matches(objects(UNHEARD), {"eventCategory": "Data", "resources.type": "AWS::S3::Object"})
    assert weigh(objects(UNHEARD), S3).gap is not None
