"""When digests weren't meant to come."""

from datetime import UTC, datetime, timedelta

from scanner.integrity.history import Off, Switch, off_periods

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def switch(hours: int, call: str) -> Switch:
    return Switch(at=NOON + hours * HOUR, on=call in ("StartLogging", "CreateTrail"), call=call, by="Alice")


def test_a_stop_lasts_until_the_next_start() -> None:
    told = [switch(3, "StartLogging"), switch(1, "StopLogging"), switch(0, "StartLogging")]
    because = "StopLogging by Alice at 2026-06-01T13:00:00Z"
    assert off_periods(told) == (Off(NOON + HOUR, NOON + 3 * HOUR, because),)


def test_the_first_of_two_stops_counts() -> None:
    told = [switch(1, "StopLogging"), switch(2, "StopLogging")]
    assert off_periods(told) == (Off(NOON + HOUR, None, "StopLogging by Alice at 2026-06-01T13:00:00Z"),)


def test_a_start_of_logging_does_not_end_a_time_without_signatures() -> None:
    unsigned = Switch(at=NOON, on=False, call="UpdateTrail", by="Alice")
    (period,) = off_periods([unsigned, switch(1, "StartLogging")])
    assert (period.start, period.end) == (NOON, None)


def test_a_deleted_trail_neither_logs_nor_signs() -> None:
    told = [switch(0, "DeleteTrail"), switch(1, "CreateTrail"), switch(2, "StartLogging")]
    assert [(each.start, each.end) for each in off_periods(told)] == [
        (NOON, NOON + 2 * HOUR),
        (NOON, NOON + HOUR),
    ]


def test_a_stop_that_lasts_overlaps_all_that_follows() -> None:
    stop = Off(NOON, None, "")
    assert stop.overlaps(NOON + HOUR, NOON + 2 * HOUR)
    assert not stop.overlaps(NOON - HOUR, NOON)


def test_a_trail_was_off_before_it_was_created() -> None:
    (before,) = off_periods([switch(1, "CreateTrail"), switch(2, "StartLogging")])[:1]
    assert before.overlaps(NOON - 1000 * HOUR, NOON)
    assert before.end == NOON + HOUR


def test_a_start_tells_nothing_of_the_time_before() -> None:
    assert off_periods([switch(1, "StartLogging")]) == ()
