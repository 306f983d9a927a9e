"""One lane as it is read: its digests day by day, and the log files that they name.

A log file is read once its day was listed, since the listing tells what is unchanged since an earlier run.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from scanner.integrity.days import Day, Days
from scanner.integrity.digest import KeyRing, Proof
from scanner.integrity.evidence import Circumstances, DigestSeen, LogState, Tally
from scanner.integrity.journal import Journal, Row, proven_log
from scanner.integrity.judging import document, log_seen, proof, proof_of_row
from scanner.integrity.lane import conclude_lane
from scanner.integrity.layout import (
    DigestKey,
    digest_days,
    digest_prefix,
    log_days,
    log_prefix,
    parse_digest_key,
    relative,
)
from scanner.integrity.objects import Answer, Container, Get, Got, List, Listed, Outcome, Page, Request
from scanner.integrity.pending import Named, Pending
from scanner.integrity.reconcile import Reconciliation
from scanner.model.verification import LaneOutcome

DAY = timedelta(days=1)
LOG_LIMIT = 2**32
"""Bytes that a log file may inflate to."""


@dataclass(frozen=True, slots=True)
class Site:
    """Which trail's files are meant, and how their keys begin; `copied`: they lie elsewhere now."""

    trail: str
    home: str
    prefix: str = ""
    organization: str | None = None
    copied: bool = False


Learn = Callable[[Circumstances], Circumstances]
"""Completes what is known of a lane: stops of the trail, other trails, lifecycle rules."""


class _What(Enum):
    DIGESTS = "digests"
    DIGEST = "digest"
    LOGS = "logs"
    LOG = "log"
    OTHER = "other"
    """A digest of another trail, that may name what ours doesn't."""


class Tag(NamedTuple):
    """What an answer is to: the lane, what was asked, and what it was asked for."""

    walk: "Walk"
    what: _What
    about: object


class Walk:
    """Asks for a lane's objects and takes the answers; `outcome` is there when `done`."""

    def __init__(
        self,
        site: Site,
        circumstances: Circumstances,
        ring: KeyRing,
        *,
        bucket: str,
        journal: Journal | None = None,
        recheck: bool = False,
        learn: Learn = lambda known: known,
    ) -> None:
        """`learn` is only asked where something is amiss."""
        self.lane = circumstances.lane
        self._site = site
        self._circumstances = circumstances
        self._ring = ring
        self._bucket = bucket
        self._journal = journal
        self._recheck = recheck
        self._learn = learn
        self._prefix = f"{site.prefix}/" if site.prefix else ""
        self._folder = (site.prefix, site.organization, self.lane.account, self.lane.region)
        start, end = circumstances.start, circumstances.end
        folders = [(day, log_prefix(*self._folder, day)) for day in digest_days(start, end)]
        self._days: Days[Named] = Days(folders, log_days(start, end))
        self._outstanding = 0
        self._seen: list[DigestSeen] = []
        self._others: list[str] = []
        self._reconciliation = Reconciliation()
        self._logs_fault: str | None = None
        self._fault: str | None = None
        self.unchanged_since: datetime | None = None
        """The oldest proof of an earlier run that was relied on."""
        self.hours = 0
        """Digests that are done."""

    def begin(self) -> Iterable[Request]:
        return self._count(self._open())

    def take(self, answer: Answer) -> Iterable[Request]:
        self._outstanding -= 1 if not isinstance(answer, Page) or answer.last else 0
        tag = answer.request.tag
        assert isinstance(tag, Tag)
        further: Iterable[Request]
        match answer, tag.what, tag.about:
            case Page(), _What.DIGESTS, Day() as day:
                further = self._digests(day, answer)
            case Got(), _What.DIGEST, (Day() as day, DigestKey() as key, Listed() as listed):
                further = self._digest(day, key, listed, answer)
            case Page(), _What.LOGS, Day() as day:
                further = self._logs(day, answer)
            case Got(), _What.LOG, Named() as named:
                further = self._log(named, answer)
            case Got(), _What.OTHER, _:
                further = self._other(answer)
            case _:
                raise AssertionError(f"not asked for: {answer.request}")
        requests = self._count(further)
        if self.done:
            requests = self._count(self._later()) or self._count(self._ask_others())
        return requests

    @property
    def done(self) -> bool:
        return self._outstanding == 0

    def outcome(self) -> LaneOutcome:
        found = self._conclude(self._circumstances)
        return self._conclude(self._learn(self._circumstances)) if found.findings else found

    def _conclude(self, circumstances: Circumstances) -> LaneOutcome:
        listed, why = (self._reconciliation, "") if self._logs_fault is None else (None, self._logs_fault)
        return conclude_lane(circumstances, self._seen, self._ring, listed, fault=self._fault, logs_fault=why)

    def _count(self, requests: Iterable[Request]) -> list[Request]:
        counted = list(requests)
        self._outstanding += len(counted)
        return counted

    def _open(self) -> Iterator[Request]:
        for day in self._days.to_open():
            yield List(digest_prefix(*self._folder, day.date), self._tag(_What.DIGESTS, day))

    def _advance(self) -> Iterator[Request]:
        """Whatever the answers so far allow to be asked for."""
        for day in self._days.to_list():
            if day.listed:
                yield List(day.folder, self._tag(_What.LOGS, day))
            else:
                yield from map(self._get, self._days.close(day))
        yield from self._open()

    # Digests

    def _digests(self, day: Day[Named], page: Page) -> Iterator[Request]:
        if page.outcome is not Outcome.OK:
            self._fault = page.detail
        ours: list[tuple[DigestKey, Listed]] = []
        for listed in page.objects:
            key = parse_digest_key(listed.key)
            if key is None or (key.prefix, key.organization, key.account, key.region) != self._folder:
                continue
            if (key.trail, key.home) != (self._site.trail, self._site.home):
                self._others.append(listed.key)
            else:
                ours.append((key, listed))
        if self._journal is not None and not self._recheck:
            self._journal.look_ahead([listed.key for _, listed in ours])
        for key, listed in ours:
            if (row := self._known(listed)) is not None:
                yield from self._known_digest(key, row)
            else:
                day.waiting += 1
                yield Get(listed.key, self._tag(_What.DIGEST, (day, key, listed)), keep=True)
        if page.last:
            yield from self._less(day)

    def _known(self, listed: Listed) -> Row | None:
        """What an earlier run has proven of a digest that is still the same object."""
        if self._journal is None or self._recheck:
            return None
        row = self._journal.get(listed.key)
        return row if row is not None and (row.etag, row.size) == (listed.etag, listed.size) else None

    def _known_digest(self, key: DigestKey, row: Row) -> Iterator[Request]:
        proven = proof_of_row(self._ring, row)
        yield from self._name(
            Pending(key, row.digest, row.signature, proven, row.modified, row, trusted=True)
        )

    def _less(self, day: Day[Named]) -> Iterator[Request]:
        """One answer less to wait for."""
        day.waiting -= 1
        if not day.waiting:
            yield from self._advance()

    def _digest(self, day: Day[Named], key: DigestKey, listed: Listed, got: Got) -> Iterator[Request]:
        digest = document(key, self._bucket, got)
        if isinstance(digest, DigestSeen):
            self._finished(digest)
        else:
            signature, proven = proof(self._ring, digest, got.metadata)
            row = None
            container = got.detail if got.container is not Container.WHOLE else ""
            whole = got.etag == listed.etag and not container
            if self._journal is not None and whole and got.body is not None:
                now, modified = self._circumstances.now, got.last_modified or listed.last_modified
                signed = proven is Proof.VALID
                row = Row(listed.key, listed.etag, listed.size, digest, signature, signed, modified, now, ())
            yield from self._name(Pending(key, digest, signature, proven, got.last_modified, row, container))
        yield from self._less(day)

    def _name(self, pending: Pending) -> Iterator[Request]:
        """Look at the log files of a digest that is about the period.

        Also where the signature beside it is false: its successor may prove it all the same.
        """
        digest = pending.digest
        if pending.proof is Proof.INVALID:
            pending.row = None
        if not self._circumstances.covers(digest.start, digest.end):
            for log in digest.logs:
                self._reconciliation.named(self._here(log.key))
            self._finish(pending, None)
            return
        self._settle(pending)
        for at, log in enumerate(digest.logs):
            named = Named(pending, at, self._here(log.key), log.bucket, log.sha256)
            if not self._days.hold(named.key, named):
                yield self._get(named)

    def _settle(self, pending: Pending) -> None:
        """The digest is done when each of its log files is."""
        if not pending.left:
            self._finish(pending, pending.tally([self._here(log.key) for log in pending.digest.logs]))

    def _finish(self, pending: Pending, tally: Tally | None) -> None:
        self._finished(pending.seen(self._bucket, tally))
        if pending.trusted and pending.row is not None:
            since = pending.row.proven
            self.unchanged_since = min(self.unchanged_since or since, since)
        if self._journal is not None and (row := pending.to_keep(tally)) is not None:
            self._journal.put(row)

    def _finished(self, seen: DigestSeen) -> None:
        self._seen.append(seen)
        self.hours += 1

    # Log files

    def _logs(self, day: Day[Named], page: Page) -> Iterator[Request]:
        if page.outcome is not Outcome.OK:
            self._logs_fault = page.detail
        for listed in page.objects:
            if (named := self._days.listed(day, listed.key)) is None:
                self._reconciliation.listed(listed.key, listed.last_modified)
                continue
            pending, at = named.pending, named.at
            before = pending.before(at)
            if before is not None and before.is_(listed.etag, listed.size):
                self._reconciliation.met(listed.key)
                pending.unchanged(at, before)
                self._settle(pending)
            else:
                self._reconciliation.listed(listed.key, listed.last_modified)
                yield self._get(named._replace(listed=listed))
        if page.last:
            yield from map(self._get, self._days.close(day))
            yield from self._advance()

    def _log(self, named: Named, got: Got) -> tuple[Request, ...]:
        seen = log_seen(named.key, named.sha256, got)
        proven, listed = None, named.listed
        if seen.state is LogState.VALID and listed is not None:
            proven = proven_log(listed.etag, listed.size, got.size)
        named.pending.settle(named.at, seen, proven)
        self._reconciliation.named(seen.key, present=seen.state is not LogState.MISSING)
        self._settle(named.pending)
        return ()

    def _get(self, named: Named) -> Get:
        elsewhere = named.bucket if not self._site.copied and named.bucket != self._bucket else None
        return Get(named.key, self._tag(_What.LOG, named), limit=LOG_LIMIT, bucket=elsewhere)

    def _here(self, key: str) -> str:
        """Where a file of the trail lies now."""
        return f"{self._prefix}{relative(key)}" if self._site.copied else key

    def _later(self) -> Iterator[Request]:
        """The digests of a day more, while CloudTrail delivered later ones and none ends past the period."""
        known = self._circumstances
        if known.delivered is None or known.delivered <= known.listed_to:
            return
        if self._fault is None and not any(seen.key.end >= known.end for seen in self._seen):
            day = known.listed_to.date()
            self._circumstances = replace(known, listed_to=min(known.now, known.listed_to + DAY))
            self._days.add(day, log_prefix(*self._folder, day))
            yield from self._open()

    # Other trails

    def _ask_others(self) -> Iterator[Request]:
        """The digests of other trails, where there are log files that none of ours names."""
        if self._others and self._reconciliation.unclaimed:
            keys, self._others = self._others, []
            for key in keys:
                yield Get(key, self._tag(_What.OTHER, key), keep=True)

    def _other(self, got: Got) -> tuple[Request, ...]:
        key = parse_digest_key(got.request.key)
        assert key is not None
        digest = document(key, self._bucket, got)
        if not isinstance(digest, DigestSeen) and proof(self._ring, digest, got.metadata)[1] is Proof.VALID:
            for log in digest.logs:
                self._reconciliation.named(self._here(log.key))
        return ()

    def _tag(self, what: _What, about: object) -> Tag:
        return Tag(self, what, about)
