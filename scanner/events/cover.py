"""What a set of selectors leaves out of a class of events: exact set subtraction, no rules of thumb."""

from collections.abc import Iterable

from scanner.events.boxes import Box, boxes, field_selectors, merged, minus, narrow, order, overlap
from scanner.events.classes import EventClass, Hole
from scanner.events.match import UNCLEAR, is_clear
from scanner.events.phrases import described
from scanner.model.reading import Gap, Unreadable
from scanner.model.trail import AdvancedSelector, AdvancedSelectors

PATIENCE = 10_000
"""Comparisons of two boxes, well under a second, until it gives up. Selectors can be made so intricate
that exponentially many are needed; 25 that each name an event and a bucket need some hundreds."""
ENOUGH = 500
"""Holes, after which it looks for no more."""


def missed(selectors: Iterable[AdvancedSelector], wanted: EventClass) -> tuple[Hole, ...]:
    """The parts of the wanted class that no selector records; empty only if all of it is recorded.

    Sorted by their words. Where `PATIENCE` ends or `ENOUGH` are found, all are true but some are
    left out. Raises Unreadable where patience ends with none found, and where a field selector
    without operators would decide (see `matches`).
    """
    listed = tuple(selectors)
    clear = _recorded_by(one for one in listed if is_clear(one))
    unclear = _recorded_by(one for one in listed if not is_clear(one))
    classes = boxes(wanted.fields)
    holes: list[Hole] = []
    undecided = False
    for place, part in enumerate(classes):
        # Parts of a class may overlap: what an earlier one told needs no second hole.
        left = _left((part,), (*clear, *classes[:place]))
        # An operator that isn't known can only narrow: what lies beyond such selectors is sure.
        sure = _left(left, unclear)
        undecided |= bool(left) and not sure
        holes.extend(
            Hole(words=described(box, part), fields=tuple(field_selectors(box))) for box in merged(sure)
        )
    if undecided and not holes:
        raise Unreadable(UNCLEAR)
    return tuple(sorted(holes, key=lambda hole: (hole.words, repr(hole.fields))))


def meet(wanted: EventClass, *recorders: AdvancedSelectors) -> bool:
    """Whether some event of the class is recorded by every one of the recorders.

    Raises Unreadable where a field selector without operators would decide (see `matches`).
    """
    if _meet(wanted, [tuple(one for one in selectors if is_clear(one)) for selectors in recorders]):
        return True
    if _meet(wanted, recorders):
        raise Unreadable(UNCLEAR)
    return False


def _meet(wanted: EventClass, recorders: Iterable[AdvancedSelectors]) -> bool:
    common = boxes(wanted.fields)
    for selectors in recorders:
        met = (_both(one, other) for one in common for other in _recorded_by(selectors))
        common = tuple({order(box): box for box in met if box is not None}.values())
    return bool(common)


def _both(one: Box, other: Box) -> Box | None:
    met: Box | None = one
    for field, condition in other.items():
        if met is not None:
            met = narrow(met, field, condition)
    return met


def _recorded_by(selectors: Iterable[AdvancedSelector]) -> tuple[Box, ...]:
    """What they record, in an order of its own; a selector without fields records nothing."""
    found = (box for selector in selectors if selector.fields for box in boxes(selector.fields))
    return tuple(sorted({order(box): box for box in found}.values(), key=order))


def _left(whole: Iterable[Box], taken: tuple[Box, ...]) -> tuple[Box, ...]:
    """The boxes without all that is taken. Depth first, to have found holes where patience ends."""
    found: list[Box] = []
    work = [(box, taken) for box in whole]
    spent = 0
    while work and spent < PATIENCE and len(found) < ENOUGH:
        box, rest = work.pop()
        spent += 1 + len(rest)
        rest = tuple(one for one in rest if overlap(box, one))
        if rest:
            work.extend((piece, rest[1:]) for piece in minus(box, rest[0]))
        else:
            found.append(box)
    if work and not found:
        raise Unreadable(TOO_INTRICATE)
    return tuple(found)


TOO_INTRICATE = Gap(
    "the event selectors are too intricate to decide what they leave out", code="TooIntricate"
)
