"""The verification as JSON."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from reports.verification.json import JsonRenderer
from scanner.model.schema import schema_of
from scanner.model.verification import Verification
from tests.reports.verification.sample import EVERYTHING, HOSTILE, verification

SCHEMA = Path(__file__).parents[3] / "docs/verification.schema.json"


def test_it_is_read_back_as_it_was() -> None:
    for one in (EVERYTHING, HOSTILE, verification()):
        assert Verification.model_validate_json(JsonRenderer().render(one)) == one


def test_members_are_those_of_the_contract_in_their_order() -> None:
    told = json.loads(JsonRenderer().render(EVERYTHING))
    assert list(told) == [
        "schema_version",
        "trail",
        "source",
        "start",
        "end",
        "only_accounts",
        "only_regions",
        "verified_at",
        "unchanged_since",
        "verdict",
        "counts",
        "lanes",
        "findings",
    ]
    assert told["start"] == "2026-06-01T00:00:00Z"
    assert told["lanes"][0]["hours"] == {
        "proven": 40,
        "empty": 2,
        "missing": 2,
        "altered": 1,
        "unknown": 1,
        "not-covered": 2,
    }
    assert list(told["findings"][0]) == [
        "kind",
        "severity",
        "account",
        "region",
        "key",
        "from",
        "to",
        "detail",
    ]


def test_lanes_and_findings_have_a_line_each() -> None:
    lines = JsonRenderer().render(EVERYTHING).decode().splitlines()
    assert sum(line.startswith('    {"account"') for line in lines) == 2
    assert sum(line.startswith('    {"kind"') for line in lines) == 3


def test_no_terminal_obeys_it() -> None:
    assert b"\x1b" not in JsonRenderer().render(HOSTILE)


def test_the_published_schema_is_that_of_the_model_and_takes_what_is_written() -> None:
    assert SCHEMA.read_text() == schema_of(Verification), "run `python -m scanner.docs`"
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    for one in (EVERYTHING, HOSTILE, verification()):
        assert not list(validator.iter_errors(json.loads(JsonRenderer().render(one))))
