"""`trailaudit verify` over a copy of a bucket: no AWS."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import verify as command
from scanner.demo.deliveries import Delivery, Tree
from scanner.model.base import iso
from scanner.model.verification import HourState, Verification
from tests.cli.conftest import Run
from tests.integrity import tree as trees
from tests.integrity.tree import SIGNER, delivered

DELIVERY = Delivery(hours=30, regions=("eu-west-1", "us-east-1"))
WITHIN = (
    "--start",
    iso(DELIVERY.start + timedelta(hours=1)),
    "--end",
    iso(DELIVERY.end - timedelta(hours=2)),
)


@pytest.fixture
def tree() -> Tree:
    return dict(delivered(DELIVERY))


def copy(tree: Tree, folder: str = "copy") -> None:
    for key, stored in tree.items():
        path = Path(folder) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored.body)


def keys(path: str = "keys.json") -> str:
    entries = [
        {**entry, "Value": base64.b64encode(entry["Value"]).decode()}
        for region in DELIVERY.regions
        for entry in SIGNER.public_keys(region)
    ]
    Path(path).write_text(json.dumps({"PublicKeyList": entries}, default=str))
    return path


def verify(run: Run, tree: Tree, *args: str) -> Any:
    copy(tree)
    return run("verify", "--trail", DELIVERY.arn, "--local", "copy", "--keys", keys(), *WITHIN, *args)


def proof(result: Any) -> Verification:
    return Verification.model_validate_json(result.stdout)


def test_an_intact_copy_is_proven_and_the_last_line_says_how_much(run: Run, tree: Tree) -> None:
    result = verify(run, tree)
    assert result.exit_code == 0
    assert "\nVerdict: intact: every digest is signed" in result.stdout
    assert result.stderr.splitlines()[-1] == (
        "trailaudit: exit code 0: intact: 54 of 54 digests and 108 of 108 log files are valid"
    )


def test_a_tampered_hour_is_found_and_named(run: Run, tree: Tree) -> None:
    key = trees.alter_log(tree, 20)
    result = verify(run, tree, "--output", "json")
    assert result.exit_code == 1
    (found,) = proof(result).findings
    assert (found.kind, found.key) == ("log-altered", key)
    lane = next(lane for lane in proof(result).lanes if lane.region == found.region)
    assert [stretch.state for stretch in lane.calendar].count(HourState.ALTERED) == 1
    assert result.stderr.splitlines()[-1].startswith("trailaudit: exit code 1: tampered: 1 log-altered, ")


def test_where_nothing_is_found_nothing_is_proven(run: Run) -> None:
    Path("copy").mkdir()
    result = verify(run, {}, "--output", "json")
    assert (result.exit_code, proof(result).verdict) == (3, "incomplete")
    assert [found.kind for found in proof(result).findings] == ["no-digests"]


def test_only_the_regions_asked_for_are_proven(run: Run, tree: Tree) -> None:
    found = proof(verify(run, tree, "--region", "us-east-1", "--output", "json"))
    assert [lane.region for lane in found.lanes] == ["us-east-1"]


def test_a_region_that_is_asked_for_and_not_there_is_said(run: Run, tree: Tree) -> None:
    found = proof(verify(run, tree, "--region", "eu-west-3", "--output", "json"))
    assert [(lane.region, lane.digests) for lane in found.lanes] == [("eu-west-3", 0)]
    assert found.verdict == "incomplete"


def test_processes_find_what_one_finds(run: Run, tree: Tree) -> None:
    trees.delete_log(tree, 20)
    alone = proof(verify(run, tree, "--output", "json"))
    spread = proof(verify(run, tree, "--output", "json", "--processes", "2"))
    assert spread == alone.model_copy(update={"verified_at": spread.verified_at})


def test_a_second_run_says_what_it_did_not_read_again(run: Run, tree: Tree) -> None:
    first = verify(run, tree, "--run-dir", "run", "--output", "json")
    second = verify(run, {}, "--run-dir", "run", "--resume", "--output", "json")
    assert proof(first).unchanged_since is None
    assert proof(second).unchanged_since == proof(first).verified_at
    assert proof(second).counts == proof(first).counts
    again = verify(run, {}, "--run-dir", "run", "--recheck", "--output", "json")
    assert proof(again).unchanged_since is None


def test_an_earlier_run_is_not_gone_on_with_unasked(run: Run, tree: Tree) -> None:
    verify(run, tree, "--run-dir", "run")
    result = verify(run, {}, "--run-dir", "run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--resume goes on with it" in result.stderr


def test_an_offset_is_heard(run: Run, tree: Tree) -> None:
    copy(tree)
    at = ("--start", "2026-06-01T04:17:28+02:00", "--end", "2026-06-01T05:17:28")
    result = run(
        "verify", "--trail", DELIVERY.arn, "--local", "copy", "--keys", keys(), *at, "--output", "json"
    )
    assert (iso(proof(result).start), iso(proof(result).end)) == (
        "2026-06-01T02:17:28Z",
        "2026-06-01T05:17:28Z",
    )


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--start", "yesterday"), "--start: 'yesterday' is no time of ISO 8601"),
        (
            ("--start", "2026-06-08", "--end", "2026-06-01"),
            "--start: 2026-06-08T00:00:00Z is not before the end",
        ),
        (("--region", "Ireland"), "--region: 'Ireland' is not the name of a region"),
        (("--account", "1234"), "--account: '1234' is not an AWS account id"),
        (("--processes", "0"), "--processes: must be greater than or equal to 1, not '0'"),
        (("--resume",), "--resume: needs --run-dir"),
        (("--recheck",), "--recheck: needs --run-dir"),
        (("--dask", "tcp://x:1"), "--local: excludes --dask"),
        (("--output", "jsn"), "--output: unknown format 'jsn' (did you mean json?)"),
        (("--keys", "nowhere.json"), "--keys: nowhere.json can't be read"),
        (("--local", "nowhere"), "--local: there is no directory nowhere"),
        (("--trail", "audit"), "--trail: 'audit' is not the ARN of a trail"),
    ],
)
def test_what_must_be_put_right_is_named_by_its_option(
    run: Run, tree: Tree, args: tuple[str, ...], problem: str
) -> None:
    result = verify(run, tree, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr


def test_an_interrupted_run_says_how_to_go_on(run: Run, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "prove", interrupted)
    result = verify(run, tree, "--run-dir", "run")
    assert "what was proven is kept in run: go on with --resume" in result.stderr
    assert result.exit_code == 130
