"""Where a command's posture comes from: a file, or AWS."""

import logging
import os
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.cli.progress import progress
from scanner.cli.saved import read_saved
from scanner.config import scope
from scanner.model.posture import Posture
from scanner.model.reading import Outcome
from scanner.settings import Settings
from scanner.words import plural

if TYPE_CHECKING:
    from scanner.aws.journal import Journal
    from scanner.aws.recorder import Recorder

log = logging.getLogger(__name__)


def seen(
    settings: Settings,
    needs: frozenset[str],
    *,
    now: datetime,
    at_home: bool = False,
    recorder: "Recorder | None" = None,
    journal: "Journal | None" = None,
    dask: str | None = None,
) -> Posture:
    """What was saved, or what AWS says now: the facts of these `needs`.

    `at_home`: only of the region of the caller's configuration, where none is named. A `recorder` keeps what
    AWS answers as evidence, a `journal` so that it need not be asked again. `dask`: over this cluster.
    """
    if settings.posture is not None:
        return read_saved(settings.posture, Posture, "a saved posture")
    # Not at the top: the AWS SDK takes a third of a second, for `--help` and a saved posture too.
    from scanner.aws.clients import Clients  # noqa: PLC0415
    from scanner.aws.collect import collect  # noqa: PLC0415
    from scanner.aws.journal import fleeting  # noqa: PLC0415
    from scanner.aws.survey import Errand  # noqa: PLC0415
    from scanner.aws.workers import DaskWorkers  # noqa: PLC0415

    asked, clients = scope(settings, os.environ), None
    if at_home and not asked.regions:
        clients = Clients(profile=asked.profile, threads=asked.concurrency)
        asked = asked.model_copy(update={"regions": (clients.home,)})
    wanted = not (settings.quiet or settings.no_progress or settings.log_format == "json")
    with ExitStack() as stack:
        tell = stack.enter_context(progress(wanted=wanted))
        workers = None
        if dask is not None:
            journal = journal or stack.enter_context(fleeting())
            errand = Errand.of(asked, settings.role.external_id_env, needs, now)
            workers = DaskWorkers(
                dask, errand, journal, lambda done, of: tell(done, of, "Accounts read by Dask")
            )
        posture = collect(
            asked,
            needs,
            now=now,
            on_progress=tell,
            clients=clients,
            recorder=recorder,
            journal=journal,
            workers=workers,
        )
    for call in posture.calls:
        if call.outcome not in (Outcome.OK, Outcome.ABSENT):
            place = f"{call.account} {call.region or ''}".rstrip()
            log.debug("%s in %s: %s (%s), %d times", call.action, place, call.outcome, call.code, call.count)
    log.info(
        "read %s, %s, %s",
        plural(len(posture.accounts), "account"),
        plural(len(posture.trails), "trail"),
        plural(len(posture.buckets), "log bucket"),
    )
    return posture
