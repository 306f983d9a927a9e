"""When a call may be made."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.aws.pace import PATIENCE, SLOWEST, Key, Pace, quota, quotas
from scanner.aws.permissions import (
    CALLS,
    DESCRIBE_METRIC_FILTERS,
    DESCRIBE_REGIONS,
    DESCRIBE_TRAILS,
    GET_BUCKET_POLICY,
    GET_TRAIL_STATUS,
    LIST_ACCOUNTS,
    LOOKUP_EVENTS,
    SEND,
    ApiCall,
)
from scanner.model.reading import Outcome

ONE, OTHER = "111111111111", "222222222222"


class Time:
    """Passes only while somebody waits."""

    def __init__(self, *, given_up: bool = False) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.given_up = given_up

    def sleep(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return self.given_up

    def pace(self, random: Callable[[], float] = lambda: 1.0) -> Pace:
        return Pace(sleep=self.sleep, random=random, clock=lambda: self.now)


def key(call: ApiCall = DESCRIBE_TRAILS, account: str = ONE, region: str | None = "eu-west-1") -> Key:
    return account, region, call


@pytest.mark.parametrize(
    ("call", "seconds"),
    [
        (DESCRIBE_TRAILS, 1 / 5),
        (LOOKUP_EVENTS, 2 / 3),
        (DESCRIBE_METRIC_FILTERS, 2 / 5),
        (GET_BUCKET_POLICY, 1 / 20),
    ],
)
def test_calls_keep_the_distance_that_half_of_the_quota_means(call: ApiCall, seconds: float) -> None:
    time = Time()
    pace = time.pace()
    for _ in range(3):
        assert pace.turn(key(call)) is False
    assert time.waits == pytest.approx([seconds, seconds])


def test_another_account_region_or_api_has_a_bucket_of_its_own() -> None:
    time = Time()
    pace = time.pace()
    for one in (key(), key(account=OTHER), key(region="eu-west-2"), key(GET_TRAIL_STATUS)):
        pace.turn(one)
    assert time.waits == []


def test_half_of_a_published_burst_comes_at_once() -> None:
    time = Time()
    pace = time.pace()
    for _ in range(6):
        pace.turn(key(LIST_ACCOUNTS, region=None))
    assert time.waits == []
    pace.turn(key(LIST_ACCOUNTS, region=None))
    assert time.waits == pytest.approx([1 / 4])


def test_time_that_passes_fills_a_bucket_and_never_over_its_brim() -> None:
    time = Time()
    pace = time.pace()
    for _ in range(2):
        pace.turn(key())
        time.now += 60
    pace.turn(key())
    assert time.waits == []
    pace.turn(key())
    assert time.waits == pytest.approx([1 / 5])


def test_an_api_without_a_quota_is_not_paced() -> None:
    time = Time()
    pace = time.pace()
    for _ in range(100):
        pace.turn(key(DESCRIBE_REGIONS))
    assert time.waits == []


@given(st.lists(st.tuples(st.sampled_from([LIST_ACCOUNTS, GET_BUCKET_POLICY]), st.floats(0, 2)), max_size=60))
def test_no_stretch_of_time_sees_more_calls_than_the_rate_allows(calls: list[tuple[ApiCall, float]]) -> None:
    time = Time()
    pace = time.pace()
    made: dict[ApiCall, list[float]] = {}
    for call, idle in calls:
        time.now += idle
        pace.turn(key(call))
        made.setdefault(call, []).append(time.now)
    for call, moments in made.items():
        allowed = quota(call)
        assert allowed is not None
        rate, burst = allowed.rate / 2, max(1, allowed.burst / 2)
        for first, start in enumerate(moments):
            for last, end in enumerate(moments[first:], first):
                assert last - first + 1 <= burst + rate * (end - start) + 1e-6


def test_a_scan_that_was_given_up_gets_no_turn() -> None:
    pace = Time(given_up=True).pace()
    assert pace.turn(key()) is False
    assert pace.turn(key()) is True


def test_retries_wait_longer_each_time_and_shorter_where_nothing_throttles() -> None:
    time = Time()
    pace = time.pace()
    for attempt in (1, 2, 3, 4):
        assert pace.pause(key(), attempt, Outcome.THROTTLED) is False
    assert time.waits == [1, 2, 4, 8]
    pace.pause(key(), 2, Outcome.FAILED)
    assert time.waits[-1] == pytest.approx(0.4)


def test_what_throttles_is_slowed_alone_and_recovers() -> None:
    time = Time()
    pace = time.pace()
    pace.turn(key())
    for _ in range(5):
        pace.pause(key(), 1, Outcome.THROTTLED)
    time.waits.clear()
    for _ in range(60):
        pace.turn(key())
    assert max(time.waits) == pytest.approx(SLOWEST / 5)
    assert time.waits[-1] == pytest.approx(1 / 5)
    before = len(time.waits)
    pace.turn(key(account=OTHER))
    assert len(time.waits) == before


def test_an_api_that_throttles_for_good_is_not_waited_for_without_end() -> None:
    time = Time()
    pace = time.pace()
    while not pace.pause(key(), 4, Outcome.THROTTLED):
        pass
    assert PATIENCE <= sum(time.waits) < PATIENCE + 8
    assert pace.pause(key(region="eu-west-2"), 4, Outcome.THROTTLED) is False


def test_quotas_name_services_and_apis_that_are_called() -> None:
    services = {call.service for call in (*CALLS, *SEND)}
    operations = {(call.service, call.operation) for call in (*CALLS, *SEND)}
    for service, of_service in quotas().items():
        assert service in services
        assert {(service, name) for name in of_service if name != "*"} <= operations
