"""Many calls at once, without favouring an account, and an end that doesn't wait."""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event
from types import TracebackType
from typing import Self, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Progress = Callable[[int, int], None]
"""Told from the scan's own thread how many steps are done, of how many that are known so far."""
GLANCE = 0.1
"""Seconds between two looks at the progress. Waking for each step would cost a tenth of what a call does."""


class Pool:
    """Threads for one scan. An exception in the `with` block drops what has not begun."""

    def __init__(self, threads: int, on_progress: Progress) -> None:
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="trailaudit")
        self._on_progress = on_progress
        self._stop = Event()
        self._done = self._total = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._executor.shutdown(wait=error is None, cancel_futures=True)

    def sleep(self, seconds: float) -> bool:
        """For `Pace`: True, at once, when the scan was given up."""
        return self._stop.wait(seconds)

    def map(self, work: Callable[[K], V], items: Iterable[K]) -> dict[K, V]:
        """What `work` makes of each item, in the order of the items, each done once."""
        order = tuple(dict.fromkeys(items))
        waiting = deque(order)
        made: dict[K, V] = {}

        def work_off() -> None:
            while waiting and not self._stop.is_set():
                try:
                    item = waiting.popleft()
                except IndexError:  # another thread took the last one
                    return
                made[item] = work(item)

        before = self._done
        self._total += len(order)
        workers = {self._executor.submit(work_off) for _ in range(min(self._threads, len(order)))}
        while workers:
            self._on_progress(before + len(made), self._total)
            ended, workers = wait(workers, timeout=GLANCE, return_when=FIRST_EXCEPTION)
            for worker in ended:
                worker.result()
        self._done = before + len(order)
        self._on_progress(self._done, self._total)
        return {item: made[item] for item in order}


def spread(items: Iterable[K], account: Callable[[K], str]) -> list[K]:
    """The items in turns, one of each account: quotas are per account."""
    turns: Counter[str] = Counter()
    ranked: list[tuple[int, K]] = []
    for item in items:
        ranked.append((turns[account(item)], item))
        turns[account(item)] += 1
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]
