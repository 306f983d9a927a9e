"""`scan --run-dir`, `--resume`, and what the other commands make of such a directory."""

import contextlib
import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scanner import cli, registry, run_file
from scanner.aws import collect
from scanner.aws.clients import Clients
from scanner.aws.journal import Journal
from scanner.aws.pool import Pool
from scanner.cli import kept_run, main
from scanner.cli.kept_run import kept_result
from scanner.errors import UserError
from scanner.model.result import Result
from tests.aws.conftest import ENVIRONMENT
from tests.aws.fake import CALLER, MEMBER, FakeAws, Refusal, Wire, identity
from tests.aws.world import organization
from tests.cli.conftest import Run

FILE = Path("run") / run_file.SCAN
SCAN = ("scan", "--organization", "--role-name", "trailaudit", "--concurrency", "1", "--run-dir", "run")
JSON = ("--output", "json=r.json")
FORMATS = sorted(registry.renderers().keys() - {"pdf"})
ENDED = "trailaudit: what was read is kept in run: go on with --resume"

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield Wire(Clients(threads=8))


@pytest.fixture
def aws(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    return build(wire, monkeypatch)


def build(wire: Wire, patch: pytest.MonkeyPatch) -> FakeAws:
    """An organization that every scan of this process sees."""
    wire.fake = FakeAws(wire.clients)
    patch.setattr(collect, "Clients", lambda **_: wire.clients)
    patch.setattr(Pool, "sleep", lambda _self, _seconds: False)
    patch.setattr(run_file, "_ALONE", 0)
    patch.setattr(cli, "_leave_calls", lambda _code: None)
    wire.fake.on("ListEventDataStores", {"EventDataStores": []})
    return organization(wire.fake)


def result(path: str = "r.json") -> Result:
    return Result.model_validate_json(Path(path).read_bytes())


def refusal(run: Run, *args: str, code: int = 2) -> str:
    ended = run(*args)
    assert ended.exit_code == code
    return ended.stderr.splitlines()[-1].removeprefix("trailaudit: ")


class TestAnInterruptedScan:
    def test_says_where_it_is_kept_and_ends_with_130(self, run: Run, aws: FakeAws) -> None:
        aws.left = 20
        ended = run(*SCAN)
        assert (ended.exit_code, ended.stdout) == (130, "")
        assert ended.stderr.split("\n") == [ENDED, "", "trailaudit: interrupted; no file is half written", ""]

    def test_goes_on_to_the_result_that_it_would_have_had(self, run: Run, aws: FakeAws) -> None:
        run(*SCAN[:-2], "--output", "json=once.json")
        aws.left = 20
        run(*SCAN)
        aws.left = None
        aws.calls.clear()
        ended = run(*SCAN, "--resume", *JSON)
        assert ended.stderr.startswith("trailaudit: going on with the run of 20")
        assert result().findings == result("once.json").findings
        assert "DescribeOrganization" not in aws.operations()

    def test_tells_of_the_moment_when_it_first_began(self, run: Run, aws: FakeAws) -> None:
        aws.left = 20
        run(*SCAN)
        aws.left = None
        run(*SCAN, "--resume", *JSON)
        first = result().run
        run(*SCAN, "--resume", *JSON)
        again = result().run
        assert (again.id, again.started, again.taken_at) == (first.id, first.started, first.started)

    def test_needs_resume_said(self, run: Run, aws: FakeAws) -> None:
        aws.left = 5
        run(*SCAN)
        assert refusal(run, *SCAN) == (
            f"{FILE} holds an earlier run (--resume goes on with it; or name another --run-dir)"
        )

    def test_that_never_began_is_begun(self, run: Run) -> None:
        assert run(*SCAN, "--resume", *JSON).exit_code == result().gate.code
        assert "going on" not in run(*SCAN[:-1], "other", "--resume").stderr

    def test_without_a_directory_says_nothing_of_one(self, run: Run, aws: FakeAws) -> None:
        aws.left = 20
        assert run(*SCAN[:-2]).stderr == "\ntrailaudit: interrupted; no file is half written\n"


class TestTheEndOfTheCallersCredentials:
    def test_is_an_interruption_and_no_finding(self, run: Run, aws: FakeAws) -> None:
        aws.on("GetEventSelectors", Refusal("ExpiredToken", "the token is expired", status=403))
        ended = run(*SCAN, *JSON)
        assert (ended.exit_code, ended.stdout, Path("r.json").exists()) == (130, "", False)
        told, reason = ended.stderr.splitlines()
        assert told == ENDED
        assert reason == (
            "trailaudit: interrupted: the AWS credentials have expired: the token is expired "
            "(sign in again; what --run-dir kept, --resume goes on with)"
        )

    def test_is_gone_on_after(self, run: Run, aws: FakeAws) -> None:
        run(*SCAN[:-2], "--output", "json=once.json")
        rules = list(aws.rules)
        aws.on("GetEventSelectors", Refusal("ExpiredToken", status=403))
        run(*SCAN)
        aws.rules[:] = rules
        run(*SCAN, "--resume", *JSON)
        assert result().findings == result("once.json").findings

    def test_is_an_interruption_without_a_directory_too(self, run: Run, aws: FakeAws) -> None:
        aws.on("GetEventSelectors", Refusal("ExpiredToken", status=403))
        ended = run(*SCAN[:-2], *JSON)
        assert (ended.exit_code, Path("r.json").exists()) == (130, False)
        assert "the AWS credentials have expired" in ended.stderr
        assert "kept in" not in ended.stderr

    def test_before_anything_was_read_is_a_thing_to_put_right(self, run: Run, aws: FakeAws) -> None:
        aws.on("GetCallerIdentity", Refusal("ExpiredToken", status=403))
        assert refusal(run, *SCAN).startswith("the AWS credentials have expired")
        aws.on("GetCallerIdentity", lambda call: identity(call.account))
        assert run(*SCAN, "--resume", *JSON).exit_code == result().gate.code


class TestIsRefused:
    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            (("--account", MEMBER), f"{FILE} is of another choice of accounts: '[]', not '[\"{MEMBER}\"]'"),
            (("--region", "eu-west-1"), f"{FILE} is of another choice of regions"),
            (("--role-name", "other"), f"{FILE} is of another choice of role_name"),
            (("--role-path", "/x/"), f"{FILE} is of another choice of role_path"),
            (("--exclude", MEMBER), f"{FILE} is of another choice of excluded"),
            (("--check", "trail-logging"), f"{FILE} is of another set of facts that its checks need"),
        ],
    )
    def test_another_scope(self, run: Run, aws: FakeAws, changed: tuple[str, ...], problem: str) -> None:
        run(*SCAN)
        aws.calls.clear()
        assert refusal(run, *SCAN, "--resume", *changed).startswith(problem)
        assert aws.calls == []

    def test_another_release(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        run(*SCAN)
        monkeypatch.setattr(kept_run, "version", lambda _name: "99.0")
        assert refusal(run, *SCAN, "--resume").startswith(f"{FILE} is of another release: ")

    def test_another_caller(self, run: Run, aws: FakeAws) -> None:
        run(*SCAN)
        aws.on("GetCallerIdentity", identity(CALLER, who="user/other"), account=CALLER)
        assert refusal(run, *SCAN, "--resume") == (
            f"{FILE} was begun by arn:aws:iam::{CALLER}:user/auditor, not arn:aws:iam::{CALLER}:user/other "
            "(go on with the same credentials, or name another --run-dir)"
        )

    @pytest.mark.parametrize(
        ("args", "problem"),
        [
            (("scan", "--resume"), "--resume (resume) needs --run-dir"),
            (
                ("scan", "--run-dir", "run", "--posture", "p"),
                "--run-dir (run_dir) has no effect with a saved",
            ),
        ],
    )
    def test_what_makes_no_sense(self, run: Run, args: tuple[str, ...], problem: str) -> None:
        assert refusal(run, *args).startswith(problem)

    @pytest.mark.parametrize("damage", ["garbage", "half", "table", "start"])
    def test_a_damaged_file(self, run: Run, damage: str) -> None:
        run(*SCAN)
        content = FILE.read_bytes()
        match damage:
            case "garbage":
                FILE.write_bytes(os.urandom(10_000))
            case "half":
                FILE.write_bytes(content[: len(content) // 2])
            case _:
                statement = {
                    "table": "drop table session",
                    "start": "update scope set value = 'x' where name = 'started'",
                }
                with contextlib.closing(sqlite3.connect(FILE, isolation_level=None)) as connection:
                    connection.execute(statement[damage])
        assert refusal(run, *SCAN, "--resume").startswith(f"{FILE} is damaged: ")

    def test_a_file_in_place_of_the_directory(self, run: Run) -> None:
        Path("run").touch()
        assert refusal(run, *SCAN).startswith(f"{FILE} can't be written: run is no directory")

    def test_a_directory_that_another_run_is_at_work_on(self, run: Run) -> None:
        run(*SCAN)
        with Journal(Path("run")):
            assert refusal(run, *SCAN, "--resume").startswith(f"{FILE} is in use by another run")
            assert refusal(run, "report", "run").startswith(f"{FILE} is in use by another run")
        assert run("report", "run").exit_code == 0

    def test_a_run_without_the_evidence_that_it_asks_for_before_it_begins(self, run: Run) -> None:
        Path("ev").mkdir()
        Path("ev/other.txt").touch()
        assert "--evidence: ev is not empty" in refusal(run, *SCAN, "--evidence", "ev")
        assert not FILE.exists()


class TestMayBeAnotherOnTheNextTry:
    @pytest.mark.parametrize(
        "changed",
        [
            ("--concurrency", "4"),
            ("--session-duration", "900"),
            ("--quiet",),
            ("--allow-unknown",),
            ("--output", "junit=r.xml"),
        ],
    )
    def test_how_it_is_read_and_told(self, run: Run, aws: FakeAws, changed: tuple[str, ...]) -> None:
        run(*SCAN, *JSON)
        first = result().findings
        aws.calls.clear()
        assert run(*SCAN, "--resume", *JSON, *changed).exit_code in (0, 1, 3)
        assert result().findings == first
        assert aws.operations() == ["GetCallerIdentity"]

    def test_the_order_of_accounts_and_regions(self, run: Run, aws: FakeAws) -> None:
        scan = ("scan", "--role-name", "trailaudit", "--run-dir", "run")
        one, other = ("--account", CALLER), ("--account", MEMBER)
        here, there = ("--region", "eu-west-1"), ("--region", "us-east-1")
        aws.on("GetBucketLocation", Refusal("AccessDenied", status=403))
        aws.on("HeadBucket", Refusal("403", status=403))
        run(*scan, *one, *other, *here, *there, "--check", "trail-logging", *JSON)
        first = result().findings
        ended = run(*scan, *other, *one, *there, *here, "--check", "trail-logging", "--resume", *JSON)
        assert ended.exit_code in (0, 1, 3)
        assert result().findings == first

    def test_the_gate(self, run: Run) -> None:
        assert run(*SCAN, "--allow-unknown").exit_code == 1
        assert run(*SCAN, "--allow-unknown", "--resume", "--fail-on", "never").exit_code == 0
        assert json.loads(kept_result(Path("run")))["gate"]["code"] == 0

    def test_waivers_options_and_severities(self, run: Run) -> None:
        run(*SCAN, *JSON)
        failed = next(one for one in result().findings if one.status == "fail")
        Path("config.yaml").write_text(f"checks: {{{failed.check}: {{severity: info}}}}\n")
        run(*SCAN, "--resume", "--config", "config.yaml", *JSON)
        again = next(one for one in result().findings if one.id == failed.id)
        assert failed.severity != "info"
        assert again.severity == "info"

    def test_the_baseline(self, run: Run) -> None:
        run(*SCAN)
        run(*SCAN[:-1], "next", "--baseline", "run", "--fail-on-new", "--allow-unknown", *JSON)
        assert result().baseline is not None
        assert {one.change for one in result().findings if one.status == "fail"} == {"unchanged"}


@pytest.fixture(scope="module")
def finished(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With options, severities and a framework of its own, and what it wrote itself."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        build(wire, patch)
        Path("config.yaml").write_text(
            "checks:\n  bucket-retention: {min_days: 4000, severity: critical}\n"
            "  trail-tags: {severity: info}\nframeworks: [cis_aws_5_0]\nretention_for: pci_dss_4_0_1\n"
        )
        outputs = [word for name in FORMATS for word in ("--output", f"{name}=r.{name}")]
        ended = CliRunner().invoke(main, [*SCAN, "--config", "config.yaml", *outputs])
    assert ended.exit_code == 3, ended.stderr
    return folder


@pytest.fixture
def ended(finished: Path, run: Run) -> Path:
    """A copy of it in the directory that commands run in."""
    assert run is not None
    shutil.copytree(finished, ".", dirs_exist_ok=True)
    return Path("run")


class TestARunThatEnded:
    @pytest.mark.parametrize("form", FORMATS)
    def test_is_reported_to_the_byte_as_it_was_then(self, run: Run, ended: Path, form: str) -> None:
        reported = run("report", str(ended), "--output", f"{form}=again")
        assert (reported.exit_code, reported.stdout) == (0, "")
        assert Path("again").read_bytes() == Path(f"r.{form}").read_bytes()

    def test_is_one_file_for_its_owner(self, ended: Path) -> None:
        (file,) = ended.iterdir()
        assert (file.name, stat.S_IMODE(file.stat().st_mode)) == (run_file.SCAN, 0o600)
        assert stat.S_IMODE(ended.stat().st_mode) == 0o700

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_is_reported_where_nothing_can_be_written(self, run: Run, ended: Path) -> None:
        (ended / run_file.SCAN).chmod(0o400)
        ended.chmod(0o500)
        assert run("report", str(ended)).exit_code == 0
        ended.chmod(0o700)

    def test_is_compared(self, run: Run, ended: Path) -> None:
        compared = run("compare", str(ended), "r.json", "--output", "json")
        assert compared.exit_code == 0
        assert json.loads(compared.stdout)["runs"][0]["id"] == json.loads(compared.stdout)["runs"][1]["id"]

    def test_is_what_waivers_are_held_against(self, run: Run, ended: Path) -> None:
        Path("waivers.yaml").write_text("waivers: []\n")
        assert run("waivers", "lint", "waivers.yaml", "--result", str(ended)).exit_code == 0

    def test_is_what_is_sent(self, run: Run, ended: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[Result] = []

        def deliver(result: Result, *_: Any, **_options: Any) -> tuple[()]:
            sent.append(result)
            return ()

        monkeypatch.setattr("scanner.cli.send.deliver", deliver)
        run("send", "securityhub", str(ended), "--dry-run")
        assert sent == [result()]

    def test_is_kept_in_the_evidence_of_a_scan_that_it_is_the_baseline_of(
        self, run: Run, ended: Path
    ) -> None:
        run(*SCAN[:-1], "next", "--baseline", str(ended), "--evidence", "ev", *JSON)
        kept = Result.model_validate_json(Path("ev/inputs/baseline.json").read_bytes())
        assert kept == Result.model_validate_json(kept_result(ended))
        assert run("evidence", "verify", "ev").exit_code == 0

    def test_is_no_posture(self, run: Run, ended: Path) -> None:
        assert refusal(run, "scan", "--posture", str(ended)).startswith("run is not a saved posture")


class TestNoResult:
    def test_is_had_of_a_run_that_has_not_ended(self, run: Run, aws: FakeAws) -> None:
        aws.left = 20
        run(*SCAN)
        told = "the run in run has not come to its end (go on with it: scan --run-dir … --resume)"
        for command in (("report", "run"), ("compare", "run", "run"), ("scan", "--baseline", "run")):
            assert refusal(run, *command) == told

    def test_is_had_of_a_directory_that_holds_no_run(self, run: Run) -> None:
        Path("empty").mkdir()
        assert refusal(run, "report", "empty").startswith("empty holds no run")

    @pytest.mark.parametrize(
        "damage", ["update result set body = 'x'", "update result set body = x'00'", "garbage"]
    )
    def test_is_had_of_a_damaged_one(self, run: Run, damage: str) -> None:
        run(*SCAN)
        if damage == "garbage":
            FILE.write_bytes(b"x" * 10_000)
        else:
            with contextlib.closing(sqlite3.connect(FILE, isolation_level=None)) as connection:
                connection.execute(damage)
        assert refusal(run, "report", "run").startswith(f"{FILE} is damaged: ")


class TestAFullDisk:
    @pytest.fixture
    def room(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
        """How many pages the file may have."""
        pages = {"most": 1_000_000}
        real = run_file.opened

        def opened(path: Path, *, alone: bool = False) -> sqlite3.Connection:
            connection = real(path, alone=alone)
            connection.execute(f"pragma max_page_count = {pages['most']}")
            return connection

        monkeypatch.setattr(run_file, "opened", opened)
        return pages

    def test_ends_the_scan_which_goes_on_when_there_is_room(
        self, run: Run, aws: FakeAws, room: dict[str, int]
    ) -> None:
        room["most"] = 5
        assert refusal(run, *SCAN, *JSON) == (
            f"{FILE} can't be written: database or disk is full "
            "(what it holds is whole: make room, then go on with --resume)"
        )
        room["most"] = 1_000_000
        aws.calls.clear()
        assert run(*SCAN, "--resume", *JSON).exit_code == result().gate.code
        assert "DescribeOrganization" not in aws.operations()

    def test_at_the_very_end_takes_no_report_along(
        self, run: Run, aws: FakeAws, room: dict[str, int]
    ) -> None:
        aws.on("GetCallerIdentity", self._fill(room), account=CALLER)
        ended = run(*SCAN, *JSON)
        assert ended.exit_code == max(result().gate.code, 2)
        assert "can't be written: database or disk is full" in ended.stderr
        assert "has not come to its end" in refusal(run, "report", "run")
        aws.on("GetCallerIdentity", identity(CALLER), account=CALLER)
        room["most"] = 1_000_000
        assert run(*SCAN, "--resume", *JSON).exit_code == result().gate.code
        assert run("report", "run").exit_code == 0

    @staticmethod
    def _fill(room: dict[str, int]) -> Any:
        """From the moment on when the journal is open."""

        def answer(call: Any) -> dict[str, Any]:
            room["most"] = 1
            return identity(call.account)

        return answer


class TestTheEvidence:
    def test_of_a_run_that_was_gone_on_with_is_whole(self, run: Run, aws: FakeAws) -> None:
        run(*SCAN[:-1], "once", "--evidence", "ev-once", *JSON)
        aws.left = 30
        run(*SCAN, "--evidence", "ev")
        aws.left = None
        refused = refusal(run, *SCAN, "--resume", "--evidence", "ev")
        assert refused.startswith("--evidence: ev holds what an interrupted scan wrote")
        run(*SCAN, "--resume", "--evidence", "ev-2", *JSON)
        assert run("evidence", "verify", "ev-2").exit_code == 0
        assert _answered("ev-2") == _answered("ev-once")
        began = _times("ev")
        assert began
        assert began.items() <= _times("ev-2").items()


def _lines(folder: str) -> Iterator[dict[str, Any]]:
    for file in sorted(Path(folder, "responses").iterdir()):
        for text in file.read_text().splitlines():
            line = json.loads(text)
            if line["operation"] not in ("AssumeRole", "GetCallerIdentity"):
                yield line


def _question(line: dict[str, Any]) -> str:
    asked = {name: value for name, value in line["parameters"].items() if not name.endswith("Time")}
    return f"{line['account']} {line['region']} {line['operation']} {asked}"


def _answered(folder: str) -> dict[str, Any]:
    return {_question(line): [page["answer"] for page in line["answers"]] for line in _lines(folder)}


def _times(folder: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {_question(line): (line["at"], tuple(line["request_ids"])) for line in _lines(folder)}


def test_the_result_of_a_directory_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no run"):
        kept_result(tmp_path)
