"""Many calls at once."""

import threading

import pytest

from scanner.aws.pool import Pool, spread


def silent(_done: int, _total: int) -> None:
    pass


def test_results_come_in_the_order_of_the_items_each_once() -> None:
    with Pool(4, silent) as pool:
        assert list(pool.map(lambda item: item * 2, [3, 1, 2, 1]).items()) == [(3, 6), (1, 2), (2, 4)]


def test_accounts_take_turns() -> None:
    items = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("c", 1)]
    assert spread(items, account=lambda item: item[0]) == [
        ("a", 1),
        ("b", 1),
        ("c", 1),
        ("a", 2),
        ("b", 2),
        ("a", 3),
    ]


def test_an_interruption_does_not_wait_for_what_is_under_way() -> None:
    release, begun = threading.Event(), []

    def work(item: int) -> None:
        begun.append(item)
        release.wait(10)

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Pool(1, interrupt) as pool:
        pool.map(work, range(100))
    release.set()
    assert len(begun) <= 1


def test_a_retry_stops_waiting_when_the_scan_is_given_up() -> None:
    pool = Pool(1, silent)
    assert pool.sleep(0) is False
    pool.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert pool.sleep(60) is True


def test_progress_is_told_over_several_rounds_and_ends_with_all_done() -> None:
    told: list[tuple[int, int]] = []
    with Pool(2, lambda done, total: told.append((done, total))) as pool:
        pool.map(str, range(3))
        pool.map(str, [])
        pool.map(str, range(2))
    assert told[-1] == (5, 5)
    assert told == sorted(told)


def test_what_breaks_in_a_thread_breaks_the_scan_and_the_rest_is_not_begun() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        return 1 // item

    with pytest.raises(ZeroDivisionError), Pool(1, silent) as pool:
        pool.map(work, [2, 1, 0, 3, 4])
    assert begun == [2, 1, 0]
