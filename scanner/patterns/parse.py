r"""The JSON filter patterns of CloudWatch Logs, from text to a value.

Source: the CloudWatch Logs User Guide, "Filter pattern syntax" ("Matching terms in JSON log events"):

    pattern    = [ "{" any "}" ]                     nothing at all: every event
    any        = all { "||" all }
    all        = test { "&&" test }
    test       = "(" any ")" | path condition
    condition  = ( "=" | "!=" ) value | ( "<" | ">" | "<=" | ">=" ) number
               | "IS" ( "TRUE" | "FALSE" | "NULL" ) | [ "NOT" ] "EXISTS"
    path       = "$" step { step },  step = "." name | ".['" text "']" | "[" index "]" | "[*]"
    value      = number | word | '"' text '"'        in quotes, \" and \\ are escapes

Space is free between all of these, and keywords are taken in any case. CloudWatch checks a pattern when it
is put, so a text that was read from AWS means something; what this grammar doesn't know is a gap that says
where. So are the other kinds of pattern (terms, space-delimited fields) and regular expressions (`%…%`).
"""

import re
from decimal import Decimal
from typing import NoReturn

from scanner.model.reading import Known, Reading, Unreadable
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
    unclear,
)

MAX_DEPTH = 64
"""Brackets within brackets; deeper ones are a gap, not a stack overflow."""

_SPACE = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED_NAME = re.compile(r"\['([^'\\]+)'\]")
_INDEX = re.compile(r"\[([0-9]{1,9}|\*)\]")
_OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
_KEYWORD = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z0-9_.*:/@#+-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def parse(text: str) -> Reading[Pattern]:
    """The pattern, or a gap (code `PatternUnclear`) with the character where it stops being clear."""
    try:
        return Known(_Parser(text).pattern())
    except Unreadable as met:
        return met.gap


class _Parser:
    """Recursive descent; raises Unreadable where the text isn't understood."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def pattern(self) -> Pattern:
        self._space()
        if self._at == len(self._text):
            return Everything()
        if not self._took("{"):
            self._fail("only patterns for JSON events, within { }, are understood")
        found = self._any(depth=0)
        self._need("}", "'&&', '||' or '}'")
        if self._at < len(self._text):
            self._fail("nothing can follow the closing '}'")
        return found

    def _any(self, depth: int) -> Pattern:
        parts = [self._all(depth)]
        while self._took("||"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Pattern:
        parts = [self._test(depth)]
        while self._took("&&"):
            parts.append(self._test(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _test(self, depth: int) -> Pattern:
        if depth == MAX_DEPTH:
            self._fail(f"brackets more than {MAX_DEPTH} deep")
        if self._took("("):
            inner = self._any(depth + 1)
            self._need(")", "'&&', '||' or ')'")
            return inner
        return self._condition()

    def _condition(self) -> Pattern:
        start = self._at + 1
        path = self._path()
        if operator := self._match(_OPERATOR):
            return self._comparison(path, Operator(operator[0]), start)
        if Every.ELEMENT in path:
            self._fail("[*] is understood before comparisons only")
        at = self._at
        keyword = self._keyword()
        if keyword == "IS":
            return Is(path, self._state(), start)
        wanted = keyword != "NOT"
        if not wanted:
            keyword = self._keyword()
        if keyword != "EXISTS":
            self._fail("expected an operator, IS, EXISTS or NOT EXISTS", at)
        return Exists(path, wanted)

    def _state(self) -> State:
        at = self._at
        try:
            return State(self._keyword())
        except ValueError:
            self._fail("expected TRUE, FALSE or NULL", at)

    def _comparison(self, path: Path, operator: Operator, start: int) -> Compare:
        if operator is Operator.UNEQUAL and Every.ELEMENT in path:
            # Whether all elements must differ or one is enough isn't documented.
            self._fail("what [*] means with '!=' is not documented", start - 1)
        at = self._at
        value = self._value()
        if isinstance(value, Text) and operator not in (Operator.EQUAL, Operator.UNEQUAL):
            self._fail(f"'{operator}' needs a number", at)
        return Compare(path, operator, value, start)

    def _path(self) -> Path:
        if not self._text.startswith("$", self._at):
            self._fail("expected a field, as in $.eventName")
        self._at += 1
        steps: list[str | int | Every] = []
        while True:
            if self._text.startswith(".", self._at):
                self._at += 1
                steps.append(self._name())
            elif steps and self._text.startswith("[", self._at):
                steps.append(self._index())
            elif steps:
                self._space()
                return tuple(steps)
            else:
                self._fail("expected the name of a field, as in $.eventName")

    def _name(self) -> str:
        if quoted := _QUOTED_NAME.match(self._text, self._at):
            self._at = quoted.end()
            return quoted[1]
        plain = _NAME.match(self._text, self._at)
        if plain is None:
            self._fail("expected the name of a field")
        self._at = plain.end()
        return plain[0]

    def _index(self) -> int | Every:
        index = _INDEX.match(self._text, self._at)
        if index is None:
            self._fail("expected a place in an array, as in [0]")
        self._at = index.end()
        return Every.ELEMENT if index[1] == "*" else int(index[1])

    def _value(self) -> Text | Number:
        if self._text.startswith("%", self._at):
            self._fail("regular expressions are not understood")
        at = self._at
        if self._text.startswith('"', at):
            quoted = self._match(_QUOTED)
            if quoted is None:
                self._fail("a quote that is not closed")
            return _text(self._unescaped(quoted[1], at + 1))
        word = self._match(_WORD)
        if word is None:
            self._fail("expected a value")
        if is_number(word[0]):
            return Number(Decimal(word[0]), word[0])
        return _text(word[0])

    def _unescaped(self, body: str, start: int) -> str:
        for escape in re.finditer(r"\\(.)", body, re.DOTALL):
            if escape[1] not in '"\\':
                self._fail(f"an escape that is not understood: {escape[0]}", start + escape.start())
        return re.sub(r"\\(.)", r"\1", body)

    def _keyword(self) -> str:
        """The next word in capitals; empty where there is none."""
        word = self._match(_KEYWORD)
        return word[0].upper() if word else ""

    def _match(self, token: re.Pattern[str]) -> re.Match[str] | None:
        found = token.match(self._text, self._at)
        if found:
            self._at = found.end()
            self._space()
        return found

    def _took(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        self._space()
        return True

    def _need(self, token: str, expected: str) -> None:
        if not self._took(token):
            self._fail(f"expected {expected}")

    def _space(self) -> None:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at

    def _fail(self, problem: str, at: int | None = None) -> NoReturn:
        place = self._at if at is None else at
        ended = " (the pattern ends here)" if place == len(self._text) else ""
        raise Unreadable(unclear(place + 1, problem + ended))


def _text(written: str) -> Text:
    """Stars at the ends are wildcards, in quotes too; one in the middle is just a star."""
    core = written.strip("*")
    if not core:
        return Text("", open_start="*" in written, open_end="*" in written)
    return Text(core, open_start=written.startswith("*"), open_end=written.endswith("*"))
