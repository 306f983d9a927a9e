"""One lane from evidence to outcome; pure, so the order in which things came can't matter."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scanner.integrity.chain import Chain, Judged, follow
from scanner.integrity.digest import KeyRing
from scanner.integrity.evidence import Circumstances, DigestSeen, LogSeen, LogState, Tally, stamp_of
from scanner.integrity.holes import LATE, Timeline, state_of
from scanner.integrity.hours import Span, calendar, count
from scanner.integrity.layout import HOUR
from scanner.integrity.reconcile import Reconciliation, judge_unclaimed
from scanner.integrity.report import finding
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.verification import (
    HourState,
    IntegrityCounts,
    Kind,
    LaneOutcome,
    ProvenLane,
)
from scanner.words import plural

_MINUTE = timedelta(minutes=1)
_BESIDE = (Kind.DIGEST_MOVED, Kind.DIGEST_INJECTED)
"""A digest that proves nothing, where none is missing."""
_KINDS = {
    LogState.ALTERED: Kind.LOG_ALTERED,
    LogState.CONTAINER: Kind.CONTAINER_ALTERED,
    LogState.MISSING: Kind.LOG_MISSING,
    LogState.UNREADABLE: Kind.LOG_UNREADABLE,
}


def conclude_lane(
    about: Circumstances,
    seen: Iterable[DigestSeen],
    keys: KeyRing,
    reconciliation: Reconciliation | None = None,
    *,
    fault: str | None = None,
    logs_fault: str = "they were not asked for",
) -> LaneOutcome:
    """What the digests of one lane prove.

    `reconciliation` is None where not all log files were listed, which `logs_fault` gives the cause of: then
    none is known to be injected, nor known not to be. `fault` says why some digests could not be listed:
    then what isn't there is unknown, and not missing.
    """
    lane = _Lane(about, follow(seen, about, keys), reconciliation, fault)
    if reconciliation is None:
        lane.leave_open(f"whether log files were put there: they could not be listed ({logs_fault})")
    return lane.outcome()


class _Lane:
    def __init__(
        self, about: Circumstances, chain: Chain, reconciliation: Reconciliation | None, fault: str | None
    ) -> None:
        self._about = about
        self._vanished = reconciliation.vanished if reconciliation else frozenset()
        self._listed = reconciliation if fault is None else None
        self._judged = [judged for judged in chain.judged if self._is_in_period(judged)]
        self._proven = [judged for judged in self._judged if judged.proven and self._covers(judged)]
        unclaimed = self._listed.unclaimed if self._listed else {}
        newest = self._listed.newest(about.now) if self._listed else None
        timeline = Timeline(chain, about, logs_until=newest, complete=fault is None)
        self._timeline = timeline.spans
        self._missing = sum(found.kind is Kind.DIGEST_MISSING for found in timeline.findings)
        times = [(judged.first, judged.last) for judged in chain.proven()]
        backfills = chain.unproven(backfill=True)
        ends = [*timeline.backfills_missing, *(judged.last for judged in backfills)]
        self._unclaimed = judge_unclaimed(unclaimed, timeline.spans, times, ends, about)
        self._findings = [*timeline.findings, *self._unclaimed.findings]
        if fault is not None:
            detail = f"the digests could not all be listed: {fault}"
            self._report(Kind.DIGEST_UNREADABLE, detail, about.start, about.end)
        self._spans = [*timeline.spans, *self._unclaimed.spans]
        self._expired: list[tuple[datetime, datetime, int]] = []

    def leave_open(self, question: str) -> None:
        """Nothing tells; it is no matter of any hour."""
        detail = f"not known is {question}"
        self._report(Kind.LOG_UNVERIFIABLE, detail, self._about.start, self._about.end)

    def _covers(self, judged: Judged) -> bool:
        return self._about.covers(judged.first, judged.last)

    def _is_in_period(self, judged: Judged) -> bool:
        end = judged.seen.key.end
        return self._covers(judged) or self._about.covers(end - HOUR, end)

    def outcome(self) -> LaneOutcome:
        about = self._about
        named = self._unclaimed.unverifiable
        for judged in self._judged:
            self._judge_digest(judged)
        for judged in self._proven:
            self._judge_logs(judged, judged.seen.tally or Tally())
        named += sum(judged.seen.named for judged in self._judged if self._counts(judged))
        self._tell_expired()
        tallies = [judged.seen.tally for judged in self._proven if judged.seen.tally]
        covered = [span for span in self._timeline if span.state in (HourState.PROVEN, HourState.EMPTY)]
        stretches = calendar(self._spans, about.start, about.end)
        counts = IntegrityCounts(
            digests=len(self._judged) + self._missing,
            digests_valid=sum(judged.kind is None for judged in self._judged),
            logs=named,
            logs_valid=sum(tally.valid for tally in tallies),
            bytes=sum(tally.size for tally in tallies),
        )
        lane = ProvenLane(
            account=about.lane.account,
            region=about.lane.region,
            digests=counts.digests,
            logs=counts.logs,
            proven_from=max(min(span.first for span in covered), about.start) if covered else None,
            proven_to=min(max(span.last for span in covered), about.end) if covered else None,
            oldest_proven=min((tally.oldest for tally in tallies if tally.oldest), default=None),
            hours=count(stretches),
            calendar=stretches,
        )
        findings = sorted(self._findings, key=lambda found: found.order)
        return LaneOutcome(lane=lane, counts=counts, findings=tuple(findings))

    def _counts(self, judged: Judged) -> bool:
        """Whether its log files are counted by what it says, and not as they are found in the bucket."""
        if judged.proven is not None:
            return True
        named = judged.seen.tally is not None or self._listed is None
        return named and judged.kind not in _BESIDE

    def _judge_digest(self, judged: Judged) -> None:
        if judged.kind is None:
            return
        seen, about = judged.seen, self._about
        first, last = judged.first, judged.last
        self._report(judged.kind, judged.detail + self._rewritten(judged), first, last, seen.key.text)
        if judged.proven or judged.kind in _BESIDE:
            return
        if seen.key.backfill:
            self._spans.append(Span(first, last, state_of(judged.kind)))
        if seen.named and self._counts(judged) and about.covers(first, last):
            detail = f"{plural(seen.named, 'log file')} that only this digest names, which proves nothing"
            self._report(Kind.LOG_UNVERIFIABLE, detail, first, last, seen.key.text)

    def _rewritten(self, judged: Judged) -> str:
        """S3's word on when a bad object was written, if that wasn't when CloudTrail delivered."""
        modified, end = judged.seen.modified, judged.seen.key.end
        late = modified is not None and modified - end > LATE and not judged.seen.key.backfill
        return f"; written at {iso(modified)}" if late and modified and not self._about.copied else ""

    def _judge_logs(self, judged: Judged, tally: Tally) -> None:
        if tally.count < judged.seen.named:
            unread = judged.seen.named - tally.count
            detail = f"{plural(unread, 'log file')} that this digest names: not read"
            key = judged.seen.key.text
            self._report(Kind.LOG_UNVERIFIABLE, detail, judged.first, judged.last, key)
            self._spans.append(Span(judged.first, judged.last, HourState.UNKNOWN))
        expired = [seen for seen in tally.bad if self._is_expired(seen, judged)]
        for seen in tally.bad:
            if seen not in expired:
                self._judge_log(seen, judged)
        if expired:
            self._expired.append((judged.first, judged.last, len(expired)))

    def _is_expired(self, seen: LogSeen, judged: Judged) -> bool:
        about, delivered = self._about, stamp_of(seen.key) or judged.first
        return seen.state is LogState.MISSING and about.expired(delivered, about.logs_expire)

    def _judge_log(self, seen: LogSeen, judged: Judged) -> None:
        kind, detail = _KINDS[seen.state], seen.detail
        if kind is Kind.LOG_MISSING and seen.key in self._vanished:
            kind, detail = Kind.LOG_UNREADABLE, "was listed, and gone when it was to be read"
        stamp = stamp_of(seen.key) or judged.first
        detail = detail or _SAYS[kind]
        self._report(kind, detail, judged.first, judged.last, seen.key)
        at = stamp if judged.first <= stamp < judged.last else judged.first
        self._spans.append(Span(at, at + _MINUTE, state_of(kind)))

    def _tell_expired(self) -> None:
        """Log files that lifecycle rules took: once for each stretch of time in a row."""
        runs: list[tuple[datetime, datetime, int]] = []
        for first, last, gone in sorted(self._expired):
            self._spans.append(Span(first, last, HourState.NOT_COVERED))
            if runs and first <= runs[-1][1]:
                runs[-1] = (runs[-1][0], max(last, runs[-1][1]), runs[-1][2] + gone)
            else:
                runs.append((first, last, gone))
        for first, last, gone in runs:
            detail = f"{plural(gone, 'log file')} gone, each {self._about.so_old}"
            self._report(Kind.GAP, detail, first, last, severity=Severity.LOW)

    def _report(
        self,
        kind: Kind,
        detail: str,
        first: datetime,
        last: datetime,
        key: str | None = None,
        *,
        severity: Severity | None = None,
    ) -> None:
        found = finding(self._about, kind, detail, first=first, last=last, key=key, severity=severity)
        self._findings.append(found)


_SAYS = {
    Kind.LOG_ALTERED: "its content is not what its digest signs",
    Kind.CONTAINER_ALTERED: "its content is what its digest signs, its container was changed",
    Kind.LOG_MISSING: "is gone: its digest proves that it was delivered",
    Kind.LOG_UNREADABLE: "could not be read",
}
