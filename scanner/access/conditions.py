"""Whether a condition holds for what a request carries under its key.

Source: the IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
A key that the request lacks fails a positive operator and passes a negated one.
"""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from scanner.access.globs import like
from scanner.access.match import Answer, covers, every, negated, opened, some
from scanner.access.parse import Condition

Value = tuple[str, ...] | None
"""What a request carries under one key; None: the request lacks the key."""

ARN_PARTS = 6


def holds(condition: Condition, value: Value) -> Answer:
    """None where the operator isn't one that is judged here (dates, binary ones), a value isn't of its
    kind, or a policy variable decides.
    """
    if condition.operator == "null":
        return _null(condition, value)
    if condition.operator not in _MATCHERS or condition.quantifier not in (None, *_QUANTIFIERS):
        return None
    negative = condition.operator in NEGATED
    if not value:
        return _missing(condition, negative=negative)
    answers = [_passes(condition, one, negative=negative) for one in value]
    if condition.quantifier == "forallvalues" or (negative and condition.quantifier is None):
        return every(answers)
    return some(answers)


_QUANTIFIERS = ("forallvalues", "foranyvalue")


def _null(condition: Condition, value: Value) -> Answer:
    wanted = {text.lower() for text in condition.values}
    if not wanted <= {"true", "false"} or condition.quantifier or condition.if_exists:
        return None
    return ("true" if not value else "false") in wanted


def _missing(condition: Condition, *, negative: bool) -> bool:
    if condition.if_exists or condition.quantifier == "forallvalues":
        return True
    return negative and condition.quantifier is None


def _passes(condition: Condition, text: str, *, negative: bool) -> Answer:
    matches = _MATCHERS[condition.operator]
    found = some(matches(pattern, text) for pattern in condition.values)
    return negated(found) if negative else found


def _equals(pattern: str, text: str) -> Answer:
    return _by_variable(pattern, text) if "${" in pattern else pattern == text


def _by_variable(pattern: str, text: str) -> Answer:
    """No answer, but where no variable could make it match."""
    return None if like(opened(pattern), text) else False


def _equals_ignoring_case(pattern: str, text: str) -> Answer:
    return _equals(pattern.lower(), text.lower())


def _arn_like(pattern: str, text: str) -> Answer:
    """Part by part: a `*` doesn't reach over a colon, except in the last part."""
    if pattern == "*":
        return True
    if "${" in pattern:
        return _by_variable(pattern, text)
    parts, others = pattern.split(":", 5), text.split(":", 5)
    if len(parts) < ARN_PARTS:
        return None if like(pattern, text) else False
    return len(others) == ARN_PARTS and all(like(*pair) for pair in zip(parts, others, strict=True))


def _ip(pattern: str, text: str) -> Answer:
    try:
        return ip_address(text) in ip_network(pattern, strict=False)
    except ValueError:
        return None


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], Answer]:
    def matches(pattern: str, text: str) -> Answer:
        try:
            return compare(float(text), float(pattern))
        except ValueError:
            return None

    return matches


TEXTS = {
    "stringequals": _equals,
    "stringnotequals": _equals,
    "stringequalsignorecase": _equals_ignoring_case,
    "stringnotequalsignorecase": _equals_ignoring_case,
    "bool": _equals_ignoring_case,
}
PATTERNS = {
    "stringlike": covers,
    "stringnotlike": covers,
    "arnequals": _arn_like,
    "arnlike": _arn_like,
    "arnnotequals": _arn_like,
    "arnnotlike": _arn_like,
}
ADDRESSES = {"ipaddress": _ip, "notipaddress": _ip}
NUMBERS = {
    "numericequals": _number(lambda one, other: one == other),
    "numericnotequals": _number(lambda one, other: one == other),
    "numericlessthan": _number(lambda one, other: one < other),
    "numericlessthanequals": _number(lambda one, other: one <= other),
    "numericgreaterthan": _number(lambda one, other: one > other),
    "numericgreaterthanequals": _number(lambda one, other: one >= other),
}
_MATCHERS = {**TEXTS, **PATTERNS, **ADDRESSES, **NUMBERS}

NEGATED = frozenset(name for name in _MATCHERS if "not" in name)
