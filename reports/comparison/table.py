"""A comparison for a person at a terminal: what opened, and what is not seen to be mended, comes first."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import ClassVar

from reports.comparison.sections import Section, short_sections
from reports.comparison.words import KINDS, WHYS, behind, fixed, headline, score, unseen, worse
from reports.terminal import COLOURS, DEFAULT_WIDTH, GAP, MESSAGE, NAME, Page, page_of
from reports.words import counted, fit, line, resource_name, wrap
from scanner.model.comparison import Changed, Comparison

ROWS = 20
"""More rows than this of one table are for html or json."""


class TableRenderer:
    """As wide as the terminal is; the last line says it in one sentence."""

    format: ClassVar[str] = "table"
    suffix: ClassVar[str] = ".txt"

    def render(self, comparison: Comparison, /) -> bytes:
        return self.to_terminal(comparison, width=DEFAULT_WIDTH, colour=False).encode()

    def to_terminal(self, comparison: Comparison, /, *, width: int, colour: bool) -> str:
        page = page_of(width, colour=colour)
        blocks = (
            _head(page, comparison),
            _kinds(page, comparison),
            _changes(page, "opened", worse(comparison)),
            _changes(page, "no longer seen to fail but not seen to pass", unseen(comparison)),
            _changes(page, "fixed", fixed(comparison)),
            *(_plain(page, section) for section in short_sections(comparison)),
            iter((page.paint(wrap(headline(comparison), page.width), bold=True),)),
        )
        texts = ("\n".join(block) for block in blocks)
        return "\n\n".join(text for text in texts if text) + "\n"


def _head(page: Page, comparison: Comparison) -> Iterator[str]:
    yield fit(f"trailaudit {comparison.tool.version}: {len(comparison.runs)} runs compared", page.width)
    yield ""
    names = ("read (UTC)", "accounts", "failed", "unknown", "waived", "passed", "score", "gate")
    rows = [
        (
            run.seen_at.strftime("%Y-%m-%d %H:%M"),
            run.accounts,
            run.summary.fail,
            run.summary.unknown,
            run.summary.waived,
            run.summary.passed,
            score(run.summary),
            run.verdict.replace("-", " "),
        )
        for run in comparison.runs
    ]
    yield page.fitted(names, rows)


def _kinds(page: Page, comparison: Comparison) -> Iterator[str]:
    groups: defaultdict[str, list[Changed]] = defaultdict(list)
    for one in comparison.changes:
        groups[one.kind].append(one)
    rows = [(len(groups[kind]), KINDS[kind][0], behind(groups[kind])) for kind in KINDS if kind in groups]
    yield page.heading("What changed, and what is behind it")
    yield page.fitted(("count", "what became of it", "why"), [*rows, (comparison.unchanged, "unchanged", "")])


def _changes(page: Page, what: str, changes: Sequence[Changed]) -> Iterator[str]:
    """Two things to a column, so that messages keep room at 80 columns."""
    if not changes:
        return
    yield page.heading(f"{counted(len(changes), 'failure')} {what}, worst first")
    groups: defaultdict[tuple[str, ...], list[Changed]] = defaultdict(list)
    for one in changes:
        groups[_alike(one)].append(one)
    shown = list(groups.values())[:ROWS]
    places = [f"{fit(same[0].check, NAME)}\n{_place(same)}" for same in shown]
    where = max(len("check and place"), *(len(text) for both in places for text in both.split("\n")))
    room = page.width - len("critical") - where - 2 * GAP
    rows = [
        (page.paint(one.severity.value, COLOURS[one.severity]), place, _story(one, room))
        for (one, *_), place in zip(shown, places, strict=True)
    ]
    yield page.grid(("severity", "check and place", "resource, what it is now, and why"), rows)
    yield from _more(len(changes) - sum(map(len, shown)))


def _alike(one: Changed) -> tuple[str, ...]:
    """What changes of several regions have in common that are told as one."""
    return (
        one.check,
        one.account,
        resource_name(one),
        one.kind,
        one.why,
        one.detail,
        one.message_after or "",
        one.severity,
    )


def _place(same: Sequence[Changed]) -> str:
    one = same[0]
    if len(same) > 1:
        return f"{one.account}, {counted(len(same), 'region')}"
    return fit(one.account if one.region is None else f"{one.account} {one.region}", NAME)


def _story(one: Changed, room: int) -> str:
    lines = [fit(resource_name(one), room)]
    if one.message_after is not None:
        lines.append(wrap(line(one.message_after, MESSAGE), room))
    why = WHYS[one.why][0]
    if one.why != "configuration" or one.before is None or one.after is None:
        why += f": {one.detail}"
    lines.append(wrap(line(f"({KINDS[one.kind][0]}; {why})", MESSAGE), room))
    return "\n".join(lines)


def _plain(page: Page, section: Section) -> Iterator[str]:
    yield page.heading(section.title)
    yield page.fitted([column.heading for column in section.columns], section.rows[:ROWS])
    yield from _more(len(section.rows) - ROWS)


def _more(left: int) -> Iterator[str]:
    if left > 0:
        yield f"… and {left:,} more (use --output html or json)"
