from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.words import listed, plural, span


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(), "less than an hour"),
        (timedelta(minutes=59, seconds=59), "less than an hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=2, hours=23), "2 days"),
        (timedelta(days=365), "365 days"),
        (timedelta(days=1200), "1,200 days"),
    ],
)
def test_a_duration_is_hours_below_two_days_and_days_from_there(duration: timedelta, words: str) -> None:
    assert span(duration) == words


def test_what_happened_during_the_scan_is_less_than_an_hour_ago() -> None:
    assert span(timedelta(minutes=-90)) == "less than an hour"


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=5000)))
def test_a_duration_is_never_said_longer_than_it_is(duration: timedelta) -> None:
    words = span(duration)
    if words == "less than an hour":
        assert duration < timedelta(hours=1)
        return
    count, unit = words.replace(",", "").split(" ")
    said = timedelta(**{unit.removesuffix("s") + "s": int(count)})
    assert said <= duration < said + (timedelta(hours=1) if unit.startswith("hour") else timedelta(days=1))


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 accounts"), (1, "1 account"), (2, "2 accounts"), (12345, "12,345 accounts")]
)
def test_a_noun_agrees_with_its_count(count: int, words: str) -> None:
    assert plural(count, "account") == words


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], ""),
        (["a"], "a"),
        (["b", "a"], "b and a"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_a_long_list_names_the_first_and_counts_the_rest(items: list[str], words: str) -> None:
    assert listed(iter(items), most=3) == words
