"""What one selector makes of a class of events, and which of its fields decides."""

from dataclasses import dataclass

from scanner.events.classes import EventClass
from scanner.events.cover import meet, missed
from scanner.model.reading import Gap, Unreadable
from scanner.model.result import Recorded
from scanner.model.trail import AdvancedSelector, FieldSelector

SHOWN = 3
"""How many values of one operator are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Whether the selector records the class.

    `fields` has for `no` the first field, in the selector's order, with which nothing of the class is left;
    for `partly` every field that leaves some of it out.
    """

    records: Recorded
    fields: tuple[FieldSelector, ...] = ()
    gap: Gap | None = None
    """For `unknown`."""


def weigh(selector: AdvancedSelector, wanted: EventClass) -> Weighed:
    if not selector.fields:
        return Weighed("no")
    gap: Gap | None = None
    for count, field in enumerate(selector.fields, start=1):
        try:
            if not meet(wanted, (AdvancedSelector(fields=selector.fields[:count]),)):
                return Weighed("no", (field,))
        except Unreadable as unread:
            gap = unread.gap  # and yet a later field may refuse for sure
    try:
        if gap is None and not missed((selector,), wanted):
            return Weighed("yes")
        narrow = tuple(field for field in selector.fields if gap is None and _narrows(field, wanted))
    except Unreadable as unread:
        gap = unread.gap
    return Weighed("unknown", gap=gap) if gap is not None else Weighed("partly", narrow)


def _narrows(field: FieldSelector, wanted: EventClass) -> bool:
    return bool(missed((AdvancedSelector(fields=(field,)),), wanted))


def spelled(field: FieldSelector) -> str:
    """A field selector as AWS writes it: `resources.ARN StartsWith arn:aws:s3:::payments/`."""
    operators = {
        "Equals": field.equals,
        "StartsWith": field.starts_with,
        "EndsWith": field.ends_with,
        "NotEquals": field.not_equals,
        "NotStartsWith": field.not_starts_with,
        "NotEndsWith": field.not_ends_with,
    }
    said = [f"{operator} {_some(values)}" for operator, values in operators.items() if values]
    return f"{field.field} {', '.join(said) or 'without an operator that this version knows'}"


def _some(values: tuple[str, ...]) -> str:
    shown = [*values[:SHOWN], *([f"{len(values) - SHOWN} more"] if len(values) > SHOWN else [])]
    return " or ".join(shown)
