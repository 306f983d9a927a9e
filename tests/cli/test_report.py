"""An earlier run, rendered again."""

import json
from pathlib import Path

from reports.json import JsonRenderer
from tests.build import posture
from tests.cli.conftest import Run, save


def _result(run: Run) -> str:
    run("scan", "--posture", save(posture(trails=())), "--output", "json=run.json")
    return "run.json"


def test_a_run_is_rendered_in_another_format_with_0_whatever_its_own_code_was(run: Run) -> None:
    path = _result(run)
    first = run("report", path)
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout.startswith("trailaudit ")
    assert run("report", path, "--output", "junit").stdout.startswith("<?xml")


def test_json_of_a_result_is_the_result_again(run: Run) -> None:
    path = _result(run)
    run("report", path, "--output", "json=again.json")
    assert Path("again.json").read_bytes() == Path(path).read_bytes()
    assert JsonRenderer.format == "json"


def test_the_html_report_has_the_prose_of_the_checks_that_were_judged(run: Run) -> None:
    assert "Trails are logging." in run("report", _result(run), "--output", "html").stdout


def test_an_unknown_format_is_refused_with_the_nearest(run: Run) -> None:
    result = run("report", _result(run), "--output", "jsno")
    assert result.exit_code == 2
    assert result.stderr == "trailaudit: --output: unknown format 'jsno' (did you mean json?)\n"


def test_a_file_that_is_no_result_is_named(run: Run) -> None:
    result = run("report", save(posture()))
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "trailaudit: posture.json is not the result of a run: Field required at tool"
    )


def test_a_failed_write_is_2(run: Run) -> None:
    result = run("report", _result(run), "--output", "json=/dev/full")
    assert result.exit_code == 2
    assert result.stderr == "trailaudit: /dev/full can't be written: No space left on device\n"


def _controls(text: str) -> dict[str, str]:
    (framework,) = json.loads(text)["frameworks"]
    return {control["id"]: control["status"] for control in framework["controls"]}


def test_an_earlier_run_is_held_against_a_framework_as_the_scan_itself_would_have(run: Run) -> None:
    posture_file = save(posture())
    asked = ("--framework", "nydfs_500", "--retention-for", "nydfs_500", "--output", "json")
    scanned = run("scan", "--posture", posture_file, *asked).stdout
    run("scan", "--posture", posture_file, "--retention-for", "nydfs_500", "--output", "json=run.json")
    reported = run("report", "run.json", "--framework", "nydfs_500", "--output", "json").stdout
    assert _controls(reported) == _controls(scanned)


def test_days_that_the_run_did_not_ask_for_are_known_from_how_its_checks_were_set(run: Run) -> None:
    run("scan", "--posture", save(posture()), "--output", "json=run.json")
    reported = run("report", "run.json", "--framework", "nydfs_500", "--output", "json").stdout
    assert _controls(reported)["500.06(b)"] == "unknown"
    assert "bucket-retention and log-group-retention asked for 365 days, the control for 1,095" in reported


def test_a_run_that_does_not_tell_which_checks_ran_is_held_against_nothing(run: Run) -> None:
    path = Path(_result(run))
    path.write_text(json.dumps({**json.loads(path.read_text()), "rules": []}))
    result = run("report", str(path), "--framework", "cis_aws_5_0")
    assert result.exit_code == 2
    assert "does not tell which checks ran" in result.stderr
