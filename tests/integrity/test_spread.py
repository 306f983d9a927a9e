"""Lanes spread over workers."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.deliveries import Delivery
from scanner.errors import UserError
from scanner.integrity.digest import public_key
from scanner.integrity.evidence import Circumstances
from scanner.integrity.layout import Lane
from scanner.integrity.local import LocalObjects
from scanner.integrity.run import Proven, Task, prove
from scanner.integrity.spread import in_processes, merged, over_dask, parts
from scanner.integrity.walk import Site
from scanner.model.verification import LaneOutcome
from tests.integrity.tree import SIGNER, Run, delivered

DELIVERY = Delivery(regions=("eu-west-1", "us-east-1", "us-west-2"))


def same(known: Circumstances) -> Circumstances:
    return known


def refused(_: Circumstances) -> Circumstances:
    raise UserError("the AWS credentials can't be renewed", hint="sign in again")


def copy(folder: Path) -> Task:
    for key, stored in delivered(DELIVERY).items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored.body)
    about = replace(Run(delivered(DELIVERY), DELIVERY).about(), copied=True)
    return Task(
        site=Site(DELIVERY.trail, DELIVERY.home, copied=True),
        lanes=tuple(replace(about, lane=lane) for lane in DELIVERY.lanes),
        keys={region: tuple(map(public_key, SIGNER.public_keys(region))) for region in DELIVERY.regions},
        open=partial(LocalObjects, folder, DELIVERY.bucket),
        learn=same,
    )


def by_region(proven: Proven) -> dict[str, LaneOutcome]:
    return {outcome.lane.region: outcome for outcome in proven.outcomes}


def test_lanes_are_dealt_out_and_none_is_lost() -> None:
    about = Run(delivered(DELIVERY), DELIVERY).about()
    lanes = tuple(replace(about, lane=Lane("1" * 12, f"r-{number}")) for number in range(7))
    task = Task(Site("t", "h"), lanes, {}, lambda: LocalObjects(Path(), ""), same)
    dealt = [[one.lane.region for one in part.lanes] for part in parts(task, 3)]
    assert dealt == [["r-0", "r-3", "r-6"], ["r-1", "r-4"], ["r-2", "r-5"]]
    assert len(list(parts(task, 100))) == 7
    assert list(parts(replace(task, lanes=()), 3)) == []


def test_what_came_of_the_parts_is_put_together(tmp_path: Path) -> None:
    about = Run(delivered(DELIVERY), DELIVERY).about()
    early, late = about.start, about.end
    whole = prove(copy(tmp_path))
    found = merged([Proven(whole.outcomes[:1], late), Proven(whole.outcomes[1:], early), Proven(())])
    assert found == Proven(whole.outcomes, early)
    assert merged([]) == Proven(())


def test_processes_prove_what_one_would(tmp_path: Path) -> None:
    task = copy(tmp_path)
    told: list[int] = []
    found = in_processes(task, 2, told.append)
    assert by_region(found) == by_region(prove(task))
    assert sum(told) == sum(outcome.lane.digests for outcome in found.outcomes)


def test_what_a_person_must_put_right_comes_back_from_a_process_as_such(tmp_path: Path) -> None:
    task = copy(tmp_path)
    next(tmp_path.rglob("*.json.gz")).unlink()
    with pytest.raises(UserError, match="can't be renewed") as problem:
        in_processes(replace(task, learn=refused), 2, lambda _: None)
    assert problem.value.hint == "sign in again"


@pytest.mark.slow
def test_a_dask_cluster_proves_what_one_process_would(tmp_path: Path) -> None:
    distributed: Any = pytest.importorskip("distributed")
    task = copy(tmp_path)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        found = over_dask(task, cluster.scheduler_address, lambda _: None)
    assert by_region(found) == by_region(prove(task))


def test_without_the_package_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match="--dask needs the package distributed") as problem:
        over_dask(copy(tmp_path), "tcp://127.0.0.1:1", lambda _: None)
    assert problem.value.hint == "pip install 'trailaudit[dask]'"
