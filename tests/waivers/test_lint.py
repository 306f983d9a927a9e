"""What is stale or doubtful in a file of waivers."""

from datetime import date, timedelta

from scanner.waivers import Remark, remarks
from scanner.waivers.lint import Kind
from tests.build import OTHER
from tests.waivers.shorthand import TODAY, finding, waiver


def kinds(*waivers: object, today: date = TODAY, soon: int = 0) -> list[tuple[str, Kind]]:
    return [(one.waiver, one.kind) for one in remarks(waivers, today, soon=soon)]  # type: ignore[arg-type]


def test_a_waiver_in_force_for_long_is_not_worth_a_word() -> None:
    assert kinds(waiver()) == []


def test_the_day_after_the_last_it_is_expired() -> None:
    last = waiver().expires
    assert kinds(waiver(), today=last, soon=-1) == []
    assert remarks([waiver()], last + timedelta(days=1), soon=30) == (
        Remark("W-1", "expired", "ended on 2026-02-28: remove or renew it"),
    )


def test_an_end_within_the_days_asked_for_is_soon() -> None:
    left = (waiver().expires - TODAY).days
    assert kinds(waiver(), soon=left - 1) == []
    assert remarks([waiver()], TODAY, soon=left) == (
        Remark("W-1", "soon", "ends in 28 days, with 2026-02-28"),
    )
    assert remarks([waiver()], waiver().expires, soon=0) == (
        Remark("W-1", "soon", "ends today, with 2026-02-28"),
    )


def test_two_about_the_same_subject_at_the_same_time_overlap() -> None:
    wide = waiver("W-2", account="*", resource="*:trail/*")
    assert remarks([waiver(), wide], TODAY, soon=0) == (
        Remark("W-2", "overlapping", "is also about what W-1 is about, until 2026-02-28"),
    )


def test_two_that_share_no_subject_check_or_day_do_not_overlap() -> None:
    for other in (
        waiver("W-2", account=OTHER),
        waiver("W-2", check="trail-tags"),
        waiver("W-2", created=date(2026, 3, 1), expires=date(2026, 4, 1)),
    ):
        assert kinds(waiver(), other) == []


def test_a_successor_of_an_expired_waiver_is_no_overlap() -> None:
    renewed = waiver("W-2", created=date(2026, 2, 20), expires=date(2026, 6, 1))
    assert kinds(waiver(), renewed, today=date(2026, 3, 1)) == [("W-1", "expired")]


def test_what_is_unused_is_only_told_where_a_run_is_given() -> None:
    assert kinds(waiver()) == []
    assert remarks([waiver()], TODAY, soon=0, findings=[finding(account=OTHER)]) == (
        Remark("W-1", "unused", "nothing that its check judged is in its scope"),
    )
    assert remarks([waiver()], TODAY, soon=0, findings=[finding()]) == ()
