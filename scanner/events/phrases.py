"""Boxes of events in words that an auditor understands."""

from collections.abc import Iterable, Iterator, Mapping

from scanner.events.boxes import ABSENT, ANY, Box, Condition, Strings

SHOWN = 3
"""How many values of one list are named; the rest is counted."""


def described(box: Box, wanted: Box) -> str:
    """The box without what is true of all that is wanted, in which it lies.

    Reads and writes, sources and names are said in any case.
    """
    kind = _KINDS.get(box.get("readOnly", ANY).equals, "events")
    events = " ".join([kind, *_properties(box, wanted)])
    resources = _resources(box, wanted)
    if not resources:
        return "all events" if events == "events" else events
    return resources if events == "events" else f"{events} on {resources}"


_KINDS: Mapping[Strings, str] = {("true",): "read events", ("false",): "write events"}
_PLAIN = {
    "eventName": ("named", "named other than"),
    "eventSource": ("of", "of sources other than"),
    "eventType": ("of eventType", "of eventType other than"),
}


def _properties(box: Box, wanted: Box) -> Iterator[str]:
    others = sorted(box.keys() - _PLAIN.keys() - {"readOnly", "resources.ARN"})
    for field in (*_PLAIN, *others):
        condition, known = box.get(field, ANY), wanted.get(field, ANY)
        yes, no = _PLAIN.get(field, (f"with {field}", f"with {field} other than"))
        if condition == ABSENT:
            yield f"without {field}"
            continue
        if condition.demands and (field in _PLAIN or _demands(condition) != _demands(known)):
            yield f"{yes} {_demanded(condition)}"
            no = "other than"
        refused = (
            *_beyond(condition.not_equals, known.not_equals),
            *(f"{prefix}*" for prefix in _beyond(condition.not_starts, known.not_starts)),
            *(f"*{suffix}" for suffix in _beyond(condition.not_ends, known.not_ends)),
        )
        if refused:
            yield f"{no} {_some(refused)}"


def _resources(box: Box, wanted: Box) -> str:
    """Empty where all resources of the class are meant."""
    condition, known = box.get("resources.ARN", ANY), wanted.get("resources.ARN", ANY)
    types = box.get("resources.type", ANY).equals
    noun = "objects" if types and all(one.startswith("AWS::S3") for one in types) else "resources"
    if condition == ABSENT:
        return f"{noun} without an ARN"
    said = (
        ("", condition.equals if condition.equals != known.equals else ()),
        ("in ", condition.starts if condition.starts != known.starts else ()),
        ("ending in ", condition.ends if condition.ends != known.ends else ()),
        ("other than ", _beyond(condition.not_equals, known.not_equals)),
        ("outside ", _beyond(condition.not_starts, known.not_starts)),
        ("not ending in ", _beyond(condition.not_ends, known.not_ends)),
    )
    words = [f"{how}{_some(values)}" for how, values in said if values]
    return " ".join([noun, *words]) if words else ""


def _demands(condition: Condition) -> tuple[Strings, Strings, Strings]:
    return condition.equals, condition.starts, condition.ends


def _demanded(condition: Condition) -> str:
    alternatives = (
        condition.equals,
        tuple(f"{prefix}*" for prefix in condition.starts),
        tuple(f"*{suffix}" for suffix in condition.ends),
    )
    return " that are also ".join(_some(values) for values in alternatives if values)


def _beyond(values: Strings, known: Strings) -> Strings:
    return tuple(value for value in values if value not in set(known))


def _some(values: Iterable[str]) -> str:
    """`a, b and c`, or `a, b, c and 4 more`."""
    names = list(values)
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), names[-1]])
