"""The days of `lifetime` against a simulation of single objects, night by night."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.bucket import LifecycleRule, Transition, Versioning
from scanner.model.trail import Trail
from scanner.retention import LARGEST, SMALLEST, Folder, lifetime, moves
from tests.build import ACCOUNT, NOW, OTHER, trail

OFF = Versioning()
SUSPENDED = Versioning(status="Suspended")
ENABLED = Versioning(status="Enabled")
ORG = "o-acme123456"
DAY = timedelta(days=1)

SIZES = (SMALLEST, SMALLEST + 1, 1000, 1001, 1002, LARGEST)
DAYS = tuple(NOW.date() + n * DAY for n in range(-8, 13))
MIDNIGHTS = tuple(datetime.combine(NOW.date() + n * DAY, time(), UTC) for n in range(-8, 50))

Object = tuple[str, int, datetime]
"""Key, size and time of creation."""


def folders(of: Trail, folder: Folder) -> Iterator[str]:
    """Where the trail's objects lie, as AWS describes it, for two accounts and two regions."""
    above = f"{of.prefix}/AWSLogs" if of.prefix else "AWSLogs"
    accounts = [ACCOUNT, *([f"{ORG}/{ACCOUNT}", f"{ORG}/{OTHER}"] if of.organization else [])]
    for account in accounts:
        for region in ("eu-west-1", "us-east-1") if of.multi_region else ("eu-west-1",):
            yield f"{above}/{account}/{folder}/{region}"


def objects(of: Trail, folder: Folder) -> Iterator[Object]:
    for place in folders(of, folder):
        *_, account, kind, region = place.split("/")
        for day in DAYS:
            name = f"{account}_{kind}_{region}_{day:%Y%m%d}T0005Z_abcdefghijklmnop.json.gz"
            for size in SIZES:
                for hour in (0, 23):
                    created = datetime.combine(day, time(hour), UTC)
                    yield f"{place}/{day:%Y/%m/%d}/{name}", size, created


def life(
    created: datetime, rules: Sequence[LifecycleRule], versioning: Versioning, locked: int
) -> int | None:
    """Whole days that one object lives under the rules that match it; None if it outlives the simulation."""
    noncurrent_since: datetime | None = None
    for midnight in MIDNIGHTS:
        if midnight < created or midnight <= NOW:
            continue
        expires = any(
            (one.expire_days is not None and midnight >= created + one.expire_days * DAY)
            or (one.expire_date is not None and midnight >= one.expire_date)
            for one in rules
        )
        if noncurrent_since is None:
            if not expires:
                continue
            if versioning.status != "Enabled":
                return (midnight - created).days
            noncurrent_since = midnight
        elif (
            any(
                one.noncurrent_days is not None
                and not one.newer_noncurrent_versions
                and midnight >= noncurrent_since + one.noncurrent_days * DAY
                for one in rules
            )
            and midnight >= created + locked * DAY
        ):
            return (midnight - created).days
    return None


def journey(created: datetime, rules: Sequence[LifecycleRule], versioning: Versioning) -> int | None:
    """Whole days until one object is first moved to GLACIER; None if it never is."""
    versioned = versioning.status == "Enabled"
    noncurrent_since: datetime | None = None
    for midnight in MIDNIGHTS:
        if midnight < created or midnight <= NOW:
            continue
        if noncurrent_since is None:
            expires = any(_due(one.expire_days, one.expire_date, created, midnight) for one in rules)
            moves = any(
                _due(step.days, step.date, created, midnight) for one in rules for step in one.transitions
            )
            if moves and not (expires and not versioned):
                return (midnight - created).days
            if expires and not versioned:
                return None
            noncurrent_since = midnight if expires else None
        else:
            if any(
                one.noncurrent_days is not None
                and not one.newer_noncurrent_versions
                and _due(one.noncurrent_days, None, noncurrent_since, midnight)
                for one in rules
            ):
                return None
            if any(
                not step.newer_noncurrent_versions and _due(step.days, None, noncurrent_since, midnight)
                for one in rules
                for step in one.noncurrent_transitions
            ):
                return (midnight - created).days
    return None


def _due(days: int | None, date: datetime | None, since: datetime, midnight: datetime) -> bool:
    by_age = days is not None and midnight >= since + days * DAY
    return by_age or (date is not None and midnight >= date)


Life = Callable[[datetime, Sequence[LifecycleRule]], int | None]


def simulated(rules: Sequence[LifecycleRule], written: Sequence[Object], life: Life) -> int | None:
    """The fewest days that `life` tells of one of the objects."""
    seen: dict[tuple[datetime, tuple[int, ...]], int | None] = {}
    for key, size, created in written:
        matching = tuple(
            number
            for number, one in enumerate(rules)
            if one.enabled
            and not one.tagged
            and key.startswith(one.prefix)
            and (one.larger_than is None or size > one.larger_than)
            and (one.smaller_than is None or size < one.smaller_than)
        )
        if (created, matching) not in seen:
            seen[created, matching] = life(created, [rules[n] for n in matching])
    return min((days for days in seen.values() if days is not None), default=None)


TRAILS = (
    trail(),
    trail(prefix="pre"),
    trail(multi_region=False),
    trail(organization=True),
)
LANES = tuple((of, folder) for of in TRAILS for folder in (Folder.LOG, Folder.DIGEST))
OBJECTS = [list(objects(of, folder)) for of, folder in LANES]
FRESH = [[one for one in lane if one[2] > NOW] for lane in OBJECTS]
"""What is written from now on: older objects may be overdue for several rules at once."""
KEYS = [[key for key, size, created in lane if size == SMALLEST and created.hour == 0] for lane in OBJECTS]
EVERY_KEY = [key for keys in KEYS for key in keys]
sizes = st.sampled_from([None, None, None, None, 0, SMALLEST, 1000, 1001, LARGEST, LARGEST + 1])
expirations = st.one_of(
    st.just({}),
    st.builds(lambda days: {"expire_days": days}, st.integers(1, 9)),
    st.builds(
        lambda days: {"expire_date": datetime.combine(NOW.date() + days * DAY, time(), UTC)},
        st.integers(-6, 6),
    ),
)
ELSEWHERE = ("", "AWSLogs/", "pre/", f"AWSLogs/{ACCOUNT}/CloudTrail-", f"AWSLogs/{ACCOUNT}/Config/", "tmp/")


@st.composite
def lifecycle_rules(draw: st.DrawFn, keys: Sequence[str]) -> LifecycleRule:
    """A rule on the start of one of the keys: anywhere, or around its date."""
    key = draw(st.sampled_from(keys))
    date_at = key.index("/202") + 1
    prefix = draw(
        st.one_of(
            st.builds(lambda length: key[:length], st.integers(0, len(key))),
            st.builds(lambda length: key[:length], st.integers(date_at - 12, date_at + 12)),
            st.sampled_from(ELSEWHERE),
        )
    )
    return LifecycleRule(
        id=draw(st.sampled_from([None, "a", "b", "c"])),
        enabled=draw(st.integers(0, 9)) > 0,
        tagged=draw(st.integers(0, 9)) == 0,
        prefix=prefix,
        larger_than=draw(sizes),
        smaller_than=draw(sizes),
        noncurrent_days=draw(st.sampled_from([None, 1, 3, 9])),
        newer_noncurrent_versions=draw(st.sampled_from([None, None, 0, 1])),
        **draw(expirations),
    )


World = tuple[int, list[LifecycleRule]]
"""The number of a lane, and rules."""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Rules on keys of one trail's folder, or of any."""
    lane = draw(st.integers(0, len(LANES) - 1))
    own = KEYS[lane]
    some = own[:: draw(st.sampled_from([1, len(own)]))]  # all, or one key, so that rules meet
    rules = st.one_of(lifecycle_rules(some), lifecycle_rules(some), lifecycle_rules(EVERY_KEY))
    return lane, draw(st.lists(rules, max_size=5))


@settings(max_examples=100, deadline=None)
@given(
    world=worlds(),
    versioning=st.sampled_from([ENABLED, ENABLED, SUSPENDED, OFF]),
    locked=st.sampled_from([None, None, 4, 12]),
)
def test_the_days_are_those_of_a_simulation(world: World, versioning: Versioning, locked: int | None) -> None:
    lane, rules = world
    of, folder = LANES[lane]
    locked = locked if versioning.status == "Enabled" else None  # as S3 demands
    found = lifetime(rules, versioning, of, folder, now=NOW, locked_days=locked)
    assert found.days == simulated(
        rules, OBJECTS[lane], lambda created, them: life(created, them, versioning, locked or 0)
    )


steps = st.one_of(
    st.builds(
        lambda days: Transition(storage_class="GLACIER", days=days),
        st.integers(0, 9),
    ),
    st.builds(
        lambda days: Transition(
            storage_class="GLACIER", date=datetime.combine(NOW.date() + days * DAY, time(), UTC)
        ),
        st.integers(-6, 6),
    ),
)
later_steps = st.builds(
    lambda days, spared: Transition(storage_class="GLACIER", days=days, newer_noncurrent_versions=spared),
    st.integers(1, 9),
    st.sampled_from([None, None, 1]),
)


@st.composite
def moving_worlds(draw: st.DrawFn) -> World:
    lane, rules = draw(worlds())
    return lane, [
        one.model_copy(
            update={
                "transitions": tuple(draw(st.lists(steps, max_size=1))),
                "noncurrent_transitions": tuple(draw(st.lists(later_steps, max_size=1))),
            }
        )
        for one in rules
    ]


@settings(max_examples=100, deadline=None)
@given(world=moving_worlds(), versioning=st.sampled_from([ENABLED, ENABLED, SUSPENDED, OFF]))
def test_no_move_of_a_simulation_is_missed(world: World, versioning: Versioning) -> None:
    lane, rules = world
    of, folder = LANES[lane]
    found = moves(rules, versioning, of, folder, now=NOW)
    first = simulated(rules, FRESH[lane], lambda created, them: journey(created, them, versioning))
    assert first is None or (found and found[0].days <= first)


@settings(max_examples=100, deadline=None)
@given(
    world=moving_worlds(),
    versioning=st.sampled_from([ENABLED, ENABLED, SUSPENDED, OFF]),
    length=st.integers(0, 20),
)
def test_the_first_move_by_rules_over_all_objects_is_that_of_a_simulation(
    world: World, versioning: Versioning, length: int
) -> None:
    lane, rules = world
    of, folder = LANES[lane]
    # A rule on some objects alone, or from a date still to come, spares others: that is not weighed.
    whole = {"prefix": KEYS[lane][0][:length], "larger_than": None, "smaller_than": None, "expire_date": None}
    rules = [one.model_copy(update=whole) for one in rules]
    found = moves(rules, versioning, of, folder, now=NOW)
    first = simulated(rules, FRESH[lane], lambda created, them: journey(created, them, versioning))
    assert [move.days for move in found[:1]] == ([] if first is None else [first])


@given(
    world=worlds(),
    versioning=st.sampled_from([ENABLED, SUSPENDED, OFF]),
    random=st.randoms(use_true_random=False),
)
def test_the_order_of_rules_never_matters(world: World, versioning: Versioning, random: Random) -> None:
    lane, rules = world
    of, folder = LANES[lane]
    shuffled = list(rules)
    random.shuffle(shuffled)
    assert lifetime(shuffled, versioning, of, folder, now=NOW) == lifetime(
        rules, versioning, of, folder, now=NOW
    )
