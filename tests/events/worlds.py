"""Selectors and events for the properties: drawn, enumerated, and judged by the bare definition."""

from collections.abc import Iterable, Iterator
from itertools import product

from hypothesis import strategies as st

from scanner.model.trail import AdvancedSelector, AdvancedSelectors, FieldSelector

LITERALS = ("a", "b", "ab", "ba", "aa")
"""Prefixes and suffixes of each other, so that operators meet in every way."""

_AFFIXES = ("", *LITERALS)
STRINGS = tuple(
    sorted({*LITERALS, "bb", "aba", "bab", *(f"{p}z{s}" for p, s in product(_AFFIXES, _AFFIXES))})
)
"""Each combination of a prefix and a suffix with something in between that no literal knows."""

VALUES: dict[str, tuple[str | None, ...]] = {
    "readOnly": ("true", "false"),
    "eventName": STRINGS,
    "userIdentity.arn": (*STRINGS, None),
}
"""The values that each field takes in the enumerated universe; None: the event lacks the field."""

Point = tuple[str | None, ...]


def universe() -> Iterator[Point]:
    return product(*VALUES.values())


def passes(field: FieldSelector, value: str | None) -> bool:
    """One field of one event, written from the definition in the user guide."""
    positive = [
        *[value == one for one in field.equals],
        *[value is not None and value.startswith(one) for one in field.starts_with],
        *[value is not None and value.endswith(one) for one in field.ends_with],
    ]
    negative = [
        *[value == one for one in field.not_equals],
        *[value is not None and value.startswith(one) for one in field.not_starts_with],
        *[value is not None and value.endswith(one) for one in field.not_ends_with],
    ]
    return (not positive or any(positive)) and not any(negative)


class Points:
    """The points of the universe that fulfil all field selectors."""

    def __init__(self, fields: Iterable[FieldSelector]) -> None:
        listed = tuple(fields)
        self.allowed = tuple(
            {value for value in values if all(passes(one, value) for one in listed if one.field == field)}
            for field, values in VALUES.items()
        )

    def __contains__(self, point: Point) -> bool:
        return all(value in allowed for value, allowed in zip(point, self.allowed, strict=True))

    def __bool__(self) -> bool:
        return all(self.allowed)


def _literals(most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(LITERALS), max_size=most).map(tuple)


def _has_operator(field: FieldSelector) -> bool:
    return any(value for name, value in field if name != "field")


_TEXT_FIELDS = st.builds(
    FieldSelector,
    field=st.sampled_from(["eventName", "userIdentity.arn"]),
    equals=_literals(2),
    starts_with=_literals(2),
    ends_with=_literals(2),
    not_equals=_literals(2),
    not_starts_with=_literals(1),
    not_ends_with=_literals(1),
).filter(_has_operator)

_READ_ONLY = st.builds(
    FieldSelector,
    field=st.just("readOnly"),
    equals=st.lists(st.sampled_from(["true", "false"]), min_size=1, max_size=2).map(tuple),
)

FIELDS: st.SearchStrategy[tuple[FieldSelector, ...]] = st.lists(
    st.one_of(_TEXT_FIELDS, _TEXT_FIELDS, _READ_ONLY), min_size=1, max_size=3
).map(tuple)

SELECTORS: st.SearchStrategy[AdvancedSelectors] = st.lists(
    st.builds(AdvancedSelector, name=st.none() | st.just("all events"), fields=FIELDS), max_size=4
).map(tuple)

EVENTS = st.fixed_dictionaries(
    {"readOnly": st.sampled_from(["true", "false"]), "eventName": st.sampled_from(STRINGS)},
    optional={"userIdentity.arn": st.sampled_from(STRINGS)},
)
