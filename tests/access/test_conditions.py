import pytest

from scanner.access.conditions import Value, holds
from tests.access.shorthand import OWNER, TRAIL, allow, policy


def judged(operator: str, values: object, value: Value) -> bool | None:
    (statement,) = policy(allow(Condition={operator: {"aws:Key": values}})).statements
    return holds(statement.conditions[0], value)


@pytest.mark.parametrize(
    ("operator", "values", "text", "expected"),
    [
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringLike", "a*", "ab", True),
        ("StringLike", "a?", "abc", False),
        ("StringNotLike", "a*", "ab", False),
        ("stringlike", "a*", "ab", True),
        ("ArnEquals", f"arn:aws:cloudtrail:*:{OWNER}:trail/*", TRAIL, True),
        ("ArnLike", "arn:aws:cloudtrail:*:trail/main", TRAIL, None),
        ("ArnLike", "arn:aws:cloudtrail:*:*:trail/other", TRAIL, False),
        ("ArnLike", "arn:aws:*:*:*:trail/m*", TRAIL, True),
        ("ArnLike", "*", TRAIL, True),
        ("ArnLike", "arn:aws:s3:::*", "no-arn", False),
        ("ArnNotLike", TRAIL, TRAIL, False),
        ("Bool", False, "false", True),
        ("Bool", "true", "false", False),
        ("IpAddress", ["10.0.0.0/8", "192.0.2.1"], "192.0.2.1", True),
        ("IpAddress", "10.0.0.0/8", "2001:db8::1", False),
        ("NotIpAddress", "10.0.0.0/8", "10.1.1.1", False),
        ("IpAddress", "nonsense", "10.1.1.1", None),
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericLessThanEquals", "1.2", "1.2", True),
        ("NumericEquals", "1.2", "1.20", True),
        ("NumericNotEquals", "1.2", "1.2", False),
        ("NumericGreaterThan", 1, "2", True),
        ("NumericGreaterThanEquals", "x", "2", None),
        ("Null", "false", "x", True),
        ("Null", "true", "x", False),
        ("DateLessThan", "2030-01-01T00:00:00Z", "2026-01-01T00:00:00Z", None),
        ("BinaryEquals", "eA==", "x", None),
        ("StringResembles", "a", "a", None),
        ("ForMostValues:StringEquals", "a", "a", None),
        ("StringEquals", "${aws:username}", "a", None),
        ("StringLike", "home/${aws:username}/*", "other/x", False),
        ("ArnLike", "arn:aws:iam::${x}:role/a", f"arn:aws:iam::{OWNER}:role/a", None),
    ],
)
def test_an_operator_on_one_value(operator: str, values: object, text: str, expected: bool | None) -> None:
    assert judged(operator, values, (text,)) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
        ("ArnLike", False),
        ("Bool", False),
        ("BoolIfExists", True),
        ("IpAddress", False),
        ("NotIpAddress", True),
        ("NumericLessThan", False),
    ],
)
def test_an_operator_on_a_key_that_is_missing(operator: str, expected: bool | None) -> None:
    assert judged(operator, "192.0.2.1", None) is expected


def test_null_asks_whether_the_key_is_missing() -> None:
    assert judged("Null", "true", None) is True
    assert judged("Null", "false", None) is False
    assert judged("Null", "perhaps", None) is None


@pytest.mark.parametrize(
    ("operator", "carried", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAllValues:StringNotEquals", ("a", "c"), False),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
    ],
)
def test_a_quantifier_counts_the_values_carried(
    operator: str, carried: tuple[str, ...], expected: bool | None
) -> None:
    assert judged(operator, ["a", "b"], carried) is expected
