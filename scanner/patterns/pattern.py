"""A filter pattern as a value: what `parse` yields and `evaluate` reads."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TypeAlias

from scanner.model.reading import Gap

UNCLEAR = "PatternUnclear"
"""The code of every gap that a pattern's own words cause."""


_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,9})?")


def is_number(written: str) -> bool:
    """Whether a text is written as a number: a sign, decimals and an exponent are optional."""
    return _NUMBER.fullmatch(written) is not None


class Every(Enum):
    """`[*]`: any element of an array."""

    ELEMENT = "*"


Path: TypeAlias = tuple[str | int | Every, ...]
"""The way from the event's root: names of members and places in arrays."""


def spelled(path: Path) -> str:
    """As one writes it: `$.userIdentity.type`, `$.resources[0].ARN`, `$.['a b']`."""
    return "$" + "".join(_spelled(step) for step in path)


def _spelled(step: str | int | Every) -> str:
    match step:
        case Every():
            return "[*]"
        case int():
            return f"[{step}]"
        case str():
            plain = step.isascii() and step.replace("-", "_").replace("_", "a").isalnum()
            return f".{step}" if plain else f".['{step}']"


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    GREATER = ">"
    AT_MOST = "<="
    AT_LEAST = ">="


class State(StrEnum):
    """What `IS` can ask for."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    NULL = "NULL"


@dataclass(frozen=True, slots=True)
class Text:
    """A string; a `*` at its start or end stands for any text, one in between for itself."""

    core: str
    open_start: bool = False
    open_end: bool = False

    def __str__(self) -> str:
        return f"{'*' * self.open_start}{self.core}{'*' * self.open_end}"

    def fits(self, value: str) -> bool:
        match self.open_start, self.open_end:
            case False, False:
                return value == self.core
            case True, False:
                return value.endswith(self.core)
            case False, True:
                return value.startswith(self.core)
            case _:
                return self.core in value


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how it was written: an account id is text in an event and may bear a leading zero."""

    value: Decimal
    written: str = field(compare=False)

    def __str__(self) -> str:
        return self.written


@dataclass(frozen=True, slots=True)
class Compare:
    path: Path
    operator: Operator
    value: Text | Number
    at: int = field(default=1, compare=False)
    """The character where it begins, counted from 1."""


@dataclass(frozen=True, slots=True)
class Is:
    path: Path
    state: State
    at: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """`EXISTS`, or `NOT EXISTS` where not `wanted`."""

    path: Path
    wanted: bool


@dataclass(frozen=True, slots=True)
class And:
    parts: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    parts: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty pattern: every event matches."""


Pattern: TypeAlias = Compare | Is | Exists | And | Or | Everything


def unclear(at: int, problem: str) -> Gap:
    return Gap(f"a filter pattern is not clear at character {at}: {problem}", code=UNCLEAR)
