"""What was seen can be judged again: from the file that it was saved in, and by another scan of the same."""

from datetime import UTC, datetime, timedelta

import pytest

from scanner.aws.collect import collect
from scanner.aws.pool import Pool
from scanner.aws.scope import Scope
from scanner.demo import story
from scanner.demo.run import embedded_aws, only, surroundings
from scanner.model.posture import Posture
from scanner.scan import needs
from tests.truth.disturb import CHECKS, Bench, judged
from tests.truth.worlds import WORLDS, World


def saved_and_read(posture: Posture) -> Posture:
    return Posture.model_validate_json(posture.model_dump_json())


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_a_saved_posture_gives_the_findings_of_the_scan(world: World, bench: Bench) -> None:
    sight = bench.remembered(world)
    assert sight.posture is not None
    assert judged(saved_and_read(sight.posture)) == sight.findings


@pytest.mark.slow
def test_the_demo_read_twice_and_from_its_saved_posture_has_the_same_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Pool, "sleep", lambda _self, _seconds: False)
    scope = Scope(organization=True, role_name=story.ROLE)
    # The demo's trails deliver while it stands.
    now = datetime.now(UTC) + timedelta(minutes=1)
    with embedded_aws() as url, only(surroundings(url)):
        first, second = (collect(scope, needs(CHECKS), now=now) for _ in range(2))
    findings = judged(first)
    assert len(findings) > 100
    assert judged(second) == findings
    assert judged(saved_and_read(first)) == findings
