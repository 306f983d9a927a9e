"""The folder as it is written: for its owner alone, the manifest last."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scanner.errors import UserError
from scanner.evidence import Folder, check, load, require_free
from scanner.evidence.manifest import Manifest, Signing, statement

ACCOUNT = "010203040506"
SIGNING = Signing(key="arn:aws:kms:eu-west-1:010203040506:key/1234abcd", algorithm="ECDSA_SHA_256")


def test_a_record_s_id_leads_to_its_line(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))
    found = [folder.keep(ACCOUNT, {"n": number}) for number in range(3)]
    assert found == [f"{ACCOUNT}/{line}" for line in (1, 2, 3)]
    lines = (tmp_path / "ev/responses" / f"{ACCOUNT}.jsonl").read_text().splitlines()
    assert json.loads(lines[1]) == {"id": f"{ACCOUNT}/2", "n": 1}


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: folder.keep(ACCOUNT, {"n": n, "fill": "x" * 5000}), range(400)))
    lines = (tmp_path / "ev/responses" / f"{ACCOUNT}.jsonl").read_text().splitlines()
    assert {json.loads(line)["id"] for line in lines} == set(found)
    assert [json.loads(line)["id"] for line in lines] == [f"{ACCOUNT}/{n + 1}" for n in range(400)]


def test_an_account_that_is_none_does_not_choose_its_file(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))
    assert [folder.keep(name, {}) for name in ("", "../../etc", "a/b")] == [f"unknown/{n}" for n in (1, 2, 3)]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "ev").mkdir(mode=0o755)
    folder = Folder(str(tmp_path / "ev"))
    folder.keep(ACCOUNT, {})
    folder.write("inputs/config.yaml", b"")
    folder.seal(SIGNING, lambda _: b"signature")
    modes = {
        path.is_dir(): stat.S_IMODE(path.stat().st_mode)
        for path in [tmp_path / "ev", *(tmp_path / "ev").rglob("*")]
    }
    assert modes == {True: 0o700, False: 0o600}


def test_what_is_sealed_is_intact_and_lists_all_but_the_manifest_and_its_signature(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))
    folder.keep(ACCOUNT, {})
    folder.write("result.json", b"{}")
    signed: list[bytes] = []

    def sign(message: bytes) -> bytes:
        signed.append(message)
        return b"signature"

    manifest = folder.seal(SIGNING, sign)
    assert [file.path for file in manifest.files] == [
        "README.txt",
        f"responses/{ACCOUNT}.jsonl",
        "result.json",
    ]
    assert load(tmp_path / "ev") == manifest
    assert check(tmp_path / "ev", manifest) == ()
    assert signed == [statement((tmp_path / "ev/manifest.json").read_bytes())]
    assert (tmp_path / "ev/manifest.sig").read_bytes() == b"signature"


def test_where_signing_fails_there_is_no_manifest_yet_and_it_can_be_sealed_without(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))

    def refuse(_: bytes) -> bytes:
        raise UserError("no")

    with pytest.raises(UserError):
        folder.seal(SIGNING, refuse)
    assert not (tmp_path / "ev/manifest.json").exists()
    manifest = folder.seal()
    assert manifest.signing is None
    assert check(tmp_path / "ev", manifest) == ()


def test_a_file_that_was_planted_is_not_written_through(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))
    (tmp_path / "ev/result.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="can't be written"):
        folder.write("result.json", b"")
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_is_full_is_the_user_s_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(str(tmp_path / "ev"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "_put", full)
    with pytest.raises(UserError, match="No space left on device"):
        folder.keep(ACCOUNT, {})


@pytest.mark.parametrize("there", ["nothing", "empty"])
def test_nothing_and_an_empty_directory_make_place(tmp_path: Path, there: str) -> None:
    if there == "empty":
        (tmp_path / "ev").mkdir()
    require_free(str(tmp_path / "ev"))


def test_what_is_there_is_never_mixed_with_something_new(tmp_path: Path) -> None:
    path = tmp_path / "ev"
    path.mkdir()
    (path / "notes.txt").touch()
    with pytest.raises(UserError, match="is not empty"):
        require_free(str(path))


def test_an_interrupted_scan_s_folder_is_told_as_one(tmp_path: Path) -> None:
    Folder(str(tmp_path / "ev"))
    with pytest.raises(UserError, match="holds what an interrupted scan wrote"):
        require_free(str(tmp_path / "ev"))


def test_a_file_and_a_place_that_is_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is not a directory"):
        require_free(str(tmp_path / "file"))
    with pytest.raises(UserError, match="there is no directory"):
        require_free(str(tmp_path / "a/b"))


def test_the_manifest_of_a_sealed_folder_says_who_signs(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "ev"))
    folder.seal(SIGNING, lambda _: b"")
    found = load(tmp_path / "ev")
    assert isinstance(found, Manifest)
    assert found.signing == SIGNING
