"""What each trail and event data store, and each of its selectors, makes of a class of events."""

from collections.abc import Iterable, Iterator

from scanner.coverage import Answer, Place, answer
from scanner.events import EventClass
from scanner.events.weigh import spelled, weigh
from scanner.model.explanation import RecorderVerdict, SelectorVerdict
from scanner.model.finding import Reason
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, first_gap
from scanner.model.trail import AdvancedSelector
from scanner.recorders import Recorder
from scanner.words import listed

PARTS = ("eventCategory", "resources.type")
"""Fields that say what a selector is about."""


def verdict(
    recorder: Recorder, place: Place, wanted: EventClass, posture: Posture, *, global_service: bool
) -> RecorderVerdict:
    """What it makes of the events at that place, whether it records anything there or not."""
    here = tuple(one for one in place.covering if one.arn == recorder.arn)
    found = answer(here, (), wanted)
    gap = undecided(found, [reading for one in here for reading in (one.recording, one.selectors)])
    return RecorderVerdict(
        arn=recorder.arn,
        organization=_serves_organization(recorder, posture),
        records=found.recorded,
        why=here[0].trouble if here else _outside(recorder, global_service=global_service),
        reason=None if gap is None else Reason.of(gap),
        selectors=tuple(_weighed(recorder, wanted)),
    )


def undecided(found: Answer, readings: Iterable[object]) -> Gap | None:
    """What an answer that is unknown waits for: the gap that it names, or the first of these readings."""
    if found.recorded != "unknown":
        return None
    if isinstance(found.complete, Gap):
        return found.complete
    return first_gap(reading for reading in readings if isinstance(reading, Gap))


def _serves_organization(recorder: Recorder, posture: Posture) -> bool:
    trail, store = posture.trail(recorder.arn), posture.store(recorder.arn)
    if trail is not None:
        return trail.organization
    return store is not None and isinstance(store.settings, Known) and store.settings.value.organization


def _outside(recorder: Recorder, *, global_service: bool) -> str:
    if global_service and not recorder.global_events:
        return "leaves global service events out"
    return f"records {recorder.home_region} alone"


def _weighed(recorder: Recorder, wanted: EventClass) -> Iterator[SelectorVerdict]:
    """One row for each selector, as far as they could be read."""
    if isinstance(recorder.selectors, Gap):
        return
    for number, selector in enumerate(recorder.selectors.value, start=1):
        weighed = weigh(selector, wanted)
        yield SelectorVerdict(
            number=number,
            name=selector.name,
            selects=_about(selector),
            records=weighed.records,
            fields=tuple(spelled(field) for field in weighed.fields),
            reason=None if weighed.gap is None else Reason.of(weighed.gap),
        )


def _about(selector: AdvancedSelector) -> str:
    parts = {field.field: field.equals for field in selector.fields if field.field in PARTS}
    return " ".join(listed(parts[part]) for part in PARTS if parts.get(part))
