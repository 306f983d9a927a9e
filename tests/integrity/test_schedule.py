from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity.objects import Get, Request
from scanner.integrity.schedule import (
    FEWEST_TRIES,
    KEPT_AT_ONCE,
    LONGEST_PAUSE,
    MOST_HELD_BACK,
    Job,
    Schedule,
)


def key(number: int, region: str = "eu-west-1") -> str:
    return f"AWSLogs/111122223333/CloudTrail/{region}/2026/06/01/{number}.json.gz"


def gets(count: int, region: str = "eu-west-1") -> list[Get]:
    return [Get(key(number, region)) for number in range(count)]


def schedule(requests: Iterable[Request], *, concurrency: int = 8, patience: float = 60.0) -> Schedule:
    return Schedule(requests, concurrency=concurrency, patience=patience, now=0.0, chance=lambda: 1.0)


def started(plan: Schedule, now: float = 0.0) -> list[Job]:
    """All that may start now."""
    return list(iter(lambda: plan.next(now), None))


def names(jobs: Iterable[Job]) -> list[str]:
    return [job.request.key.rpartition("/")[2] for job in jobs if isinstance(job.request, Get)]


def region(job: Job) -> str:
    assert isinstance(job.request, Get)
    return job.request.key.split("/")[3]


def test_no_more_than_the_concurrency_is_under_way() -> None:
    plan = schedule(gets(20), concurrency=3)
    first = started(plan)
    assert names(first) == ["0.json.gz", "1.json.gz", "2.json.gz"]
    plan.settle(first[0], 1.0)
    assert names(started(plan)) == ["3.json.gz"]


def test_requests_are_taken_only_when_they_can_start() -> None:
    taken = []

    def requests() -> Iterator[Get]:
        for request in gets(1000):
            taken.append(request)
            yield request

    started(schedule(requests(), concurrency=5))
    assert len(taken) <= 6


def test_what_an_answer_brings_forth_goes_before_what_waits() -> None:
    plan = schedule(gets(3), concurrency=1)
    (first,) = started(plan)
    plan.settle(first, 1.0)
    plan.further([Get("log-1"), Get("log-2")])
    order = []
    while job := plan.next(1.0):
        order += names([job])
        plan.settle(job, 1.0)
    assert order == ["log-1", "log-2", "1.json.gz", "2.json.gz"]


def test_few_bodies_are_kept_at_once_and_what_they_bring_forth_still_starts() -> None:
    plan = schedule((Get(f"d{number}", keep=True) for number in range(100)), concurrency=128)
    digests = started(plan)
    assert len(digests) == KEPT_AT_ONCE
    plan.settle(digests[0], 1.0)
    plan.further([Get("log")])
    assert names(started(plan)) == ["log", f"d{KEPT_AT_ONCE}"]


def test_a_refusal_halves_the_window_of_its_folder_once_a_flight() -> None:
    plan = schedule(gets(100), concurrency=8)
    flight = started(plan)
    for job in flight:
        assert plan.fail(job, 1.0, throttled=True)
    assert plan.under_way == 0
    assert len(started(plan, 2.0)) == 4


def test_a_refusal_of_one_folder_leaves_the_others_alone() -> None:
    plan = schedule([*gets(8), *gets(100, "us-east-1")], concurrency=8)
    for job in started(plan):
        plan.fail(job, 1.0, throttled=True)
    others = started(plan, 1.0)
    assert {region(job) for job in others} == {"us-east-1"}
    assert len(others) == 8
    for job in others:
        plan.settle(job, 9.0)
    again = started(plan, 9.0)
    assert sorted(map(region, again)) == ["eu-west-1"] * 4 + ["us-east-1"] * 4


def test_a_refused_folder_holds_back_a_bounded_number_of_jobs() -> None:
    requests = iter(gets(10_000))
    plan = schedule(requests, concurrency=4)
    for _ in range(100):
        for job in started(plan, 1.0):
            assert plan.fail(job, 1.0, throttled=True)
    assert 10_000 - len(list(requests)) <= 4 * MOST_HELD_BACK + 4


def test_the_window_widens_again_with_success() -> None:
    plan = schedule(gets(1000), concurrency=8)
    for job in started(plan):
        plan.fail(job, 1.0, throttled=True)
    now = 2.0
    for _ in range(10):
        for job in started(plan, now):
            plan.settle(job, now)
        now += 1
    assert len(started(plan, now)) == 8


def test_a_fault_that_is_no_refusal_leaves_the_window() -> None:
    plan = schedule(gets(100), concurrency=8)
    for job in started(plan):
        plan.fail(job, 1.0, throttled=False)
    assert len(started(plan, 10.0)) == 8


def test_the_pause_doubles_up_to_a_limit() -> None:
    plan = schedule(gets(1), patience=1000)
    now, pauses = 0.0, []
    for _ in range(8):
        job = plan.next(now)
        assert job is not None
        assert plan.fail(job, now, throttled=False)
        pause = plan.pause(now)
        assert pause is not None
        assert plan.next(now + pause - 0.01) is None
        pauses.append(round(pause, 3))
        now += pause + 0.001
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, LONGEST_PAUSE, LONGEST_PAUSE]


def test_patience_ends_for_a_job_that_keeps_failing() -> None:
    plan = schedule([Get("bad"), *gets(1000)], concurrency=1, patience=5)
    now, tries = 0.0, 0
    while True:
        job = plan.next(now)
        assert job is not None
        if job.request.key == "bad" if isinstance(job.request, Get) else False:
            tries += 1
            if not plan.fail(job, now, throttled=False):
                break
        else:
            plan.settle(job, now)
        now += 0.1
    assert tries > FEWEST_TRIES
    assert now < 6


def test_a_slow_fault_is_tried_a_few_times_whatever_the_patience() -> None:
    plan = schedule([Get("slow"), Get("good")], concurrency=2, patience=60)
    slow, good = started(plan)
    assert plan.fail(slow, 50.0, throttled=False)
    plan.settle(good, 50.0)
    again = plan.next(60.0)
    assert again is slow
    assert plan.fail(slow, 100.0, throttled=False)


def test_where_nothing_is_answered_at_all_nothing_is_tried_again() -> None:
    plan = schedule(gets(100), concurrency=4, patience=10)
    for job in started(plan):
        assert not plan.fail(job, 10.1, throttled=False)


def test_what_was_put_right_is_asked_again_at_once() -> None:
    plan = schedule(gets(2), concurrency=1)
    (job,) = started(plan)
    plan.again(job)
    assert plan.next(0.0) is job


@given(st.data(), st.integers(1, 6), st.lists(st.integers(0, 3), max_size=6))
def test_every_request_is_answered_once_whatever_happens(
    data: st.DataObject, concurrency: int, further: list[int]
) -> None:
    """Requests that bring forth others, faults and refusals in any order."""
    regions = ("eu-west-1", "us-east-1")
    plan = schedule(
        (Get(key(number, regions[number % 2]), keep=number % 3 == 0) for number in range(6)),
        concurrency=concurrency,
        patience=30,
    )
    now, under_way, answered, asked = 0.0, list[Job](), list[Request](), 6
    brood = list(further)
    while True:
        under_way += started(plan, now)
        assert len(under_way) == plan.under_way <= concurrency
        if not under_way:
            pause = plan.pause(now)
            if pause is None:
                break
            now += pause
            continue
        job = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        now += data.draw(st.sampled_from([0.0, 0.1, 3.0]))
        match data.draw(st.sampled_from(["answer", "fault", "throttle", "again"])):
            case "again" if job.redirected < 2:
                job.redirected += 1
                plan.again(job)
                continue
            case "fault" | "throttle" as what:
                if plan.fail(job, now, throttled=what == "throttle"):
                    continue
            case _:
                plan.settle(job, now)
        answered.append(job.request)
        if brood:
            count = brood.pop()
            plan.further([Get(f"log-{asked}-{number}") for number in range(count)])
            asked += count
    assert len(answered) == len(set(answered)) == asked
