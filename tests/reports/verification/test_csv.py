"""The calendar as CSV."""

from reports.verification.csv import CsvRenderer
from scanner.model.verification import HourState
from tests.reports.verification.sample import lane, verification


def test_each_hour_of_each_lane_has_a_row() -> None:
    runs = [(HourState.PROVEN, 1), (HourState.NOT_COVERED, 2)]
    one = verification(lanes=(lane(runs=runs), lane("us-east-1", runs=runs[:1])))
    assert CsvRenderer().render(one).decode() == (
        "account,region,from,to,state\r\n"
        "010203040506,eu-west-1,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z,proven\r\n"
        "010203040506,eu-west-1,2026-06-01T01:00:00Z,2026-06-01T02:00:00Z,not-covered\r\n"
        "010203040506,eu-west-1,2026-06-01T02:00:00Z,2026-06-01T03:00:00Z,not-covered\r\n"
        "010203040506,us-east-1,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z,proven\r\n"
    )


def test_without_lanes_the_headings_stand_alone() -> None:
    assert CsvRenderer().render(verification(lanes=())) == b"account,region,from,to,state\r\n"
