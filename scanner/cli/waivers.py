"""`trailaudit waivers`: what is wrong, stale or doubtful in a file of exceptions."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click

from scanner import registry
from scanner.cli.saved import read_saved
from scanner.errors import UserError
from scanner.model.result import Result
from scanner.scan import EXIT_FAIL, EXIT_PASS, EXIT_USER
from scanner.settings import Settings
from scanner.waivers import WaiverFile, look, remarks
from scanner.words import plural

LIFE = Settings.model_fields["max_waiver_days"].default


@click.group(short_help="Look through a file of waivers.")
def waivers() -> None:
    """Failures that somebody answers for until a day (scan --waivers)."""


@waivers.command(
    short_help="Expired, unused, overlapping, soon to expire.",
    epilog="Exit codes: 0 nothing to see to, or only an end that is near; 1 a waiver is expired, unused or "
    "overlaps another; 2 the file must be mended: a scan would refuse it.",
)
@click.argument("file")
@click.option(
    "--result",
    metavar="RUN",
    help="A scan's result (--output json=RUN, or --run-dir RUN): tells what is unused.",
)
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    help="An end so near is worth a word.",
)
@click.option(
    "--max-waiver-days",
    metavar="N",
    type=click.IntRange(min=1),
    default=LIFE,
    show_default=True,
    help="How many days a waiver may last, as in the scan.",
)
@click.option(
    "--on",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Look through it as of this day. [default: today, in UTC]",
)
def lint(file: str, result: str | None, days: int, max_waiver_days: int, on: datetime | None) -> int:
    """Say what is wrong with a file of waivers, and which are stale."""
    known = {check.id for check in registry.checks()}
    found = look(Path(file), known, max_waiver_days)
    findings = None if result is None else read_saved(result, Result, "the result of a run").findings
    today = (on or datetime.now(UTC)).date()
    stale = remarks(found.waivers, today, soon=days, findings=findings)
    lines = [_problem(problem) for problem in found.problems]
    lines += [
        f"{found.name}:{found.lines[one.waiver]}: {one.waiver}: {one.kind}: {one.text}" for one in stale
    ]
    click.echo("\n".join([*lines, *_summary(found, today, len(lines))]))
    if found.problems:
        return EXIT_USER
    return EXIT_FAIL if any(one.kind != "soon" for one in stale) else EXIT_PASS


def _problem(problem: UserError) -> str:
    return f"{problem.problem} ({problem.hint})" if problem.hint else problem.problem


def _summary(found: WaiverFile, today: date, remarked: int) -> Iterator[str]:
    in_force = sum(one.created <= today <= one.expires for one in found.waivers)
    yield (
        f"{plural(len(found.waivers) + len(found.problems), 'waiver')}, {in_force} in force on {today}, "
        + (f"{plural(remarked, 'remark')}" if remarked else "nothing to see to")
    )
