"""An earlier run, rendered again."""

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
