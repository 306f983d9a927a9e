"""The rules of composite alarms."""

import pytest

from scanner.alarms.rules import holds
from scanner.model.reading import Gap, Known

ARN = "arn:aws:cloudwatch:eu-west-1:010203040506:alarm:a (prod)"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        (' ALARM( "a" ) ', True),
        ("ALARM(b)", False),
        ("ALARM(a) OR ALARM(b)", True),
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(b) AND ALARM(b) OR ALARM(a)", True),
        ("ALARM(a) OR ALARM(b) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(b)) AND ALARM(b)", False),
        ("NOT ALARM(b) AND ALARM(a)", True),
        ("NOT (ALARM(a) OR ALARM(b))", False),
        ("TRUE", True),
        ("ALARM(a) AND FALSE", False),
        ("OK(a)", False),
        ("ALARM(a)\n  OR\n  OK(b)", True),
        ("INSUFFICIENT_DATA(a) OR ALARM(a)", True),
    ],
)
def test_a_rule_is_read_with_its_precedence(rule: str, expected: bool) -> None:
    assert holds(rule, {"a"}) == Known(expected)


def test_an_alarm_may_be_named_by_its_arn_or_with_brackets_in_quotes() -> None:
    assert holds(f'ALARM("{ARN}")', {ARN}) == Known(value=True)
    assert holds('ALARM("a (prod) OR b")', {"a (prod) OR b"}) == Known(value=True)


@pytest.mark.parametrize("rule", ["OK(b)", "INSUFFICIENT_DATA(b)", "ALARM(a) AND OK(b)"])
def test_the_state_of_an_alarm_at_rest_is_not_guessed(rule: str) -> None:
    found = holds(rule, {"a"})
    assert isinstance(found, Gap)
    assert "b is in" in found.detail


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        ("", 1),
        ("ALARM(a", 1),
        ("ALARM(a) XOR ALARM(b)", 10),
        ("AT_LEAST(1, ALARM, (a, b))", 1),
        ("(" * 99, 66),
    ],
)
def test_a_rule_that_is_not_understood_is_a_gap_with_its_place(rule: str, at: int) -> None:
    found = holds(rule, {"a"})
    assert isinstance(found, Gap)
    assert found.detail == f"its rule is not understood at character {at}"
