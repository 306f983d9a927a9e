"""What would be unknown, told before a scan."""

import json

from scanner.model.posture import CallCount, Posture
from scanner.model.reading import Outcome
from tests.build import ACCOUNT, bucket, denied, posture, trail
from tests.cli.conftest import Run, save

ACTION = "s3:GetBucketVersioning"
REFUSED = posture(
    trail(),
    buckets=(bucket(versioning=denied(ACTION)),),
    calls=(
        CallCount(
            account=ACCOUNT, region=None, action=ACTION, outcome=Outcome.DENIED, code="AccessDenied", count=1
        ),
    ),
)
ONE = ("--check", "bucket-versioning")


def test_nothing_unknown_is_code_0(run: Run) -> None:
    result = run("doctor", *ONE, "--posture", save(posture(trail())))
    assert result.exit_code == 0
    assert result.stderr.endswith("exit code 0: 1 of 1 account can be read in full\n")


def test_a_missing_permission_is_code_3_with_the_statement_that_grants_it(run: Run) -> None:
    result = run("doctor", *ONE, "--posture", save(REFUSED))
    assert result.exit_code == 3
    text = result.stdout
    assert json.loads(text[text.index("{") : text.index("}") + 1])["Action"] == [ACTION]
    assert "unknown for it: bucket-versioning" in text
    assert max(map(len, text.splitlines())) <= 80


def test_no_account_is_code_4(run: Run) -> None:
    closed = tuple(
        one.model_copy(update={"state": "unreachable", "reason": "denied", "views": ()})
        for one in REFUSED.accounts
    )
    seen: Posture = REFUSED.model_copy(update={"accounts": closed})
    assert run("doctor", *ONE, "--posture", save(seen)).exit_code == 4


def test_json_holds_the_same(run: Run) -> None:
    found = json.loads(run("doctor", *ONE, "--json", "--posture", save(REFUSED)).stdout)
    assert [one["checks"] for one in found["complaints"]] == [["bucket-versioning"]]
    assert [one["state"] for one in found["accounts"]] == ["lacking"]
