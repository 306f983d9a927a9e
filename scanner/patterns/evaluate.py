"""Whether an event matches a pattern.

A comparison holds only where the field is there and is a string or a number: with a missing field `!=`
doesn't match either, nor with an array or an object (CloudWatch Logs User Guide, "Filter pattern syntax").
Text is compared with its case. What the guide leaves open (a boolean after `=`, a number in quotes) is a gap
where it decides the answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

from typing_extensions import TypeIs

from scanner.model.reading import Known, Reading, all_of, any_of
from scanner.patterns.pattern import (
    And,
    Compare,
    Every,
    Everything,
    Exists,
    Is,
    Number,
    Operator,
    Or,
    Path,
    Pattern,
    State,
    Text,
    is_number,
    spelled,
    unclear,
)

Event = Mapping[str, Any]
"""A CloudTrail event as JSON holds it."""

_YES: Reading[bool] = Known(value=True)
_NO: Reading[bool] = Known(value=False)


def matches(pattern: Pattern, event: Event) -> bool:
    """Whether CloudWatch Logs counts the event. Raises Unreadable where that isn't documented."""
    return evaluate(pattern, event).require()


def evaluate(pattern: Pattern, event: Event) -> Reading[bool]:
    """As `matches`, with the gap as a value. The order of the parts of a pattern never matters."""
    match pattern:
        case Everything():
            return _YES
        case And(parts):
            return all_of(evaluate(part, event) for part in parts)
        case Or(parts):
            return any_of(evaluate(part, event) for part in parts)
        case Exists(path, wanted):
            return Known(any(True for _ in _at(event, path)) is wanted)
        case Is():
            return any_of(_is(pattern, value) for value in _at(event, pattern.path))
        case Compare():
            return any_of(_compares(pattern, value) for value in _at(event, pattern.path))
        case _:
            assert_never(pattern)


def _at(value: object, path: Path) -> Iterator[object]:
    """What stands there: nothing where the event lacks it, several values only after `[*]`."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    match step:
        case str() if isinstance(value, Mapping) and step in value:
            yield from _at(value[step], rest)
        case int() if _is_array(value) and step < len(value):
            yield from _at(value[step], rest)
        case Every() if _is_array(value):
            for element in value:
                yield from _at(element, rest)
        case _:
            return


def _is_array(value: object) -> TypeIs[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is(test: Is, value: object) -> Reading[bool]:
    match test.state:
        case State.NULL:
            return Known(value is None)
        case State.TRUE | State.FALSE:
            if isinstance(value, str) and value.upper() == test.state:
                return unclear(test.at, f"{spelled(test.path)} is text, which IS {test.state} may not take")
            return Known(value is (test.state is State.TRUE))
        case _:
            assert_never(test.state)


def _compares(test: Compare, value: object) -> Reading[bool]:
    match value:
        case bool() | None:
            return unclear(test.at, f"{spelled(test.path)} is neither text nor a number in some events")
        case str():
            return _compares_text(test, value)
        case int() | float():
            return _compares_number(test, Decimal(str(value)))
        case _:
            return _NO


def _compares_text(test: Compare, value: str) -> Reading[bool]:
    match test.operator, test.value:
        case Operator.EQUAL, Text() as text:
            return Known(text.fits(value))
        case Operator.UNEQUAL, Text() as text:
            return Known(not text.fits(value))
        case Operator.EQUAL, Number() as number:
            return Known(value == number.written)
        case Operator.UNEQUAL, Number() as number if value == number.written:
            return _NO
        case Operator.UNEQUAL, Number() if is_number(value):
            return _YES
        case _ if test.operator is not Operator.UNEQUAL and not is_number(value):
            return _NO
    return unclear(test.at, f"{spelled(test.path)} is text in some events, compared as a number")


def _compares_number(test: Compare, value: Decimal) -> Reading[bool]:
    match test.value:
        case Number(wanted):
            return Known(_holds(test.operator, value, wanted))
        case Text("", True, True):
            return Known(test.operator is Operator.EQUAL)
        case Text():
            if test.value.open_start or test.value.open_end or is_number(test.value.core):
                problem = f"{spelled(test.path)} is a number in some events, compared as text"
                return unclear(test.at, problem)
            return Known(test.operator is Operator.UNEQUAL)
        case _:
            assert_never(test.value)


def _holds(operator: Operator, value: Decimal, wanted: Decimal) -> bool:
    match operator:
        case Operator.EQUAL:
            return value == wanted
        case Operator.UNEQUAL:
            return value != wanted
        case Operator.LESS:
            return value < wanted
        case Operator.GREATER:
            return value > wanted
        case Operator.AT_MOST:
            return value <= wanted
        case Operator.AT_LEAST:
            return value >= wanted
        case _:
            assert_never(operator)
