"""The demo from end to end: what a newcomer gets who runs it."""

import json
import shlex
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from scanner.demo import story
from scanner.demo.watch import UNHEARD
from scanner.patterns import alarm_ids
from scanner.registry import renderer, renderers

pytestmark = [pytest.mark.slow, pytest.mark.timed]

PROGRAM = [sys.executable, "-c", "from scanner.cli import main; main()"]
SURROUNDINGS = {
    # A profile that doesn't exist and a gate that never closes: the demo must not look.
    "AWS_PROFILE": "none-of-yours",
    "TRAILAUDIT_FAIL_ON": "never",
    "PATH": "/usr/bin:/bin",
}


class Shown(NamedTuple):
    code: int
    out: str
    err: str
    folder: Path
    seconds: float

    @property
    def result(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "report.json").read_bytes())
        return read


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("demo")
    started = time.monotonic()
    ended = subprocess.run(
        [*PROGRAM, "demo"],
        env=SURROUNDINGS,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    seconds = time.monotonic() - started
    return Shown(ended.returncode, ended.stdout, ended.stderr, folder / "trailaudit-demo", seconds)


def test_it_ends_with_0(shown: Shown) -> None:
    assert (shown.code, shown.err) == (0, "")


def test_it_takes_less_than_20_seconds(shown: Shown) -> None:
    assert shown.seconds < 20


def test_it_fits_one_screen(shown: Shown) -> None:
    lines = shown.out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert len(lines) <= 40


def test_it_writes_every_report(shown: Shown) -> None:
    reports = {f"report{renderer(name).suffix}" for name in renderers() if name != "pdf"}
    others = {"posture.json", "verify.html", "verify.json", "waivers.yaml"}
    assert {path.name for path in shown.folder.iterdir()} == reports | others
    assert ET.parse(shown.folder / "report.xml").getroot().tag == "testsuites"
    assert b"<!doctype html>" in (shown.folder / "report.html").read_bytes()[:100].lower()


CHECKS_OF_DATA_EVENTS = {
    "dynamodb-data-events",
    "lambda-data-events",
    "s3-data-events-read",
    "s3-data-events-write",
}
CHECKS_OF_COVERAGE = CHECKS_OF_DATA_EVENTS | {
    "global-service-events",
    "multi-region-trail",
    "region-management-events",
}
ALARMS = set(alarm_ids())
"""The alarms of an account whose events no chain gets."""
FAILS = {
    story.MANAGEMENT: {UNHEARD},
    story.LOG_ARCHIVE: {UNHEARD},
    story.PAYMENTS: {UNHEARD},
    story.SANDBOX: CHECKS_OF_COVERAGE | ALARMS,
    story.STOPPED: CHECKS_OF_COVERAGE
    | ALARMS
    | {
        "event-data-store-encryption",
        "event-data-store-ingesting",
        "event-data-store-retention",
        "event-data-store-termination-protection",
        "tamper-history",
        "trail-cloudwatch-logs",
        "trail-logging",
        "trail-log-delivery",
        "trail-notifications",
    },
    story.BLIND: (CHECKS_OF_COVERAGE - CHECKS_OF_DATA_EVENTS) | ALARMS | {"trail-insights"},
    story.SINGLE_REGION: CHECKS_OF_COVERAGE
    | ALARMS
    | {"digest-chain", "tamper-history", "trail-kms-key-policy"},
    story.PUBLIC: {UNHEARD, "bucket-public-access", "duplicate-management-events"},
    story.SHORT_LIVED: {
        UNHEARD,
        "bucket-mfa-delete",
        "bucket-object-lock",
        "bucket-retention",
        "bucket-versioning",
        "duplicate-management-events",
    },
    story.KEY_DELETED: {
        UNHEARD,
        "tamper-history",
        "trail-digest-delivery",
        "trail-kms-key-usable",
        "trail-log-delivery",
    },
}


@pytest.mark.parametrize("member", FAILS, ids=lambda member: member.name)
def test_each_account_fails_for_what_it_teaches(shown: Shown, member: story.Member) -> None:
    failed = {
        finding["check"]
        for finding in shown.result["findings"]
        if finding["account"] == member.id and finding["status"] == "fail"
    }
    assert failed == FAILS[member]


def test_the_single_region_trail_covers_its_own_region(shown: Shown) -> None:
    judged = {
        finding["region"]: finding["status"]
        for finding in shown.result["findings"]
        if (finding["check"], finding["account"]) == ("region-management-events", story.SINGLE_REGION.id)
    }
    assert [region for region, status in judged.items() if status == "pass"] == [story.HOME_REGION]
    assert len(judged) == 17


def test_nothing_is_unknown_but_the_account_that_could_not_be_entered(shown: Shown) -> None:
    states = {
        account["name"]: account["state"]
        for account in shown.result["scope"]["accounts"]
        if account["state"] != "assessed"
    }
    unknown = [finding for finding in shown.result["findings"] if finding["status"] == "unknown"]
    assert (states, unknown) == ({"acquired": "unreachable", "old-shop": "skipped"}, [])


def test_the_log_file_that_was_altered_is_found(shown: Shown) -> None:
    proof = json.loads((shown.folder / "verify.json").read_bytes())
    (found,) = proof["findings"]
    assert (proof["trail"], found["kind"]) == (story.TAMPERED_TRAIL, "log-altered")
    assert proof["counts"]["digests_valid"] == 24
    assert "intact? No: log-altered from 09:00 to 10:00; 23 of 24 files" in " ".join(shown.out.split())


def test_one_waiver_excuses_and_one_is_over(shown: Shown) -> None:
    told = {note["id"]: note for note in shown.result["waivers"]}
    assert {name: (note["state"], len(note["findings"])) for name, note in told.items()} == {
        "DEMO-1": ("active", 1),
        "DEMO-2": ("expired", 1),
    }
    waived = [one for one in shown.result["findings"] if one["waiver"]]
    assert [(one["account"], one["check"], one["status"]) for one in waived] == [
        (story.PUBLIC.id, "duplicate-management-events", "fail")
    ]


def test_it_says_the_code_that_the_same_scan_would_have_ended_with(shown: Shown) -> None:
    gate = shown.result["gate"]
    assert gate["code"] == 3
    text = " ".join(shown.out.split())
    assert f"exit code 3 ({gate['verdict']}): {'; '.join(gate['reasons'])}" in text


def test_what_it_says_to_try_next_works(shown: Shown) -> None:
    commands = [line.strip() for line in shown.out.replace("\\\n", "").splitlines()]
    offline = [
        line for line in commands if line.startswith(("trailaudit re", "trailaudit sc", "trailaudit ch"))
    ]
    assert len(offline) == 4
    for line in offline:
        command = [*PROGRAM, *shlex.split(line)[1:]]
        ended = subprocess.run(
            command, cwd=shown.folder.parent, capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode in (0, 1, 3), (line, ended.stderr)
        assert ended.stdout


def test_asked_for_the_pdf_it_writes_it_too_and_kept_it_can_be_scanned_until_ctrl_c(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    command = [*PROGRAM, "demo", "--keep", "--pdf", "--output", str(folder)]
    # Where a script started pytest with `&`, Ctrl-C would be ignored in here too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, env=SURROUNDINGS, stdout=subprocess.PIPE, text=True) as kept:
        signal.signal(signal.SIGINT, before)
        assert kept.stdout is not None
        variables = dict(SURROUNDINGS)
        for line in kept.stdout:
            if line.startswith("export "):
                name, _, value = shlex.split(line)[1].partition("=")
                variables[name] = value
            if "NO_PROXY" in variables:  # the last one
                break
        del variables["AWS_PROFILE"]
        assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
        scanned = subprocess.run(
            [*PROGRAM, "scan", "--output", "json", "--check", "trail-logging"],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        event = ["--event-source", "iam.amazonaws.com", "--event-name", "CreateUser"]
        member = ["--account", story.SINGLE_REGION.id, "--role-name", story.ROLE]
        explained = subprocess.run(
            [*PROGRAM, "explain", *event, *member],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        day = datetime.now(UTC).date()
        period = ["--start", str(day - timedelta(days=1)), "--end", str(day)]
        verified = subprocess.run(
            [*PROGRAM, "verify", "--trail", story.TAMPERED_TRAIL, "--role-name", story.ROLE, *period],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        kept.send_signal(signal.SIGINT)
        code = kept.wait(20)
    (finding,) = json.loads(scanned.stdout)["findings"]
    assert (finding["account"], finding["status"], code) == (story.MANAGEMENT.id, "pass", 0)
    assert verified.returncode == 1, verified.stderr
    assert explained.returncode == 1, explained.stderr
    assert (
        "trail/own-trail of 600010001000 in eu-west-1: leaves global service events out" in explained.stdout
    )
