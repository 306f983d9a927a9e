"""A sample in its formats: how it was drawn comes along, and nobody's text does anything."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from reports.sample.csv import HEADINGS, CsvRenderer
from reports.sample.json import JsonRenderer
from reports.sample.table import CALLS, TableRenderer
from scanner.evidence import draw
from scanner.model.result import Result
from scanner.model.sample import Sample
from scanner.model.schema import schema_of
from tests.evidence.records import record
from tests.reports.sample import HOSTILE_TEXTS, findings, hostile, report

SCHEMA = Path(__file__).parents[2] / "docs" / "sample.schema.json"
MANIFEST = "0" * 64


def sample(result: Result | None = None, size: int = 99, seed: str = "2026-q1", calls: int = 2) -> Sample:
    told = result or report().result
    records = tuple(
        record("cloudtrail:DescribeTrails", id=f"{number}", facts=text)
        for number, text in enumerate(HOSTILE_TEXTS[:calls])
    )
    cited = tuple(replace(one, evidence=tuple(r.id for r in records)) for one in told.findings)
    evidenced = told.model_copy(update={"findings": cited, "evidence": records})
    return draw(evidenced, MANIFEST, size=size, seed=seed)


def test_the_published_schema_is_the_model_s() -> None:
    assert SCHEMA.read_text() == schema_of(Sample)


@pytest.mark.parametrize("some", [sample(), sample(hostile().result)])
def test_json_is_read_back_and_fits_the_schema(some: Sample) -> None:
    text = JsonRenderer().render(some).decode()
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(json.loads(text))
    assert len(Sample.model_validate_json(text).items) == len(some.items)


def test_each_row_of_the_csv_says_how_it_was_drawn() -> None:
    rows = list(csv.DictReader(io.StringIO(CsvRenderer().render(sample()).decode(), newline=""), strict=True))
    assert len(rows) == 2 * len(findings())
    assert {(row["seed"], row["population"], row["manifest"]) for row in rows} == {
        ("2026-q1", str(len(findings())), MANIFEST)
    }
    assert tuple(rows[0]) == HEADINGS


def test_a_verdict_that_rests_on_no_call_has_a_row_too() -> None:
    text = CsvRenderer().render(sample(calls=0)).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["record"] for row in rows] == [""] * len(findings())


def test_no_cell_of_the_csv_is_a_formula() -> None:
    text = CsvRenderer().render(sample(hostile().result, calls=99)).decode()
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_the_table_says_what_was_drawn_and_how() -> None:
    text = TableRenderer().render(sample(size=1)).decode()
    head = " ".join(text.partition("\n\n")[0].split())
    assert head.startswith(f"1 verdict of {len(findings())} run 20260131T090000Z-1a2b3c evidence {MANIFEST}")
    assert "seed '2026-q1'; drawn by the least SHA-256 of seed, line feed, finding id" in head
    assert "cloudtrail:DescribeTrails 010203040506 eu-west-1: ok" in text


def test_the_table_tells_how_many_calls_it_leaves_out() -> None:
    text = TableRenderer().render(sample(size=1, calls=CALLS + 3)).decode()
    assert "… and 3 more calls (use --output csv or json)" in text


def test_no_line_of_the_table_is_wider_than_the_page_and_nothing_acts_on_the_terminal() -> None:
    text = TableRenderer().to_terminal(sample(hostile().result, seed="\x1b[2J"), width=80, colour=False)
    assert not set(text) & set("\x00\x07\x1b\x9b\r\t\u202e\u2066\u200b\u2028\ud800")
    assert max(map(cell_len, text.splitlines())) <= 80
