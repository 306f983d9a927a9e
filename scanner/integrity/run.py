"""Lanes proven together: one pump for all that one process has to do."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scanner.integrity.digest import KeyRing, PublicKey
from scanner.integrity.evidence import Circumstances
from scanner.integrity.journal import Journal
from scanner.integrity.objects import Answer, Objects, Request
from scanner.integrity.walk import Learn, Site, Tag, Walk
from scanner.model.verification import LaneOutcome

Progress = Callable[[int], None]
"""Told how many hours more are done."""


@dataclass(frozen=True, slots=True)
class Task:
    """Some lanes of a trail and all that it takes to prove them; goes to other processes and machines."""

    site: Site
    lanes: tuple[Circumstances, ...]
    keys: Mapping[str, tuple[PublicKey, ...]]
    """By region."""
    open: Callable[[], Objects]
    learn: Learn
    journal: Path | None = None
    """The directory of the journal."""
    recheck: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """What came of a task. `unchanged_since` is the oldest proof of an earlier run that was relied on."""

    outcomes: tuple[LaneOutcome, ...]
    unchanged_since: datetime | None = None


def prove(task: Task, tell: Progress = lambda _: None) -> Proven:
    outcomes: list[LaneOutcome] = []
    since: list[datetime] = []
    rings = {region: KeyRing(keys) for region, keys in task.keys.items()}

    with contextlib.ExitStack() as stack:
        objects = stack.enter_context(task.open())
        journal = stack.enter_context(Journal(task.journal)) if task.journal else None

        def begin() -> Iterator[Request]:
            for circumstances in task.lanes:
                yield from Walk(
                    task.site,
                    circumstances,
                    rings[circumstances.lane.region],
                    bucket=objects.bucket,
                    journal=journal,
                    recheck=task.recheck,
                    learn=task.learn,
                ).begin()

        def take(answer: Answer) -> Iterable[Request]:
            assert isinstance(answer.request.tag, Tag)
            walk = answer.request.tag.walk
            before = walk.hours
            further = walk.take(answer)
            if walk.hours > before:
                tell(walk.hours - before)
            if walk.done:
                outcomes.append(walk.outcome())
                since.extend([walk.unchanged_since] if walk.unchanged_since else [])
            return further

        objects.pump(begin(), take)
    return Proven(tuple(outcomes), min(since, default=None))
