"""The manifest lists everything once, and hashes as `sha256sum` does."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scanner.evidence.manifest import File, Manifest, Signing, statement, whole

SIGNING = Signing(
    key="arn:aws:kms:eu-west-1:010203040506:key/1234abcd", algorithm="RSASSA_PKCS1_V1_5_SHA_256"
)


def file(path: str, content: bytes = b"") -> File:
    return File(path=path, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def test_a_manifest_is_read_back_as_it_was_written() -> None:
    manifest = Manifest.of([file("b"), file("a/c")], SIGNING)
    assert [one.path for one in manifest.files] == ["a/c", "b"]
    assert Manifest.model_validate_json(manifest.encoded()) == manifest


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs coreutils")
def test_the_hash_of_it_all_is_that_of_what_sha256sum_prints(tmp_path: Path) -> None:
    names = ["B", "a", "responses/1.jsonl", "responses.txt"]
    (tmp_path / "responses").mkdir()
    for name in names:
        (tmp_path / name).write_text(name)
    printed = subprocess.run(
        ["sha256sum", *sorted(names)], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert (
        whole(Manifest.of([file(n, n.encode()) for n in names], None).files)
        == hashlib.sha256(printed).hexdigest()
    )


def test_what_is_signed_is_the_line_that_sha256sum_prints() -> None:
    assert statement(b"{}") == hashlib.sha256(b"{}").hexdigest().encode() + b"  manifest.json\n"


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../secret", "a/../../b", "a//b", "./a", "", "a\nb", "\u202ea", "a\\b", "a/.", "\x1b[2J"],
)
def test_a_path_that_leads_elsewhere_or_deceives_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="is not the path of a file in the folder"):
        file(path)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_a_manifest_does_not_list_itself(name: str) -> None:
    with pytest.raises(ValidationError, match="each once"):
        Manifest.of([file(name)], None)


def test_a_file_that_is_listed_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="each once"):
        Manifest.of([file("a"), file("a")], None)


def test_a_hash_of_something_else_is_refused() -> None:
    told = Manifest.of([file("a")], None).model_dump() | {"sha256": whole([])}
    with pytest.raises(ValidationError, match="the hash of it all"):
        Manifest.model_validate(told)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z0-9]{1,8})?", fullmatch=True), st.binary(max_size=9)))
def test_any_change_changes_the_hash_of_it_all(contents: dict[str, bytes]) -> None:
    files = [file(path, content) for path, content in contents.items()]
    before = Manifest.of(files, None).sha256
    assert Manifest.of(reversed(files), None).sha256 == before
    for path, content in contents.items():
        others = {name: text for name, text in contents.items() if name != path}
        for changed in (others, contents | {path: content + b"!"}, others | {path + "x": content}):
            assert Manifest.of([file(*one) for one in changed.items()], None).sha256 != before
