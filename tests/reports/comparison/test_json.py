"""What other programs read of a comparison."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from reports.comparison.json import JsonRenderer
from scanner.model.comparison import Comparison
from scanner.model.result import Result
from scanner.model.schema import schema_of
from tests.compare.test_comparing import RUNS, compared
from tests.reports.comparison.sample import comparison, hostile, quiet

SCHEMA = Path(__file__).parents[3] / "docs" / "comparison.schema.json"


def test_the_published_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text() == schema_of(Comparison), "run `python -m scanner.docs`"


@pytest.mark.parametrize("some", [comparison(), quiet(), hostile()], ids=["full", "quiet", "hostile"])
def test_every_comparison_fits_the_published_schema_and_comes_back_as_it_was(some: Comparison) -> None:
    written = JsonRenderer().render(some)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(json.loads(written))
    assert Comparison.model_validate_json(written) == some


@given(RUNS, RUNS)
def test_any_two_runs_give_a_comparison_that_can_be_written_and_read(one: Result, other: Result) -> None:
    some = compared(one, other)
    assert Comparison.model_validate_json(JsonRenderer().render(some)) == some
