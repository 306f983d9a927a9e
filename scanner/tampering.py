"""Who tampered with logging, after the event history: where one must look, and what is found there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scanner.changes import CLOUDTRAIL, JUDGES, KMS, S3, UNDONE_BY, WATCHED, effect
from scanner.model.arn import is_arn, parse_arn
from scanner.model.history import History, HistoryEvent
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, not_read

UNCLEAR = "RequestUnclear"


@dataclass(frozen=True, slots=True)
class Watch:
    """A part of the history to look at; `things` None: whatever is named there."""

    region: str
    source: str
    things: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Tampering:
    """A successful call that stopped, deleted, redirected or narrowed logging."""

    event: HistoryEvent
    region: str
    thing: str
    effect: str
    undone: HistoryEvent | None
    """The next call that takes it back, on the same thing."""


def watches(account: Account, posture: Posture) -> tuple[Watch, ...]:
    """Where calls of this account may have tampered: its regions, its log buckets and its trails' keys."""
    regions = {*account.judged_regions}
    # A trail can only be changed where it is at home, be that region scanned or not.
    regions |= {trail.home_region for trail in posture.trails_of(account) if trail.owner == account.id}
    return (
        *(Watch(region, CLOUDTRAIL) for region in sorted(regions)),
        *(Watch(*place, things) for place, things in sorted(_things(posture).get(account.id, {}).items())),
    )


def _things(posture: Posture) -> Mapping[str, Mapping[tuple[str, str], frozenset[str]]]:
    """The log buckets and the trails' keys, by the account that owns them, by region and event source."""
    if _things not in posture.derived:
        things: dict[str, dict[tuple[str, str], set[str]]] = {}
        for bucket in posture.buckets:
            if isinstance(bucket.owner, Known) and isinstance(bucket.region, Known):
                of_owner = things.setdefault(bucket.owner.value, {})
                of_owner.setdefault((bucket.region.value, S3), set()).add(bucket.name)
        for trail in posture.trails:
            if trail.key_id and is_key(trail.key_id):
                key = parse_arn(trail.key_id)
                of_owner = things.setdefault(key.account, {})
                of_owner.setdefault((key.region, KMS), set()).add(trail.key_id)
        posture.derived[_things] = {
            owner: {place: frozenset(names) for place, names in of_owner.items()}
            for owner, of_owner in things.items()
        }
    told: Mapping[str, Mapping[tuple[str, str], frozenset[str]]] = posture.derived[_things]
    return told


def is_key(key: str) -> bool:
    return is_arn(key) and parse_arn(key).resource.startswith("key/")


def tamperings(
    account: Account, posture: Posture, since: datetime
) -> tuple[tuple[Tampering, ...], tuple[Gap, ...]]:
    """What was done since then, oldest first, and what could not be read or told."""
    read: Mapping[tuple[str, str], History] = {(one.region, one.source): one for one in account.history}
    found: list[Tampering] = []
    gaps: list[Gap] = []
    for watch in watches(account, posture):
        history = read.get((watch.region, watch.source))
        events = history.events if history else not_read("cloudtrail:LookupEvents")
        if isinstance(events, Gap):
            gaps.append(events)
            continue
        for one in _judged(events.value, watch, account, posture):
            match one:
                case Tampering() if one.event.time >= since:
                    found.append(one)
                case Gap():
                    gaps.append(one)
                case _:
                    pass
    return tuple(sorted(found, key=lambda one: (one.event.time, one.region, one.event.id))), tuple(gaps)


def _judged(
    events: Iterable[HistoryEvent], watch: Watch, account: Account, posture: Posture
) -> Iterator[Tampering | Gap]:
    by_thing: dict[str, list[HistoryEvent]] = {}
    for event in sorted(events, key=lambda event: (event.time, event.id)):
        if event.error is not None or event.name not in WATCHED[watch.source]:
            continue
        thing = _thing(event, watch, account, posture)
        if thing is None:
            if event.name in JUDGES:
                yield _unclear(event, watch, account, "names nothing that it was done to")
        elif watch.things is None or thing in watch.things:
            by_thing.setdefault(thing, []).append(event)
    for thing, known in sorted(by_thing.items()):
        for event, found in _effects(known, thing, posture):
            if isinstance(found, Gap):
                yield _unclear(event, watch, account, found.detail)
            elif found.value is not None:
                undone = UNDONE_BY.get(event.name)
                later = (one for one in known[known.index(event) + 1 :] if one.name == undone)
                yield Tampering(event, watch.region, _short(thing), found.value, next(later, None))


def _effects(
    known: Iterable[HistoryEvent], thing: str, posture: Posture
) -> Iterator[tuple[HistoryEvent, Reading[str | None]]]:
    """What each request did to one thing, in their order; a setting that is repeated does nothing."""
    before: dict[str, Any] = {}
    for event in known:
        yield event, effect(event, before, posture, thing)
        before.update(event.parameters)
        if event.selectors != Known(None):
            before["selectors"] = event.selectors


def _unclear(event: HistoryEvent, watch: Watch, account: Account, why: str) -> Gap:
    return Gap(
        f"what {event.name} of {event.actor} changed can't be told: it {why}",
        action="cloudtrail:LookupEvents",
        operation="LookupEvents",
        code=UNCLEAR,
        account=account.id,
        region=watch.region,
    )


def _thing(event: HistoryEvent, watch: Watch, account: Account, posture: Posture) -> str | None:
    """What the call was about: a name where AWS takes both becomes the ARN."""
    named = next(
        (event.parameters[key] for key in ("name", "trailName", "eventDataStore", "bucketName", "keyId")
         if isinstance(event.parameters.get(key), str) and event.parameters[key]),
        None,
    )  # fmt: skip
    if named is None or watch.source == S3 or is_arn(named):
        return named
    kinds = {"eventDataStore": "eventdatastore", "keyId": "key"}
    kind = next((kind for key, kind in kinds.items() if event.parameters.get(key) == named), "trail")
    service = watch.source.partition(".")[0]
    return f"arn:{posture.partition}:{service}:{watch.region}:{account.id}:{kind}/{named}"


def _short(thing: str) -> str:
    return parse_arn(thing).resource if is_arn(thing) else thing


def after(tampering: Tampering) -> timedelta | None:
    """How long until the call was taken back, if it was."""
    return tampering.undone.time - tampering.event.time if tampering.undone else None
