"""`verify` on one screen: what AWS says of the trail, what lies in the bucket, what that proves."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from scanner.aws.delivery import expected_lanes, organization_id, read_public_keys
from scanner.aws.trails import read_status, read_trail
from scanner.config import scope
from scanner.errors import UserError
from scanner.integrity.digest import PublicKey, public_key
from scanner.integrity.evidence import Circumstances
from scanner.integrity.journal import prepare
from scanner.integrity.lanes import find_lanes, find_organization
from scanner.integrity.layout import Lane, digest_days
from scanner.integrity.local import LocalObjects
from scanner.integrity.objects import Objects
from scanner.integrity.run import Proven, Task, prove
from scanner.integrity.s3 import open_s3
from scanner.integrity.spread import in_processes, over_dask
from scanner.integrity.verification import conclude
from scanner.integrity.walk import Learn, Site
from scanner.model.arn import AccountId, Arn, parse_arn
from scanner.model.base import Frozen, Moment
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import Trail, TrailStatus
from scanner.model.verification import LaneOutcome, Verification
from scanner.origin import Learned, Session, knows_no_more, knows_no_trail
from scanner.settings import Region, Settings, TrailArn
from scanner.words import plural

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
"""Told how many hours are done, of how many."""
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_CALLS = 16
"""To AWS, at a time."""


class Asked(Frozen):
    """What is to be proven, and how."""

    trail: TrailArn
    start: Moment
    end: Moment
    regions: tuple[Region, ...] = ()
    """Empty: all that the trail delivered for; so with `accounts`."""
    accounts: tuple[AccountId, ...] = ()
    organization_id: Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    bucket: str | None = None
    """None: the trail's own; so with `prefix`."""
    prefix: str | None = None
    keys: tuple[str, ...] = ()
    """Files with public keys; empty: AWS is asked for them."""
    local: str | None = None
    """The directory of a copy of the bucket."""
    run_dir: str | None = None
    resume: bool = False
    recheck: bool = False
    processes: Annotated[int, Field(ge=1, le=256)] = 1
    dask: str | None = None
    """The address of a scheduler."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is known before the first object is read."""

    arn: Arn
    name: str
    session: Session | None
    """None: AWS isn't asked anything."""
    trail: Trail | None
    """None: it doesn't exist any more, or can't be described."""
    status: TrailStatus | None
    open: Callable[[], Objects]
    prefix: str
    copied: bool


def verify(
    asked: Asked, settings: Settings, environ: Mapping[str, str], *, now: datetime, on_progress: Progress
) -> Verification:
    """Raises UserError where it can't begin, or where credentials end on the way."""
    with ThreadPoolExecutor(_CALLS, thread_name_prefix="trailaudit") as calls:
        ground = _ground(asked, settings, environ, calls)
        awaited = calls.submit(_expected, asked, ground)
        with ground.open() as objects:
            site = _site(asked, ground, objects)
            found = find_lanes(objects, site, ground.arn.account, asked.accounts)
            place = objects.bucket
        expected = awaited.result()
        lanes = sorted(_chosen(asked, found | expected))
        if not lanes:
            raise UserError("nothing is left to verify", hint="see --account and --region")
        keys = _keys(asked, ground, lanes, expected, now=now, calls=calls)
    task = Task(
        site=site,
        lanes=tuple(_circumstances(asked, ground, lane, now) for lane in lanes),
        keys=keys,
        open=ground.open,
        learn=_learn(ground, now),
        journal=Path(asked.run_dir) if asked.run_dir else None,
        recheck=asked.recheck,
    )
    if task.journal is not None:
        prepare(task.journal, {"trail": asked.trail, "bucket": place}, resume=asked.resume or asked.recheck)
    log.info("proving %s of %s", plural(len(lanes), "lane"), asked.trail)
    proven = _prove(task, asked, on_progress)
    return conclude(
        asked.trail,
        [outcome for outcome in proven.outcomes if not _is_none_of_it(outcome, ground, expected)],
        source=_source(asked, ground, place),
        start=asked.start,
        end=asked.end,
        only_accounts=asked.accounts,
        only_regions=asked.regions,
        verified_at=now,
        unchanged_since=proven.unchanged_since,
    )


def _ground(asked: Asked, settings: Settings, environ: Mapping[str, str], calls: Executor) -> _Ground:
    arn = parse_arn(asked.trail)
    session = trail = status = None
    if not (asked.local and asked.keys):
        session = Session(scope(settings, environ), settings.role.external_id_env, asked.trail)
        trail, status = _described(asked, session, calls)
    bucket = asked.bucket or (trail.bucket if trail else None)
    prefix = asked.prefix if asked.prefix is not None else trail.prefix if trail else None
    if asked.local is not None:
        folder = Path(asked.local)
        if not folder.is_dir():
            raise UserError(f"--local: there is no directory {folder}")
        opener: Callable[[], Objects] = partial(LocalObjects, folder, bucket or folder.name)
    else:
        assert session is not None
        assert bucket is not None
        opener = partial(open_s3, session.place(bucket), session.credentials)
    return _Ground(
        arn=arn,
        name=arn.resource.removeprefix("trail/"),
        session=session,
        trail=trail,
        status=status,
        open=opener,
        prefix=(prefix or "").strip("/"),
        copied=asked.local is not None or trail is None or trail.bucket != bucket,
    )


def _source(asked: Asked, ground: _Ground, bucket: str) -> str:
    return asked.local or "/".join(["s3:/", bucket, *([ground.prefix] if ground.prefix else [])])


def _described(asked: Asked, session: Session, calls: Executor) -> tuple[Trail | None, TrailStatus | None]:
    """The trail and its status, as far as they can be told; without them a bucket must be named."""
    awaited = calls.submit(read_status, session.reader, asked.trail)
    found = read_trail(session.reader, asked.trail)
    trail = found.value if isinstance(found, Known) else None
    if trail is not None:
        status = awaited.result()
        if isinstance(status, Gap):
            log.warning("whether the newest digests are there can't be told: %s", status.detail)
        return trail, status.value if isinstance(status, Known) else None
    problem = found.detail if isinstance(found, Gap) else f"there is no trail {asked.trail}"
    if asked.bucket is None and asked.local is None:
        raise UserError(problem, hint="name the bucket and prefix of its files: --bucket, --prefix")
    log.warning("%s: its files are taken for a copy", problem)
    return None, None


def _site(asked: Asked, ground: _Ground, objects: Objects) -> Site:
    return Site(
        trail=ground.name,
        home=ground.arn.region,
        prefix=ground.prefix,
        organization=_organization(asked, ground, objects),
        copied=ground.copied,
    )


def _organization(asked: Asked, ground: _Ground, objects: Objects) -> str | None:
    """The id in the keys: as told, else as AWS says, else as the bucket shows."""
    if asked.organization_id is not None:
        return asked.organization_id
    if ground.trail is not None and not ground.trail.organization:
        return None
    if ground.trail is not None and ground.session is not None:
        told = organization_id(ground.session.reader)
        if isinstance(told, Known) and told.value is not None:
            return told.value
    return find_organization(objects, ground.prefix, ground.arn.account)


def _expected(asked: Asked, ground: _Ground) -> frozenset[Lane]:
    """Lanes that must be there whatever is left in the bucket."""
    home = Lane(ground.arn.account, ground.arn.region)
    told: Reading[tuple[tuple[str, str], ...]] = Known(())
    if ground.session is not None and ground.trail is not None:
        told = expected_lanes(ground.session.reader, ground.trail)
    if isinstance(told, Gap):
        log.warning("whole accounts and regions may be missing unnoticed: %s", told.detail)
        told = Known(())
    lanes = {home, *(Lane(*lane) for lane in told.value)}
    accounts = asked.accounts or (home.account,)
    return frozenset(lanes | {Lane(account, region) for account in accounts for region in asked.regions})


def _chosen(asked: Asked, lanes: Iterable[Lane]) -> Iterator[Lane]:
    for lane in lanes:
        if asked.regions and lane.region not in asked.regions:
            continue
        if not asked.accounts or lane.account in asked.accounts:
            yield lane


def _is_none_of_it(outcome: LaneOutcome, ground: _Ground, expected: frozenset[Lane]) -> bool:
    """A folder that only other trails fill, or a region that the owner has switched off since."""
    lane = Lane(outcome.lane.account, outcome.lane.region)
    known = ground.trail is not None and lane.account == ground.arn.account
    return known and lane not in expected and not outcome.lane.digests


def _circumstances(asked: Asked, ground: _Ground, lane: Lane, now: datetime) -> Circumstances:
    days = list(digest_days(asked.start, asked.end))
    midnight = [datetime.combine(day, time(), UTC) for day in (days[0], days[-1] + _DAY)]
    # Whether the status of an organization trail speaks of the members' digests too isn't documented.
    members = ground.trail is not None and ground.trail.organization
    about_it = lane == Lane(ground.arn.account, ground.arn.region) and not members
    return Circumstances(
        lane=lane,
        start=asked.start,
        end=asked.end,
        now=now,
        listed_from=midnight[0],
        listed_to=min(now, midnight[1]),
        copied=ground.copied,
        delivered=ground.status.digest_delivered if ground.status and about_it else None,
        validating=ground.trail.validation if ground.trail else None,
    )


def _learn(ground: _Ground, now: datetime) -> Learn:
    if ground.session is None:
        return knows_no_more
    if ground.trail is None:
        return knows_no_trail
    return Learned(ground.session, ground.trail, now)


def _keys(
    asked: Asked,
    ground: _Ground,
    lanes: Iterable[Lane],
    expected: frozenset[Lane],
    *,
    now: datetime,
    calls: Executor,
) -> dict[str, tuple[PublicKey, ...]]:
    """By region; none where they can't be told, so that nothing there can be proven."""
    regions = sorted({lane.region for lane in lanes})
    if asked.keys:
        keys = tuple(key for path in asked.keys for key in _keys_of(path))
        return dict.fromkeys(regions, keys)
    assert ground.session is not None
    reader = ground.session.reader
    told = calls.map(lambda region: read_public_keys(reader.at(region), asked.start, now), regions)
    found: dict[str, tuple[PublicKey, ...]] = {}
    for region, answer in zip(regions, told, strict=True):
        if isinstance(answer, Gap) and any(lane.region == region for lane in expected):
            log.warning("nothing can be proven in %s: %s", region, answer.detail)
        found[region] = answer.value if isinstance(answer, Known) else ()
    return found


def _keys_of(path: str) -> Iterator[PublicKey]:
    try:
        content = json.loads(Path(path).read_bytes())
        entries = content["PublicKeyList"]
    except OSError as error:
        raise UserError(f"--keys: {path} can't be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"--keys: {path} holds no public keys",
            hint="write it with `aws cloudtrail list-public-keys --output json`",
        ) from error
    yield from map(public_key, entries)


def _prove(task: Task, asked: Asked, on_progress: Progress) -> Proven:
    total = len(task.lanes) * max(1, (asked.end - asked.start) // _HOUR)
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done = min(total, done + more)
        on_progress(done, total)

    if asked.dask is not None:
        return over_dask(task, asked.dask, tell)
    if asked.processes > 1:
        return in_processes(task, asked.processes, tell)
    return prove(task, tell)
