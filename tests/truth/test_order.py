"""The order in which things are told never matters."""

import random

import pytest

from tests.truth.disturb import Bench, judged
from tests.truth.shuffled import in_another_order
from tests.truth.worlds import HEALTHY, NEGLECTED, World


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("world", [HEALTHY, NEGLECTED], ids=lambda world: world.name)
def test_answers_in_another_order_give_the_same_posture(seed: int, world: World, bench: Bench) -> None:
    """Trails, buckets, keys, rules, grants, filters, alarms, policies, accounts and regions."""
    draw = random.Random(seed)
    sight = bench.scan(world.telling(lambda answer: in_another_order(answer, draw)))
    assert sight.findings == bench.remembered(world).findings


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("world", [HEALTHY, NEGLECTED], ids=lambda world: world.name)
def test_a_posture_in_another_order_gives_the_same_verdicts(seed: int, world: World, bench: Bench) -> None:
    posture = bench.remembered(world).posture
    assert posture is not None
    draw = random.Random(seed)
    found = judged(in_another_order(posture, draw))
    assert {key: one.status for key, one in found.items()} == {
        key: one.status for key, one in bench.remembered(world).findings.items()
    }
