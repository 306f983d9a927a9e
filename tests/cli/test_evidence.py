"""Evidence from the scan to the sample, against moto; and what verify says of it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session
from click.testing import CliRunner
from moto import mock_aws

from scanner.aws import wire
from scanner.aws.clients import Clients
from scanner.cli import main
from scanner.model.result import Result
from scanner.model.sample import Sample
from tests.build import posture
from tests.cli.conftest import Run, save

REGION = "eu-west-1"
NAMED = ("--config", "config.yaml", "--waivers", "waivers.yaml")
SCAN = ("scan", "--check", "trail-logging", "--check", "bucket-versioning", "--region", REGION)


@contextmanager
def account(patch: pytest.MonkeyPatch) -> Iterator[Session]:
    """An account with a trail and a bucket."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        patch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        patch.delenv(name, raising=False)
    get = Clients.get

    def without_lake(self: Clients, service: str, region: str | None = None) -> Any:
        """Moto doesn't know event data stores."""
        client = get(self, service, region)
        client.meta.events.register(
            "before-call.cloudtrail.ListEventDataStores",
            lambda **_: (SimpleNamespace(status_code=200), {"EventDataStores": []}),
        )
        return client

    patch.setattr(Clients, "get", without_lake)
    # libcurl would send past a mock in this process.
    patch.setattr(wire, "is_available", lambda: False)
    with mock_aws():
        session = Session()
        s3: Any = session.create_client("s3", region_name=REGION)
        s3.create_bucket(Bucket="acme-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
        trails: Any = session.create_client("cloudtrail", region_name=REGION)
        trails.create_trail(Name="audit", S3BucketName="acme-logs", IsMultiRegionTrail=True)
        yield session


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    with account(monkeypatch) as session:
        yield session


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one scan keeps, unsigned."""
    folder = tmp_path_factory.mktemp("scan") / "ev"
    with pytest.MonkeyPatch.context() as patch, account(patch):
        ended = CliRunner().invoke(
            main, [*SCAN, "--evidence", str(folder), "--output", f"json={folder}.json"]
        )
    assert ended.exit_code == 1, ended.stderr
    return folder


@pytest.fixture
def kept(run: Run, scanned: Path) -> Path:
    """A copy of it, `ev`, in the directory that commands run in."""
    assert run is not None
    return Path(shutil.copytree(scanned, "ev"))


def signed(run: Run, key: str, folder: str = "ev") -> Path:
    ended = run(*SCAN, "--evidence", folder, "--sign-with-kms", key, "--output", "json=r.json")
    assert ended.exit_code == 1, ended.stderr
    return Path(folder)


def key(session: Session, spec: str = "ECC_NIST_P256") -> str:
    kms: Any = session.create_client("kms", region_name=REGION)
    return str(kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"])


@pytest.mark.usefixtures("aws")
def test_a_scan_keeps_what_each_verdict_rests_on(run: Run) -> None:
    Path("config.yaml").write_text("fail_on: low\n")
    Path("waivers.yaml").write_text("waivers: []\n")
    run(*SCAN, *NAMED, "--evidence", "ev", "--output", "json=r.json")
    folder = Path("ev")
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == [
        "README.txt",
        "inputs/config.yaml",
        "inputs/waivers.yaml",
        "manifest.json",
        "posture.json",
        "responses/123456789012.jsonl",
        "result.json",
        "settings.json",
        "tool.json",
    ]
    result = Result.model_validate_json((folder / "result.json").read_bytes())
    assert result == Result.model_validate_json(Path("r.json").read_bytes())
    lines = (folder / "responses/123456789012.jsonl").read_text().splitlines()
    for finding in result.findings:
        assert finding.evidence
        for id_ in finding.evidence:
            found, record = json.loads(lines[int(id_.partition("/")[2]) - 1]), result.record(id_)
            assert record is not None
            assert (found["id"], found["action"], found["caller"]) == (id_, record.action, result.run.caller)
    assert "wJalrXUtnFEMI" not in "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("aws")
def test_without_evidence_findings_cite_nothing(run: Run) -> None:
    run(*SCAN, "--output", "json=r.json")
    result = Result.model_validate_json(Path("r.json").read_bytes())
    assert result.evidence == ()
    assert {finding.evidence for finding in result.findings} == {None}


@pytest.mark.usefixtures("aws")
def test_what_was_kept_is_intact_and_its_hash_is_what_the_scan_printed(run: Run) -> None:
    ended = run(*SCAN, "--evidence", "ev", "--output", "json=r.json")
    whole = json.loads(Path("ev/manifest.json").read_text())["sha256"]
    assert f"kept 6 files of evidence in ev, SHA-256 {whole}" in ended.stderr
    verified = run("evidence", "verify", "ev")
    assert verified.exit_code == 0
    assert verified.stdout.startswith("intact: 6 files, ")
    assert f"SHA-256 of it all: {whole}\nnot signed: " in verified.stdout


def test_the_first_file_that_differs_is_named(run: Run, kept: Path) -> None:
    (kept / "result.json").write_text((kept / "result.json").read_text().replace("fail", "pass"))
    (kept / "tool.json").unlink()
    verified = run("evidence", "verify", "ev")
    assert verified.exit_code == 1
    assert verified.stdout.startswith("not intact: result.json differs: its SHA-256 is ")
    assert verified.stdout.endswith("and 1 other difference\n")


def test_a_name_that_means_harm_is_shown_harmless(run: Run, kept: Path) -> None:
    (kept / "\x1b[2J\nintact: 7 files").touch()
    verified = run("evidence", "verify", "ev")
    assert (
        verified.stdout
        == "not intact: \ufffd[2J\ufffdintact: 7 files is extra: the manifest doesn't list it\n"
    )


def test_an_interrupted_scan_s_evidence_is_incomplete(run: Run, kept: Path) -> None:
    (kept / "manifest.json").unlink()
    verified = run("evidence", "verify", "ev")
    assert verified.exit_code == 1
    assert verified.stdout.startswith("not intact: manifest.json is missing: the scan that wrote this was")


def test_a_directory_without_evidence_is_refused(run: Run) -> None:
    Path("empty").mkdir()
    assert run("evidence", "verify", "empty").exit_code == 2
    assert run("evidence", "verify", "nowhere").exit_code == 2


def test_a_signed_manifest_is_checked_offline_and_whose_key_it_is_is_left_open(
    aws: Session, run: Run
) -> None:
    arn = key(aws)
    signed(run, arn)
    verified = run("evidence", "verify", "ev")
    assert verified.exit_code == 0
    assert "signed: the public key beside it fits the signature (ECDSA_SHA_256)" in verified.stdout
    assert f"{arn.rpartition('/')[2]}: whose it is must be established otherwise" in verified.stdout


def test_a_key_of_one_s_own_knowledge_settles_whose_it_is(aws: Session, run: Run) -> None:
    signed(run, key(aws))
    shutil.copy("ev/public-key.pem", "known.pem")
    verified = run("evidence", "verify", "ev", "--public-key", "known.pem")
    assert verified.exit_code == 0
    assert verified.stdout.endswith("signed: the public key known.pem fits the signature (ECDSA_SHA_256)\n")


def test_another_key_s_signature_does_not_fit(aws: Session, run: Run) -> None:
    for folder in ("ev", "other"):
        signed(run, key(aws), folder)
    verified = run("evidence", "verify", "ev", "--public-key", "other/public-key.pem")
    assert verified.exit_code == 1
    shutil.copy("other/manifest.sig", "ev/manifest.sig")
    verified = run("evidence", "verify", "ev")
    assert verified.exit_code == 1
    assert verified.stdout.endswith(
        "manifest.sig is no signature of manifest.json by the public key beside it\n"
    )


def test_a_manifest_written_anew_does_not_fit_the_signature(aws: Session, run: Run) -> None:
    folder = signed(run, key(aws))
    manifest = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(manifest.replace("\n ", "\n  "))
    assert run("evidence", "verify", "ev").exit_code == 1


@pytest.mark.usefixtures("kept")
def test_a_key_that_is_asked_for_needs_a_signature(run: Run) -> None:
    Path("known.pem").touch()
    assert run("evidence", "verify", "ev", "--public-key", "known.pem").exit_code == 1


@pytest.mark.usefixtures("aws")
def test_a_key_that_can_t_sign_is_told_before_anything_is_read(run: Run) -> None:
    ended = run(*SCAN, "--evidence", "ev", "--sign-with-kms", "alias/none")
    assert ended.exit_code == 2
    assert "--sign-with-kms: alias/none can't be used" in ended.stderr
    assert not Path("ev").exists()


def test_where_signing_fails_in_the_end_the_evidence_is_whole_and_the_exit_code_tells(
    aws: Session, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner.aws import signing  # noqa: PLC0415
    from scanner.errors import UserError  # noqa: PLC0415

    def refuse(*_: object) -> bytes:
        raise UserError("kms:Sign was denied")

    monkeypatch.setattr(signing.Signer, "sign", refuse)
    ended = run(
        *SCAN, "--evidence", "ev", "--sign-with-kms", key(aws), "--fail-on", "never", "--allow-unknown"
    )
    assert ended.exit_code == 2
    assert "kms:Sign was denied" in ended.stderr
    assert "not signed" in run("evidence", "verify", "ev").stdout


@pytest.mark.usefixtures("kept")
def test_a_second_scan_does_not_write_into_the_same_directory(run: Run) -> None:
    ended = run(*SCAN, "--evidence", "ev")
    assert ended.exit_code == 2
    assert "--evidence: ev is not empty" in ended.stderr


def test_of_a_saved_posture_there_are_no_answers_to_keep(run: Run) -> None:
    ended = run("scan", "--posture", save(posture()), "--evidence", "ev")
    assert ended.exit_code == 2
    assert "--evidence (evidence) has no effect with a saved posture" in ended.stderr


@pytest.mark.parametrize("args", [("--output", "json=ev/r.json"), ("--save-posture", "ev/sub/../p.json")])
def test_nothing_else_is_written_into_the_evidence(run: Run, args: tuple[str, str]) -> None:
    Path("ev").mkdir()
    ended = run("scan", "--evidence", "ev", *args)
    assert ended.exit_code == 2
    assert "lies in the directory of the evidence" in ended.stderr


def test_without_evidence_there_is_nothing_to_sign(run: Run) -> None:
    ended = run("scan", "--posture", save(posture()), "--sign-with-kms", "alias/x")
    assert ended.exit_code == 2
    assert "--sign-with-kms (sign_with_kms) has nothing to sign" in ended.stderr


@pytest.mark.usefixtures("kept")
def test_a_sample_is_drawn_again_to_the_byte_in_each_format(run: Run) -> None:
    for form in ("json", "csv", "table"):
        drawn = {
            run("evidence", "sample", "ev", "--seed", "2026-q1", "--output", form).stdout for _ in range(2)
        }
        assert len(drawn) == 1
    sample = Sample.model_validate_json(
        run("evidence", "sample", "ev", "--n", "1", "--seed", "x", "--output", "json").stdout
    )
    assert sample.manifest == json.loads(Path("ev/manifest.json").read_text())["sha256"]
    assert (len(sample.items), sample.population.size) == (1, 2)
    assert sample.items[0].records


@pytest.mark.usefixtures("kept")
def test_a_sample_can_be_drawn_from_failures_alone(run: Run) -> None:
    ended = run("evidence", "sample", "ev", "--seed", "x", "--status", "fail", "--output", "json")
    statuses = {item.finding.status.value for item in Sample.model_validate_json(ended.stdout).items}
    assert statuses == {"fail"}


def test_nothing_is_drawn_from_evidence_that_is_not_intact(run: Run, kept: Path) -> None:
    (kept / "posture.json").write_text("{}")
    ended = run("evidence", "sample", "ev", "--seed", "x")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "posture.json differs" in ended.stderr


@pytest.mark.usefixtures("kept")
def test_a_sample_needs_a_seed(run: Run) -> None:
    assert run("evidence", "sample", "ev").exit_code == 2
