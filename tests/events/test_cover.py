import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.events import EventClass, Hole, data_events, management_events, missed
from scanner.events.classes import DYNAMODB_TABLE, KMS, LAMBDA_FUNCTION, RDS_DATA, S3_OBJECT
from scanner.events.cover import ENOUGH
from scanner.model.reading import Unreadable
from scanner.model.trail import AdvancedSelector, AdvancedSelectors, BasicSelector, FieldSelector
from tests.events.shorthand import (
    DATA,
    MANAGEMENT,
    READ,
    S3,
    S3_WRITES,
    WRITE,
    basic_words,
    data,
    management,
    objects,
    words,
)
from tests.events.worlds import FIELDS, SELECTORS, Points, universe


class TestManagementEvents:
    def test_no_selector_misses_all(self) -> None:
        assert words(management_events()) == ["all events"]
        assert words(management_events(read_only=True)) == ["read events"]
        assert words(management_events(sources=(KMS,))) == ["events of kms.amazonaws.com"]

    def test_a_selector_of_the_category_alone_records_all(self) -> None:
        assert words(management_events(), management()) == []
        assert basic_words(management_events(), BasicSelector()) == []

    def test_a_selector_of_another_category_records_none(self) -> None:
        assert words(management_events(), objects()) == ["all events"]

    def test_a_hole_is_fields_as_well_as_words(self) -> None:
        assert missed((management(READ),), management_events()) == (
            Hole(words="write events", fields=(MANAGEMENT, WRITE)),
        )

    def test_reads_and_writes_of_two_selectors_add_up(self) -> None:
        assert words(management_events(), management(READ), management(WRITE)) == []
        read, write = BasicSelector(read_write="ReadOnly"), BasicSelector(read_write="WriteOnly")
        assert basic_words(management_events(), read, write) == []

    def test_one_field_with_both_values_takes_reads_and_writes(self) -> None:
        both = FieldSelector(field="readOnly", equals=("true", "false"))
        assert words(management_events(), management(both)) == []

    def test_an_excluded_source_is_a_hole(self) -> None:
        but = FieldSelector(field="eventSource", not_equals=(KMS, RDS_DATA))
        assert words(management_events(), management(but)) == [
            "events of kms.amazonaws.com and rdsdata.amazonaws.com"
        ]
        assert words(management_events(read_only=False), management(but)) == [
            "write events of kms.amazonaws.com and rdsdata.amazonaws.com"
        ]

    def test_an_excluded_source_that_is_not_asked_for_is_no_hole(self) -> None:
        but = FieldSelector(field="eventSource", not_equals=(KMS,))
        assert words(management_events(without_sources=(KMS, RDS_DATA)), management(but)) == []

    def test_a_source_excluded_from_writes_alone_is_a_hole_of_writes(self) -> None:
        but = FieldSelector(field="eventSource", not_equals=(KMS,))
        assert words(management_events(), management(READ), management(WRITE, but)) == [
            "write events of kms.amazonaws.com"
        ]

    def test_what_one_selector_excludes_another_may_record(self) -> None:
        but = FieldSelector(field="eventSource", not_equals=(KMS,))
        only = FieldSelector(field="eventSource", equals=(KMS,))
        assert words(management_events(), management(but), management(only)) == []

    def test_types_of_events_never_run_out(self) -> None:
        known = ("AwsApiCall", "AwsServiceEvent", "AwsConsoleAction", "AwsConsoleSignIn", "AwsVpceEvent")
        types = FieldSelector(field="eventType", equals=known)
        assert words(management_events(), management(types)) == [
            "events of eventType other than AwsApiCall, AwsConsoleAction, AwsConsoleSignIn and 2 more"
        ]


class TestDataEvents:
    @pytest.mark.parametrize("value", ["arn:aws:s3", "arn:aws:s3:::"])
    def test_both_spellings_of_all_buckets_record_all(self, value: str) -> None:
        assert words(S3, objects(FieldSelector(field="resources.ARN", starts_with=(value,)))) == []
        assert basic_words(S3, data(S3_OBJECT, value)) == []

    def test_all_buckets_of_another_partition_are_none(self) -> None:
        china = data_events(S3_OBJECT, "aws-cn")
        assert basic_words(china, data(S3_OBJECT, "arn:aws:s3:::"), partition="aws-cn") == ["all events"]
        assert basic_words(china, data(S3_OBJECT, "arn:aws-cn:s3:::"), partition="aws-cn") == []

    def test_a_selector_of_the_type_alone_records_all(self) -> None:
        assert words(S3, objects()) == []

    def test_a_second_type_in_one_field_is_tolerated(self) -> None:
        both = FieldSelector(field="resources.type", equals=(LAMBDA_FUNCTION, S3_OBJECT))
        assert words(S3, AdvancedSelector(fields=(DATA, both))) == []

    def test_a_selector_of_another_type_records_none(self) -> None:
        functions = FieldSelector(field="resources.type", equals=(LAMBDA_FUNCTION,))
        assert words(S3, AdvancedSelector(fields=(DATA, functions))) == ["all events"]

    def test_one_bucket_is_not_all(self) -> None:
        assert basic_words(S3, data(S3_OBJECT, "arn:aws:s3:::pay/")) == ["objects outside arn:aws:s3:::pay/"]

    def test_a_wildcard_is_not_all(self) -> None:
        assert basic_words(S3, data(S3_OBJECT, "arn:aws:s3:::*/*")) == ["objects outside arn:aws:s3:::*/*"]

    def test_a_prefix_of_keys_is_not_the_bucket(self) -> None:
        bucket = data_events(S3_OBJECT, "aws", within=("arn:aws:s3:::pay/",))
        assert basic_words(bucket, data(S3_OBJECT, "arn:aws:s3:::pay/2026")) == [
            "objects outside arn:aws:s3:::pay/2026"
        ]

    def test_a_bucket_without_its_slash_takes_its_namesakes_along(self) -> None:
        pay2 = data_events(S3_OBJECT, "aws", within=("arn:aws:s3:::pay2/",))
        assert basic_words(pay2, data(S3_OBJECT, "arn:aws:s3:::pay")) == []
        assert basic_words(pay2, data(S3_OBJECT, "arn:aws:s3:::pay/")) == ["all events"]

    def test_an_excluded_bucket_is_a_hole_unless_it_is_left_out(self) -> None:
        but = FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::logs/",))
        assert words(S3, objects(but)) == ["objects in arn:aws:s3:::logs/"]
        assert words(S3_WRITES, objects(but)) == []

    def test_a_bucket_excluded_by_its_exact_arn_excludes_none_of_its_objects(self) -> None:
        but = FieldSelector(field="resources.ARN", not_equals=("arn:aws:s3:::pay/",))
        assert words(S3, objects(but)) == ["objects arn:aws:s3:::pay/"]

    @pytest.mark.parametrize(
        ("field", "hole"),
        [
            (FieldSelector(field="eventName", equals=("PutObject",)), "named other than PutObject"),
            (FieldSelector(field="eventName", not_equals=("PutObject",)), "named PutObject"),
            (FieldSelector(field="eventName", starts_with=("Put",)), "named other than Put*"),
            (FieldSelector(field="eventName", not_ends_with=("Object",)), "named *Object"),
            (FieldSelector(field="eventSource", equals=("s3.amazonaws.com",)), "of sources other than s3.amazonaws.com"),
            (
                FieldSelector(field="userIdentity.arn", not_starts_with=("arn:aws:sts::1:assumed-role/x",)),
                "with userIdentity.arn arn:aws:sts::1:assumed-role/x*",
            ),
            (
                FieldSelector(field="userIdentity.arn", starts_with=("arn:aws:iam::1:user/x",)),
                "with userIdentity.arn other than arn:aws:iam::1:user/x*",
            ),
            (FieldSelector(field="userIdentity.arn", starts_with=("",)), "without userIdentity.arn"),
            (
                FieldSelector(field="sessionCredentialFromConsole", equals=("true",)),
                "with sessionCredentialFromConsole other than true",
            ),
            (
                FieldSelector(field="sessionCredentialFromConsole", not_equals=("true",)),
                "with sessionCredentialFromConsole true",
            ),
            (FieldSelector(field="a field of next year", equals=("x",)), "with a field of next year other than x"),
        ],
    )  # fmt: skip
    def test_no_field_narrows_unnoticed(self, field: FieldSelector, hole: str) -> None:
        assert words(S3_WRITES, objects(field)) == [f"write events {hole}"]

    def test_service_events_may_be_left_out(self) -> None:
        but = FieldSelector(field="eventType", not_equals=("AwsServiceEvent",))
        assert words(S3_WRITES, objects(but)) == []
        assert words(S3, objects(but)) == ["events of eventType AwsServiceEvent"]

    def test_sessions_of_the_console_and_others_add_up(self) -> None:
        yes = FieldSelector(field="sessionCredentialFromConsole", equals=("true",))
        no = FieldSelector(field="sessionCredentialFromConsole", not_equals=("true",))
        assert words(S3, objects(yes), objects(no)) == []

    def test_one_function_is_not_its_namesake(self) -> None:
        function = "arn:aws:lambda:eu-west-1:111122223333:function:hello"
        wanted = data_events(LAMBDA_FUNCTION, "aws")
        assert basic_words(wanted, data(LAMBDA_FUNCTION, function)) == [f"resources other than {function}"]
        assert basic_words(wanted, data(LAMBDA_FUNCTION, "arn:aws:lambda")) == []

    def test_all_tables(self) -> None:
        wanted = data_events(DYNAMODB_TABLE, "aws-us-gov")
        assert (
            basic_words(wanted, data(DYNAMODB_TABLE, "arn:aws-us-gov:dynamodb"), partition="aws-us-gov") == []
        )

    def test_resources_without_an_arn_are_not_forgotten(self) -> None:
        wanted = data_events("AWS::SSM::ManagedNode", "aws")
        kind = FieldSelector(field="resources.type", equals=("AWS::SSM::ManagedNode",))
        any_arn = FieldSelector(field="resources.ARN", starts_with=("",))
        assert words(wanted, AdvancedSelector(fields=(DATA, kind, any_arn))) == ["resources without an ARN"]


class TestAnOperatorThatIsNotKnown:
    unclear = FieldSelector(field="eventName")

    def test_decides_nothing(self) -> None:
        with pytest.raises(Unreadable, match="operator"):
            missed((management(self.unclear),), management_events())

    def test_is_not_needed_where_the_others_record_all(self) -> None:
        assert words(management_events(), management(self.unclear), management()) == []

    def test_does_not_hide_what_its_selector_surely_misses(self) -> None:
        assert words(management_events(), management(self.unclear, READ)) == ["write events"]

    def test_is_not_needed_for_other_events(self) -> None:
        assert words(S3, management(self.unclear)) == ["all events"]


def test_a_selector_without_fields_records_nothing() -> None:
    assert words(management_events(), AdvancedSelector()) == ["all events"]


def test_a_selector_that_contradicts_itself_records_nothing() -> None:
    assert words(management_events(), management(READ, WRITE)) == ["all events"]


def test_a_field_that_is_always_there_begins_with_the_empty_prefix() -> None:
    named = FieldSelector(field="eventName", starts_with=("",))
    assert words(management_events(), management(named)) == []


def test_a_class_that_contradicts_itself_misses_nothing() -> None:
    assert words(EventClass(label="none", fields=(MANAGEMENT, DATA))) == []


def twisted(selector: int) -> Iterator[FieldSelector]:
    """All operators of all fields that a data selector may have."""
    for field in ("eventName", "eventSource", "eventType", "userIdentity.arn", "resources.ARN"):
        root = f"arn:aws:s3:::{selector}" if field == "resources.ARN" else f"{selector}"
        yield FieldSelector(
            field=field,
            equals=(f"{root}e",),
            starts_with=(f"{root}s", f"{root}t"),
            ends_with=(f"{selector}u",),
            not_equals=(f"{root}sv",),
            not_starts_with=(f"{root}sw",),
            not_ends_with=(f"{selector}x",),
        )


@pytest.mark.parametrize(
    "selectors",
    [
        [objects(FieldSelector(field="resources.ARN", not_equals=tuple(f"arn:aws:s3:::{n}" for n in range(500))))],
        [
            objects(FieldSelector(field="resources.ARN", not_starts_with=tuple(f"arn:aws:s3:::{n}/{s}" for n in range(100))))
            for s in range(5)
        ],
        [
            objects(
                FieldSelector(field="eventName", equals=(f"Op{n}",)),
                FieldSelector(field="resources.ARN", starts_with=(f"arn:aws:s3:::{n}/",)),
            )
            for n in range(25)
        ],
        [objects(*twisted(selector)) for selector in range(5)],
    ],
    ids=["500 values", "100 values in each of 5", "25 pairs", "every operator of every field"],
)  # fmt: skip
def test_the_quotas_of_aws_are_no_burden(selectors: list[AdvancedSelector]) -> None:
    before = time.process_time()
    holes = missed(selectors, S3)
    assert time.process_time() - before < 5  # some tenths of a second where nothing else runs
    assert len(holes) <= ENOUGH


def test_selectors_too_intricate_to_decide_are_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.events.cover.PATIENCE", 1)
    with pytest.raises(Unreadable, match="too intricate"):
        missed((management(READ), management(WRITE)), management_events())


def test_where_patience_ends_the_holes_found_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.events.cover.ENOUGH", 1)
    narrow = objects(
        FieldSelector(field="eventName", equals=("PutObject",)),
        FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::pay/",)),
    )
    assert words(S3, narrow) == ["events named PutObject on objects outside arn:aws:s3:::pay/"]


@given(SELECTORS, FIELDS)
def test_the_holes_are_the_wanted_events_that_are_not_recorded(
    selectors: AdvancedSelectors, fields: tuple[FieldSelector, ...]
) -> None:
    holes = [Points(hole.fields) for hole in missed(selectors, EventClass(label="wanted", fields=fields))]
    wanted = Points(fields)
    recorded = [Points(selector.fields) for selector in selectors]
    for point in universe():
        missing = point in wanted and not any(point in one for one in recorded)
        assert any(point in hole for hole in holes) == missing
    assert all(holes)  # each holds an event


@given(SELECTORS, FIELDS, st.randoms(use_true_random=False))
def test_no_order_matters(
    selectors: AdvancedSelectors, fields: tuple[FieldSelector, ...], chance: random.Random
) -> None:
    def shuffled_field(field: FieldSelector) -> FieldSelector:
        return FieldSelector.model_validate(
            {
                name: values if isinstance(values, str) else chance.sample(values, len(values))
                for name, values in field
            }
        )

    def shuffled(some: tuple[FieldSelector, ...]) -> tuple[FieldSelector, ...]:
        return tuple(shuffled_field(field) for field in chance.sample(some, len(some)))

    mixed = [
        AdvancedSelector(name="any", fields=shuffled(selector.fields))
        for selector in chance.sample(selectors, len(selectors))
    ]
    wanted = EventClass(label="wanted", fields=fields)
    assert missed(selectors, wanted) == missed(mixed + mixed[:1], wanted)
