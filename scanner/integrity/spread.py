"""Lanes spread over processes of this machine, or over a Dask cluster: one seam, `prove`."""

import multiprocessing
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from scanner.cluster import SHARES, connected, threads
from scanner.integrity.run import Progress, Proven, Task, prove


def in_processes(task: Task, processes: int, tell: Progress) -> Proven:
    """Each with connections and a share of the lanes of its own. An interrupt ends them all."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_heed_the_parent_alone) as pool:
        futures = {pool.submit(prove, part): part for part in parts(task, processes * SHARES)}
        try:
            return merged(_told(future.result(), tell) for future in as_completed(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def over_dask(task: Task, address: str, tell: Progress) -> Proven:
    """On every worker of the cluster, which must have trailaudit and AWS credentials of its own."""
    with connected(address) as client:
        futures = client.map(prove, list(parts(task, threads(client) * SHARES)), pure=False)
        try:
            return merged(_told(future.result(), tell) for future in futures)
        except BaseException:
            client.cancel(futures)
            raise


def parts(task: Task, most: int) -> Iterator[Task]:
    """The lanes dealt out, so that neighbours, which are often alike, go to different workers."""
    for at in range(min(most, len(task.lanes))):
        yield replace(task, lanes=task.lanes[at::most])


def merged(found: Iterable[Proven]) -> Proven:
    """The order doesn't matter: `conclude` sorts the lanes."""
    every = list(found)
    since = [one.unchanged_since for one in every if one.unchanged_since]
    return Proven(tuple(lane for one in every for lane in one.outcomes), min(since, default=None))


def _told(proven: Proven, tell: Progress) -> Proven:
    tell(sum(outcome.lane.digests for outcome in proven.outcomes))
    return proven


def _heed_the_parent_alone() -> None:
    """Ctrl-C reaches every process of the terminal: here the parent's word ends the work, journal and all."""

    def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, leave)
