"""However a command ends: one line and an exit code."""

import subprocess
import sys

import pytest

from scanner import cli
from scanner import scan as exits
from scanner.cli import checks, scan
from scanner.errors import UserError
from tests.cli.conftest import Run


def _ends_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def command(**_: object) -> None:
        raise error

    monkeypatch.setattr(scan.scan, "callback", command)


def test_help_names_every_command_and_loads_none() -> None:
    program = (
        "import sys\nfrom scanner.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('pydantic', 'boto3', 'yaml', 'jinja2', 'rich') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert all(f"\n  {name} " in run.stdout for name in cli.COMMANDS)
    assert run.stdout.endswith("\n[]\n")


def test_the_table_says_of_a_command_what_the_command_says() -> None:
    for command in (scan.scan, checks.checks):
        assert command.name is not None
        assert cli.COMMANDS[command.name][1] == command.short_help


def test_the_exit_codes_are_those_of_the_gate() -> None:
    assert (cli.EXIT_USER, cli.EXIT_NOTHING, cli.EXIT_INTERRUPTED) == (
        exits.EXIT_USER,
        exits.EXIT_NOTHING,
        exits.EXIT_INTERRUPTED,
    )


def test_what_a_person_can_fix_is_one_line_with_the_way_out(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_with(monkeypatch, UserError("the disk is on fire", hint="put it out"))
    result = run("scan")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "trailaudit: the disk is on fire (put it out)\n"


def test_an_interruption_is_one_line_and_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _ends_with(monkeypatch, KeyboardInterrupt())
    result = run("scan")
    assert result.exit_code == 130
    assert result.stderr.split("\n") == ["", "trailaudit: interrupted; no file is half written", ""]


def test_a_defect_is_one_line_that_asks_to_report_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _ends_with(monkeypatch, ZeroDivisionError("division by zero"))
    result = run("scan")
    assert result.exit_code == 4
    assert result.stderr == (
        "trailaudit: this is a defect of trailaudit, please report it: ZeroDivisionError: division by zero "
        "(--verbose shows where it broke)\n"
    )


def test_a_reader_that_has_gone_ends_the_command_in_silence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_with(monkeypatch, BrokenPipeError())
    result = run("scan")
    assert (result.exit_code, result.output) == (0, "")


def test_a_closed_pipe_is_no_traceback() -> None:
    command = [sys.executable, "-c", "from scanner.cli import main; main()", "checks"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("args", [("scna",), ("scan", "--regoin", "x"), ("scan", "extra"), ("report",)])
def test_wrong_usage_is_2(run: Run, args: tuple[str, ...]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_the_version_is_the_package_s(run: Run) -> None:
    result = run("--version")
    assert result.stdout.startswith("trailaudit ")


def test_a_call_that_hangs_does_not_hold_up_the_end() -> None:
    program = (
        "import time\nfrom scanner.aws import collect\nfrom scanner.aws.pool import Pool\nfrom scanner.cli import main\n"
        "def read(*_, **__):\n"
        "    with Pool(1, lambda done, total: None) as pool:\n"
        "        pool._executor.submit(time.sleep, 60)\n"
        "        raise KeyboardInterrupt\n"
        "collect.collect = read\n"
        "main(['scan', '--output', 'json'])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30
    )
    assert (run.returncode, run.stdout) == (130, "")
    assert run.stderr == "\ntrailaudit: interrupted; no file is half written\n"
