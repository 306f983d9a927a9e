"""How long lifecycle rules let CloudTrail's objects live, and when they move them to other storage classes.

A rule is no promise to keep anything: only what deletes counts, and the shortest-lived object that a trail
can write decides. Each object is written once and never again, so it has one version.

What a rule does depends on the bucket's versioning. Where it is `Enabled`, expiration only puts a delete
marker on top; the data goes when a noncurrent rule (this or another one) has its turn. Elsewhere, expiration
deletes; a `Suspended` bucket stores new objects as the null version, which the marker replaces.

Sources: the S3 User Guide, "Lifecycle configuration elements" and "Examples of S3 Lifecycle configurations"
(conflicting actions); the CloudTrail User Guide, "Finding your CloudTrail log files".
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import product, takewhile
from typing import NamedTuple

from scanner.model.bucket import LifecycleRule, Versioning
from scanner.model.reading import Known, Reading
from scanner.model.trail import Trail

SMALLEST, LARGEST = 256, 50 * 1024**2
"""The sizes in bytes that compressed log and digest files have: an assumption, generous on both sides.
A size filter counts where its window has room for such a file."""

_DAY = timedelta(days=1)
_LAST_YEAR = "2099"


class Folder(StrEnum):
    """What the trail's files lie in, by kind.

    `CloudTrail-Aggregated` isn't here: the setting that fills it (GetEventConfiguration) isn't read.
    """

    LOG = "CloudTrail"
    DIGEST = "CloudTrail-Digest"
    INSIGHT = "CloudTrail-Insight"
    NETWORK_ACTIVITY = "CloudTrail-NetworkActivity"


def delivers(trail: Trail, folder: Folder) -> Reading[bool]:
    """Whether the trail puts files there. Digests always count: older ones stay when validation ends."""
    match folder:
        case Folder.LOG | Folder.DIGEST:
            return Known(value=True)
        case Folder.INSIGHT:
            return trail.insights.map(bool)
        case Folder.NETWORK_ACTIVITY:
            return trail.selectors.map(
                lambda selectors: any(
                    field.field == "eventCategory" and "NetworkActivity" in field.equals
                    for selector in selectors.advanced
                    for field in selector.fields
                )
            )


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The days that every object lives at least; None: nothing deletes it.

    `because` names what decides: "rule 'expire'", "rule 'expire' and rule 'clean'", "Object Lock".
    """

    days: int | None = None
    because: str | None = None

    @property
    def order(self) -> tuple[float, str]:
        """From the shortest to the longest, the same in every order of the rules."""
        return (math.inf if self.days is None else self.days, self.because or "")


def lifetime(
    rules: Sequence[LifecycleRule],
    versioning: Versioning,
    trail: Trail,
    folder: Folder,
    *,
    now: datetime,
    locked_days: int | None = None,
) -> Lifetime:
    """How long the shortest-lived of the trail's objects in one folder is kept.

    Counted from its creation, in whole days: S3 rounds up to the next midnight UTC, never down. A rule with
    a date takes everything from then on, also what was written the day before: such objects live 0 days.
    `locked_days` is the default Object Lock retention: lifecycle rules can't remove a locked version.
    """
    aims = [aim for rule in rules if (aim := _aim(rule, trail, folder))]
    deletions = _permanent(aims, now) if versioning.status == "Enabled" else _immediate(aims, now)
    shortest = min(deletions, key=lambda one: one.order, default=Lifetime())
    if shortest.days is not None and locked_days is not None and locked_days > shortest.days:
        return Lifetime(locked_days, "Object Lock")
    return shortest


@dataclass(frozen=True, slots=True)
class Move:
    """Some object is put into another storage class, days after its creation."""

    days: int
    storage_class: str
    because: str

    @property
    def order(self) -> tuple[int, str, str]:
        """From the first to the last, the same in every order of the rules."""
        return (self.days, self.storage_class, self.because)


def moves(
    rules: Sequence[LifecycleRule], versioning: Versioning, trail: Trail, folder: Folder, *, now: datetime
) -> tuple[Move, ...]:
    """The moves that the trail's objects in one folder come to, the first one first.

    Days are counted as in `lifetime`. A move doesn't count where another rule deletes each of its objects
    by then. That S3 by default moves no object below 128 KB changes nothing: log files may well be larger.
    """
    aims = [aim for rule in rules if (aim := _aim(rule, trail, folder))]
    versioned = versioning.status == "Enabled"
    found = {*_current(aims, now, versioned=versioned), *(_noncurrent(aims, now) if versioned else ())}
    return tuple(sorted(found, key=lambda move: move.order))


def _current(aims: Sequence["_Aim"], now: datetime, *, versioned: bool) -> Iterator[Move]:
    for aim in aims:
        expiries = [_always_expired(other.rule, aim.newest, now) for other in aims if other.covers(aim)]
        expired = min((days for days in expiries if days is not None), default=None)
        for step in aim.rule.transitions:
            days = _until(step.days, step.date, aim.newest, now)
            # On one and the same day S3 prefers deletion to a move, but a move to a delete marker.
            if days is not None and (expired is None or days < expired + versioned):
                yield Move(days, step.storage_class, _name(aim.rule))


def _noncurrent(aims: Sequence["_Aim"], now: datetime) -> Iterator[Move]:
    """What becomes noncurrent by expiration and is moved then, unless it is deleted by then."""
    for first, second in product(aims, aims):
        both = first.meet(second)
        if both is None:
            continue
        expired = _until_expired(first.rule, both.newest, now)
        deleted = min(
            (aim.rule.noncurrent_days or 0 for aim in aims if aim.final and aim.covers(both)), default=None
        )
        for step in second.rule.noncurrent_transitions:
            # A rule that spares the newest noncurrent versions spares every object: each has only one.
            if expired is None or step.days is None or step.newer_noncurrent_versions:
                continue
            if deleted is None or step.days < deleted:
                names = dict.fromkeys((_name(first.rule), _name(second.rule)))
                yield Move(expired + step.days, step.storage_class, " and ".join(names))


@dataclass(frozen=True, slots=True)
class _Aim:
    """A rule that hits some of the trail's objects: which sizes (bytes, inclusive), written until when."""

    rule: LifecycleRule
    prefix: str
    """The rule's, or what all keys of the trail in this folder start with where that is longer."""
    smallest: int
    largest: int
    newest: date

    @property
    def final(self) -> bool:
        """Whether it deletes noncurrent versions. A rule that spares the newest of them spares every object:
        each has only one.
        """
        return self.rule.noncurrent_days is not None and not self.rule.newer_noncurrent_versions

    def meet(self, other: "_Aim") -> "_Aim | None":
        """What both hit, under this rule; None where no object is hit by both."""
        smallest, largest = max(self.smallest, other.smallest), min(self.largest, other.largest)
        shorter, longer = sorted((self.prefix, other.prefix), key=len)
        if not longer.startswith(shorter) or smallest > largest:
            return None
        return _Aim(self.rule, longer, smallest, largest, min(self.newest, other.newest))

    def covers(self, other: "_Aim") -> bool:
        """Whether it hits each object that the other hits."""
        wider = self.smallest <= other.smallest and other.largest <= self.largest
        return wider and other.prefix.startswith(self.prefix)


def _aim(rule: LifecycleRule, trail: Trail, folder: Folder) -> _Aim | None:
    """None where the rule is off, or no object of the trail can match it."""
    if not rule.enabled or rule.tagged:
        return None
    smallest = SMALLEST if rule.larger_than is None else max(SMALLEST, rule.larger_than + 1)
    largest = LARGEST if rule.smaller_than is None else min(LARGEST, rule.smaller_than - 1)
    newest = newest_day(rule.prefix, trail, folder)
    if newest is None or smallest > largest:
        return None
    return _Aim(rule, max(rule.prefix, _root(trail, folder), key=len), smallest, largest, newest)


def _immediate(aims: Sequence[_Aim], now: datetime) -> Iterator[Lifetime]:
    """What expiration alone deletes."""
    for aim in aims:
        days = _until_expired(aim.rule, aim.newest, now)
        if days is not None:
            yield Lifetime(days, _name(aim.rule))


def _permanent(aims: Sequence[_Aim], now: datetime) -> Iterator[Lifetime]:
    """What is deleted where expiration leaves a noncurrent version: both must come to the same object."""
    for first, second in product(aims, (aim for aim in aims if aim.final)):
        both = first.meet(second)
        if both is None:
            continue
        days = _until_expired(first.rule, both.newest, now)
        if days is not None:
            names = dict.fromkeys((_name(first.rule), _name(second.rule)))
            yield Lifetime(days + (second.rule.noncurrent_days or 0), " and ".join(names))


def _until_expired(rule: LifecycleRule, newest: date, now: datetime) -> int | None:
    return _until(rule.expire_days, rule.expire_date, newest, now)


def _always_expired(rule: LifecycleRule, newest: date, now: datetime) -> int | None:
    """The same, but where a date is still to come: that leaves older objects alone until then."""
    past = rule.expire_date is not None and rule.expire_date.date() <= now.date() + _DAY
    return _until(rule.expire_days, rule.expire_date if past else None, newest, now)


def _until(days: int | None, day: datetime | None, newest: date, now: datetime) -> int | None:
    """Days from the end of the newest day to the rule's turn; None where it has none.

    A rule that is bound to a past date folder finds objects that have lived until today already.
    """
    written, turn = newest + _DAY, now.date() + _DAY
    waits = []
    if days is not None:
        waits.append(max(days, (turn - written).days))
    if day is not None:
        waits.append(max(0, (max(turn, day.date()) - written).days))
    return min(waits, default=None)


def _name(rule: LifecycleRule) -> str:
    name = f"rule '{rule.id}'" if rule.id else "an unnamed rule"
    return f"{name} from {rule.expire_date:%Y-%m-%d}" if rule.expire_date else name


class _Segment(NamedTuple):
    """One part of a key between slashes; `sample` completes what begins like it."""

    pattern: str
    sample: str

    @property
    def is_literal(self) -> bool:
        return self.pattern == re.escape(self.sample)

    def matches(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None

    def begins(self, text: str) -> bool:
        """Whether some text of this kind starts so."""
        return any(self.matches(text + self.sample[cut:]) for cut in range(len(self.sample) + 1))


def _literal(text: str) -> _Segment:
    return _Segment(re.escape(text), text)


_ACCOUNT = _Segment("[0-9]{12}", "0" * 12)
_ORGANIZATION = _Segment("o-[a-z0-9]{10,32}", "o-" + "0" * 10)
_REGION = _Segment("[a-z]+(-[a-z]+)+-[0-9]+", "a-a-1")


def _layouts(trail: Trail, folder: Folder) -> Iterator[list[_Segment]]:
    """`[prefix/]AWSLogs/[o-…/]<account>/<folder>/<region>`, part by part.

    An organization trail may use its owner's own folder too, from when it was that account's trail.
    """
    above = f"{trail.prefix}/AWSLogs" if trail.prefix else "AWSLogs"
    root = [_literal(part) for part in above.split("/")]
    region = _REGION if trail.multi_region else _literal(trail.home_region)
    yield [*root, _literal(trail.owner), _literal(folder), region]
    if trail.organization:
        yield [*root, _ORGANIZATION, _ACCOUNT, _literal(folder), region]


def _root(trail: Trail, folder: Folder) -> str:
    """What all keys of the trail in this folder start with."""
    heads = (takewhile(lambda part: part.is_literal, layout) for layout in _layouts(trail, folder))
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*heads, strict=False))
    return "".join(f"{parts[0].sample}/" for parts in shared)


def writes_only_under(prefix: str, trail: Trail, folder: Folder) -> bool:
    """Whether the key of everything that the trail writes there from now on starts with `prefix`."""
    *_, layout = _layouts(trail, folder)
    *parts, rest = prefix.split("/", len(layout))
    # There is one organization: its id, unlike an account's or a region's, narrows nothing.
    certain = [segment.is_literal or segment is _ORGANIZATION for segment in layout]
    if not all(certain[: len(parts)]) or not all(map(_Segment.matches, layout, parts)):
        return False
    if not rest:
        return True
    return len(parts) < len(layout) and certain[len(parts)] and layout[len(parts)].sample.startswith(rest)


def newest_day(prefix: str, trail: Trail, folder: Folder) -> date | None:
    """The last day on which the trail can write an object there whose key starts with `prefix`.

    Far away where the prefix holds no date; None where no key of the trail can start so.
    """
    days = [_newest_in(layout, prefix, folder) for layout in _layouts(trail, folder)]
    return max((day for day in days if day is not None), default=None)


def _newest_in(layout: Sequence[_Segment], prefix: str, folder: Folder) -> date | None:
    *parts, rest = prefix.split("/", len(layout))
    if not all(segment.matches(part) for segment, part in zip(layout, parts, strict=False)):
        return None
    if len(parts) < len(layout):
        return _last_day("") if layout[len(parts)].begins(rest) else None
    # What is left is the date and the file's name: YYYY/MM/DD/<account>_<folder>_<region>_…
    day, slash, name = rest[:10], rest[10:11], rest[11:]
    stem = f"{parts[-3]}_{folder}_{parts[-1]}_"
    named_so = "/" not in name and (stem.startswith(name) or name.startswith(stem))
    return _last_day(day) if slash in ("", "/") and named_so else None


def _last_day(text: str) -> date | None:
    """The last day whose `YYYY/MM/DD` starts with the text; None where there is none."""
    year = text[:4] + _LAST_YEAR[len(text[:4]) :]
    if not re.fullmatch("20[0-9]{2}", year):
        return None
    end = date(int(year), 12, 31)
    days = (end - count * _DAY for count in range(366))
    return next((day for day in days if f"{day:%Y/%m/%d}".startswith(text)), None)
