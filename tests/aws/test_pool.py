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
