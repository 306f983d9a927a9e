"""A known answer decides, and nothing else: what a check says without some facts holds whatever they are."""

import random

import pytest

from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from tests.truth.disturb import Bench, Key, judged
from tests.truth.mixed import GAP, Choice, Path, facts, mix
from tests.truth.worlds import ALIKE, HEALTHY


@pytest.fixture(scope="session")
def pair(bench: Bench) -> tuple[Posture, Posture]:
    """The healthy posture and the neglected one."""
    healthy, neglected = bench.remembered(HEALTHY).posture, bench.remembered(ALIKE).posture
    assert healthy is not None
    assert neglected is not None
    return healthy, neglected


INHERITED = "member_status"
"""A member that may not see how an organization trail fares takes the owner's word for it."""


ALSO_OPEN = ("NotRead", "OwnerUnknown")
"""Codes of reasons that may stand before a gap: what isn't read where another answer makes it needless, and
whose a resource is that names no account."""
SEEDS = 40


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_said_without_some_facts_holds_whatever_they_are(
    seed: int, pair: tuple[Posture, Posture]
) -> None:
    # Not hypothesis: with hundreds of choices it spends its time on drawing them.
    draw = random.Random(seed)
    slots = facts(*pair)
    neglect = draw.choice((0.0, 0.05, 0.3, 0.7, 1.0))
    known: dict[Path, Choice] = {path: "that" for path in slots if draw.random() < neglect}
    readings = [path for path, reading in slots.items() if reading and INHERITED not in path]
    known = possible(known)
    gaps = draw.sample(readings, draw.choice((1, 1, 2, 4, 8)))
    others: dict[Path, Choice] = {path: draw.choice(("this", "that")) for path in gaps}
    blind = judged(mix(*pair, known | dict.fromkeys(gaps, "gap")))
    for world in (known, known | others):
        if possible(world) == world:
            assert disagreements(blind, judged(mix(*pair, world))) == [], [".".join(path) for path in gaps]


def possible(world: dict[Path, Choice]) -> dict[Path, Choice]:
    """Where versioning is suspended there is no Object Lock: S3 keeps one from being without the other."""
    suspended = [path[:-1] for path, choice in world.items() if path[-1] == "versioning" and choice == "that"]
    unlocked: dict[Path, Choice] = {(*bucket, "object_lock"): "that" for bucket in suspended}
    return world | unlocked


def disagreements(blind: dict[Key, Finding], seeing: dict[Key, Finding]) -> list[str]:
    found: list[str] = []
    told = {(one.check, one.resource, one.status) for one in seeing.values()}
    for key, one in blind.items():
        other = seeing.get(key)
        if one.status is Status.UNKNOWN:
            if other is not None and other.status is not Status.UNKNOWN and not _names_a_gap(one):
                found.append(f"{key}: unknown ({one.message}) for another reason than what is missing")
        elif other is not None and other.status is not one.status:
            found.append(f"{key}: {one.status} ({one.message}), but seeing {other.status} ({other.message})")
        elif other is None and (one.check, one.resource, one.status) not in told:
            found.append(f"{key}: {one.status} ({one.message}), seeing there is none")
    for key, one in seeing.items():
        if key not in blind and not any(
            other.check == one.check
            and (other.resource == one.resource or (other.account == one.account and _names_a_gap(other)))
            for other in blind.values()
        ):
            found.append(f"{key}: {one.status} seeing, and nothing without")
    return found


def _names_a_gap(one: Finding) -> bool:
    if not isinstance(one.reason, Reason):
        return False
    return (one.reason.action or "").startswith(GAP) or one.reason.code in ALSO_OPEN
