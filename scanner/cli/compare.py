"""`trailaudit compare`: what changed between runs, and why."""

import logging
from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise

import click

from scanner import registry
from scanner.cli.output import chosen, publish
from scanner.cli.saved import read_saved
from scanner.compare import compare as compared
from scanner.errors import UserError
from scanner.model.base import iso
from scanner.model.result import Result, Tool
from scanner.scan import EXIT_PASS, EXIT_USER

log = logging.getLogger(__name__)


@click.command(short_help="What changed between runs, and why.")
@click.argument("runs", metavar="OLD NEW [MORE]...", nargs=-1)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT[=PATH]",
    multiple=True,
    help="Reports to write (table, json, markdown, html, xlsx); without PATH, to standard output. "
    "[default: table] [repeat]",
)
def compare(runs: Sequence[str], outputs: Sequence[str]) -> int:
    """Hold the last of several results against the first, and follow failures through all of them.

    Each RUN is the result of a scan (--output json=RUN, or --run-dir RUN), the oldest first. The exit code
    says whether that worked, not what was found.
    """
    if len(runs) < 2:  # noqa: PLR2004 - that is what comparing takes
        raise UserError(
            "compare takes two results or more", hint="trailaudit compare OLD NEW, the oldest first"
        )
    wanted = chosen(outputs, registry.COMPARISONS)
    results = [read_saved(path, Result, "the result of a run") for path in runs]
    _require_order(runs, results)
    comparison = compared(results, Tool(version=version("trailaudit")))
    problems = list(publish(comparison, wanted, registry.COMPARISONS))
    for problem in problems:
        log.error(problem.problem, extra={"hint": problem.hint})
    return EXIT_USER if problems else EXIT_PASS


def _require_order(paths: Sequence[str], results: Sequence[Result]) -> None:
    for (path, result), (later, next_result) in pairwise(zip(paths, results, strict=True)):
        then, now = result.run.seen_at, next_result.run.seen_at
        if then > now:
            raise UserError(
                f"{later} tells of {iso(now)}, earlier than {path} ({iso(then)})",
                hint="name the oldest first",
            )
