import pytest
from hypothesis import given

from scanner.events import matches, recorded
from scanner.model.reading import Unreadable
from scanner.model.trail import AdvancedSelector, AdvancedSelectors, FieldSelector
from tests.events.worlds import EVENTS, SELECTORS, passes

GET = {
    "eventCategory": "Data",
    "readOnly": "true",
    "eventName": "GetObject",
    "resources.type": "AWS::S3::Object",
    "resources.ARN": "arn:aws:s3:::payments/2026/a.csv",
}


def selector(*fields: FieldSelector, name: str | None = None) -> AdvancedSelector:
    return AdvancedSelector(name=name, fields=fields)


def arn(
    *,
    equals: tuple[str, ...] = (),
    starts_with: tuple[str, ...] = (),
    ends_with: tuple[str, ...] = (),
    not_equals: tuple[str, ...] = (),
    not_starts_with: tuple[str, ...] = (),
    not_ends_with: tuple[str, ...] = (),
) -> AdvancedSelector:
    return selector(
        FieldSelector(
            field="resources.ARN",
            equals=equals,
            starts_with=starts_with,
            ends_with=ends_with,
            not_equals=not_equals,
            not_starts_with=not_starts_with,
            not_ends_with=not_ends_with,
        )
    )


def test_the_fields_of_a_selector_must_all_match() -> None:
    data = FieldSelector(field="eventCategory", equals=("Data",))
    write = FieldSelector(field="readOnly", equals=("false",))
    assert matches(selector(data), GET)
    assert not matches(selector(data, write), GET)


@pytest.mark.parametrize(
    "one",
    [
        arn(equals=("x", GET["resources.ARN"])),
        arn(equals=("x",), starts_with=("y", "arn:aws:s3:::payments/")),
        arn(equals=("x",), starts_with=("y",), ends_with=("z", ".csv")),
    ],
)
def test_one_value_of_any_positive_operator_is_enough(one: AdvancedSelector) -> None:
    assert matches(one, GET)


def test_no_value_of_any_positive_operator_is_not() -> None:
    assert not matches(arn(equals=("x",), starts_with=("y",), ends_with=("z",)), GET)


@pytest.mark.parametrize(
    "one",
    [
        arn(not_equals=("x", GET["resources.ARN"])),
        arn(not_equals=("x",), not_starts_with=("y", "arn:aws:s3:::payments/")),
        arn(not_starts_with=("y",), not_ends_with=("z", ".csv")),
        arn(starts_with=("arn:aws:s3:::payments/",), not_ends_with=(".csv",)),
    ],
)
def test_one_hit_of_any_negative_operator_drops_the_event(one: AdvancedSelector) -> None:
    assert not matches(one, GET)


def test_several_negative_values_that_all_miss_let_the_event_pass() -> None:
    assert matches(arn(not_equals=("x", "y"), not_starts_with=("z",), not_ends_with=(".log",)), GET)


@pytest.mark.parametrize("field", ["userIdentity.arn", "errorCode", "vpcEndpointId", "a field of next year"])
def test_a_field_that_the_event_lacks_fails_positive_operators_and_passes_negative_ones(field: str) -> None:
    assert not matches(selector(FieldSelector(field=field, equals=("x",))), GET)
    assert not matches(selector(FieldSelector(field=field, starts_with=("",))), GET)
    assert not matches(selector(FieldSelector(field=field, equals=("x",), not_equals=("y",))), GET)
    assert matches(selector(FieldSelector(field=field, not_equals=("x",))), GET)
    assert matches(selector(FieldSelector(field=field, not_ends_with=("",))), GET)


def test_values_are_compared_letter_by_letter_without_wildcards() -> None:
    assert not matches(arn(starts_with=("arn:aws:s3:::*/*",)), GET)
    assert not matches(selector(FieldSelector(field="eventName", equals=("getobject",))), GET)


def test_the_name_of_a_selector_means_nothing() -> None:
    write = FieldSelector(field="readOnly", equals=("false",))
    assert not matches(selector(write, name="Log all events"), GET)


def test_a_selector_without_fields_records_nothing() -> None:
    assert not matches(AdvancedSelector(), GET)


def test_one_selector_that_matches_is_enough() -> None:
    assert recorded((arn(equals=("x",)), arn(ends_with=(".csv",))), GET)
    assert not recorded((arn(equals=("x",)), arn(ends_with=(".log",))), GET)
    assert not recorded((), GET)


class TestAFieldWithoutAKnownOperator:
    unclear = FieldSelector(field="eventName")

    def test_is_not_guessed_at(self) -> None:
        with pytest.raises(Unreadable, match="operator"):
            matches(selector(self.unclear), GET)

    def test_is_not_needed_where_another_field_settles_it(self) -> None:
        assert not matches(selector(self.unclear, FieldSelector(field="readOnly", equals=("false",))), GET)

    def test_is_not_needed_where_another_selector_settles_it(self) -> None:
        assert recorded((selector(self.unclear), arn(ends_with=(".csv",))), GET)


@given(SELECTORS, EVENTS)
def test_an_event_is_recorded_as_the_definition_says(
    selectors: AdvancedSelectors, event: dict[str, str]
) -> None:
    assert recorded(selectors, event) == any(
        all(passes(field, event.get(field.field)) for field in one.fields) for one in selectors
    )
