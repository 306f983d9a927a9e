"""A sample as CSV (RFC 4180, UTF-8, a line of headings): a row for each call that a verdict rests on.

How it was drawn stands in every row, so that a part of the file still says it.
"""

import csv
import io
from collections.abc import Iterator
from typing import ClassVar

from reports.csv import harmless
from scanner.model.base import iso
from scanner.model.evidence import Record
from scanner.model.sample import Drawn, Sample

HEADINGS = (
    "number",
    "id",
    "check",
    "status",
    "severity",
    "account",
    "region",
    "resource",
    "message",
    "record",
    "action",
    "asked_about_account",
    "asked_in_region",
    "at",
    "request_ids",
    "caller",
    "outcome",
    "facts",
    "seed",
    "population",
    "method",
    "manifest",
)
_WITHOUT = ("",) * 9
"""In place of a record: a verdict may rest on no call."""


class CsvRenderer:
    """Ends lines in CR LF; no cell is a formula."""

    format: ClassVar[str] = "csv"
    suffix: ClassVar[str] = ".csv"

    def render(self, sample: Sample, /) -> bytes:
        file = io.StringIO(newline="")
        lines = csv.writer(file)
        lines.writerow(HEADINGS)
        how = (sample.seed, str(sample.population.size), sample.method, sample.manifest)
        for one in sample.items:
            for row in _rows(one):
                lines.writerow(map(harmless, (*row, *how)))
        return file.getvalue().encode()


def _rows(one: Drawn) -> Iterator[tuple[str, ...]]:
    finding = one.finding
    verdict = (
        str(one.number),
        finding.id,
        finding.check,
        finding.status.value,
        finding.severity.value,
        finding.account,
        finding.region or "",
        finding.resource,
        finding.message,
    )
    for cells in [_record(record) for record in one.records] or [_WITHOUT]:
        yield (*verdict, *cells)


def _record(record: Record) -> tuple[str, ...]:
    return (
        record.id,
        record.action,
        record.account,
        record.region or "",
        iso(record.at),
        " ".join(record.request_ids),
        record.caller,
        record.outcome.value if record.code is None else f"{record.outcome.value} ({record.code})",
        record.facts,
    )
