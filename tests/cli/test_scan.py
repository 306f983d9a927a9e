"""From saved posture to reports and exit code."""

import json
import sys
from pathlib import Path

import pytest

from scanner import registry
from scanner.aws import collect
from scanner.aws.scope import Scope
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.result import Report, Result
from tests.build import NOW, denied, posture, status, trail, trail_arn
from tests.build_buckets import delivery_policy
from tests.cli.conftest import Run, save
from tests.reports.verification.sample import finding, verification

STOPPED = posture(trail(status=Known(status(logging=False))))
UNREADABLE = posture(trail(status=denied("cloudtrail:GetTrailStatus")))


def test_a_blameless_posture_passes_and_the_last_line_says_so(run: Run) -> None:
    result = run("scan", "--posture", save(posture()))
    assert result.exit_code == 0
    assert result.stdout.startswith("trailaudit ")
    assert result.stderr.splitlines()[-1] == (
        "trailaudit: exit code 0: pass: everything asked for was assessed, and nothing failed the gate"
    )


@pytest.mark.parametrize(
    ("seen", "args", "code"),
    [
        (STOPPED, (), 1),
        (STOPPED, ("--fail-on", "critical"), 0),
        (STOPPED, ("--fail-on", "never"), 0),
        (UNREADABLE, (), 3),
        (UNREADABLE, ("--allow-unknown",), 0),
        (STOPPED.model_copy(update={"accounts": ()}), (), 4),
    ],
)
def test_the_exit_code_is_the_gate_s(run: Run, seen: Posture, args: tuple[str, ...], code: int) -> None:
    result = run(
        "scan", "--check", "trail-logging", "--check", "trail-kms-encryption", "--posture", save(seen), *args
    )
    assert result.exit_code == code
    assert result.stderr.splitlines()[-1].startswith(f"trailaudit: exit code {code}: ")


def test_the_format_never_changes_the_exit_code(run: Run) -> None:
    path = save(STOPPED)
    assert {
        run("scan", "--posture", path, "--output", form).exit_code
        for form in ("table", "json", "junit", "html")
    } == {1}


def test_standard_output_carries_the_report_only(run: Run) -> None:
    result = run("scan", "--posture", save(STOPPED), "--output", "json", "--verbose")
    assert Result.model_validate_json(result.stdout).gate.code == 1


def test_reports_go_to_their_files_and_nothing_to_standard_output(run: Run) -> None:
    result = run("scan", "--posture", save(posture()), "--output", "json=r.json", "--output", "junit=r.xml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert Result.model_validate_json(Path("r.json").read_bytes()).gate.code == 0
    assert Path("r.xml").read_text().startswith("<?xml")
    assert result.stderr.splitlines()[:2] == ["trailaudit: wrote r.json", "trailaudit: wrote r.xml"]


def test_quiet_leaves_the_reason_of_the_exit_code(run: Run) -> None:
    result = run("scan", "--posture", save(posture()), "--output", "json=r.json", "--quiet")
    assert len(result.stderr.splitlines()) == 1


def test_messages_can_be_json_lines(run: Run) -> None:
    result = run("scan", "--posture", save(STOPPED), "--output", "json=r.json", "--log-format", "json")
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(line["level"], line["message"][:14]) for line in lines] == [
        ("info", "wrote r.json"),
        ("warning", "exit code 1: f"),
    ]


def test_options_of_the_file_reach_the_checks(run: Run) -> None:
    Path("config.yaml").write_text("only: [trail-logging]\nchecks: {trail-logging: {severity: critical}}\n")
    result = run("scan", "--config", "config.yaml", "--posture", save(STOPPED), "--output", "json")
    assert [
        (one.check, one.severity.value) for one in Result.model_validate_json(result.stdout).findings
    ] == [("trail-logging", "critical")]


def test_the_environment_is_heard(run: Run) -> None:
    result = run("scan", "--posture", save(STOPPED), TRAILAUDIT_FAIL_ON="never")
    assert result.exit_code == 0


def test_a_saved_posture_is_judged_like_the_one_it_was_saved_from(run: Run) -> None:
    first = run("scan", "--posture", save(STOPPED), "--save-posture", "again.json", "--output", "json")
    second = run("scan", "--posture", "again.json", "--output", "json")
    assert Posture.model_validate_json(Path("again.json").read_bytes()) == STOPPED
    assert (
        Result.model_validate_json(first.stdout).findings
        == Result.model_validate_json(second.stdout).findings
    )


def test_a_lone_surrogate_in_a_policy_does_not_keep_a_posture_from_being_saved(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = delivery_policy("acme-logs")
    odd = Known(policy | {"Id": "half \ud800 a character"})
    bucket = posture().buckets[0].model_copy(update={"policy": odd})
    seen = posture().model_copy(update={"buckets": (bucket,)})
    monkeypatch.setattr(collect, "collect", lambda *_, **__: seen)
    assert run("scan", "--save-posture", "posture.json").exit_code == 0
    assert Posture.model_validate_json(Path("posture.json").read_bytes()).buckets[0].policy == Known(
        policy | {"Id": "half ? a character"}
    )


def test_the_scope_and_the_needs_of_the_selected_checks_reach_the_reader(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Scope, frozenset[str]]] = []

    def read(scope: Scope, needs: frozenset[str], **_: object) -> Posture:
        asked.append((scope, needs))
        return posture()

    monkeypatch.setattr(collect, "collect", read)
    result = run(
        "scan", "--account", "010203040506", "--role-name", "audit", "--check", "trail-kms-key-usable"
    )
    assert result.exit_code == 0
    assert asked == [
        (
            Scope(accounts=("010203040506",), role_name="audit"),
            frozenset({"kms:DescribeKey", "s3:GetBucketLocation", "s3:ListAllMyBuckets"}),
        )
    ]
    assert "trailaudit: read 1 account, 1 trail, 1 log bucket" in result.stderr


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(collect, "collect")
    for option in ("--save-posture=no/where", "--output=json=no/where"):
        result = run("scan", option)
        assert result.exit_code == 2
        assert "no/where can't be written: there is no directory" in result.stderr


def test_a_failed_write_is_loud_and_never_lowers_the_exit_code(run: Run) -> None:
    for seen, code in ((posture(), 2), (STOPPED, 2), (UNREADABLE, 3)):
        result = run(
            "scan",
            "--check=trail-logging",
            "--check=trail-kms-encryption",
            "--posture",
            save(seen),
            "--output",
            "json=/dev/full",
            "--output",
            "table",
        )
        assert result.exit_code == code
        assert result.stdout.startswith("trailaudit ")
        error, reason = result.stderr.splitlines()
        assert error == "trailaudit: /dev/full can't be written: No space left on device"
        assert reason.startswith(f"trailaudit: exit code {code}: ")
        assert "1 output could not be written" in reason


def test_a_format_that_breaks_leaves_the_others_and_fails_loudly(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(self: object, report: Report) -> bytes:  # noqa: ARG001
        raise ValueError("no such cell")

    monkeypatch.setattr("reports.junit.JUnitRenderer.render", break_down)
    result = run("scan", "--posture", save(posture()), "--output", "junit=r.xml", "--output", "json=r.json")
    assert result.exit_code == 2
    assert "the junit report can't be rendered: ValueError: no such cell" in result.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["posture.json", "r.json"]


def test_a_format_whose_extra_is_missing_is_refused_before_anything_is_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("reports.xlsx", "reports.workbook"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    result = run("scan", "--posture", "no such file", "--output", "xlsx=r.xlsx", "--output", "json=r.json")
    assert result.exit_code == 2
    assert result.stderr == (
        "trailaudit: the report format xlsx needs xlsxwriter, which is not installed "
        "(pip install 'trailaudit[xlsx]')\n"
    )


def test_every_format_comes_from_one_scan(run: Run) -> None:
    formats = sorted(registry.renderers().keys() - {"pdf"})
    outputs = [word for name in formats for word in ("--output", f"{name}=r.{name}")]
    result = run("scan", "--posture", save(STOPPED), *outputs)
    assert result.exit_code == 1
    assert sorted(path.suffix[1:] for path in Path().glob("r.*")) == formats


def test_the_caller_and_the_time_of_the_run_stand_in_the_result(run: Run) -> None:
    result = run("scan", "--posture", save(posture()), "--output", "json")
    found = Result.model_validate_json(result.stdout).run
    assert (found.caller, found.organization) == (posture().caller.arn, None)
    assert NOW < found.started <= found.finished


def test_a_verification_is_judged_and_kept_in_the_posture(run: Run) -> None:
    tampered = verification(finding(), trail=trail_arn()).model_dump_json()
    Path("verify.json").write_text(tampered)
    args = ("--check", "digest-chain", "--posture", save(posture()))
    found = run("scan", *args, "--verified", "verify.json", "--save-posture", "kept.json", "--output", "json")
    (one,) = Result.model_validate_json(found.stdout).findings
    assert (found.exit_code, one.status, one.message[-13:]) == (1, "fail", "1 log-altered")
    again = run("scan", "--check", "digest-chain", "--posture", "kept.json", "--output", "json")
    assert Result.model_validate_json(again.stdout).findings == (one,)
    Path("verify.json").write_text("{}")
    refused = run("scan", *args, "--verified", "verify.json")
    assert (refused.exit_code, "verify.json is not a verification" in refused.stderr) == (2, True)
