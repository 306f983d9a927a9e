"""CloudTrail's event history: who stopped, deleted, redirected or narrowed logging.

AWS answers two calls a second for each account and region, 50 events each, by one attribute alone.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.aws.permissions import LOOKUP_EVENTS
from scanner.aws.pool import Pool, spread
from scanner.aws.reader import INCOMPLETE, Answer, Fact, Reader
from scanner.aws.shared import Sessions
from scanner.aws.trails import advanced_selectors, basic_selectors
from scanner.changes import WATCHED
from scanner.model.history import KEPT, History, HistoryEvent
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import Selectors
from scanner.tampering import watches

PATIENCE = 20
"""Pages of one event source, after which it is asked for each name that matters instead: KMS, for one,
tells of every data key. Such names are rare."""


def with_history(posture: Posture, sessions: Sessions, pool: Pool, *, needs: frozenset[str]) -> Posture:
    """The posture with the history of each account, where a check needs it: one query a source and region."""
    if LOOKUP_EVENTS.action not in needs:
        return posture
    wanted = [
        (account.id, watch.region, watch.source)
        for account in posture.reachable
        for watch in watches(account, posture)
    ]
    events = pool.map(
        lambda place: read_events(sessions.at(place[0], place[1]), place[2], until=posture.taken_at),
        spread(wanted, account=lambda place: place[0]),
    )
    found: dict[str, list[History]] = {}
    for account, region, source in sorted(wanted):
        found.setdefault(account, []).append(
            History(region=region, source=source, events=events[account, region, source])
        )
    accounts = tuple(_with(account, found.get(account.id, [])) for account in posture.accounts)
    return posture.model_copy(update={"accounts": accounts})


def _with(account: Account, history: list[History]) -> Account:
    return account.model_copy(update={"history": tuple(history)}) if history else account


def read_events(reader: Reader, source: str, *, until: datetime) -> Reading[tuple[HistoryEvent, ...]]:
    """The events of one source in the reader's region that may matter, failed calls too; oldest first."""
    fact = Fact(LOOKUP_EVENTS, lambda answer: _events(answer, source))
    found = reader.read_up_to(PATIENCE, fact, **_about("EventSource", source, until))
    if isinstance(found, Gap):
        return found
    if found.value is not None:
        return Known(_sorted(found.value))
    by_name = [reader.read_all(fact, **_about("EventName", name, until)) for name in sorted(WATCHED[source])]
    gap = next((one for one in by_name if isinstance(one, Gap)), None)
    return gap or Known(
        _sorted(tuple(event for one in by_name if isinstance(one, Known) for event in one.value))
    )


def _sorted(events: tuple[HistoryEvent, ...]) -> tuple[HistoryEvent, ...]:
    once = {event.id: event for event in events}
    return tuple(sorted(once.values(), key=lambda event: (event.time, event.id)))


def _about(attribute: str, value: str, until: datetime) -> dict[str, Any]:
    return {
        "LookupAttributes": [{"AttributeKey": attribute, "AttributeValue": value}],
        "StartTime": until - KEPT,
        "EndTime": until,
        "MaxResults": 50,
    }


def _events(answer: Answer, source: str) -> tuple[HistoryEvent, ...]:
    return tuple(
        _event(item, WATCHED[source][item["EventName"]])
        for item in answer["Events"]
        if item.get("EventSource", source) == source
        if item["EventName"] in WATCHED[source]
    )


def _event(item: Answer, keep: tuple[str, ...]) -> HistoryEvent:
    record = json.loads(item["CloudTrailEvent"])
    asked = {_lower(key): value for key, value in (record.get("requestParameters") or {}).items()}
    return HistoryEvent(
        id=item["EventId"],
        time=item["EventTime"],
        name=item["EventName"],
        actor=_actor(record.get("userIdentity") or {}) or item.get("Username") or "an unnamed caller",
        source_ip=record.get("sourceIPAddress") or None,
        error=record.get("errorCode") or None,
        parameters={key: asked[key] for key in keep if key in asked},
        selectors=_selectors(asked, item["EventName"]),
    )


def _actor(identity: Mapping[str, Any]) -> str | None:
    for member in ("arn", "userName", "invokedBy", "principalId"):
        if isinstance(found := identity.get(member), str) and found:
            return found
    return None


def _selectors(asked: Mapping[str, Any], name: str) -> Reading[Selectors | None]:
    """Those of the request, whose names history may write in either case."""
    basic, advanced = asked.get("eventSelectors") or (), asked.get("advancedEventSelectors") or ()
    if not basic and not advanced:
        return Known(None)
    try:
        return Known(
            Selectors(
                basic=basic_selectors(map(_upper, basic)), advanced=advanced_selectors(map(_upper, advanced))
            )
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        # Of this request only: the rest of the history stands.
        return Gap(f"{name} has event selectors that make no sense", code=INCOMPLETE)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _upper(value: Any) -> Any:
    """The JSON with its names as the API has them: fieldSelectors becomes FieldSelectors."""
    match value:
        case dict():
            return {name[:1].upper() + name[1:]: _upper(inner) for name, inner in value.items()}
        case list():
            return [_upper(inner) for inner in value]
        case _:
            return value
