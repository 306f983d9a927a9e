"""Accounts dealt out over a Dask cluster: their answers come back as rows of the journal.

Whatever goes wrong there (a worker lost for good, a share that fails, the scheduler gone), the accounts are
left to the scan itself, which asks for all that the journal doesn't know.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from scanner.aws.failures import bounded, one_line
from scanner.aws.journal import Journal
from scanner.aws.pool import Progress
from scanner.aws.survey import Errand, Found, sign_in, survey
from scanner.aws.targets import Target
from scanner.cluster import LOCAL, SHARES, completed, connected, everywhere
from scanner.model.arn import principal
from scanner.model.posture import Caller
from scanner.words import plural

UNIT = 10
"""Accounts of one errand, at most: what is lost with a worker, and what is written down at once."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DaskWorkers:
    """Those of one cluster, for `collect`."""

    address: str
    errand: Errand
    """Without targets."""
    journal: Journal
    tell: Progress
    """Told how many accounts are read, of how many."""

    def __call__(self, caller: Caller, targets: tuple[Target, ...]) -> None:
        """Raises UserError where the cluster can't be used."""
        begun = self.journal.accounts()
        wanted = [
            target
            for target in targets
            if target.skipped is None and target.id != caller.account and target.id not in begun
        ]
        if not wanted:
            return
        with connected(self.address) as client:
            threads = client.nthreads()
            most = sum(threads.values()) if self.address == LOCAL else max(threads.values())
            errand = replace(
                self.errand,
                sender=principal(caller.arn),
                threads=max(1, self.errand.scope.concurrency // most),
            )
            for _ in everywhere(client, sign_in, errand):
                pass
            self._read(client, errand, wanted, sum(threads.values()))

    def _read(self, client: Any, errand: Errand, wanted: list[Target], threads: int) -> None:
        units = {
            client.submit(survey, replace(errand, targets=unit), pure=False): unit
            for unit in dealt(wanted, threads * SHARES)
        }
        done, problem = 0, "no worker is left"
        self.tell(done, len(wanted))
        try:
            for future in completed(client, units.keys()):
                try:
                    found: Found = future.result()
                except Exception as error:  # noqa: BLE001 - whatever a worker raises, or Dask about it
                    problem = bounded(one_line(f"{type(error).__name__}: {error}"))
                    log.debug("a Dask worker failed: %s", problem)
                else:
                    self._write(found)
                    done += len(units[future])
                    self.tell(done, len(wanted))
                future.release()
        finally:
            client.cancel(list(units))
        if left := len(wanted) - done:
            log.warning("Dask workers did not read %s (%s): read here", plural(left, "account"), problem)

    def _write(self, found: Found) -> None:
        self.journal.put(found.rows)
        for role, identity in found.sessions:
            self.journal.keep_session(role, identity)


def dealt(targets: list[Target], least: int) -> Iterator[tuple[Target, ...]]:
    """In so many units at least, where there are enough accounts, and in no larger ones than wanted."""
    count = min(len(targets), max(least, ceil(len(targets) / UNIT)))
    for at in range(count):
        yield tuple(targets[at::count])
