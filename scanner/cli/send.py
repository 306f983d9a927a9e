"""`trailaudit send`: an earlier run, to where others look for findings. No other command writes to AWS."""

import json
import logging
import os
from collections.abc import Iterable, Sequence
from typing import Any

import click
from tabulate import tabulate

from scanner import registry
from scanner.asff import Asff
from scanner.cli import messages
from scanner.cli.options import MESSAGES, SESSION, config_file, flags
from scanner.cli.output import finish, to_stdout
from scanner.cli.progress import progress
from scanner.cli.saved import read_saved, with_prose
from scanner.config import load_settings, scope
from scanner.model.result import Report, Result
from scanner.scan import EXIT_INCOMPLETE, EXIT_NOTHING, EXIT_PASS
from scanner.send import Delivery
from scanner.send import send as deliver
from scanner.words import listed, plural, printable

log = logging.getLogger(__name__)
FORMAT = "asff"
"""The report format whose findings Security Hub imports."""


@click.group(short_help="Take an earlier run's verdicts to where others look for them.")
def send() -> None:
    """Send the result of a scan (--output json=RUN, or --run-dir RUN) on. Nothing else that trailaudit does
    writes to AWS.
    """


@send.command(
    short_help="Into the AWS Security Hub of each account and region.",
    epilog="In each account it needs securityhub:GetFindings, securityhub:BatchImportFindings and "
    "securityhub:BatchUpdateFindings, which are not part of the policy for scans. What Security Hub holds of "
    "earlier runs is archived where this run has seen that it no longer stands; what it could not see stays. "
    "Exit codes: 0 all was accepted, 2 the command or its options must be mended, 3 something was not sent, "
    "4 nothing was.",
)
@click.argument("run", metavar="RUN")
@click.option(
    "--region",
    "home",
    metavar="NAME",
    help="Where verdicts on a whole account go. [default: the region that records global events; all others "
    "go to the region that they are about]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent and archived; write nothing.")
@config_file("The file of options, for those below that also stand there.")
@flags(*SESSION, "--concurrency", *MESSAGES)
def securityhub(run: str, *, home: str | None, dry_run: bool, **given: Any) -> int:
    """Import the verdicts of a run into Security Hub, with a session in each account as a scan has it."""
    settings = load_settings(given, os.environ)
    messages.show(settings.log_format, messages.level(quiet=settings.quiet, verbose=settings.verbose))
    result = read_saved(run, Result, "the result of a run")
    findings = _findings(with_prose(result, registry.checks()))
    wanted = not (settings.quiet or settings.no_progress or settings.log_format == "json")
    with progress("Sending", wanted=wanted) as tell:
        deliveries = deliver(
            result,
            findings,
            scope(settings, os.environ),
            home=home,
            dry_run=dry_run,
            on_progress=tell,
        )
    for account in result.scope.accounts:
        if account.state in ("unreachable", "skipped"):
            log.info("nothing is sent of %s, which the run did not enter (%s)", account.id, account.state)
    _warn(deliveries)
    to_stdout(_table(deliveries, dry_run=dry_run).encode())
    return finish(*_conclusion(deliveries, dry_run=dry_run), [])


def _findings(report: Report) -> list[Asff]:
    """As the installed format says them: a command knows no format, and the file that one writes by hand
    says the same.
    """
    found: list[Asff] = json.loads(registry.renderer(FORMAT).render(report))
    return found


def _warn(deliveries: Iterable[Delivery]) -> None:
    """Each problem of an account once, with the regions that have it."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in deliveries:
        for problem in one.problems:
            places.setdefault((one.account, problem), []).append(one.region or "")
    for (account, problem), regions in places.items():
        where = listed(filter(None, regions))
        log.warning("%s: %s", f"{account} in {where}" if where else account, problem)


def _table(deliveries: Sequence[Delivery], *, dry_run: bool) -> str:
    if not deliveries:
        return ""
    headers = ["WOULD SEND", "WOULD ARCHIVE"] if dry_run else ["SENT", "ARCHIVED"]
    rows = [
        [printable(one.account), printable(one.region or "-"), one.sent, one.archived, one.unsent]
        for one in deliveries
    ]
    table = tabulate(
        rows,
        headers=["ACCOUNT", "REGION", *headers, "NOT SENT"],
        tablefmt="plain",
        disable_numparse=[0, 1],
    )
    return f"{table}\n"


def _conclusion(deliveries: Sequence[Delivery], *, dry_run: bool) -> tuple[int, str]:
    sent, archived = sum(one.sent for one in deliveries), sum(one.archived for one in deliveries)
    unsent = sum(one.unsent for one in deliveries)
    would = "would be " if dry_run else ""
    said = f"{plural(sent, 'finding')} {would}sent, {archived:,} {would}archived, {unsent:,} not sent"
    if not sent and not archived:
        return EXIT_NOTHING, said
    failed = any(one.problems for one in deliveries)
    return (EXIT_INCOMPLETE if failed else EXIT_PASS), said
