"""Whatever is done to a folder of evidence is named."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import UserError
from scanner.evidence import Difference, Folder, Manifest, Signing, check, load

SIGNING = Signing(key="arn:aws:kms:eu-west-1:010203040506:key/1234abcd", algorithm="ECDSA_SHA_256")
FILES = (
    "README.txt",
    "inputs/config.yaml",
    "public-key.pem",
    "responses/010203040506.jsonl",
    "responses/210987654321.jsonl",
    "result.json",
)


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    folder = Folder(str(tmp_path / "ev"))
    for account in ("010203040506", "210987654321"):
        folder.keep(account, {"answers": []})
    for path in ("inputs/config.yaml", "public-key.pem", "result.json"):
        folder.write(path, b"content\n")
    folder.seal(SIGNING, lambda _: b"signature")
    return tmp_path / "ev"


def found(folder: Path) -> list[tuple[str, str]]:
    manifest = load(folder)
    assert isinstance(manifest, Manifest)
    return [(one.path, one.kind) for one in check(folder, manifest)]


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)


def test_the_fixture_lists_what_the_tests_tamper_with(sealed: Path) -> None:
    manifest = load(sealed)
    assert isinstance(manifest, Manifest)
    assert tuple(file.path for file in manifest.files) == FILES
    assert found(sealed) == []


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (flip, "differs"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\n"), "differs"),
        (lambda path: path.write_bytes(b""), "differs"),
        (lambda path: path.unlink(), "missing"),
    ],
)
def test_harm_to_any_file_is_named(sealed: Path, path: str, harm: Callable[[Path], None], kind: str) -> None:
    harm(sealed / path)
    assert found(sealed) == [(path, kind)]


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_became_a_link_to_the_same_content_differs(
    sealed: Path, tmp_path: Path, path: str
) -> None:
    (sealed / path).replace(tmp_path / "moved")
    (sealed / path).symlink_to(tmp_path / "moved")
    assert found(sealed) == [(path, "differs")]


@pytest.mark.parametrize(
    "path", ["extra.txt", "responses/111111111111.jsonl", "manifest.json.partial", ".hidden"]
)
def test_a_file_that_nobody_listed_is_extra(sealed: Path, path: str) -> None:
    (sealed / path).touch()
    assert found(sealed) == [(path, "extra")]


def test_a_pipe_is_not_waited_for(sealed: Path) -> None:
    (sealed / "result.json").unlink()
    os.mkfifo(sealed / "result.json")
    assert found(sealed) == [("result.json", "differs")]


def test_a_directory_in_place_of_a_file_is_seen(sealed: Path) -> None:
    (sealed / "result.json").unlink()
    (sealed / "result.json").mkdir()
    assert found(sealed) == [("result.json", "missing")]


def test_a_link_to_a_directory_is_extra_and_not_followed(sealed: Path) -> None:
    (sealed / "loop").symlink_to(sealed)
    assert found(sealed) == [("loop", "extra")]


def test_a_signature_that_is_gone_is_missing(sealed: Path) -> None:
    (sealed / "manifest.sig").unlink()
    assert found(sealed) == [("manifest.sig", "missing")]


def test_a_signature_that_the_manifest_does_not_announce_is_extra(tmp_path: Path) -> None:
    Folder(str(tmp_path / "ev")).seal()
    (tmp_path / "ev/manifest.sig").touch()
    assert found(tmp_path / "ev") == [("manifest.sig", "extra")]


def test_several_differences_are_told_in_the_order_of_their_paths(sealed: Path) -> None:
    flip(sealed / "result.json")
    (sealed / "README.txt").unlink()
    (sealed / "a").touch()
    assert found(sealed) == [("README.txt", "missing"), ("a", "extra"), ("result.json", "differs")]


def test_a_manifest_with_another_hash_of_a_file_is_none(sealed: Path) -> None:
    told = json.loads((sealed / "manifest.json").read_text())
    told["files"][0]["sha256"] = "0" * 64
    (sealed / "manifest.json").write_text(json.dumps(told))
    wrong = load(sealed)
    assert isinstance(wrong, Difference)
    assert (wrong.path, wrong.kind) == ("manifest.json", "differs")
    assert "the hash of it all is not that of its lines" in wrong.detail


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "\x1b[2J"}', "\x00" * 9])
def test_what_is_no_manifest_differs(sealed: Path, content: str) -> None:
    (sealed / "manifest.json").write_text(content)
    wrong = load(sealed)
    assert isinstance(wrong, Difference)
    assert wrong.kind == "differs"


def test_a_manifest_that_leads_out_of_the_folder_is_not_followed(sealed: Path) -> None:
    told = json.loads((sealed / "manifest.json").read_text())
    told["files"][0]["path"] = "../../etc/passwd"
    (sealed / "manifest.json").write_text(json.dumps(told))
    assert isinstance(load(sealed), Difference)


def test_without_a_manifest_the_scan_was_interrupted_or_it_was_removed(sealed: Path) -> None:
    (sealed / "manifest.json").unlink()
    assert load(sealed) == Difference(
        "manifest.json", "missing", "the scan that wrote this was interrupted, or it was removed"
    )


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no evidence"):
        load(tmp_path)
    with pytest.raises(UserError, match="is not a directory"):
        load(tmp_path / "nowhere")
