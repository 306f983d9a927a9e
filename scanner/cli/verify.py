"""`trailaudit verify`: prove the log files, not only the switch."""

import gc
import logging
import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from pydantic import ValidationError

from scanner import registry
from scanner.cli import messages
from scanner.cli.options import MESSAGES, SESSION, config_file, flags
from scanner.cli.output import chosen, finish, publish
from scanner.cli.progress import progress
from scanner.config import load_settings
from scanner.errors import UserError
from scanner.integrity.verification import exit_code
from scanner.model.base import iso
from scanner.model.verification import Verification
from scanner.refusals import refusal
from scanner.verify import Asked
from scanner.verify import verify as prove
from scanner.words import plural
from scanner.yaml_file import Key

log = logging.getLogger(__name__)
GARBAGE = 20_000
"""So many new objects make Python look for garbage: a proof makes many, and next to none is garbage."""
PERIOD = timedelta(days=7)
"""What is verified where no --start is given, back from the end."""


@click.command(
    short_help="Prove the log files: signatures, hashes, chain of digests.",
    epilog="Times are ISO 8601, with an offset or UTC. Exit codes: 0 intact, 1 something was altered, "
    "deleted or injected, 2 the command or its options must be mended, 3 nothing of that kind, but not "
    "everything could be proven, 4 nothing could be assessed.",
)
@click.option("--trail", metavar="ARN", required=True, help="The trail whose files are to be proven.")
@click.option("--start", metavar="T", help="Where the period begins. [default: 7 days before its end]")
@click.option("--end", metavar="T", help="Where the period ends. [default: now]")
@click.option(
    "--region", "regions", metavar="R", multiple=True, help="Only the events of these regions. [repeat]"
)
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    help="Only these accounts of an organization. [repeat]",
)
@click.option(
    "--organization-id",
    metavar="O",
    help="The organization's id in the keys of an organization trail's files.",
)
@click.option("--bucket", metavar="B", help="The bucket to read. [default: the trail's]")
@click.option("--prefix", metavar="P", help="The prefix of all keys. [default: the trail's]")
@click.option(
    "--keys",
    metavar="FILE",
    multiple=True,
    help="Public keys, as `aws cloudtrail list-public-keys` prints them, instead of asking AWS. [repeat]",
)
@click.option("--local", metavar="DIR", help="Read a copy of the bucket in this directory.")
@click.option("--run-dir", metavar="DIR", help="Keep in this directory what was proven.")
@click.option("--resume", is_flag=True, help="Go on with what an earlier run kept there; read what changed.")
@click.option("--recheck", is_flag=True, help="Read everything again, whatever an earlier run has proven.")
@click.option("--processes", metavar="N", help="Spread accounts and regions over so many processes.")
@click.option("--dask", metavar="ADDRESS", help="Spread them over a Dask cluster.")
@click.option(
    "--output",
    metavar="FORMAT[=PATH]",
    multiple=True,
    help="Reports to write (table, json, csv, html); without PATH, to standard output. [default: table] "
    "[repeat]",
)
@config_file("The file of options, for those below that also stand there.")
@flags(
    *SESSION,
    *MESSAGES,
)
def verify(**given: Any) -> int:
    """Prove that every log file of a trail is there, signed and as CloudTrail delivered it."""
    gc.set_threshold(GARBAGE)
    settings = load_settings(given, os.environ)
    messages.show(settings.log_format, messages.level(quiet=settings.quiet, verbose=settings.verbose))
    outputs = chosen(given["output"], registry.VERIFICATIONS)
    now = datetime.now(UTC)
    wanted = asked(given, now)
    visible = not (settings.quiet or settings.no_progress or settings.log_format == "json")
    try:
        with progress("Proving hours", wanted=visible) as tell:
            proof = prove(wanted, settings, os.environ, now=now, on_progress=tell)
    except KeyboardInterrupt:
        if wanted.run_dir is not None:
            log.warning("what was proven is kept in %s: go on with --resume", wanted.run_dir)
        raise
    problems = list(publish(proof, outputs, registry.VERIFICATIONS))
    return finish(exit_code(proof), f"{proof.verdict}: {reason(proof)}", problems)


def reason(proof: Verification) -> str:
    """What was found, the most frequent first, and how much is valid."""
    kinds = Counter(finding.kind.value for finding in proof.findings)
    found = [
        f"{count:,} {kind}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    ]
    counts = proof.counts
    digests = f"{counts.digests_valid:,} of {plural(counts.digests, 'digest')}"
    logs = f"{counts.logs_valid:,} of {plural(counts.logs, 'log file')}"
    return ", ".join([*found, f"{digests} and {logs} are valid"])


def asked(given: Mapping[str, Any], now: datetime) -> Asked:
    """The options of the command line as what is to be proven. Raises UserError that names the option."""
    end = min(_moment(given["end"], "--end"), now) if given["end"] else now
    start = _moment(given["start"], "--start") if given["start"] else end - PERIOD
    if start >= end:
        raise UserError(f"--start: {iso(start)} is not before the end, {iso(end)}")
    _require_sense(given)
    named = {name: given[name] for name in Asked.model_fields if given.get(name) not in (None, (), False)}
    try:
        return Asked.model_validate({**named, "start": start, "end": end})
    except ValidationError as error:
        raise refusal(error, _option, {(): Asked}) from error


def _require_sense(given: Mapping[str, Any]) -> None:
    """Raise UserError where one option has no effect, or none that is meant, with another."""
    for name in ("resume", "recheck"):
        if given[name] and not given["run_dir"]:
            raise UserError(f"--{name}: needs --run-dir", hint="the directory that an earlier run was told")
    if given["dask"]:
        for name in ("processes", "run_dir", "local"):
            if given[name]:
                option = _option((name,))
                raise UserError(f"{option}: excludes --dask", hint="the cluster's machines have other disks")


def _option(key: Key) -> str:
    """What the user calls a member of `Asked`."""
    many = {"regions": "--region", "accounts": "--account"}
    return many.get(str(key[0]), "--" + str(key[0]).replace("_", "-"))


def _moment(text: str, option: str) -> datetime:
    """A time with an offset keeps it: 02:17+02:00 is 00:17 UTC. Without one it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"{option}: {text!r} is no time of ISO 8601",
            hint="such as 2026-01-31 or 2026-01-31T09:00:00+02:00",
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
