"""Sets of events, exactly: what selectors and classes of events say, made to intersect and subtract.

A box is a conjunction of conditions, one per field. What is known of all events:

- eventCategory, readOnly, eventSource, eventName and eventType are always there; any other field
  may be absent (a class says itself that its resources have an ARN, by a prefix of it);
- readOnly is `true` or `false`; any other value is a string out of endlessly many. Types of events
  too: AWS adds some.

Hence values that are left out one by one never use up a field; only `""` as a prefix or suffix does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from scanner.model.trail import FieldSelector

PRESENT = frozenset({"eventCategory", "readOnly", "eventSource", "eventName", "eventType"})
DOMAINS: Mapping[str, tuple[str, ...]] = {"readOnly": ("false", "true")}

Strings = tuple[str, ...]
"""Sorted, each once. As a demand, empty means that nothing is demanded."""


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """What one field must fulfil, all six at once (in a FieldSelector the first three are
    alternatives). An absent value fulfils the Not half only.
    """

    equals: Strings = ()
    starts: Strings = ()
    ends: Strings = ()
    not_equals: Strings = ()
    not_starts: Strings = ()
    not_ends: Strings = ()

    @property
    def demands(self) -> bool:
        """Whether an absent value fails."""
        return bool(self.equals or self.starts or self.ends)

    def allows(self, value: str) -> bool:
        return (
            (not self.equals or value in self.equals)
            and (not self.starts or value.startswith(self.starts))
            and (not self.ends or value.endswith(self.ends))
            and value not in self.not_equals
            and not value.startswith(self.not_starts)
            and not value.endswith(self.not_ends)
        )

    def parts(self) -> "Iterator[tuple[Condition, Condition]]":
        """The conditions whose conjunction this is, each with its complement."""
        if self.equals:
            yield Condition(equals=self.equals), Condition(not_equals=self.equals)
        if self.starts:
            yield Condition(starts=self.starts), Condition(not_starts=self.starts)
        if self.ends:
            yield Condition(ends=self.ends), Condition(not_ends=self.ends)
        if self.not_equals:
            yield Condition(not_equals=self.not_equals), Condition(equals=self.not_equals)
        if self.not_starts:
            yield Condition(not_starts=self.not_starts), Condition(starts=self.not_starts)
        if self.not_ends:
            yield Condition(not_ends=self.not_ends), Condition(ends=self.not_ends)


ANY = Condition()
ABSENT = Condition(not_starts=("",))

Box = Mapping[str, Condition]
"""Field -> condition, in normal form: nothing redundant, nothing that can't be fulfilled, no `ANY`."""


def boxes(fields: Iterable[FieldSelector]) -> tuple[Box, ...]:
    """The union of boxes that a conjunction of field selectors is."""
    found: list[Box] = [{}]
    for field in fields:
        found = [
            narrowed
            for box in found
            for condition in _alternatives(field)
            if (narrowed := narrow(box, field.field, condition)) is not None
        ]
    return tuple(found)


def _alternatives(field: FieldSelector) -> Iterator[Condition]:
    refused = Condition(
        not_equals=_strings(field.not_equals),
        not_starts=_strings(field.not_starts_with),
        not_ends=_strings(field.not_ends_with),
    )
    if field.equals:
        yield replace(refused, equals=_strings(field.equals))
    if field.starts_with:
        yield replace(refused, starts=_strings(field.starts_with))
    if field.ends_with:
        yield replace(refused, ends=_strings(field.ends_with))
    if not (field.equals or field.starts_with or field.ends_with):
        yield refused


def order(box: Box) -> tuple[int, tuple[tuple[str, Condition], ...]]:
    """Sorts boxes: those that say less come first."""
    return len(box), tuple(sorted(box.items()))


def narrow(box: Box, field: str, condition: Condition) -> Box | None:
    """The part of the box where the field also fulfils the condition; None where there is none."""
    met = _meet(field, box.get(field, ANY), condition)
    if met is None:
        return None
    if met == ANY:
        return _without(box, field)
    return {**box, field: met}


def overlap(one: Box, other: Box) -> bool:
    return all(
        _meet(field, one[field], condition) is not None for field, condition in other.items() if field in one
    )


def minus(box: Box, other: Box) -> tuple[Box, ...]:
    """What is left of the first without the second: boxes of which no two overlap."""
    if not overlap(box, other):
        return (box,)
    left: list[Box] = []
    rest = box
    for field in sorted(other, key=_rank):
        for part, complement in other[field].parts():
            outside = narrow(rest, field, complement)
            if outside is None:
                continue
            left.append(outside)
            inside = narrow(rest, field, part)
            assert inside is not None  # the two overlap
            rest = inside
    return tuple(left)


FIRST = ("eventCategory", "resources.type", "readOnly", "eventSource", "eventName", "eventType")


def _rank(field: str) -> tuple[int, str]:
    """The fields that sort events most coarsely come first: the pieces are then few and well said."""
    return (FIRST.index(field) if field in FIRST else len(FIRST), field)


def merged(pieces: Iterable[Box]) -> tuple[Box, ...]:
    """Pieces that differ in one field's listed values alone, as one: reads and writes together again."""
    found = list(pieces)
    for field in sorted({field for box in found for field in box}, key=_rank):
        groups: dict[object, list[Box]] = {}
        for box in found:
            listed = bool(box.get(field, ANY).equals)
            groups.setdefault((listed, order(_without(box, field) if listed else box)), []).append(box)
        found = [_joined(group, field) for group in groups.values()]
    return tuple(found)


def _joined(group: list[Box], field: str) -> Box:
    if len(group) == 1:
        return group[0]
    listed = Condition(equals=_strings(value for box in group for value in box[field].equals))
    joined = narrow(_without(group[0], field), field, listed)
    assert joined is not None  # none of the pieces is empty
    return joined


def _without(box: Box, field: str) -> Box:
    return {name: condition for name, condition in box.items() if name != field}


def field_selectors(box: Box) -> Iterator[FieldSelector]:
    """The box as a conjunction of field selectors, the inverse of `boxes`; a field may come twice."""
    for field in sorted(box, key=_rank):
        asked = box[field]
        yield FieldSelector(
            field=field,
            equals=asked.equals,
            starts_with=asked.starts,
            ends_with=() if asked.starts else asked.ends,
            not_equals=asked.not_equals,
            not_starts_with=asked.not_starts,
            not_ends_with=asked.not_ends,
        )
        if asked.starts and asked.ends:
            yield FieldSelector(field=field, ends_with=asked.ends)


def _meet(field: str, one: Condition, other: Condition) -> Condition | None:
    """Both conditions, in normal form; None where no value of the field can fulfil them."""
    equals = _either(one.equals, other.equals) or _strings(set(one.equals) & set(other.equals))
    starts = _either(one.starts, other.starts) or _nested(one.starts, other.starts)
    ends = _either(one.ends, other.ends) or _reverse(_nested(_reverse(one.ends), _reverse(other.ends)))
    for demanded, left in (
        (one.equals + other.equals, equals),
        (one.starts + other.starts, starts),
        (one.ends + other.ends, ends),
    ):
        if demanded and not left:
            return None
    return _normal(
        field,
        Condition(
            equals=equals,
            starts=starts,
            ends=ends,
            not_equals=_strings(one.not_equals + other.not_equals),
            not_starts=_strings(one.not_starts + other.not_starts),
            not_ends=_strings(one.not_ends + other.not_ends),
        ),
    )


def _either(one: Strings, other: Strings) -> Strings:
    """The only demand of two; empty where there are two or none."""
    return () if one and other else one or other


def _nested(one: Strings, other: Strings) -> Strings:
    """The prefixes of what begins with one of each."""
    return _strings(
        [prefix for prefix in one if prefix.startswith(other)]
        + [prefix for prefix in other if prefix.startswith(one)]
    )


def _normal(field: str, asked: Condition) -> Condition | None:
    """The one way to say a condition; None where it can't be fulfilled."""
    if asked.equals or field in DOMAINS:
        return _enumerated(field, asked)
    starts, not_starts = _prefixes(asked.starts, asked.not_starts)
    ends, not_ends = (_reverse(some) for some in _prefixes(_reverse(asked.ends), _reverse(asked.not_ends)))
    if "" in not_starts or "" in not_ends:
        return None if asked.demands or field in PRESENT else ABSENT
    # A prefix and a suffix always meet in some string, however they differ.
    if (asked.starts and not starts) or (asked.ends and not ends):
        return None
    found = Condition(starts=starts, ends=ends, not_starts=not_starts, not_ends=not_ends)
    return replace(found, not_equals=tuple(value for value in asked.not_equals if found.allows(value)))


def _enumerated(field: str, asked: Condition) -> Condition | None:
    domain = DOMAINS.get(field, asked.equals)
    left = tuple(value for value in domain if asked.allows(value))
    if field in DOMAINS and left == domain:
        return ANY
    return Condition(equals=left) if left else None


def _prefixes(wanted: Strings, refused: Strings) -> tuple[Strings, Strings]:
    """Both without what says nothing: prefixes that a shorter one implies, wanted ones that are
    refused, refused ones that nothing wanted begins with.
    """
    refused = _shortest(refused)
    kept = tuple(prefix for prefix in _shortest(wanted) if not prefix.startswith(refused))
    if kept:
        refused = tuple(prefix for prefix in refused if prefix.startswith(kept))
    return kept, refused


def _shortest(prefixes: Strings) -> Strings:
    kept: list[str] = []
    for prefix in sorted(prefixes):
        # In sorting order, all that begins with a prefix follows it at once.
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)


def _reverse(suffixes: Strings) -> Strings:
    """Suffixes as prefixes of the reversed values, and back."""
    return tuple(sorted(suffix[::-1] for suffix in suffixes))


def _strings(values: Iterable[str]) -> Strings:
    return tuple(sorted(set(values)))
