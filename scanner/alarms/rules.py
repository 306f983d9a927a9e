"""The rules of composite alarms: whether other alarms' going off sets one off too.

Grammar (CloudWatch API reference, PutCompositeAlarm): `ALARM(x)`, `OK(x)` and `INSUFFICIENT_DATA(x)` with a
name or ARN, in quotes or not; TRUE, FALSE, AND, OR, NOT and brackets. NOT binds tightest, then AND.
"""

import re
from collections.abc import Collection

from scanner.model.reading import Gap, Known, Reading, Unreadable, all_of, any_of

UNCLEAR = "AlarmRuleUnclear"

_STATE = re.compile(r'(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|([^()"]*?))\s*\)')
_WORD = re.compile(r"[A-Z_]+|[()]")
_SPACE = re.compile(r"\s*")
_MAX_DEPTH = 64


def holds(rule: str, in_alarm: Collection[str]) -> Reading[bool]:
    """Whether the rule is true while just these alarms (names and ARNs) are in ALARM.

    The others rest: whether in OK or INSUFFICIENT_DATA can't be told, so a rule that turns on it is a gap.
    """
    try:
        return _Rule(rule, in_alarm).value()
    except Unreadable as met:
        return met.gap


class _Rule:
    """Recursive descent that evaluates as it goes."""

    def __init__(self, text: str, in_alarm: Collection[str]) -> None:
        self._text = text
        self._in_alarm = in_alarm
        self._at = 0
        self._space()

    def value(self) -> Reading[bool]:
        found = self._any(0)
        if self._at < len(self._text):
            raise Unreadable(self._unclear())
        return found

    def _any(self, depth: int) -> Reading[bool]:
        parts = [self._all(depth)]
        while self._took("OR"):
            parts.append(self._all(depth))
        return any_of(parts)

    def _all(self, depth: int) -> Reading[bool]:
        parts = [self._one(depth)]
        while self._took("AND"):
            parts.append(self._one(depth))
        return all_of(parts)

    def _one(self, depth: int) -> Reading[bool]:
        if depth > _MAX_DEPTH:
            raise Unreadable(self._unclear())
        if self._took("NOT"):
            return self._one(depth + 1).map(lambda value: not value)
        if self._took("("):
            inner = self._any(depth + 1)
            if not self._took(")"):
                raise Unreadable(self._unclear())
            return inner
        if state := _STATE.match(self._text, self._at):
            self._at = state.end()
            self._space()
            return self._state(state[1], state[2] if state[2] is not None else state[3])
        for word in ("TRUE", "FALSE"):
            if self._took(word):
                return Known(word == "TRUE")
        raise Unreadable(self._unclear())

    def _state(self, state: str, alarm: str) -> Reading[bool]:
        if state == "ALARM":
            return Known(alarm in self._in_alarm)
        if alarm in self._in_alarm:
            return Known(value=False)
        return Gap(f"it turns on whether {alarm} is in {state} while nothing happens", code=UNCLEAR)

    def _took(self, token: str) -> bool:
        word = _WORD.match(self._text, self._at)
        if word is None or word[0] != token:
            return False
        self._at = word.end()
        self._space()
        return True

    def _space(self) -> None:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at

    def _unclear(self) -> Gap:
        return Gap(f"its rule is not understood at character {self._at + 1}", code=UNCLEAR)
