"""Whether several recorders record the same event."""

import pytest
from hypothesis import given

from scanner.events import EventClass, management_events, meet
from scanner.events.classes import KMS
from scanner.model.reading import Unreadable
from scanner.model.trail import AdvancedSelectors, FieldSelector
from tests.events.shorthand import READ, WRITE, management, objects
from tests.events.worlds import FIELDS, SELECTORS, Points, universe

ALL = management_events()
NARROWED_UNKNOWABLY = management(FieldSelector(field="eventSource"))


def test_reads_and_writes_have_no_event_in_common() -> None:
    assert not meet(ALL, (management(READ),), (management(WRITE),))


def test_two_of_a_kind_meet_whatever_one_leaves_out() -> None:
    without_kms = management(FieldSelector(field="eventSource", not_equals=(KMS,)))
    assert meet(ALL, (management(),), (without_kms,))
    assert not meet(management_events(sources=(KMS,)), (management(),), (without_kms,))


def test_one_recorder_meets_the_class_where_it_records_any_of_it() -> None:
    assert meet(ALL, (objects(), management(READ)))
    assert not meet(ALL, (objects(),))
    assert not meet(ALL, ())


def test_an_operator_that_is_not_known_leaves_open_whether_they_meet() -> None:
    with pytest.raises(Unreadable):
        meet(ALL, (management(),), (NARROWED_UNKNOWABLY,))


def test_what_the_other_selectors_record_is_sure() -> None:
    assert meet(ALL, (management(),), (NARROWED_UNKNOWABLY, management(READ)))
    assert not meet(ALL, (objects(),), (NARROWED_UNKNOWABLY,))


@given(SELECTORS, SELECTORS, FIELDS)
def test_they_meet_where_an_event_of_the_class_is_recorded_by_each(
    one: AdvancedSelectors, other: AdvancedSelectors, fields: tuple[FieldSelector, ...]
) -> None:
    wanted = Points(fields)
    recorded = [[Points(selector.fields) for selector in selectors] for selectors in (one, other)]
    common = any(
        point in wanted and all(any(point in part for part in parts) for parts in recorded)
        for point in universe()
    )
    assert meet(EventClass(label="wanted", fields=fields), one, other) == common
