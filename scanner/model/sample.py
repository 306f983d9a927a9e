"""A sample of verdicts for an audit, drawn so that anybody draws the same one again."""

from typing import Literal

from scanner.model.base import Frozen
from scanner.model.evidence import Record
from scanner.model.finding import Finding, Status
from scanner.model.result import Run, Tool

METHOD: Literal["the least SHA-256 of seed, line feed, finding id"] = (
    "the least SHA-256 of seed, line feed, finding id"
)


class Population(Frozen):
    """What was drawn from. `sha256` is that of the findings' ids, sorted, a line each."""

    statuses: tuple[Status, ...]
    """Only findings of these; empty: all."""
    size: int
    sha256: str


class Drawn(Frozen):
    """One verdict, and the readings that it rests on."""

    number: int
    finding: Finding
    records: tuple[Record, ...]


class Sample(Frozen):
    """In the order of drawing: a smaller sample with the same seed is the beginning of a larger one."""

    schema_version: Literal["1"] = "1"
    tool: Tool
    run: Run
    manifest: str
    """The hash of all of the evidence that it was drawn from."""
    method: Literal["the least SHA-256 of seed, line feed, finding id"] = METHOD
    seed: str
    size: int
    """How many were asked for; more than there are brings all."""
    population: Population
    items: tuple[Drawn, ...]
