"""Draws samples without a generator of random numbers, whose algorithm nobody promises: by hash."""

import hashlib
from collections.abc import Collection

from scanner.model.finding import Status
from scanner.model.result import Result
from scanner.model.sample import Drawn, Population, Sample


def draw(result: Result, manifest: str, *, size: int, seed: str, statuses: Collection[Status] = ()) -> Sample:
    """`size` findings of the result, of these statuses only if any are named."""
    population = {
        finding.id: finding for finding in result.findings if not statuses or finding.status in statuses
    }
    drawn = sorted(population, key=lambda id_: _rank(seed, id_))[:size]
    return Sample(
        tool=result.tool,
        run=result.run,
        manifest=manifest,
        seed=seed,
        size=size,
        population=Population(
            statuses=tuple(status for status in Status if status in statuses),
            size=len(population),
            sha256=hashlib.sha256("".join(f"{id_}\n" for id_ in sorted(population)).encode()).hexdigest(),
        ),
        items=tuple(
            Drawn(
                number=number,
                finding=population[id_],
                records=tuple(
                    record
                    for cited in population[id_].evidence or ()
                    if (record := result.record(cited)) is not None
                ),
            )
            for number, id_ in enumerate(drawn, start=1)
        ),
    )


def _rank(seed: str, id_: str) -> str:
    return hashlib.sha256(f"{seed}\n{id_}".encode(errors="surrogatepass")).hexdigest()
