import gzip
import hashlib
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity import hashing
from scanner.integrity.hashing import Inflated, inflate_and_hash
from scanner.integrity.objects import Container

TEXT = b'{"Records": []}' * 50
SHA256 = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture(autouse=True, params=["isal", "zlib"])
def inflater(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setattr(hashing, "_decompressobj", zlib.decompressobj)
        monkeypatch.setattr(hashing, "_Corrupt", zlib.error)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("level", [0, 1, 6, 9])
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_hash_is_of_what_is_inside_however_it_is_packed_and_arrives(level: int, size: int) -> None:
    packed = gzip.compress(TEXT, level)
    assert inflate_and_hash(pieces(packed, size)) == Inflated(Container.WHOLE, "", SHA256, len(TEXT))


def test_a_body_is_kept_where_it_is_asked_for() -> None:
    assert inflate_and_hash([gzip.compress(TEXT)], keep=True).body == TEXT


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_bytes_after_the_end_are_told_and_the_hash_is_of_the_first_member(size: int) -> None:
    packed = gzip.compress(TEXT) + gzip.compress(b"more")[:9]
    assert inflate_and_hash(pieces(packed, size)) == Inflated(
        Container.TRAILING, "9 bytes follow the end of the gzip", SHA256, len(TEXT)
    )


@given(st.integers(0, len(gzip.compress(TEXT)) - 1))
def test_a_cut_object_never_has_a_hash(length: int) -> None:
    found = inflate_and_hash([gzip.compress(TEXT)[:length]], keep=True)
    assert (found.container, found.sha256, found.body) == (Container.CUT, None, None)


def test_an_empty_object_is_cut() -> None:
    assert inflate_and_hash([]) == Inflated(Container.CUT, "is empty")


@given(st.binary(min_size=20, max_size=200))
def test_what_is_no_gzip_never_has_a_hash(data: bytes) -> None:
    assert inflate_and_hash([b"x" + data]).sha256 is None


@given(st.integers(0, len(gzip.compress(TEXT, mtime=0)) - 1), st.integers(1, 255))
def test_a_changed_byte_changes_nothing_or_is_told(at: int, by: int) -> None:
    packed = bytearray(gzip.compress(TEXT, mtime=0))
    packed[at] ^= by
    found = inflate_and_hash([bytes(packed)])
    assert found.sha256 in (SHA256, None)  # header fields may differ; the checksum finds the rest


def test_a_wrong_checksum_is_garbage() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-5] ^= 1
    found = inflate_and_hash([bytes(packed)])
    assert found.container is Container.GARBAGE
    assert found.detail.startswith("no valid gzip before byte ")


def test_more_than_the_limit_is_not_read() -> None:
    found = inflate_and_hash(pieces(gzip.compress(bytes(10 * 2**20)), 1000), keep=True, limit=2**20)
    assert (found.container, found.detail) == (Container.OVERSIZE, "inflates to more than 1,048,576 bytes")
    assert found.body is None
    assert found.size <= 2**20 + hashing.WINDOW


def test_a_bomb_needs_no_memory() -> None:
    bomb = gzip.compress(bytes(30 * 2**20), 9)
    tracemalloc.start()
    found = inflate_and_hash(pieces(bomb, 16 * 1024))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.size == 30 * 2**20
    assert peak < 2 * 2**20
