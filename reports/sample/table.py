"""A sample for a person at a terminal: each verdict, and below it the calls that it rests on."""

from collections.abc import Iterator
from typing import ClassVar

from reports.terminal import COLOURS, DEFAULT_WIDTH, MESSAGE, Page, page_of
from reports.words import counted, fit, line, resource_name, wrap
from scanner.model.base import iso
from scanner.model.evidence import Record
from scanner.model.sample import Drawn, Sample

CALLS = 8
"""More calls of one verdict than this are for csv or json."""


class TableRenderer:
    """How it was drawn comes first: the seed, the population, the method."""

    format: ClassVar[str] = "table"
    suffix: ClassVar[str] = ".txt"

    def render(self, sample: Sample, /) -> bytes:
        return self.to_terminal(sample, width=DEFAULT_WIDTH, colour=False).encode()

    def to_terminal(self, sample: Sample, /, *, width: int, colour: bool) -> str:
        page = page_of(width, colour=colour)
        blocks = [_head(page, sample), *(_item(page, one) for one in sample.items)]
        return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _head(page: Page, sample: Sample) -> Iterator[str]:
    population = sample.population
    kinds = f" ({', '.join(population.statuses)})" if population.statuses else ""
    yield page.heading(
        fit(f"{counted(len(sample.items), 'verdict')} of {population.size:,}{kinds}", page.width)
    )
    yield fit(f"run {sample.run.id}", page.width)
    yield f"evidence {sample.manifest}"
    yield wrap(line(f"seed {sample.seed!r}; drawn by {sample.method}", MESSAGE), page.width)
    yield f"ids      {population.sha256}"


def _item(page: Page, one: Drawn) -> Iterator[str]:
    finding = one.finding
    severity = page.paint(finding.severity.value, COLOURS[finding.severity])
    check = fit(finding.check, page.width - 40)
    yield f"{one.number}. {page.heading(finding.status.value)} {severity} {check}"
    place = f"{finding.account} {finding.region or ''}".rstrip()
    yield f"   {fit(f'{place} {resource_name(finding)}', page.width - 3)}"
    yield from (f"   {text}" for text in wrap(line(finding.message, MESSAGE), page.width - 3).split("\n"))
    for record in one.records[:CALLS]:
        yield from (f"     {fit(text, page.width - 5)}" for text in _record(record))
    if len(one.records) > CALLS:
        yield f"     … and {counted(len(one.records) - CALLS, 'more call')} (use --output csv or json)"
    if not one.records:
        yield "     rests on no call"


def _record(record: Record) -> Iterator[str]:
    place = f"{record.account} {record.region or ''}".rstrip()
    yield f"{record.action} {place}: {record.outcome.value}"
    yield f"  {iso(record.at)}, line {record.id}"
    yield f"  request {' '.join(record.request_ids) or 'without an id'}"
