"""How long lifecycle rules let CloudTrail's objects live.

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
from itertools import product
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
class _Aim:
    """A rule that hits some of the trail's objects: which sizes (bytes, inclusive), written until when."""

    rule: LifecycleRule
    smallest: int
    largest: int
    newest: date

    def meets(self, other: "_Aim") -> bool:
        """Whether one object can be hit by both."""
        mine, theirs = self.rule.prefix, other.rule.prefix
        nested = mine.startswith(theirs) or theirs.startswith(mine)
        return nested and max(self.smallest, other.smallest) <= min(self.largest, other.largest)


def _aim(rule: LifecycleRule, trail: Trail, folder: Folder) -> _Aim | None:
    """None where the rule is off, or no object of the trail can match it."""
    if not rule.enabled or rule.tagged:
        return None
    smallest = SMALLEST if rule.larger_than is None else max(SMALLEST, rule.larger_than + 1)
    largest = LARGEST if rule.smaller_than is None else min(LARGEST, rule.smaller_than - 1)
    newest = newest_day(rule.prefix, trail, folder)
    if newest is None or smallest > largest:
        return None
    return _Aim(rule, smallest, largest, newest)


def _immediate(aims: Sequence[_Aim], now: datetime) -> Iterator[Lifetime]:
    """What expiration alone deletes."""
    for aim in aims:
        days = _until_expired(aim.rule, aim.newest, now)
        if days is not None:
            yield Lifetime(days, _name(aim.rule))


def _permanent(aims: Sequence[_Aim], now: datetime) -> Iterator[Lifetime]:
    """What is deleted where expiration leaves a noncurrent version: both must come to the same object.

    A noncurrent rule that spares the newest noncurrent versions spares every object: each has only one.
    """
    final = [
        aim for aim in aims if aim.rule.noncurrent_days is not None and not aim.rule.newer_noncurrent_versions
    ]
    for first, second in product(aims, final):
        if not first.meets(second):
            continue
        days = _until_expired(first.rule, min(first.newest, second.newest), now)
        if days is not None:
            names = dict.fromkeys((_name(first.rule), _name(second.rule)))
            yield Lifetime(days + (second.rule.noncurrent_days or 0), " and ".join(names))


def _until_expired(rule: LifecycleRule, newest: date, now: datetime) -> int | None:
    """Days from the end of the newest day to the rule's turn; None where it expires nothing.

    A rule that is bound to a past date folder finds objects that have lived until today already.
    """
    written, turn = newest + _DAY, now.date() + _DAY
    waits = []
    if rule.expire_days is not None:
        waits.append(max(rule.expire_days, (turn - written).days))
    if rule.expire_date is not None:
        waits.append(max(0, (max(turn, rule.expire_date.date()) - written).days))
    return min(waits, default=None)


def _name(rule: LifecycleRule) -> str:
    name = f"rule '{rule.id}'" if rule.id else "an unnamed rule"
    return f"{name} from {rule.expire_date:%Y-%m-%d}" if rule.expire_date else name


class _Segment(NamedTuple):
    """One part of a key between slashes; `sample` completes what begins like it."""

    pattern: str
    sample: str

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
