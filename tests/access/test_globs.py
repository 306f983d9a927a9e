import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.access.globs import ANY, filled, like, meet

PATTERNS = st.text("ab*?", max_size=7)
TEXTS = st.text("ab", max_size=7)


def as_regex(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(mark, re.escape(mark)) for mark in pattern)


@given(PATTERNS, TEXTS)
def test_a_pattern_matches_as_its_regex_does(pattern: str, text: str) -> None:
    assert like(pattern, text) == bool(re.fullmatch(as_regex(pattern), text))


def test_many_stars_cost_no_patience() -> None:
    assert not like("a*" * 40 + "b", "a" * 2000)


@given(PATTERNS, PATTERNS)
def test_what_two_patterns_have_in_common_both_match(one: str, other: str) -> None:
    both = meet(one, other)
    assert both is None or (like(one, both) and like(other, both))


@given(PATTERNS, PATTERNS, TEXTS)
def test_patterns_that_both_match_a_text_have_something_in_common(one: str, other: str, text: str) -> None:
    if like(one, text) and like(other, text):
        assert meet(one, other) is not None


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("s3:*", "s3:Put*", f"s3:Put{ANY}"),
        ("b/*/CloudTrail/*", "b/AWSLogs/*", f"b/AWSLogs/CloudTrail/{ANY}"),
        ("arn:aws:iam::*", "arn:*:*:*:*:role/A*", f"arn:aws:iam::{ANY}:role/A{ANY}"),
        ("a?", "ab", "ab"),
        ("a*", "b*", None),
        ("a", "ab", None),
    ],
)
def test_what_patterns_have_in_common(one: str, other: str, both: str | None) -> None:
    assert meet(one, other) == both


def test_a_row_of_question_marks_is_no_star() -> None:
    assert not like("b/" + "?" * 10, filled("b/*"))
    assert like("b/*", filled("b/*"))
