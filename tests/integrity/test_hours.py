"""The calendar of a lane."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity.hours import Span, calendar, count, total, without
from scanner.integrity.layout import HOUR
from scanner.model.verification import HourState, Stretch

MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return MIDNIGHT + hours * HOUR


def test_an_hour_is_as_bad_as_its_worst_minute() -> None:
    spans = [
        Span(at(0.25), at(1.25), HourState.PROVEN),
        Span(at(1.25), at(2.25), HourState.EMPTY),
        Span(at(2.25), at(3.25), HourState.EMPTY),
        Span(at(1.5), at(1.51), HourState.ALTERED),
    ]
    assert calendar(spans, at(0.25), at(3.25)) == (
        Stretch(first=at(0), last=at(1), state=HourState.PROVEN),
        Stretch(first=at(1), last=at(2), state=HourState.ALTERED),
        Stretch(first=at(2), last=at(4), state=HourState.EMPTY),
    )


def test_an_hour_that_nothing_tells_of_is_not_covered() -> None:
    assert calendar([], at(0), at(2)) == (Stretch(first=at(0), last=at(2), state=HourState.NOT_COVERED),)


def test_states_go_from_the_best_to_the_worst() -> None:
    assert sorted(HourState, key=lambda state: state.rank) == [
        "empty",
        "proven",
        "not-covered",
        "unknown",
        "missing",
        "altered",
    ]


spans = st.lists(
    st.tuples(st.integers(-60, 600), st.integers(1, 300), st.sampled_from(HourState)).map(
        lambda each: Span(at(each[0] / 60), at((each[0] + each[1]) / 60), each[2])
    ),
    max_size=6,
)


@given(spans, st.integers(0, 300), st.integers(1, 300))
def test_each_hour_of_a_period_is_in_the_calendar_once(found: list[Span], first: int, length: int) -> None:
    start = at(first / 60)
    end = start + timedelta(minutes=length)
    stretches = calendar(found, start, end)
    assert stretches[0].first <= start < stretches[0].first + HOUR
    assert stretches[-1].last - HOUR < end <= stretches[-1].last
    assert all(one.last == other.first for one, other in pairwise(stretches))
    hours = (stretches[-1].last - stretches[0].first) // HOUR
    assert sum(count(stretches).model_dump().values()) == hours


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), max_size=5))
def test_what_is_taken_and_what_is_left_make_the_whole(pairs: list[list[int]]) -> None:
    taken = [(at(first), at(last)) for first, last in pairs]
    left = list(without(at(0), at(20), taken))
    covered = {hour for first, last in pairs for hour in range(first, last)}
    assert total(left) == (20 - len(covered)) * HOUR
    assert all(first < last for first, last in left)
