"""Log files that lie in the bucket, against those that digests name."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scanner.integrity.evidence import Circumstances, stamp_of
from scanner.integrity.hours import Span, hours
from scanner.integrity.layout import HOUR
from scanner.integrity.report import finding
from scanner.model.base import iso
from scanner.model.verification import HourState, IntegrityFinding, Kind
from scanner.words import plural

BACKFILL_TAKES = timedelta(hours=24)
"""How long a log file may wait for the backfill digest that names it: an assumption, AWS promises nothing."""
_MINUTE = timedelta(minutes=1)
_MARGIN = timedelta(minutes=5)
_BAD = frozenset({HourState.UNKNOWN, HourState.MISSING, HourState.ALTERED})


class Reconciliation:
    """Pairs cancel out in either order, so only what has no partner yet takes memory."""

    def __init__(self) -> None:
        self._named: dict[str, bool] = {}
        self._listed: dict[str, datetime | None] = {}
        self._vanished: set[str] = set()

    def named(self, key: str, *, present: bool = True) -> None:
        """A digest of any trail names this log file. Not `present`: it was gone when it was to be read."""
        if key in self._listed:
            del self._listed[key]
            self._meet(key, present=present)
        else:
            self._named[key] = present

    def listed(self, key: str, modified: datetime | None = None) -> None:
        """An object in a folder of log files. A folder's own marker is none."""
        if key in self._named:
            self._meet(key, present=self._named.pop(key))
        elif not key.endswith("/"):
            self._listed[key] = modified

    def met(self, key: str) -> None:
        """The same object is listed and named at once."""
        if key in self._named:
            self._meet(key, present=self._named.pop(key))

    def _meet(self, key: str, *, present: bool) -> None:
        if not present:
            self._vanished.add(key)

    @property
    def unclaimed(self) -> Mapping[str, datetime | None]:
        """Listed, and named by no digest so far; with S3's LastModified."""
        return self._listed

    @property
    def vanished(self) -> frozenset[str]:
        """Listed, and gone when they were to be read."""
        return frozenset(self._vanished)

    def newest(self, until: datetime) -> datetime | None:
        """The last stamp, not after that moment, of those that no digest names."""
        stamps = (stamp for key in self._listed if (stamp := stamp_of(key)))
        return max((stamp for stamp in stamps if stamp <= until), default=None)


@dataclass(slots=True)
class Unclaimed:
    """What the log files are that no digest names; `unverifiable` are those that one may have named."""

    findings: list[IntegrityFinding] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    unverifiable: int = 0

    def inject(self, about: Circumstances, key: str, moment: datetime, detail: str) -> None:
        last = moment + _MINUTE
        self.findings.append(finding(about, Kind.LOG_INJECTED, detail, first=moment, last=last, key=key))
        self.spans.append(Span(moment, last, HourState.ALTERED))

    def leave_open(self, about: Circumstances, keys: Sequence[str], why: str) -> None:
        """Log files, sorted, of which nothing can be said for one and the same reason."""
        stamps = [stamp for key in keys if (stamp := stamp_of(key))]
        detail = f"{plural(len(keys), 'log file')} that no proven digest names: {why}"
        first, last = min(stamps), max(stamps) + _MINUTE
        self.findings.append(
            finding(about, Kind.LOG_UNVERIFIABLE, detail, first=first, last=last, key=keys[0])
        )
        self.unverifiable += len(keys)


def judge_unclaimed(
    found: Mapping[str, datetime | None],
    timeline: Iterable[Span],
    proven: Iterable[tuple[datetime, datetime]],
    backfills: Iterable[datetime],
    about: Circumstances,
) -> Unclaimed:
    """Where the digests of its time are all proven, a log file that none of them names was put there.

    `proven` are the times that digests prove, also beyond the period, in order; `backfills` are the ends of
    backfill digests that are bad or missing.
    """
    outcome = Unclaimed()
    bad = _bad_by_hour(timeline, about)
    late = sorted(backfills)
    covered = _merged(proven)
    waiting: dict[str, list[str]] = defaultdict(list)
    for key, modified in sorted(found.items()):
        moment = stamp_of(key) or modified
        if moment is None or not about.start <= moment < about.end:
            continue
        named_by = _named_by(about, moment, modified)
        if stamp_of(key) is None:
            outcome.inject(about, key, moment, "is not named like a log file, and lies among them")
        elif why := _spoilt(bad, moment, max(named_by, moment + HOUR)) or _backfilled(late, moment):
            waiting[why].append(key)
        elif not _holds(covered, moment, named_by):
            continue
        elif why := _excused(about, moment):
            waiting[why].append(key)
        else:
            written = f", and was written at {iso(modified)}" if modified and not about.copied else ""
            detail = f"no digest names it, though all of its time are proven{written}"
            outcome.inject(about, key, moment, detail)
    for why, keys in waiting.items():
        outcome.leave_open(about, keys, why)
    return outcome


def _named_by(about: Circumstances, stamp: datetime, modified: datetime | None) -> datetime:
    """When the digest that names it has ended: that of its delivery, minutes or hours after its stamp.

    S3 tells when it was delivered, unless it was copied or written again since.
    """
    if about.copied or modified is None or not stamp <= modified <= stamp + BACKFILL_TAKES:
        return stamp + HOUR
    return modified + _MARGIN


def _bad_by_hour(timeline: Iterable[Span], about: Circumstances) -> dict[datetime, list[Span]]:
    found: dict[datetime, list[Span]] = defaultdict(list)
    for span in timeline:
        if span.state in _BAD:
            for hour in hours(max(span.first, about.start), min(span.last, about.end + HOUR)):
                found[hour].append(span)
    return found


def _spoilt(bad: Mapping[datetime, Sequence[Span]], first: datetime, last: datetime) -> str | None:
    """Which digest that is bad or missing may have named it."""
    for hour in hours(first, last):
        for span in bad.get(hour, ()):
            if span.within(first, last):
                return f"the digest that covers {iso(span.first)} to {iso(span.last)} is not proven"
    return None


def _backfilled(backfills: Iterable[datetime], stamp: datetime) -> str | None:
    for end in backfills:
        if stamp < end <= stamp + BACKFILL_TAKES:
            return f"the backfill digest that ends {iso(end)} is not proven"
    return None


def _excused(about: Circumstances, stamp: datetime) -> str | None:
    """Why it may be honest though no proven digest names it."""
    if about.shared:
        return "another trail delivers into this folder"
    if about.shared is None:
        return "whether another trail delivers into this folder is not known"
    if about.now - stamp < BACKFILL_TAKES:
        return "a backfill digest may still name it"
    return None


def _merged(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for first, last in times:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _holds(covered: Sequence[tuple[datetime, datetime]], first: datetime, last: datetime) -> bool:
    at = bisect_right(covered, first, key=lambda time: time[0]) - 1
    return at >= 0 and covered[at][1] >= last
