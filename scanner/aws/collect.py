"""From a scope to a posture: who asks, which accounts are meant, and what is read of them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from scanner.aws.clients import Clients
from scanner.aws.journal import Journal
from scanner.aws.organization import read_organization
from scanner.aws.pace import Pace
from scanner.aws.pool import Pool, Progress
from scanner.aws.reader import Ledger, Reader
from scanner.aws.recorder import Recorder
from scanner.aws.scope import Scope
from scanner.aws.states import with_states
from scanner.aws.targets import Target, Visit, enter, find_targets, identify, organization_reader
from scanner.aws.waves import Waves
from scanner.errors import UserError
from scanner.model.arn import principal
from scanner.model.posture import Caller, Posture
from scanner.model.reading import Known

Workers = Callable[[Caller, tuple[Target, ...]], None]
"""Who read accounts beforehand; afterwards the journal knows what they were answered."""


def _silent(_done: int, _total: int) -> None:
    pass


def collect(
    scope: Scope,
    needs: frozenset[str],
    *,
    now: datetime,
    on_progress: Progress = _silent,
    clients: Clients | None = None,
    recorder: Recorder | None = None,
    journal: Journal | None = None,
    workers: Workers | None = None,
) -> Posture:
    """Read what checks with these needs rest on (`Check.reads`); what nobody needs is a `NotRead` gap.

    `clients` default to those of the scope's profile; a `recorder` keeps every reading as evidence, a
    `journal` what was answered, and asks for nothing that it knows, be it from an earlier run or from
    `workers`. Raises UserError where nothing can be scanned, SourceExpiredError where the credentials that it
    starts from don't last to the end.
    """
    clients = clients or Clients(profile=scope.profile, regions=scope.regions, threads=scope.concurrency)
    with Pool(scope.concurrency, on_progress) as pool:
        ledger = Ledger()
        start = Reader(clients, ledger, Pace(sleep=pool.sleep), clients.caller, account="", recorder=recorder)
        caller, own = identify(start)
        if journal is not None:
            journal.belong_to(principal(caller.arn))
            own = replace(own, journal=journal)
        desk = organization_reader(scope, caller, own)
        organization = read_organization(desk, needs)
        targets = find_targets(scope, caller, desk)
        if workers is not None:
            workers(caller, targets)
        visits = tuple(pool.map(lambda target: enter(scope, caller, own, target), targets).values())
        known_regions = clients.known_regions(caller.partition)
        _refuse_unknown_regions(scope, visits, known_regions)
        waves = Waves(scope, needs, caller, organization, visits, known_regions, pool, now)
        posture = waves.read().model_copy(update={"calls": ledger.counts()})
    return with_states(posture)


def _refuse_unknown_regions(scope: Scope, visits: Iterable[Visit], known_regions: tuple[str, ...]) -> None:
    """AWS may know regions that the SDK doesn't, and the other way round: either is enough."""
    known = set(known_regions)
    for visit in visits:
        if isinstance(visit.enabled, Known):
            known.update(visit.enabled.value)
    if unknown := sorted(set(scope.regions) - known):
        raise UserError(f"unknown region: {', '.join(unknown)}", hint=f"regions: {', '.join(sorted(known))}")
