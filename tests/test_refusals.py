"""How a wrong value is told to who wrote it."""

import pytest
from pydantic import ValidationError

from scanner.model.base import Frozen
from scanner.refusals import did_you_mean, refusal
from scanner.yaml_file import dotted


class Item(Frozen):
    name: str
    days: int = 1


class Whole(Frozen):
    items: tuple[Item, ...]


def _refused(text: str) -> tuple[str, str | None]:
    with pytest.raises(ValidationError) as refused:
        Whole.model_validate_json(text, strict=True)
    told = refusal(refused.value, dotted, {(): Whole, ("items", 0): Item})
    return told.problem, told.hint


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", ("items: is missing", None)),
        ('{"items": 3}', ("items: must be a list, not 3", None)),
        ('{"items": [{}]}', ("items[0].name: is missing", None)),
        ('{"items": [{"name": 5}]}', ("items[0].name: must be text, not 5", 'quote it: "5"')),
        (
            '{"items": [{"name": "a"}, {"name": "b", "day": 1}]}',
            ("items[1].day: unknown option", "did you mean days?"),
        ),
        (
            '{"items": [{"name": "a", "x": 1}]}',
            ("items[0].x: unknown option", "known are name, days"),
        ),
    ],
)  # fmt: skip
def test_the_first_thing_that_is_wrong_is_told_with_its_place(
    text: str, told: tuple[str, str | None]
) -> None:
    assert _refused(text) == told


def test_a_name_that_is_like_none_gets_no_advice() -> None:
    assert did_you_mean("bucket-owend", ["bucket-owned", "trail-tags"]) == "did you mean bucket-owned?"
    assert did_you_mean("zzz", ["bucket-owned"]) is None
