"""Whether a selector records one event, by AWS's definition (user guide, "Filtering data events").

A trail records what any of its selectors matches; a selector matches where all its fields do; in
one field Equals, StartsWith and EndsWith are alternatives, and no value of a Not operator may hit.
A field that the event lacks hits nothing: it fails the former and passes the latter.
"""

from collections.abc import Iterable, Mapping, Sequence

from scanner.model.reading import Gap, Unreadable
from scanner.model.trail import AdvancedSelector, FieldSelector

Event = Mapping[str, str]
"""Field of an advanced selector -> value. A field that the event lacks is absent."""


def matches(selector: AdvancedSelector, event: Event) -> bool:
    """Whether the selector records the event. One without fields, which AWS refuses, records nothing.

    Raises Unreadable where a field selector without operators would decide: AWS refuses those too,
    so an SDK that doesn't know the operator has dropped it.
    """
    if not selector.fields or not all(_passes(field, event.get(field.field)) for field in selector.fields):
        return False
    if not is_clear(selector):
        raise Unreadable(UNCLEAR)
    return True


def recorded(selectors: Iterable[AdvancedSelector], event: Event) -> bool:
    """Whether any selector records the event. Raises Unreadable as `matches` does."""
    # Clear ones first: what they record needs no answer from the others.
    return any(matches(selector, event) for selector in clear_first(selectors))


def clear_first(selectors: Iterable[AdvancedSelector]) -> Sequence[AdvancedSelector]:
    return sorted(selectors, key=lambda selector: not is_clear(selector))


def is_clear(selector: AdvancedSelector) -> bool:
    return all(
        field.equals
        or field.starts_with
        or field.ends_with
        or field.not_equals
        or field.not_starts_with
        or field.not_ends_with
        for field in selector.fields
    )


UNCLEAR = Gap(
    "an event selector has a field without an operator that this version knows: update botocore",
    code="UnknownOperator",
)


def _passes(field: FieldSelector, value: str | None) -> bool:
    wanted = bool(field.equals or field.starts_with or field.ends_with)
    if value is None:
        return not wanted
    if wanted and not (
        value in field.equals or value.startswith(field.starts_with) or value.endswith(field.ends_with)
    ):
        return False
    return not (
        value in field.not_equals
        or value.startswith(field.not_starts_with)
        or value.endswith(field.not_ends_with)
    )
