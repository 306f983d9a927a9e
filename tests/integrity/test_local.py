import gzip
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity.local import LocalObjects
from scanner.integrity.objects import Answer, Container, Get, Got, List, Outcome, list_all
from tests.integrity.memory import MemoryObjects
from tests.integrity.s3_server import MODIFIED, stored

KEYS = (
    *("AWSLogs/1/CloudTrail/eu-west-1/2026/06/01/a.gz", "AWSLogs/1/CloudTrail/eu-west-1/2026/06/01/b.gz"),
    *("AWSLogs/1/CloudTrail/eu-west-1/2026/06/10/a.gz", "AWSLogs/1/CloudTrail/us-east-1/2026/06/01/a.gz"),
    *("AWSLogs/1/CloudTrail-Digest/eu-west-1/d.gz", "AWSLogs/1/CloudTrail.gz", "AWSLogs/2/x.gz", "z"),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for key in KEYS:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(key.encode()))
        os.utime(path, (MODIFIED.timestamp(), MODIFIED.timestamp()))
    return root


def get(root: Path, request: Get) -> Got:
    found: list[Answer] = []
    LocalObjects(root, "logs").pump([request], found.append)
    (got,) = found
    assert isinstance(got, Got)
    return got


def test_a_file_is_hashed_like_an_object(copy: Path) -> None:
    got = get(copy, Get(KEYS[0]))
    assert (got.outcome, got.container) == (Outcome.OK, Container.WHOLE)
    assert got.sha256 == hashlib.sha256(KEYS[0].encode()).hexdigest()
    assert got.body is None


def test_what_is_kept_comes_without_metadata(copy: Path) -> None:
    got = get(copy, Get(KEYS[0], keep=True))
    assert (got.body, got.metadata, got.last_modified) == (KEYS[0].encode(), {}, MODIFIED)


starts = st.one_of(
    st.none(), st.sampled_from([*KEYS, "AWSLogs/1", "AWSLogs/1/CloudTrail/eu-west-1/2026/06/05"])
)
prefixes = st.sampled_from([key[:end] for key in KEYS for end in (0, 3, 8, 10, 21, 25, 31, 45, 90)])


@given(prefixes, starts, starts, st.sampled_from([None, "/"]))
def test_a_listing_is_what_s3_lists(
    copy: Path, prefix: str, start_after: str | None, until: str | None, delimiter: str | None
) -> None:
    request = List(prefix, start_after=None if delimiter else start_after, until=until, delimiter=delimiter)
    tree = {key: stored(gzip.compress(key.encode())) for key in KEYS}
    outcome, _, objects, folders = list_all(LocalObjects(copy, "logs"), request)
    _, _, expected, expected_folders = list_all(MemoryObjects(tree), request)
    assert outcome is Outcome.OK
    assert [listed[:2] for listed in objects] == [listed[:2] for listed in expected]
    assert sorted(folders) == sorted(expected_folders)


def test_a_file_that_is_not_there_is_missing(copy: Path) -> None:
    assert get(copy, Get("AWSLogs/1/no")).outcome is Outcome.MISSING
    assert get(copy, Get("z/no")).outcome is Outcome.MISSING
    assert get(copy, Get("AWSLogs/\ud800")).outcome is Outcome.MISSING
    assert get(copy, Get("AWSLogs/\0")).outcome is Outcome.MISSING


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "AWSLogs/../../outside"])
def test_a_key_does_not_lead_out_of_the_copy(copy: Path, key: str) -> None:
    (copy.parent / "outside").write_bytes(b"")
    assert get(copy, Get(key)) == Got(Get(key), Outcome.FAILED, "the key leads out of the copy")


def test_another_bucket_is_not_at_hand(copy: Path) -> None:
    got = get(copy, Get(KEYS[0], bucket="old-logs"))
    assert (got.outcome, got.detail) == (Outcome.FAILED, "the copy is of logs, not of old-logs")


def test_a_directory_that_cannot_be_read_ends_the_listing(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "us-east-1":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    outcome, detail, _, _ = list_all(LocalObjects(copy, "logs"), List("AWSLogs/"))
    assert outcome is Outcome.DENIED
    assert "Permission denied" in detail


def test_what_an_answer_brings_forth_is_asked_next(copy: Path) -> None:
    seen: list[str] = []

    def consume(answer: Answer) -> list[Get]:
        assert isinstance(answer, Got)
        seen.append(answer.request.key)
        return [Get(KEYS[1])] if answer.request.key == KEYS[0] else []

    LocalObjects(copy, "logs").pump([Get(KEYS[0]), Get(KEYS[2])], consume)
    assert seen == [KEYS[0], KEYS[1], KEYS[2]]


def test_pages_hold_a_thousand_keys(tmp_path: Path) -> None:
    for number in range(1001):
        (tmp_path / f"{number:04}").touch()
    pages: list[Answer] = []
    LocalObjects(tmp_path, "logs").pump([List("")], pages.append)
    assert [(len(page.objects), page.last) for page in pages if not isinstance(page, Got)] == [
        (1000, False),
        (1, True),
    ]
