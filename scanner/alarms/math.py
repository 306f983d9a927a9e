"""Metric math at one moment: what an expression yields of single data points.

Understood: numbers, ids, `+ - * /`, comparisons, AND and OR, brackets, arrays, and the functions that are
used to add up counts: SUM, MAX, MIN, AVG, FILL, IF and METRICS. Source: CloudWatch User Guide, "Using math
expressions with CloudWatch metrics". All else is a gap, and so is what it doesn't say: arithmetic with a
metric that has no data at the time.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from scanner.model.reading import Gap, Known, Reading, Unreadable

UNCLEAR = "MetricMathUnclear"

Point: TypeAlias = float | None
"""A data point; None: there is none at the time."""
Value: TypeAlias = Point | list[Point]

_TOKEN = re.compile(
    r"\s*(?:([0-9]+\.?[0-9]*|\.[0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|&&|\|\||[-+*/()<>,\[\]])|(\S))"
)
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_MAX_DEPTH = 64


def result(expression: str, points: Mapping[str, Reading[Point]], metrics: tuple[str, ...]) -> Reading[Point]:
    """What the expression yields. `points` by id, of metrics and of other expressions; `metrics` are the
    ids of those that METRICS() means.
    """
    try:
        value = _Expression(expression, points, metrics).value()
    except Unreadable as met:
        return met.gap
    if isinstance(value, list):
        return _unclear("it yields several time series")
    return Known(value)


def _unclear(problem: str) -> Gap:
    return Gap(f"its metric math is not understood: {problem}", code=UNCLEAR)


class _Constant(float):
    """A number of the expression itself: it has no time at which it could be missing."""


class _Expression:
    """Recursive descent that calculates as it goes; raises Unreadable."""

    def __init__(self, text: str, points: Mapping[str, Reading[Point]], metrics: tuple[str, ...]) -> None:
        self._tokens = [found[0].strip() for found in _TOKEN.finditer(text)]
        self._points = points
        self._metrics = metrics
        self._at = 0
        self._depth = 0

    def value(self) -> Value:
        value = self._either()
        if self._at < len(self._tokens):
            raise Unreadable(_unclear(f"at {self._tokens[self._at]!r}"))
        return value

    def _either(self) -> Value:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Unreadable(_unclear("it is nested too deep"))
        value = self._both()
        while self._took("OR", "||"):
            value = self._join(value, self._both(), lambda a, b: float(bool(a) or bool(b)))
        self._depth -= 1
        return value

    def _both(self) -> Value:
        value = self._compared()
        while self._took("AND", "&&"):
            value = self._join(value, self._compared(), lambda a, b: float(bool(a) and bool(b)))
        return value

    def _compared(self) -> Value:
        value = self._sum()
        if sign := self._took(*_COMPARISONS):
            compare = _COMPARISONS[sign]
            return self._join(value, self._sum(), lambda a, b: float(compare(a, b)))
        return value

    def _sum(self) -> Value:
        value = self._product()
        while sign := self._took("+", "-"):
            value = self._join(value, self._product(), operator.add if sign == "+" else operator.sub)
        return value

    def _product(self) -> Value:
        value = self._signed()
        while sign := self._took("*", "/"):
            value = self._join(value, self._signed(), operator.mul if sign == "*" else _divided)
        return value

    def _signed(self) -> Value:
        negative = False
        while self._took("-"):
            negative = not negative
        value = self._single()
        return self._join(_Constant(0), value, operator.sub) if negative else value

    def _single(self) -> Value:
        if self._took("("):
            value = self._either()
            self._need(")")
            return value
        if self._took("["):
            return self._list("]")
        token = self._next()
        if token[0].isdigit() or token[0] == ".":
            return _Constant(token)
        if token[0].isalpha() or token[0] == "_":
            return self._call(token.upper()) if self._took("(") else self._point(token)
        raise Unreadable(_unclear(f"at {token!r}"))

    def _point(self, id_: str) -> Point:
        if id_ not in self._points:
            raise Unreadable(_unclear(f"it has no {id_}"))
        return self._points[id_].require()

    def _list(self, end: str) -> list[Point]:
        points: list[Point] = []
        while not self._took(end):
            value = self._either()
            points += value if isinstance(value, list) else [value]
            if not self._took(","):
                self._need(end)
                break
        return points

    def _call(self, function: str) -> Value:
        if function == "METRICS":
            # Its one argument narrows by the words of the ids, which is rare.
            self._need(")")
            return [self._point(id_) for id_ in self._metrics]
        arguments: list[Value] = []
        while not self._took(")"):
            arguments.append(self._either())
            if not self._took(","):
                self._need(")")
                break
        match function, arguments:
            case (("SUM" | "MAX" | "MIN" | "AVG"), [list() as series]):
                return _over(function, series)
            case "FILL", [value, float() as instead]:
                return (
                    [instead if point is None else point for point in value]
                    if isinstance(value, list)
                    else (instead if value is None else value)
                )
            case "IF", [float() as condition, yes, no]:
                return yes if condition else no
            case _:
                raise Unreadable(_unclear(f"{function} with such arguments"))

    def _join(self, left: Value, right: Value, join: Callable[[float, float], float]) -> Value:
        if isinstance(left, list) or isinstance(right, list):
            raise Unreadable(_unclear("arithmetic with arrays"))
        if left is None or right is None:
            if (left is None or isinstance(left, _Constant)) and (
                right is None or isinstance(right, _Constant)
            ):
                return None
            raise Unreadable(_unclear("arithmetic with a metric that has no data at the time"))
        return join(left, right)

    def _took(self, *tokens: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in tokens:
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def _need(self, token: str) -> None:
        if not self._took(token):
            raise Unreadable(_unclear(f"{token!r} is missing"))

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise Unreadable(_unclear("it ends too soon"))
        self._at += 1
        return self._tokens[self._at - 1]


def _over(function: str, series: list[Point]) -> Point:
    """Across several metrics: those without data at the time are left out."""
    known = [point for point in series if point is not None]
    if not known:
        return None
    match function:
        case "SUM":
            return sum(known)
        case "MAX":
            return max(known)
        case "MIN":
            return min(known)
        case _:
            return sum(known) / len(known)


def _divided(left: float, right: float) -> float:
    if not right:
        raise Unreadable(_unclear("it divides by zero"))
    return left / right
