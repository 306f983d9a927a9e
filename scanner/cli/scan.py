"""`trailaudit scan`: collect, assess, report."""

import gc
import logging
import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from scanner import registry
from scanner.cli import messages
from scanner.cli.keeping import Keeping
from scanner.cli.kept_run import KeptRun, run_id
from scanner.cli.options import config_file, flags
from scanner.cli.output import as_json, finish, publish, rendered, require_outputs, require_writable, write
from scanner.cli.saved import read_saved
from scanner.cli.seen import seen
from scanner.config import load, scope
from scanner.errors import SourceExpiredError, UserError
from scanner.evidence import require_free
from scanner.model.base import iso
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.result import Result, Run
from scanner.model.verification import Verification
from scanner.model.waiver import WaiverRule
from scanner.scan import assess, needs, report
from scanner.settings import Settings
from scanner.waivers import load as load_waivers

log = logging.getLogger(__name__)

GARBAGE = (50_000, 20, 100)
"""How rarely cyclic garbage is looked for. A posture only grows and holds no cycles; at Python's default
of 700 new objects, searching it over and over is a fifth of the CPU of a large scan."""


@click.command(
    short_help="Read AWS, judge, report.",
    epilog="Each option can stand in the environment too, as TRAILAUDIT_ and its name (TRAILAUDIT_FAIL_ON; "
    "several values with commas between them), and in the file. A flag wins over the environment, that over "
    "the file. Exit codes: 0 passed, 1 failed, 2 the command or its options must be mended, 3 incomplete, "
    "4 nothing could be assessed, 130 interrupted: --run-dir keeps what was read, --resume goes on with it.",
)
@config_file("The file of options; config.example.yaml shows all.")
@flags()
def scan(**given: Any) -> int:
    """Read CloudTrail's configuration, judge it, and report."""
    config = load(given, os.environ, registry.checks(), registry.renderers(), registry.frameworks())
    settings = config.settings
    messages.show(settings.log_format, messages.level(quiet=settings.quiet, verbose=settings.verbose))
    waivers = _waivers(settings)
    baseline = _baseline(settings)
    verified = tuple(read_saved(path, Verification, "a verification").summary() for path in settings.verified)
    require_outputs(settings.outputs)
    if settings.save_posture is not None:
        require_writable(settings.save_posture)
    if settings.evidence is not None:
        require_free(settings.evidence)
    gc.set_threshold(*GARBAGE)
    wanted = needs(config.checks)
    kept = None
    if settings.run_dir is not None:
        kept = KeptRun(settings.run_dir, scope(settings, os.environ), wanted, resume=settings.resume)
    keeping = None if settings.evidence is None else Keeping(settings.evidence, settings, given["config"])
    started = datetime.now(UTC) if kept is None else kept.started
    posture = _seen(settings, wanted, started, keeping, kept)
    posture = posture.with_verifications(verified)
    _require_earlier(settings, baseline, posture)
    problems = list(_save(posture, settings.save_posture))
    result = assess(
        posture,
        config.checks,
        run=_run(posture, started, run_id(started) if kept is None else kept.id),
        fail_on=settings.gate,
        allow_unknown=settings.allow_unknown,
        waivers=waivers,
        baseline=baseline,
        fail_on_new=settings.fail_on_new,
        frameworks=config.frameworks,
    )
    if keeping is not None:
        result = keeping.cited(result, config.checks, posture)
        problems += keeping.seal(result, config.checks, posture)
    told = report(result, config.checks)
    if kept is not None:
        problems += _attempt(lambda: kept.keep(rendered(registry.renderer("json"), told)))
    problems += publish(told, settings.outputs)
    gate = result.gate
    return finish(gate.code, f"{gate.verdict}: {', '.join(gate.reasons)}", problems)


def _waivers(settings: Settings) -> tuple[WaiverRule, ...]:
    if settings.waivers is None:
        return ()
    known = {check.id for check in registry.checks()}
    return load_waivers(Path(settings.waivers), known, settings.max_waiver_days)


def _baseline(settings: Settings) -> Result | None:
    path = settings.baseline
    return None if path is None else read_saved(path, Result, "the result of a run")


def _require_earlier(settings: Settings, baseline: Result | None, posture: Posture) -> None:
    """A posture that was saved before the baseline was read can't say what became of that."""
    if baseline is None or settings.posture is None or baseline.run.seen_at <= posture.taken_at:
        return
    then, now = iso(baseline.run.seen_at), iso(posture.taken_at)
    raise UserError(
        f"{settings.baseline} tells of {then}, later than the posture of {now}",
        hint="the baseline is the earlier one; `trailaudit compare` takes any two results",
    )


def _save(posture: Posture, path: str | None) -> list[UserError]:
    return [] if path is None else _attempt(lambda: write(path, as_json(posture)))


def _attempt(step: Callable[[], None]) -> list[UserError]:
    """What kept a step from being done: the others are done all the same."""
    try:
        step()
    except UserError as error:
        return [error]
    return []


def _seen(
    settings: Settings, wanted: frozenset[str], now: datetime, keeping: Keeping | None, kept: KeptRun | None
) -> Posture:
    recorder = None if keeping is None else keeping.recorder
    try:
        with nullcontext() if kept is None else kept.journal() as journal:
            return seen(settings, wanted, now=now, recorder=recorder, journal=journal, dask=settings.dask)
    except (KeyboardInterrupt, SourceExpiredError):
        if kept is not None:
            log.warning("what was read is kept in %s: go on with --resume", kept.path)
        raise


def _run(posture: Posture, started: datetime, id_: str) -> Run:
    organization = posture.organization
    known = organization.value if isinstance(organization, Known) else None
    return Run(
        id=id_,
        started=started,
        finished=datetime.now(UTC),
        caller=posture.caller.arn,
        organization=None if known is None else known.id,
        taken_at=posture.taken_at,
    )
