"""Where a scan runs changes nothing of what it says."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scanner.model.posture import Posture
from scanner.model.result import Report, Run
from scanner.registry import renderer, renderers
from scanner.scan import assess, report
from tests.truth.answers import NOW
from tests.truth.disturb import CHECKS, Bench
from tests.truth.worlds import HEALTHY, NEGLECTED, World

ZONES = ("UTC", "America/Los_Angeles", "Asia/Tokyo")


@pytest.fixture(params=[HEALTHY, NEGLECTED], ids=lambda world: world.name)
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.param
    return found


@pytest.fixture
def zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[Iterator[str]]:
    """One zone after the other, in force while it is the last."""

    def each() -> Iterator[str]:
        for zone in ZONES:
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            yield zone

    yield each()
    monkeypatch.undo()
    time.tzset()


def concluded(posture: Posture) -> Report:
    run = Run(
        id="1",
        started=NOW,
        finished=datetime(2026, 1, 31, 9, 5, tzinfo=UTC),
        caller=posture.caller.arn,
        taken_at=posture.taken_at,
    )
    return report(assess(posture, CHECKS, run=run, fail_on=None, allow_unknown=True), CHECKS)


def test_a_scan_sees_the_same_in_every_time_zone(bench: Bench, world: World, zones: Iterator[str]) -> None:
    seen = {zone: bench.scan(world) for zone in zones}
    assert len({sight.posture.model_dump_json() for sight in seen.values() if sight.posture}) == 1
    assert all(sight.findings == seen["UTC"].findings for sight in seen.values())


@pytest.mark.parametrize("name", sorted(renderers()))
def test_a_report_has_the_same_bytes_in_every_time_zone(
    name: str, bench: Bench, world: World, zones: Iterator[str]
) -> None:
    posture = bench.remembered(world).posture
    assert posture is not None
    written: dict[bytes, str] = {}
    for zone in zones:
        read = Posture.model_validate_json(posture.model_dump_json())
        format_ = renderer(name)
        written.setdefault(format_.render(concluded(read)), zone)
    assert list(written.values()) == [ZONES[0]]
