"""Waivers and a baseline, from the command line to the exit code."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scanner.aws import collect
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.result import Result
from tests.build import ACCOUNT, NOW, ago, posture, status, trail
from tests.cli.conftest import Run, save

STOPPED = posture(trail(status=Known(status(logging=False))))
WAIVER = f"""\
waivers:
  - id: W-1
    check: trail-logging
    scope: {{account: "{ACCOUNT}"}}
    owner: platform@example.com
    reason: replaced in March
    created: {ago(days=10).date()}
    expires: {NOW.date()}
"""
ONLY = ("--check", "trail-logging", "--output", "json")


def _result(run: Run, *args: str, seen: Posture = STOPPED, code: int) -> Result:
    ended = run("scan", "--posture", save(seen), *ONLY, *args)
    assert ended.exit_code == code, ended.stderr
    return Result.model_validate_json(ended.stdout)


def _waivers(text: str = WAIVER) -> str:
    Path("waivers.yaml").write_text(text)
    return "waivers.yaml"


def _baseline(run: Run, seen: Posture, code: int) -> str:
    Path("then.json").write_text(_result(run, seen=seen, code=code).model_dump_json(by_alias=True))
    return "then.json"


def _earlier(some: Posture) -> Posture:
    return some.model_copy(update={"taken_at": ago(days=90)})


def test_a_waived_failure_passes_the_gate_and_stays_a_failure(run: Run) -> None:
    result = _result(run, "--waivers", _waivers(), code=0)
    (one,) = result.findings
    assert one.waiver is not None
    assert (one.status.value, one.waiver.id, one.waiver.expires) == ("fail", "W-1", NOW.date())


def test_a_waiver_that_ended_the_day_before_the_posture_was_read_excuses_nothing(run: Run) -> None:
    text = WAIVER.replace(str(NOW.date()), str(date(2026, 1, 30)))
    result = _result(run, "--waivers", _waivers(text), code=1)
    assert (result.findings[0].waiver, result.waivers[0].state) == (None, "expired")


def test_the_file_of_options_names_waivers_and_how_long_they_may_last(run: Run) -> None:
    _waivers()
    Path("config.yaml").write_text("waivers: waivers.yaml\nmax_waiver_days: 9\n")
    ended = run("scan", "--config", "config.yaml", "--posture", save(STOPPED))
    assert ended.exit_code == 2
    assert ended.stderr.startswith(
        "trailaudit: waivers.yaml:8: waivers[0].expires (waiver W-1): 2026-01-31 is 10 days after"
    )


@pytest.mark.parametrize("args", [("--waivers", "waivers.yaml"), ("--baseline", "then.json")])
def test_a_broken_file_is_refused_before_anything_is_read(
    run: Run, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    monkeypatch.delattr(collect, "collect")
    ended = run("scan", *args)
    assert (ended.exit_code, args[1] in ended.stderr) == (2, True)
    _waivers(WAIVER.replace("expires", "expire"))
    Path("then.json").write_text('{"schema_version": "1", "tool"')
    ended = run("scan", *args)
    assert ended.exit_code == 2
    assert ended.stderr.startswith(f"trailaudit: {args[1]}")


def test_a_baseline_of_another_version_is_refused(run: Run) -> None:
    members: dict[str, Any] = json.loads(_result(run, code=1).model_dump_json(by_alias=True))
    Path("then.json").write_text(json.dumps(members | {"schema_version": "2"}))
    ended = run("scan", "--posture", save(STOPPED), "--baseline", "then.json")
    assert ended.exit_code == 2
    assert "then.json has schema_version '2', this release reads another" in ended.stderr


def test_a_baseline_later_than_the_posture_is_refused(run: Run) -> None:
    path = _baseline(run, STOPPED, 1)
    ended = run("scan", "--posture", save(_earlier(STOPPED)), "--baseline", path)
    assert ended.exit_code == 2
    assert (
        "then.json tells of 2026-01-31T09:00:00Z, later than the posture of 2025-11-02T09:00:00Z"
        in ended.stderr
    )


def test_only_new_failures_fail_the_run_where_that_is_asked_for(run: Run) -> None:
    path = _baseline(run, _earlier(STOPPED), 1)
    assert _result(run, "--baseline", path, code=1).findings[0].change == "unchanged"
    _result(run, "--baseline", path, "--fail-on-new", code=0)


def test_a_failure_since_the_baseline_fails_the_run(run: Run) -> None:
    path = _baseline(run, _earlier(posture()), 0)
    assert _result(run, "--baseline", path, "--fail-on-new", code=1).findings[0].change == "new"


def test_what_is_new_needs_a_baseline(run: Run) -> None:
    ended = run("scan", "--posture", save(STOPPED), "--fail-on-new")
    assert ended.exit_code == 2
    assert "--fail-on-new (fail_on_new) needs a baseline" in ended.stderr


def test_a_report_of_an_earlier_run_keeps_what_it_said(run: Run) -> None:
    baseline = _baseline(run, _earlier(posture()), 0)
    told = _result(run, "--waivers", _waivers(), "--baseline", baseline, code=0)
    Path("run.json").write_text(told.model_dump_json(by_alias=True))
    again = run("report", "run.json", "--output", "json")
    assert Result.model_validate_json(again.stdout) == told
