"""What of each class of events is recorded where; what is alike is told once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.html.overview import label
from reports.html.words import EVENT_CLASSES
from scanner.model.result import Coverage, EventClass, Recorded, Result


@dataclass(frozen=True)
class CoverageCell:
    """One answer; `note` is the number of the block's note that says what records it, None without one."""

    recorded: Recorded
    note: int | None


@dataclass(frozen=True)
class CoverageRow:
    """Regions with the same answers for the same reasons; a cell is None where none was given."""

    regions: tuple[str, ...]
    cells: tuple[CoverageCell | None, ...]


@dataclass(frozen=True)
class CoverageNote:
    """What records the cells that bear its number, and what of them is left out."""

    by: tuple[str, ...]
    holes: tuple[str, ...]


@dataclass(frozen=True)
class CoverageBlock:
    """Accounts with the same coverage, told once."""

    ids: tuple[str, ...]
    accounts: tuple[str, ...]
    """As they are called."""
    regions: int
    counts: tuple[tuple[Recorded, int], ...]
    rows: tuple[CoverageRow, ...]
    notes: tuple[CoverageNote, ...]
    """The first has the number 1."""


@dataclass(frozen=True)
class ClassTotal:
    """One class of events over all accounts and regions; lengths in CSS pixels."""

    title: str
    meaning: str
    counts: tuple[tuple[Recorded, int], ...]
    bars: tuple[tuple[Recorded, int, int], ...]
    """Answer, offset and length of each part of the bar."""


@dataclass(frozen=True)
class CoverageMap:
    totals: tuple[ClassTotal, ...]
    blocks: tuple[CoverageBlock, ...]

    @property
    def block_of(self) -> Mapping[str, int]:
        """The place of each account's block, from 1."""
        return {one: place for place, block in enumerate(self.blocks, 1) for one in block.ids}


ANSWERS: tuple[Recorded, ...] = ("no", "unknown", "partly", "yes")
"""From the worst."""
BAR = 240
_Way = tuple[Recorded, tuple[str, ...], tuple[str, ...]]
"""Answer, what records, what is left out."""


def coverage_map(result: Result) -> CoverageMap:
    """The accounts with most unrecorded first."""
    cells: dict[str, dict[str, dict[EventClass, Coverage]]] = defaultdict(lambda: defaultdict(dict))
    totals: dict[EventClass, Counter[Recorded]] = {name: Counter() for name in EVENT_CLASSES}
    for one in result.coverage:
        cells[one.account][one.region][one.event_class] = one
        totals[one.event_class][one.recorded] += 1
    alike: dict[tuple[tuple[str, tuple[_Way | None, ...]], ...], list[str]] = defaultdict(list)
    for account in sorted(cells):
        signature = tuple(
            (region, tuple(_way(classes[name]) if name in classes else None for name in EVENT_CLASSES))
            for region, classes in sorted(cells[account].items())
        )
        alike[signature].append(account)
    names = {account.id: label(account) for account in result.scope.accounts}
    blocks = [_block(group, names, cells[group[0]]) for group in alike.values()]
    return CoverageMap(
        totals=tuple(_total(name, totals[name]) for name in EVENT_CLASSES),
        blocks=tuple(sorted(blocks, key=_badness)),
    )


def _badness(block: CoverageBlock) -> tuple[object, ...]:
    return (*(-count for _, count in block.counts[:-1]), block.accounts)


def _block(
    accounts: Sequence[str],
    names: Mapping[str, str],
    regions: Mapping[str, Mapping[EventClass, Coverage]],
) -> CoverageBlock:
    every = [one for classes in regions.values() for one in classes.values()]
    ways = sorted({_way(one) for one in every if one.by or one.holes}, key=_way_order)
    numbers = {way: number for number, way in enumerate(ways, 1)}

    def cell(one: Coverage | None) -> CoverageCell | None:
        return None if one is None else CoverageCell(one.recorded, numbers.get(_way(one)))

    rows: dict[tuple[CoverageCell | None, ...], list[str]] = defaultdict(list)
    for region, classes in sorted(regions.items()):
        rows[tuple(cell(classes.get(name)) for name in EVENT_CLASSES)].append(region)
    counts = Counter(one.recorded for one in every)
    return CoverageBlock(
        ids=tuple(accounts),
        accounts=tuple(names.get(one, one) for one in accounts),
        regions=len(regions),
        counts=tuple((answer, counts[answer]) for answer in ANSWERS),
        rows=tuple(CoverageRow(tuple(names), cells) for cells, names in rows.items()),
        notes=tuple(CoverageNote(by, holes) for _, by, holes in ways),
    )


def _way(cell: Coverage) -> _Way:
    return cell.recorded, cell.by, cell.holes


def _way_order(way: _Way) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    recorded, by, holes = way
    return ANSWERS.index(recorded), by, holes


def _total(name: EventClass, counts: Counter[Recorded]) -> ClassTotal:
    title, meaning = EVENT_CLASSES[name]
    answers = tuple(reversed(ANSWERS))
    bars, before = [], 0
    for answer in answers:
        if counts[answer]:
            start, end = (BAR * part // counts.total() for part in (before, before + counts[answer]))
            bars.append((answer, start, max(2, end - start)))
            before += counts[answer]
    return ClassTotal(title, meaning, tuple((answer, counts[answer]) for answer in answers), tuple(bars))
