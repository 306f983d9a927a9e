"""Time that no proven digest covers: deleted, never written, or out of reach.

Digests come every hour, also when nothing was delivered. What shows a deletion is a proven successor that
names what is gone, or that one was delivered, or due until a stop. Short of that the time is a gap. Lifecycle
rules, copies of a part, and buckets that a trail used before explain why a chain leads out of sight.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, takewhile

from scanner.integrity.chain import Chain, Judged
from scanner.integrity.digest import Previous
from scanner.integrity.evidence import Circumstances
from scanner.integrity.hours import Span, total, without
from scanner.integrity.layout import HOUR, DigestKey, digest_key, parse_digest_key
from scanner.integrity.report import finding
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.verification import HourState, IntegrityFinding, Kind
from scanner.words import listed

LATE = 3 * HOUR
"""From the start of the hour that a digest is about until it is there, at most."""
_PROMPT = timedelta(minutes=5)
"""How far CloudTrail's time of a delivery and S3's may lie apart."""
_SETTLES = timedelta(minutes=15)
"""How far the last digest may end from the call that stopped the trail."""

_NOT_TOLD = "no digest is there, and none that is proven says whether one was"

Time = tuple[datetime, datetime]


class Timeline:
    """The period of a lane as its chain covers it: `spans`, and findings on what is wrong between them."""

    def __init__(
        self, chain: Chain, about: Circumstances, *, logs_until: datetime | None, complete: bool
    ) -> None:
        """`logs_until`: the stamp of the newest log file that is listed and that no digest names.

        Not `complete`: digests may be there that were not seen, so none is missing.
        """
        self._complete = complete
        self._chain = chain
        self._about = about
        self._logs_until = logs_until
        self._unproven = chain.unproven()
        self.spans: list[Span] = []
        self.findings: list[IntegrityFinding] = []
        self.backfills_missing: list[datetime] = []
        """When backfill digests end that are gone or out of reach, also outside of the period."""
        self._walk()
        self._walk_backfill()

    def _walk(self) -> None:
        about = self._about
        cursor, before = about.start, None
        for judged in self._chain.proven():
            if judged.first > cursor and cursor < about.end:
                self._hole(cursor, before, judged)
            if about.covers(judged.first, judged.last):
                state = HourState.PROVEN if judged.seen.named else HourState.EMPTY
                self.spans.append(Span(judged.first, judged.last, state))
            cursor, before = max(cursor, judged.last), judged
        if cursor < about.end:
            self._tail(cursor, before)

    def _hole(self, first: datetime, before: Judged | None, after: Judged) -> None:
        link = after.proven.previous if after.proven else None
        target = self._chain.target(link) if link else None
        for start, end in self._free(first, after.first):
            if link is None:
                begins = f"a new chain begins at {iso(after.first)}"
                self._stopped(start, end, begins, after.seen.key, runs=_ends_at(before, start))
            elif target and target.proven:
                left_out = "the digests before and after are proven and chained: CloudTrail left it out"
                self._report(Kind.GAP, start, end, left_out, severity=Severity.LOW)
            elif target or end < after.first:
                self._gap(start, end, _NOT_TOLD)
            elif why := self._out_of_reach(link, after, alone=before is None):
                self._report(Kind.HEAD_UNANCHORED, start, end, f"the chain leads on to {link.key}, {why}")
            else:
                self._missing(start, after, link, runs=_ends_at(before, start))

    def _free(self, first: datetime, last: datetime) -> Iterator[Time]:
        """The pieces that digests which prove nothing leave; these have findings of their own."""
        taken: list[Time] = []
        for judged in self._unproven:
            if first < judged.last <= last:
                start = max(first, judged.first, *(end for _, end in taken))
                taken.append((start, judged.last))
                self.spans.append(Span(start, judged.last, state_of(judged.kind)))
        return without(first, last, taken)

    def _out_of_reach(self, link: Previous, after: Judged, *, alone: bool) -> str | None:
        """Why the predecessor needn't be there, though it was; `alone`: nothing older is there at all."""
        about = self._about
        key = parse_digest_key(link.key)
        if not about.copied and link.bucket != after.seen.bucket:
            return f"which lies in the bucket {link.bucket}"
        if key is None or (not about.copied and key.prefix != after.seen.key.prefix):
            return "which lies in another folder"
        if not about.listed_from <= key.end <= about.listed_to:
            return "which was not asked for"
        if about.copied and alone:
            return "which is not part of the copy, nor is anything older"
        if about.expired(key.end, about.digests_expire):
            return f"which is {about.so_old}"
        return None

    def _missing(self, first: datetime, after: Judged, link: Previous, *, runs: bool) -> None:
        """The predecessor is named; those before it are reckoned from the rhythm, unless there was a stop."""
        start = max(first, after.first - HOUR)
        proof = f"is gone: its successor {after.seen.key.text} holds its SHA-256 {link.sha256}"
        self._report(Kind.DIGEST_MISSING, start, after.first, proof, key=link.key)
        about, like, why = self._about, after.seen.key, "no digest is there, before one that is gone"
        if self._stops(first, start):
            self._stopped(first, start, why, like, runs=runs)
            return
        while start > first:
            end, start = start, max(first, start - HOUR)
            if about.expired(end, about.digests_expire):
                self._report(Kind.HEAD_UNANCHORED, first, end, f"each digest is {about.so_old}")
                return
            if not runs and not self._knows_stops(start):
                self._gap(first, end, why)
                return
            self._due(start, end, like, "is gone like its successors: no stop of the trail is known")

    def _due(self, first: datetime, last: datetime, like: DigestKey, detail: str) -> None:
        """A digest that isn't there and that nothing names; its name is reckoned from its hour."""
        key = digest_key(
            like.prefix, like.organization, like.lane, trail=like.trail, home=like.home, end=last
        )
        self._report(Kind.DIGEST_MISSING, first, last, detail, key=key)

    def _stopped(self, first: datetime, last: datetime, why: str, like: DigestKey, *, runs: bool) -> None:
        """No chain leads over this time. `runs`: the trail still delivered when it began.

        Then digests were due until the first stop, if that is known to be the first. A copy may end sooner.
        """
        about, stops = self._about, self._stops(first, last)
        if stops and runs and self._knows_stops(first) and not about.copied:
            due = list(takewhile(lambda end: end + _SETTLES <= stops[0][0], _ends_of_hours(first)))
            young = [end for end in due if not about.expired(end, about.digests_expire)]
            if len(young) < len(due):
                until = due[-len(young) - 1]
                self._report(Kind.GAP, first, until, f"each digest is {about.so_old}")
            for end in young:
                self._due(end - HOUR, end, like, f"was due: the trail ran until {iso(stops[0][0])}")
            first = due[-1] if due else first
        self._gap(first, last, why)

    def _gap(self, first: datetime, last: datetime, why: str) -> None:
        """Time that is not covered, with what is known of a stop."""
        about = self._about
        last = min(last, about.end)
        stops = self._stops(first, last)
        if not stops:
            unknown = "whether the trail was stopped is not known"
            told = "no stop of the trail explains it" if self._knows_stops(first) else unknown
            self._report(Kind.GAP, first, last, f"{why}; {told}")
            return
        because = self._because(first, last)
        left = total(without(first, last, stops))
        if left <= HOUR:
            self._report(Kind.GAP, first, last, f"{why}; explained: {because}", severity=Severity.LOW)
        else:
            self._report(Kind.GAP, first, last, f"{why}; only part of it is explained: {because}")

    def _stops(self, first: datetime, last: datetime) -> list[Time]:
        """When digests weren't meant to come, from the first on."""
        return sorted((off.start, off.end or last) for off in self._about.off if off.overlaps(first, last))

    def _because(self, first: datetime, last: datetime) -> str:
        """Each reason once: a trail that is deleted neither logs nor signs."""
        return listed(dict.fromkeys(off.because for off in self._about.off if off.overlaps(first, last)))

    def _knows_stops(self, since: datetime) -> bool:
        return self._about.off_known_from is not None and self._about.off_known_from <= since

    def _tail(self, first: datetime, before: Judged | None) -> None:
        """After the last proven digest."""
        about = self._about
        pieces = list(self._free(first, about.end + HOUR))
        for start, end in pieces[:-1]:
            self._gap(start, end, _NOT_TOLD)
        start = pieces[-1][0] if pieces else about.end
        if start < about.end:
            self._open_end(start, runs=_ends_at(before, start))

    def _open_end(self, first: datetime, *, runs: bool) -> None:
        about = self._about
        if until := self._gone_until(first):
            if about.expired(until, about.digests_expire):
                kind, detail = Kind.GAP, f"the newest digest is {about.so_old}: {self._shown(until)}"
            else:
                kind, detail = Kind.TAIL_MISSING, f"the newest digests are gone: {self._shown(until)}"
            self._report(kind, first, until, detail)
            first, runs = until, False
        if not self.spans:
            stops = self._because(first, about.end)
            detail = "not one digest file is there" + (f"; {stops}" if stops else "")
            self._report(Kind.NO_DIGESTS, first, about.end, detail)
        elif first >= min(about.end, about.now - LATE):
            pending = HourState.NOT_COVERED if self._complete else HourState.UNKNOWN
            self.spans.append(Span(first, about.end, pending))
        elif self._chain.judged:
            like = self._chain.judged[-1].seen.key
            self._stopped(first, about.end, "no digest came since", like, runs=runs)
        else:
            self._gap(first, about.end, "no digest came since")

    def _gone_until(self, first: datetime) -> datetime | None:
        """Until when digests must have been there, after the newest one that is; None: nothing shows it.

        A copy may have been made before they came.
        """
        about = self._about
        if about.copied:
            return None
        newest = max(
            (judged for judged in self._chain.judged if not judged.seen.key.backfill),
            key=lambda judged: judged.seen.key.end,
            default=None,
        )
        if about.delivered is not None and about.delivered <= about.listed_to:
            modified = newest.seen.modified if newest else None
            if modified is not None and abs(modified - about.delivered) <= _PROMPT:
                return None
            shown = about.delivered if about.delivered > first + HOUR else None
        else:
            shown = self._logs_until if self._logs_show_digests(first) else None
        if shown is None or (newest is not None and newest.seen.key.end > shown - HOUR):
            return None
        return None if self._stops(first, min(shown, about.end)) else min(shown, about.end)

    def _logs_show_digests(self, first: datetime) -> bool:
        """Whether log files went on to come from a trail that signs all of them."""
        about = self._about
        signs = about.validating is True and about.shared is False and self._knows_stops(first)
        return signs and self._logs_until is not None and self._logs_until > first + LATE

    def _shown(self, until: datetime) -> str:
        about = self._about
        if about.delivered is not None and about.delivered <= about.listed_to:
            return f"CloudTrail says that it delivered one at {iso(about.delivered)}"
        return f"log files went on to come until {iso(self._logs_until or until)}"

    def _walk_backfill(self) -> None:
        """Backfill digests cover no time of their own: only their links can break.

        So nothing tells of the newest one, once it is deleted together with all that it names.
        """
        for judged in self._chain.proven(backfill=True):
            link = judged.proven.previous if judged.proven else None
            if link is None or self._chain.target(link):
                continue
            key = parse_digest_key(link.key)
            if key is None:
                continue
            self.backfills_missing.append(key.end)
            if why := self._out_of_reach(link, judged, alone=False):
                detail = f"the chain leads on to {link.key}, {why}"
                self._report(Kind.HEAD_UNANCHORED, key.end - HOUR, key.end, detail)
            else:
                proof = f"is gone: its successor {judged.seen.key.text} holds its SHA-256 {link.sha256}"
                self._report(Kind.DIGEST_MISSING, key.end - HOUR, key.end, proof, key=link.key)

    def _report(
        self,
        kind: Kind,
        first: datetime,
        last: datetime,
        detail: str,
        *,
        key: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Unless it lies outside the period."""
        if not self._about.covers(first, last):
            return
        if not self._complete:
            self.spans.append(Span(first, last, HourState.UNKNOWN))
            return
        found = finding(self._about, kind, detail, first=first, last=last, key=key, severity=severity)
        self.findings.append(found)
        self.spans.append(Span(first, last, state_of(kind)))


def _ends_of_hours(first: datetime) -> Iterator[datetime]:
    return (first + each * HOUR for each in count(1))


def _ends_at(before: Judged | None, moment: datetime) -> bool:
    return before is not None and before.last == moment


def state_of(kind: Kind | None) -> HourState:
    """Of the time that it takes the proof from."""
    match kind:
        case Kind.DIGEST_MISSING | Kind.TAIL_MISSING | Kind.LOG_MISSING:
            return HourState.MISSING
        case Kind.GAP | Kind.NO_DIGESTS | Kind.HEAD_UNANCHORED:
            return HourState.NOT_COVERED
        case None:
            return HourState.UNKNOWN
        case _:
            return HourState.ALTERED if kind.is_tampering else HourState.UNKNOWN
