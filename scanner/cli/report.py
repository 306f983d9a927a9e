"""`trailaudit report`: an earlier run in another format."""

import logging
from typing import Any

import click

from scanner import registry
from scanner.cli.options import flags
from scanner.cli.output import publish, require_outputs
from scanner.cli.saved import read_saved, with_prose
from scanner.config import load
from scanner.model.result import Result
from scanner.scan import EXIT_PASS, EXIT_USER, against

log = logging.getLogger(__name__)


@click.command(short_help="Render an earlier run again, in any format, offline.")
@click.argument("run", metavar="RUN")
@flags("--framework", "--output")
def report(run: str, **given: Any) -> int:
    """Render the result that a scan wrote with --output json=RUN, or keeps in --run-dir RUN, with other
    frameworks if any are named.

    The exit code says whether that worked, not how the run ended.
    """
    installed = registry.checks()
    config = load(given, {}, installed, registry.renderers(), registry.frameworks())
    outputs = config.settings.outputs
    require_outputs(outputs)
    result = read_saved(run, Result, "the result of a run")
    if config.frameworks:
        result = against(result, config.frameworks, installed)
    problems = list(publish(with_prose(result, installed), outputs))
    for problem in problems:
        log.error(problem.problem, extra={"hint": problem.hint})
    return EXIT_USER if problems else EXIT_PASS
