from datetime import UTC, datetime
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.integrity.listing import (
    ListingError,
    S3Error,
    list_query,
    read_error,
    read_page,
)
from scanner.integrity.objects import List, Listed

MOMENT = datetime(2026, 6, 1, 0, 10, tzinfo=UTC)


def contents(key: str) -> str:
    return (
        f"<Contents><Key>{escape(quote_plus(key, safe='/'))}</Key>"
        "<LastModified>2026-06-01T00:10:00.000Z</LastModified>"
        "<ETag>&quot;d41d8cd9&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
        "<Size>8300</Size><StorageClass>GLACIER</StorageClass></Contents>"
    )


def page(*keys: str, rest: str = "<IsTruncated>false</IsTruncated>", count: int | None = None) -> bytes:
    count = len(keys) if count is None else count
    inside = f"<Name>b</Name><KeyCount>{count}</KeyCount>{rest}" + "".join(map(contents, keys))
    return f'<?xml version="1.0"?>\n<ListBucketResult xmlns="…">{inside}</ListBucketResult>\n'.encode()


def test_a_page_is_its_objects() -> None:
    found = read_page(page("AWSLogs/a.json.gz"))
    assert found.objects == (Listed("AWSLogs/a.json.gz", 8300, "d41d8cd9", MOMENT, "GLACIER"),)
    assert found.token is None


@given(st.lists(st.text(min_size=1).filter(lambda key: key.isprintable()), max_size=5))
def test_any_key_is_read_as_it_was_stored(keys: list[str]) -> None:
    assert [listed.key for listed in read_page(page(*keys)).objects] == keys


def test_an_object_is_the_same_in_any_order_of_its_fields() -> None:
    usual = read_page(page("AWSLogs/a.json.gz", "AWSLogs/b+c"))
    size, etag = b"<Size>8300</Size>", b"<ETag>&quot;d41d8cd9&quot;</ETag>"
    document = page("AWSLogs/a.json.gz", "AWSLogs/b+c")
    assert read_page(document.replace(size, b"").replace(etag, size + b"\n  " + etag)) == usual


def test_the_token_of_a_cut_listing_asks_for_the_rest() -> None:
    rest = "<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b+c=</NextContinuationToken>"
    assert read_page(page("a", rest=rest)).token == "a&b+c="


def test_common_prefixes_are_told() -> None:
    rest = (
        "<IsTruncated>false</IsTruncated><Prefix>x</Prefix>"
        "<CommonPrefixes><Prefix>AWSLogs/1/</Prefix></CommonPrefixes>"
        "<CommonPrefixes><Prefix>AWSLogs/a+b/</Prefix></CommonPrefixes>"
    )
    assert read_page(page(rest=rest, count=2)).prefixes == ("AWSLogs/1/", "AWSLogs/a b/")


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (b"", "not complete"),
        (page("a", "b")[:-40], "not complete"),
        (page("a", count=2), "of 2 keys 1 can be read"),
        (page("a", rest="<IsTruncated>true</IsTruncated>"), "no token"),
        (page("a").replace(b"<Size>8300</Size>", b""), "an object of the listing can't be read"),
        (page("a").replace(b"2026-", b"x-"), "an object of the listing can't be read"),
        (b"\xff" + page("a"), "UTF-8"),
    ],
)
def test_a_page_that_reads_differently_is_an_error_and_no_shorter_list(
    document: bytes, complaint: str
) -> None:
    with pytest.raises(ListingError, match=complaint):
        read_page(document)


@given(st.integers(0, len(page("a", "b", "c").strip()) - 1))
def test_a_page_that_was_cut_is_never_a_page(length: int) -> None:
    with pytest.raises(ListingError):
        read_page(page("a", "b", "c")[:length])


def test_a_query_is_in_the_order_that_is_signed() -> None:
    request = List("AWSLogs/o-1 x/", start_after="k&", delimiter="/")
    assert list_query(request, None) == (
        "delimiter=%2F&encoding-type=url&list-type=2&prefix=AWSLogs%2Fo-1%20x%2F&start-after=k%26"
    )


def test_a_token_stands_for_where_to_go_on() -> None:
    assert "start-after" not in list_query(List("p", start_after="k"), "t/=")
    assert "continuation-token=t%2F%3D" in list_query(List("p", start_after="k"), "t/=")


def test_an_error_says_what_and_where() -> None:
    document = (
        b"<Error><Code>PermanentRedirect</Code><Message>a &amp; b</Message><Region>eu-west-1</Region></Error>"
    )
    assert read_error(document) == S3Error("PermanentRedirect", "a & b", "eu-west-1")


@pytest.mark.parametrize("document", [b"", b"<html>", b"\xff\x00"])
def test_what_is_no_error_of_s3_says_nothing(document: bytes) -> None:
    assert read_error(document) == S3Error()
