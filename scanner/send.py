"""`send securityhub` on one screen: the verdicts of each account into its own Security Hub, with its own
session, and into the archive what no longer stands.

Security Hub belongs to a region. A finding goes to the hub of the region that it is filed in; those on a
whole account can be sent to another one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from scanner.asff import (
    GENERATOR,
    LARGEST_FINDING,
    NEW,
    Asff,
    Held,
    archived,
    batches,
    filed_in,
    is_later,
    outdated,
    size,
    workflow,
)
from scanner.aws.clients import Clients
from scanner.aws.failures import bounded, one_line
from scanner.aws.pace import Pace
from scanner.aws.pool import Pool, Progress
from scanner.aws.reader import Ledger, Reader
from scanner.aws.scope import Scope
from scanner.aws.securityhub import Rejected, import_findings, is_missing, move, read_held
from scanner.aws.targets import find_targets, identify, session_in
from scanner.compare import Sight
from scanner.errors import UserError
from scanner.model.arn import LEADER_REGIONS
from scanner.model.reading import Gap, Known, Outcome, Reading
from scanner.model.result import Result, Run
from scanner.words import listed, plural

Write = Callable[[Reader, list[Asff]], Reading[tuple[Rejected, ...]]]
"""A call that writes a batch, and answers what was not accepted."""
NO_HUB = "Security Hub is not enabled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the findings of one hub; no region: its account could not be entered."""

    account: str
    region: str | None
    sent: int = 0
    archived: int = 0
    unsent: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is alike for all accounts."""

    sight: Sight
    run: Run
    partition: str
    home: str | None
    """The region whose hub gets verdicts on whole accounts; None: the one that they are filed in."""
    dry_run: bool


@dataclass(slots=True)
class _Hub:
    """The Security Hub of one account and region while it is served."""

    errand: _Errand
    reader: Reader
    findings: Sequence[Asff]
    held: tuple[Held, ...] = ()
    accepted: frozenset[str] = frozenset()
    archived: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def region(self) -> str:
        return self.reader.region or ""

    def exists(self) -> bool:
        """Look what it holds. One that can't be read is sent to all the same."""
        found = read_held(self.reader, self.errand.partition)
        if isinstance(found, Known):
            self.held = found.value
        elif is_missing(found):
            if self.findings:
                self.problems.append(NO_HUB)
            return False
        else:
            self.problems.append(f"earlier findings stay as they are: {found.detail}")
        return True

    def take(self) -> None:
        """Import the verdicts of this run."""
        later = {one.id for one in self.held if is_later(one, self.errand.run)}
        fit, late, large = [], 0, 0
        for one in self.findings:
            if one["Id"] in later:
                late += 1
            elif size(one) > LARGEST_FINDING:
                large += 1
            else:
                fit.append(one)
        if late:
            self.problems.append(f"{plural(late, 'finding')} not sent: Security Hub holds a later verdict")
        if large:
            self.problems.append(f"{plural(large, 'finding')} not sent: larger than Security Hub takes")
        held = {one.id: one for one in self.held}
        states = {one["Id"]: workflow(held[one["Id"]], one) for one in fit if one["Id"] in held}
        # What opens is moved first, what closes last: whatever fails between, nothing open is closed.
        self._move([one for one in fit if states.get(one["Id"]) == NEW], states)
        self.accepted = self._write(fit, import_findings)
        self._move(
            [one for one in fit if one["Id"] in self.accepted and states.get(one["Id"]) != NEW], states
        )

    def clear(self, filed: Mapping[str, str]) -> None:
        """Archive what no longer stands; what a later run has sent is not this one's to judge."""
        gone = [
            archived(one, self.errand.run.finished)
            for one in outdated(self.held, self.errand.sight, filed)
            if not is_later(one, self.errand.run)
        ]
        self.archived = len(self._write(gone, import_findings))

    def _move(self, contents: Iterable[Asff], states: Mapping[str, str | None]) -> None:
        """Into these states, those alike at once: a call has one state and one note."""
        alike: defaultdict[tuple[str, str], list[Asff]] = defaultdict(list)
        for one in contents:
            if (state := states.get(one["Id"])) is not None:
                alike[state, str(one.get("Note"))].append(one)
        for (state, _), some in alike.items():
            self._write(some, partial(move, state=state))

    def _write(self, contents: Sequence[Asff], call: Write) -> frozenset[str]:
        """The ids of those that were accepted, or would be sent."""
        if self.errand.dry_run:
            return frozenset(one["Id"] for one in contents)
        accepted: set[str] = set()
        rejected: list[Rejected] = []
        for batch in batches(contents):
            answer = call(self.reader, batch)
            if isinstance(answer, Gap):
                self.problems.append(NO_HUB if is_missing(answer) else answer.detail)
                if answer.outcome is Outcome.DENIED or is_missing(answer):
                    break  # the next one would end alike
            else:
                rejected += answer.value
                accepted |= {one["Id"] for one in batch} - {one.id for one in answer.value}
        self.problems += _rejections(rejected, contents)
        return frozenset(accepted)

    def delivery(self) -> Delivery:
        return Delivery(
            self.reader.account,
            self.region,
            sent=len(self.accepted),
            archived=self.archived,
            unsent=len(self.findings) - len(self.accepted),
            problems=tuple(dict.fromkeys(self.problems)),
        )


def send(
    result: Result,
    findings: Iterable[Asff],
    scope: Scope,
    *,
    home: str | None,
    dry_run: bool,
    on_progress: Progress,
    clients: Clients | None = None,
) -> tuple[Delivery, ...]:
    """Sorted by account and region; hubs with nothing to do are left out.

    `findings` are those of the result, as its `asff` report has them. Of accounts that the run could not
    enter nothing is sent: it has nothing to say of them. Raises UserError where it can't begin.
    """
    sight = Sight.of(result)
    accounts = tuple(account.id for account in result.scope.accounts if sight.reached(account.id))
    if not accounts:
        return ()
    clients = clients or Clients(
        profile=scope.profile, regions=(home,) if home else (), threads=scope.concurrency
    )
    asked = scope.model_copy(update={"accounts": accounts, "organization": False, "ous": (), "excluded": ()})
    with Pool(scope.concurrency, on_progress) as pool:
        start = Reader(clients, Ledger(), Pace(sleep=pool.sleep), clients.caller, account="")
        caller, own = identify(start)
        _require_known(home, clients.known_regions(caller.partition), result)
        targets = find_targets(asked, caller, own)
        errand = _Errand(sight, result.run, caller.partition, home, dry_run)
        parcels = _parcels(findings, errand)

        def serve(account: str) -> tuple[Delivery, ...]:
            session = session_in(asked, caller, own, account)
            if isinstance(session, Gap):
                unsent = sum(map(len, parcels[account].values()))
                return (Delivery(account, None, unsent=unsent, problems=(session.detail,)),)
            return tuple(_serve(errand, session.value, parcels[account]))

        served = pool.map(serve, (target.id for target in targets))
    return tuple(delivery for deliveries in served.values() for delivery in deliveries)


def _require_known(home: str | None, known: Iterable[str], result: Result) -> None:
    regions = {*known, *(region for account in result.scope.accounts for region in account.regions)}
    if home is not None and home not in regions:
        raise UserError(f"--region: unknown region {home!r}", hint=f"regions: {', '.join(sorted(regions))}")


def _parcels(findings: Iterable[Asff], errand: _Errand) -> Mapping[str, Mapping[str, list[Asff]]]:
    """What goes to which account and region; every account that the run entered has a place."""
    verdicts = errand.sight.findings
    parcels: dict[str, defaultdict[str, list[Asff]]] = {
        account: defaultdict(list) for account in errand.sight.accounts if errand.sight.reached(account)
    }
    for content in findings:
        verdict = verdicts.get(content["Id"])
        if verdict is None or verdict.account not in parcels:
            continue
        region = errand.home if errand.home is not None and verdict.region is None else content["Region"]
        parcels[verdict.account][region].append(filed_in(content, region))
    return parcels


def _serve(errand: _Errand, session: Reader, parcels: Mapping[str, list[Asff]]) -> Iterator[Delivery]:
    """All hubs take what is new before any gives up what moved to another."""
    account = errand.sight.accounts[session.account]
    leader = LEADER_REGIONS.get(errand.partition, LEADER_REGIONS["aws"])[0]
    regions = {*parcels, *account.regions, errand.home or leader, leader}
    hubs = [_Hub(errand, session.at(region), parcels.get(region, [])) for region in sorted(regions)]
    there = [hub for hub in hubs if hub.exists()]
    for hub in there:
        hub.take()
    filed = {id_: hub.region for hub in there for id_ in hub.accepted}
    for hub in there:
        hub.clear(filed)
    for hub in hubs:
        delivery = hub.delivery()
        if delivery.sent or delivery.archived or delivery.problems:
            yield delivery


def _rejections(rejected: Iterable[Rejected], contents: Iterable[Asff]) -> Iterator[str]:
    """What Security Hub said, once for all findings of which it said the same."""
    generators = {one["Id"]: one["GeneratorId"].removeprefix(GENERATOR) for one in contents}
    alike: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in rejected:
        alike[one.code, one.message].append(generators.get(one.id, one.id))
    for (code, message), checks in sorted(alike.items()):
        said = f"{code}: {bounded(one_line(message))}"
        yield f"{plural(len(checks), 'finding')} not accepted ({said}): {listed(sorted(set(checks)))}"
