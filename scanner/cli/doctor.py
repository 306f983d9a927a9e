"""`trailaudit doctor`: what a scan could not tell, before one."""

import json
import logging
import os
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
from tabulate import tabulate

from scanner import registry
from scanner.cli import messages
from scanner.cli.options import MESSAGES, SESSION, config_file, flags
from scanner.cli.output import finish, to_stdout
from scanner.cli.seen import seen
from scanner.config import load
from scanner.doctor import Complaint, Diagnosis, Patient, diagnose
from scanner.model.reading import Outcome
from scanner.scan import EXIT_INCOMPLETE, EXIT_NOTHING, EXIT_PASS, needs, verdicts
from scanner.words import listed, plural, printable

log = logging.getLogger(__name__)
WIDTH = 80
THREADS = 64


@click.command(
    short_help="What would be unknown, and which permission is missing, before a scan.",
    epilog="It makes the calls of a scan, in one region: that of the caller, or those of --region. Exit "
    "codes: 0 nothing would be unknown, 2 the command or its options must be mended, 3 something would be, "
    "4 no account can be entered.",
)
@config_file("The file of options of the scan.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@flags(
    *SESSION,
    "--account",
    "--organization",
    "--ou",
    "--exclude",
    "--list-role-arn",
    "--region",
    "--check",
    "--skip",
    "--posture",
    "--concurrency",
    *MESSAGES,
)
def doctor(*, as_json: bool, **given: Any) -> int:
    """Enter each account and try what a scan needs: who can't be entered, which checks would be unknown, and
    which permissions are missing.
    """
    config = load(given, os.environ, registry.checks(), registry.renderers())
    settings = config.settings
    messages.show(settings.log_format, messages.level(quiet=settings.quiet, verbose=settings.verbose))
    # Not at the top: the AWS SDK takes a third of a second.
    from scanner.aws.permissions import actions  # noqa: PLC0415

    wanted = needs(config.checks)
    # Little is asked of each account, so the time goes into waiting.
    eager = settings.model_copy(update={"concurrency": max(settings.concurrency, THREADS)})
    posture = seen(eager, wanted, now=datetime.now(UTC), at_home=True)
    diagnosis = diagnose(posture, verdicts(posture, config.checks), actions(wanted))
    # ASCII: no name of a resource acts on a terminal.
    text = (
        json.dumps(diagnosis.model_dump(mode="json"), indent=2) + "\n"
        if as_json
        else "\n".join(_told(diagnosis)) + "\n"
    )
    to_stdout(text.encode())
    return finish(*_conclusion(diagnosis), [])


def _conclusion(diagnosis: Diagnosis) -> tuple[int, str]:
    asked = [one for one in diagnosis.accounts if one.state != "skipped"]
    well = sum(one.state == "well" for one in asked)
    if all(one.state == "unreachable" for one in asked):
        return EXIT_NOTHING, "no account can be entered"
    said = f"{well:,} of {plural(len(asked), 'account')} can be read in full{_where(diagnosis)}"
    return (EXIT_PASS if well == len(asked) else EXIT_INCOMPLETE), said


def _told(diagnosis: Diagnosis) -> Iterator[str]:
    ill = [one for one in diagnosis.accounts if one.state != "well"]
    if well := len(diagnosis.accounts) - len(ill):
        yield f"{plural(well, 'account')}: no check would be unknown{_where(diagnosis)}"
    if ill:
        yield ""
        yield tabulate(
            [[one.id, printable(one.name or ""), _state(one)] for one in ill],
            headers=["ACCOUNT", "NAME", "STATE"],
            tablefmt="plain",
            disable_numparse=True,
            maxcolwidths=[None, 20, 42],
        )
    denied = [one for one in diagnosis.complaints if one.outcome is Outcome.DENIED]
    failed = [one for one in diagnosis.complaints if one.outcome is not Outcome.DENIED]
    for heading, complaints in (("Denied", denied), ("Failed", failed)):
        if complaints:
            yield ""
            yield heading
            for complaint in complaints:
                yield from _complaint(complaint)
    if diagnosis.missing:
        yield ""
        yield "What would grant it (but for a Deny, as of a service control policy):"
        statement = {"Effect": "Allow", "Action": list(diagnosis.missing), "Resource": "*"}
        yield from json.dumps(statement, indent=2).splitlines()
    if diagnosis.untried:
        yield ""
        untried = ", ".join(diagnosis.untried)
        yield from _wrapped(f"Not tried, as nothing here called for it: {untried}", "")


def _where(diagnosis: Diagnosis) -> str:
    """A policy may refuse in one region what it allows in another."""
    return f" in {listed(diagnosis.regions)}" if diagnosis.regions else ""


def _state(patient: Patient) -> str:
    if patient.unknown:
        return f"{plural(len(patient.unknown), 'check')} would be unknown"
    state = "can't be entered" if patient.state == "unreachable" else patient.state
    return f"{state}: {printable(patient.reason or '')}"


def _complaint(complaint: Complaint) -> Iterator[str]:
    where = listed(complaint.accounts, most=3)
    yield from _wrapped(f"{complaint.action} ({complaint.code}) in {where}", "  ")
    checks = ", ".join(complaint.checks)
    yield from _wrapped(f"unknown for it: {checks}" if checks else "no check hangs on it here", "    ")
    if complaint.detail is not None:
        yield from _wrapped(printable(complaint.detail), "    ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
