"""Few days at once."""

from datetime import date, timedelta

from scanner.integrity.days import AHEAD, HELD, Day, Days

FIRST = date(2026, 6, 1)


def days(count: int, listed: int | None = None) -> Days[str]:
    each = [FIRST + timedelta(days=number) for number in range(count)]
    return Days(((day, f"{day}/") for day in each), each[: count if listed is None else listed])


def opened(lane: Days[str]) -> list[Day[str]]:
    return list(lane.to_open())


def test_no_more_days_are_opened_than_may_be_under_way() -> None:
    lane = days(40)
    first = opened(lane)
    assert len(first) == AHEAD
    assert opened(lane) == []
    lane.close(first[0])
    assert [day.date for day in opened(lane)] == [FIRST + timedelta(days=AHEAD)]


def test_a_day_is_listed_once_its_digests_and_those_of_the_next_are_read() -> None:
    lane = days(3)
    one, two, three = opened(lane)
    one.waiting = 0
    assert list(lane.to_list()) == []
    two.waiting = 0
    assert list(lane.to_list()) == [one]
    assert list(lane.to_list()) == []
    three.waiting = 0
    assert list(lane.to_list()) == [two, three]


def test_what_is_held_is_met_by_the_listing_or_given_back_when_the_day_ends() -> None:
    lane = days(1)
    (day,) = opened(lane)
    assert lane.hold("2026-06-01/a", "A")
    assert lane.hold("2026-06-01/b", "B")
    assert lane.listed(day, "2026-06-01/a") == "A"
    assert lane.listed(day, "2026-06-01/c") is None
    assert list(lane.close(day)) == ["B"]


def test_what_belongs_to_no_day_or_to_one_that_is_over_is_not_held() -> None:
    lane = days(1)
    (day,) = opened(lane)
    assert not lane.hold("2026-07-01/a", "A")
    lane.close(day)
    assert not lane.hold("2026-06-01/a", "A")


def test_the_same_key_is_held_once() -> None:
    lane = days(1)
    opened(lane)
    assert lane.hold("2026-06-01/a", "A")
    assert not lane.hold("2026-06-01/a", "B")


def test_while_much_is_held_only_two_days_are_under_way() -> None:
    lane = days(40)
    first = opened(lane)
    for number in range(HELD):
        lane.hold(f"2026-06-01/{number}", "")
    for day in first[1:]:
        lane.close(day)
    assert opened(lane) == []
    lane.close(first[0])
    assert len(opened(lane)) == AHEAD
