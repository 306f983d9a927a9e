"""`trailaudit scan --dask`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fake_aws import ROLE
from benchmarks.scan import environment, started
from tests.cli.conftest import Run

PROGRAM = [sys.executable, "-c", "from scanner.cli import main; main()"]
SERVER = "import time; now = time.time(); time.time = lambda: now; from benchmarks.server import main; main()"
"""The fake, whose clock stands still: two scans are told the same."""
SCAN = ("scan", "--organization", "--role-name", ROLE, "--region", "eu-west-1", "--output", "json")


def test_it_has_no_effect_on_a_saved_posture(run: Run) -> None:
    result = run("scan", "--posture", "posture.json", "--dask", "local")
    assert result.exit_code == 2
    assert "--dask: has no effect with --posture" in result.stderr


@pytest.mark.slow
def test_findings_are_the_same_and_their_evidence_holds(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    server = [sys.executable, "-c", SERVER, "--organization", "--accounts", "5", "--trails", "1"]
    with started([*server, "--buckets", "1"]) as port:

        def trailaudit(*arguments: str) -> "subprocess.CompletedProcess[str]":
            environ = environment(f"http://127.0.0.1:{int(port)}")
            return subprocess.run(
                [*PROGRAM, *arguments], env=environ, capture_output=True, text=True, check=False
            )

        def findings(*options: str) -> list[dict[str, Any]]:
            done = trailaudit(*SCAN, *options)
            assert done.returncode == 1, done.stderr
            found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
            return [{name: value for name, value in one.items() if name != "evidence"} for one in found]

        folder = str(tmp_path / "evidence")
        assert findings("--dask", "local", "--evidence", folder) == findings()
        proof = trailaudit("evidence", "verify", folder)
    assert proof.returncode == 0, proof.stderr
