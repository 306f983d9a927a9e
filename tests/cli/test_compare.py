"""Two results and more, from their files to a report."""

import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from scanner.model.comparison import Comparison
from scanner.model.reading import Known
from scanner.model.result import Result
from tests.build import ago, posture, status, trail
from tests.cli.conftest import Run, save

STOPPED = trail(status=Known(status(logging=False)))


def _results(run: Run) -> tuple[str, str]:
    """A quarter ago the trail was logging, now it is not."""
    before = posture().model_copy(update={"taken_at": ago(days=91)})
    for path, seen in (("old.json", before), ("new.json", posture(STOPPED))):
        run("scan", "--posture", save(seen), "--check", "trail-logging", "--output", f"json={path}")
    return "old.json", "new.json"


def test_two_results_are_compared_as_a_table_with_0_whatever_was_found(run: Run) -> None:
    ended = run("compare", *_results(run))
    assert ended.exit_code == 0
    assert "1 failure opened, worst first" in ended.stdout
    assert ended.stdout.endswith("not\nseen to pass.\n")


def test_each_format_can_be_written_in_one_call(run: Run) -> None:
    formats = {"json": "c.json", "markdown": "c.md", "html": "c.html", "xlsx": "c.xlsx", "table": "c.txt"}
    outputs = [f"--output={name}={path}" for name, path in formats.items()]
    ended = run("compare", *_results(run), *outputs)
    assert (ended.exit_code, ended.stdout) == (0, "")
    found = Comparison.model_validate_json(Path("c.json").read_bytes())
    assert [(one.kind, one.why) for one in found.changes] == [("new", "configuration")]
    assert Path("c.md").read_text().startswith("## trailaudit: what changed")
    assert Path("c.html").read_text().startswith("<!DOCTYPE html>")
    assert load_workbook(io.BytesIO(Path("c.xlsx").read_bytes())).sheetnames[0] == "The runs"


def test_more_results_give_failures_a_history(run: Run) -> None:
    old, new = _results(run)
    Path("now.json").write_bytes(Path(old).read_bytes())
    members = json.loads(Path("now.json").read_text())
    members["run"] |= {"taken_at": "2026-05-02T09:00:00Z"}
    Path("now.json").write_text(json.dumps(members))
    ended = run("compare", old, new, "now.json", "--output", "json")
    (failure,) = Comparison.model_validate_json(ended.stdout).failures
    assert (failure.outcome, failure.days) == ("fixed", 91)


def test_one_result_is_not_enough(run: Run) -> None:
    ended = run("compare", _results(run)[0])
    assert ended.exit_code == 2
    assert ended.stderr.startswith("trailaudit: compare takes two results or more")


def test_the_newer_first_is_refused(run: Run) -> None:
    old, new = _results(run)
    ended = run("compare", new, old)
    assert ended.exit_code == 2
    assert ended.stderr == (
        "trailaudit: old.json tells of 2025-11-01T09:00:00Z, earlier than new.json (2026-01-31T09:00:00Z) "
        "(name the oldest first)\n"
    )


@pytest.mark.parametrize("content", ["", "{}", '{"schema_version": "2"}'])
def test_a_file_that_is_no_result_is_named(run: Run, content: str) -> None:
    Path("odd.json").write_text(content)
    ended = run("compare", _results(run)[0], "odd.json")
    assert (ended.exit_code, "odd.json" in ended.stderr) == (2, True)


def test_an_unknown_format_is_refused_before_anything_is_read(run: Run) -> None:
    ended = run("compare", "none.json", "nowhere.json", "--output", "junit")
    assert ended.exit_code == 2
    assert ended.stderr.startswith("trailaudit: --output: unknown format 'junit'")


def test_a_result_of_old_can_be_compared(run: Run) -> None:
    """One that was written before results said by which rules they judged."""
    old, new = _results(run)
    members = json.loads(Path(old).read_text())
    for added in ("rules", "waivers", "baseline"):
        del members[added]
    del members["run"]["taken_at"]
    members["run"] |= {"started": "2025-11-01T09:00:00Z", "finished": "2025-11-01T09:00:00Z"}
    Path(old).write_text(json.dumps(members))
    assert Result.model_validate_json(Path(old).read_bytes()).rules == ()
    found = Comparison.model_validate_json(run("compare", old, new, "--output", "json").stdout)
    assert ([one.why for one in found.changes], found.rules_known) == (["configuration-or-rules"], False)
