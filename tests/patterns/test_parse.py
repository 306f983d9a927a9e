from decimal import Decimal

import pytest

from scanner.model.reading import Gap, Known
from scanner.patterns import parse
from scanner.patterns.parse import MAX_DEPTH
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
    spelled,
)


def named(name: str) -> Compare:
    return Compare(("eventName",), Operator.EQUAL, Text(name))


A, B, C = named("A"), named("B"), named("C")
A_, B_, C_ = (f"($.eventName = {name})" for name in "ABC")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ $.a = b }", Compare(("a",), Operator.EQUAL, Text("b"))),
        ("{ $.a != b }", Compare(("a",), Operator.UNEQUAL, Text("b"))),
        ("{ $.a < 1 }", Compare(("a",), Operator.LESS, Number(Decimal(1), "1"))),
        ("{ $.a > -1.5 }", Compare(("a",), Operator.GREATER, Number(Decimal("-1.5"), "-1.5"))),
        ("{ $.a <= +10e-3 }", Compare(("a",), Operator.AT_MOST, Number(Decimal("0.01"), "+10e-3"))),
        ("{ $.a >= .5 }", Compare(("a",), Operator.AT_LEAST, Number(Decimal("0.5"), ".5"))),
        ("{ $.a IS TRUE }", Is(("a",), State.TRUE)),
        ("{ $.a IS FALSE }", Is(("a",), State.FALSE)),
        ("{ $.a IS NULL }", Is(("a",), State.NULL)),
        ("{ $.a EXISTS }", Exists(("a",), wanted=True)),
        ("{ $.a NOT EXISTS }", Exists(("a",), wanted=False)),
    ],
)
def test_each_operator_is_understood(text: str, expected: Pattern) -> None:
    assert parse(text) == Known(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{{ {A_} || {B_} && {C_} }}", Or((A, And((B, C))))),
        (f"{{ {A_} && {B_} || {C_} }}", Or((And((A, B)), C))),
        (f"{{ ({A_} || {B_}) && {C_} }}", And((Or((A, B)), C))),
        (f"{{ {A_} || {B_} || {C_} }}", Or((A, B, C))),
        (f"{{ (({A_})) }}", A),
    ],
)
def test_and_binds_tighter_than_or_and_brackets_tighter_still(text: str, expected: Pattern) -> None:
    assert parse(text) == Known(expected)


@pytest.mark.parametrize(
    "text",
    [
        "{$.eventName=A||$.eventName=B}",
        "  {\t( $.eventName\n=\r\n A )||( ($.eventName = B) ) } \n",
        '{ $.eventName = "A" || $.eventName = "B" }',
        "{ $.['eventName'] = A || $.eventName = B }",
    ],
)
def test_space_brackets_and_quotes_are_free(text: str) -> None:
    assert parse(text) == Known(Or((A, B)))


@pytest.mark.parametrize("text", ["{ $.a is null }", "{ $.a Is Null }", "{$.a\nIS\tNULL}"])
def test_keywords_are_taken_in_any_case(text: str) -> None:
    assert parse(text) == Known(Is(("a",), State.NULL))


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$.a.b-c.d_e", ("a", "b-c", "d_e")),
        ("$.users[0].id", ("users", 0, "id")),
        ("$.grid[0][12]", ("grid", 0, 12)),
        ("$.tags[*].key", ("tags", Every.ELEMENT, "key")),
        ("$.a.['b c.d'].e", ("a", "b c.d", "e")),
        ("$.IS.NOT", ("IS", "NOT")),
    ],
)
def test_a_path_leads_through_members_and_arrays(path: str, steps: Path) -> None:
    assert parse(f"{{ {path} = x }}") == Known(Compare(steps, Operator.EQUAL, Text("x")))
    assert spelled(steps) == path


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("word", Text("word")),
        ("123.123.*", Text("123.123.", open_end=True)),
        ("arn:aws:iam::111122223333:role/x", Text("arn:aws:iam::111122223333:role/x")),
        ("*", Text("", open_start=True, open_end=True)),
        ('""', Text("")),
        ('"*Operation"', Text("Operation", open_start=True)),
        ('"*deni*"', Text("deni", open_start=True, open_end=True)),
        ('"Ev*ent"', Text("Ev*ent")),
        ('"a b && c"', Text("a b && c")),
        (r'"say \"no\" \\ yes"', Text(r'say "no" \ yes')),
        ('"400"', Text("400")),
        ("400", Number(Decimal(400), "400")),
        ("1.2.3.4", Text("1.2.3.4")),
    ],
)
def test_a_value_is_a_word_a_number_or_quoted_text(written: str, value: Text | Number) -> None:
    assert parse(f"{{ $.a = {written} }}") == Known(Compare(("a",), Operator.EQUAL, value))


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_pattern_is_every_event(text: str) -> None:
    assert parse(text) == Known(Everything())


@pytest.mark.parametrize(
    ("text", "at", "problem"),
    [
        ("StopLogging", 1, "only patterns for JSON events"),
        ("  [ip, user]", 3, "only patterns for JSON events"),
        ("%AUTH%", 1, "only patterns for JSON events"),
        ("{}", 2, "expected a field"),
        ("{ eventName = A }", 3, "expected a field"),
        ("{ $ = A }", 4, "expected the name of a field"),
        ("{ $.a. = A }", 7, "expected the name of a field"),
        ("{ $.a[x] = A }", 6, "expected a place in an array"),
        ("{ $.a }", 7, "expected an operator"),
        ("{ $.a LIKE b }", 7, "expected an operator"),
        ("{ $.a NOT NULL }", 7, "expected an operator"),
        ("{ $.a IS NOT NULL }", 10, "expected TRUE, FALSE or NULL"),
        ("{ $.a == b }", 8, "expected a value"),
        ("{ $.a = %A|B% }", 9, "regular expressions"),
        ("{ $.a = 'b' }", 9, "expected a value"),
        ('{ $.a = "b }', 9, "a quote that is not closed"),
        (r'{ $.a = "b\n" }', 11, "an escape that is not understood"),
        ("{ $.a < b }", 9, "needs a number"),
        ("{ $.a = Failed authentication }", 16, "expected '&&', '||' or '}'"),
        ("{ $.a = ünder }", 9, "expected a value"),
        ("{ $.a = b & $.c = d }", 11, "expected '&&', '||' or '}'"),
        ("{ $.a = b AND $.c = d }", 11, "expected '&&', '||' or '}'"),
        ("{ $.a = b || }", 14, "expected a field"),
        ("{ ($.a = b }", 12, "expected '&&', '||' or ')'"),
        ("{ $.a = b", 10, "(the pattern ends here)"),
        ("{ $.a = b } x", 13, "nothing can follow"),
        ("{ !($.a = b) }", 3, "expected a field"),
        ("{ $.a[*] != b }", 3, "not documented"),
        ("{ $.a[*] NOT EXISTS }", 10, "[*]"),
    ],
)
def test_what_is_not_understood_is_a_gap_with_its_place(text: str, at: int, problem: str) -> None:
    gap = parse(text)
    assert isinstance(gap, Gap)
    assert gap.code == "PatternUnclear"
    assert f"at character {at}: " in gap.detail
    assert problem in gap.detail


def test_brackets_too_deep_are_a_gap_and_no_crash() -> None:
    fits, deeper = ("(" * depth + "$.a = b" + ")" * depth for depth in (MAX_DEPTH - 1, 10_000))
    assert parse(f"{{{fits}}}") == Known(Compare(("a",), Operator.EQUAL, Text("b")))
    assert isinstance(parse(f"{{{deeper}}}"), Gap)
