"""Any pattern, written in any of its spellings, says what its tree says by the bare definition."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.model.reading import Gap, Known
from scanner.patterns import evaluate, parse
from scanner.patterns.pattern import (
    And,
    Compare,
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
    spelled,
)

MISSING = object()
CORES = ("a", "ab", "b", "aXb", 'q"\\ q', "Ev*ent")
PATHS: tuple[Path, ...] = (("x",), ("y",), ("o", "x"), ("l", 0), ("l", 1, "x"), ("with space",))

TEXTS = st.builds(Text, st.sampled_from(CORES), st.booleans(), st.booleans())
NUMBERS = st.sampled_from(("0", "1", "-1", "1.5", "+2", "1e1")).map(lambda one: Number(Decimal(one), one))
_at = st.sampled_from(PATHS)
TESTS: st.SearchStrategy[Pattern] = st.one_of(
    st.builds(Compare, _at, st.sampled_from((Operator.EQUAL, Operator.UNEQUAL)), TEXTS),
    st.builds(Compare, _at, st.sampled_from(Operator), NUMBERS),
    st.builds(Is, _at, st.sampled_from(State)),
    st.builds(Exists, _at, st.booleans()),
)


def _joined(parts: st.SearchStrategy[Pattern]) -> st.SearchStrategy[Pattern]:
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several))


PATTERNS = st.recursive(TESTS, _joined, max_leaves=8)

# Kinds of values that the guide leaves open (booleans compared, numbers in quotes) are not in this world.
WORDS = st.sampled_from(("a", "ab", "b", "aXb", "xa", "bx", "", 'q"\\ q', "Ev*ent", "Event"))
FIGURES = st.sampled_from((0, 1, -1, 1.5, 2, 10, 10.0))


def events(draw: st.DrawFn) -> dict[str, Any]:
    def leaf() -> Any:
        return draw(st.one_of(WORDS, FIGURES, st.just({"deep": 1}), st.just(["a"]), st.just(MISSING)))

    event = {
        "x": leaf(),
        "y": leaf(),
        "with space": leaf(),
        "o": draw(st.one_of(st.just({"x": leaf()}), st.just("a"))),
        "l": draw(st.one_of(st.just([leaf(), {"x": leaf()}]), st.just([]), st.just({"x": "a"}))),
    }
    return {name: _without(value) for name, value in event.items() if value is not MISSING}


def _without(value: Any) -> Any:
    match value:
        case dict():
            return {name: one for name, one in value.items() if one is not MISSING}
        case list():
            return ["a" if one is MISSING else _without(one) for one in value]
        case _:
            return value


class Speller:
    """Writes a pattern with spaces, quotes, brackets and the case of words drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def pattern(self, pattern: Pattern) -> str:
        inner = self._text(pattern, in_and=False)
        return f"{self._space()}{{{self._space()}{inner}{self._space()}}}{self._space()}"

    def _text(self, one: Pattern, *, in_and: bool) -> str:
        if isinstance(one, And | Or):
            sign = "&&" if isinstance(one, And) else "||"
            parts = (self._text(part, in_and=isinstance(one, And)) for part in one.parts)
            written = sign.join(self._space() + part + self._space() for part in parts)
        else:
            written = self._condition(one)
        needed = in_and and isinstance(one, Or)
        bracketed = needed or self._draw(st.booleans())
        return f"({self._space()}{written}{self._space()})" if bracketed else written

    def _condition(self, one: Pattern) -> str:
        match one:
            case Compare(path, operator, wanted):
                return spelled(path) + self._space() + operator + self._space() + self._value(wanted)
            case Is(path, state):
                return spelled(path) + self._words("IS", state)
            case Exists(path, wanted):
                return spelled(path) + (self._words("EXISTS") if wanted else self._words("NOT", "EXISTS"))
            case _:
                raise AssertionError(one)

    def _value(self, one: Text | Number) -> str:
        if isinstance(one, Text) and (not str(one).isalnum() or self._draw(st.booleans())):
            return '"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"'
        return str(one)

    def _words(self, *words: str) -> str:
        cased = (self._draw(st.sampled_from((word, word.lower(), word.title()))) for word in words)
        return "".join(self._space(1) + word for word in cased)

    def _space(self, least: int = 0) -> str:
        return self._draw(st.text(" \t\n\r", min_size=least, max_size=2))


def holds(pattern: Pattern, event: dict[str, Any]) -> bool | None:
    """By the definition in the guide; None where it leaves the answer open."""
    match pattern:
        case And(parts):
            answers = [holds(part, event) for part in parts]
            return False if False in answers else None if None in answers else True
        case Or(parts):
            answers = [holds(part, event) for part in parts]
            return True if True in answers else None if None in answers else False
        case Exists(path, wanted):
            return (look(event, path) is not MISSING) == wanted
        case Is(path, state):
            value = look(event, path)
            return {State.TRUE: value is True, State.FALSE: value is False, State.NULL: value is None}[state]
        case Compare(path, operator, wanted):
            return compares(look(event, path), operator, wanted)
        case Everything():
            return True


def look(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step, MISSING)
        elif isinstance(step, int) and isinstance(value, list):
            value = value[step] if step < len(value) else MISSING
        else:
            return MISSING
    return value


_NUMERIC: dict[Operator, Callable[[float, float], bool]] = {
    Operator.EQUAL: lambda a, b: a == b,
    Operator.UNEQUAL: lambda a, b: a != b,
    Operator.LESS: lambda a, b: a < b,
    Operator.GREATER: lambda a, b: a > b,
    Operator.AT_MOST: lambda a, b: a <= b,
    Operator.AT_LEAST: lambda a, b: a >= b,
}


def compares(value: Any, operator: Operator, wanted: Text | Number) -> bool | None:
    if not isinstance(value, str | int | float):
        return False
    if isinstance(wanted, Number):
        if isinstance(value, str):
            return None if operator is Operator.UNEQUAL else False
        return _NUMERIC[operator](value, float(wanted.value))
    if not isinstance(value, str):
        return None if wanted.open_start or wanted.open_end else operator is Operator.UNEQUAL
    fits = any(
        value[start:end] == wanted.core
        for start in range(len(value) + 1)
        for end in range(start, len(value) + 1)
        if (start == 0 or wanted.open_start) and (end == len(value) or wanted.open_end)
    )
    return fits == (operator is Operator.EQUAL)


@given(st.data())
def test_every_spelling_of_a_pattern_says_what_the_definition_says(data: st.DataObject) -> None:
    pattern = data.draw(PATTERNS)
    draw: Any = data.draw
    text = Speller(draw).pattern(pattern)
    event = events(draw)
    answer = parse(text).map(lambda one: evaluate(one, event)).require()
    match answer:
        case Known(value):
            assert holds(pattern, event) is value
        case Gap():
            assert holds(pattern, event) is None


@given(st.text("{}()$.ab=!<>&|*[]'\"\\% \n019EXISTnull-_", max_size=40))
def test_any_text_is_a_pattern_or_a_gap_that_says_where(text: str) -> None:
    found = parse(text)
    if isinstance(found, Gap):
        at = int(found.detail.split("at character ")[1].split(":")[0])
        assert 1 <= at <= len(text) + 1
