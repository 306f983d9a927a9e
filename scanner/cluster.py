"""A Dask cluster: work for other machines, or for all the cores of this one."""

import logging
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any, TypeVar

from scanner.errors import UserError

T = TypeVar("T")

ALIKE = "install the same trailaudit, with the same Python, for every worker"
LOCAL = "local"
"""In place of a scheduler's address: a cluster of this machine's own, which ends with the work."""
SHARES = 4
"""Tasks for each thread of the workers, so that none waits long for the slowest."""
OVERLAP = 2
"""Tasks at once in each process of this machine: one works while the other waits for its turn at an API."""
LOOK = 0.1
"""Seconds between two looks at what is done."""
COUNT = 5.0
"""Seconds between two looks at who is there."""
PATIENCE = 30.0
"""Seconds to wait for a worker once none is left."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the cluster, whose workers have this release of trailaudit.

    Raises UserError where that isn't to be had.
    """
    try:
        distributed: Any = import_module("distributed")  # an extra, and untyped
    except ModuleNotFoundError as error:
        raise UserError("--dask needs the package distributed", "pip install 'trailaudit[dask]'") from error
    if address == LOCAL:
        with _own(distributed) as cluster, distributed.Client(cluster, set_as_default=False) as client:
            client.run(_heed_the_parent_alone)
            yield client
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells of each connection that ends
    try:
        client = distributed.Client(address, set_as_default=False, timeout="10s")
    except (OSError, ValueError) as error:
        raise UserError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        if not threads(client):
            raise UserError(f"the Dask cluster at {address} has no workers", hint="start one: `dask worker`")
        _require_release(client)
        yield client


def _own(distributed: Any) -> Any:
    return distributed.LocalCluster(
        n_workers=os.cpu_count() or 1,
        threads_per_worker=OVERLAP,
        processes=True,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )


def _heed_the_parent_alone() -> None:
    """Ctrl-C reaches every process of the terminal: here the parent's word ends the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def threads(client: Any) -> int:
    """Of all workers that are there now."""
    return sum(client.nthreads().values())


def everywhere(client: Any, function: Callable[..., T], *arguments: object) -> Iterator[tuple[str, T]]:
    """What it returns in each worker, by address. Raises UserError that names one where it fails."""
    for worker, answer in sorted(client.run(function, *arguments, on_error="return").items()):
        match answer:
            case UserError(problem=problem, hint=hint):
                raise UserError(f"the Dask worker at {worker} can't help: {problem}", hint=hint)
            case OSError():  # it has gone meanwhile
                pass
            case Exception():
                raise UserError(
                    f"the Dask worker at {worker} can't help: {type(answer).__name__}: {answer}", ALIKE
                )
            case _:
                yield worker, answer


def _require_release(client: Any) -> None:
    wanted = version("trailaudit")

    # Travels as code and not by name: whether there is a module of that name is the question.
    def release() -> str | None:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            return version("trailaudit")
        except PackageNotFoundError:
            return None

    for worker, found in everywhere(client, release):
        if found != wanted:
            told = "no trailaudit" if found is None else f"trailaudit {found}"
            raise UserError(f"the Dask worker at {worker} has {told}, this is {wanted}", ALIKE)


def completed(client: Any, futures: Collection[Any]) -> Iterator[Any]:
    """The futures as they end, well or not; without those that are left when no worker is, for a while."""
    waiting = import_module("distributed").as_completed(futures, loop=client.loop)
    seen = counted = time.monotonic()
    while not waiting.is_empty():
        yield from waiting.next_batch(block=False)
        time.sleep(LOOK)
        now = time.monotonic()
        if now - counted >= COUNT:
            counted = now
            if _has_workers(client):
                seen = now
            elif now - seen >= PATIENCE:
                return


def _has_workers(client: Any) -> bool:
    try:
        return threads(client) > 0
    except (OSError, ValueError):  # the scheduler has gone, or the client has given it up
        return False
