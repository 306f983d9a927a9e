"""The XML of S3: pages of ListObjectsV2, and errors.

A page holds up to 1,000 keys. Taking it apart with one regular expression per object costs a fiftieth of
what the SDK needs; each object is found again by count, so that a page that reads differently is an error
and never a shorter list.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote_plus

from scanner.integrity.objects import List, Listed

_USUAL = re.compile(
    r"<Contents><Key>([^<&%+]*)</Key><LastModified>([^<]*Z)</LastModified>"
    r"<ETag>(?:&quot;|\")([^<&\"]*)(?:&quot;|\")</ETag>(?:<Checksum\w+>[^<]*</Checksum\w+>)*"
    r"<Size>(\d+)</Size><StorageClass>([^<]*)</StorageClass></Contents>"
)
"""An object as S3 writes most of them: nothing to decode, and in this order."""
_FIELD = re.compile(r"<(Key|Size|ETag|LastModified|StorageClass)>([^<]*)</")
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9A-Fa-f]+)|(quot|apos|lt|gt|amp));")
_PREFIX = re.compile(r"<CommonPrefixes>\s*<Prefix>([^<]*)</Prefix>\s*</CommonPrefixes>")
_TRUNCATED = re.compile(r"<IsTruncated>(true|false)</IsTruncated>")
_TOKEN = re.compile(r"<NextContinuationToken>([^<]*)</NextContinuationToken>")
_COUNT = re.compile(r"<KeyCount>(\d+)</KeyCount>")
_COMPLETE = re.compile(r"</ListBucketResult>\s*\Z")
_ERROR = re.compile(r"<(Code|Message|Region)>([^<]*)</")
_QUOTES = ("&quot;", "&#34;", "&#x22;", '"')
_NAMED = {"quot": '"', "apos": "'", "lt": "<", "gt": ">", "amp": "&"}


class ListingError(ValueError):
    """What claims to be a page of a listing isn't a complete one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One page, as S3 sent it."""

    objects: tuple[Listed, ...]
    prefixes: tuple[str, ...]
    token: str | None
    """Asks for the next page."""


@dataclass(frozen=True, slots=True)
class S3Error:
    code: str = ""
    message: str = ""
    region: str | None = None
    """Where the bucket is, if S3 says that the request went elsewhere."""


def list_query(request: List, token: str | None) -> str:
    """The query of a ListObjectsV2, in the canonical form that a signature needs."""
    asked = {"encoding-type": "url", "list-type": "2", "prefix": request.prefix}
    if token is not None:
        asked["continuation-token"] = token
    elif request.start_after is not None:
        asked["start-after"] = request.start_after
    if request.delimiter is not None:
        asked["delimiter"] = request.delimiter
    return canonical_query(asked.items())


def canonical_query(asked: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in sorted(asked))


def read_page(document: bytes) -> Keys:
    """Raises ListingError."""
    try:
        text = document.decode()
    except UnicodeDecodeError as error:
        raise ListingError("the listing isn't UTF-8") from error
    truncated, count = _TRUNCATED.search(text), _COUNT.search(text)
    if truncated is None or _COMPLETE.search(text) is None:
        raise ListingError("the listing is not complete")
    objects = _objects(text)
    prefixes = tuple(_key(match[1]) for match in _PREFIX.finditer(text))
    if count is not None and int(count[1]) != len(objects) + len(prefixes):
        raise ListingError(f"of {count[1]} keys {len(objects) + len(prefixes)} can be read")
    token = _TOKEN.search(text)
    if truncated[1] == "true" and token is None:
        raise ListingError("more keys follow, and no token to ask for them")
    return Keys(objects, prefixes, _text(token[1]) if token and truncated[1] == "true" else None)


def read_error(document: bytes) -> S3Error:
    """Empty where the document isn't an error of S3's."""
    found = {name: _text(value) for name, value in _ERROR.findall(document.decode(errors="replace"))}
    return S3Error(found.get("Code", ""), found.get("Message", ""), found.get("Region"))


def _objects(text: str) -> tuple[Listed, ...]:
    """A third of the price where all of them are usual."""
    usual = _USUAL.findall(text)
    if len(usual) < text.count("<Contents>"):
        return tuple(_listed(after.partition("</Contents>")[0]) for after in text.split("<Contents>")[1:])
    try:
        return tuple(
            Listed(key, int(size), etag, datetime.fromisoformat(modified), storage_class)
            for key, modified, etag, size, storage_class in usual
        )
    except ValueError as error:
        raise ListingError(f"an object of the listing can't be read: {error}") from error


def _listed(contents: str) -> Listed:
    found = dict(_FIELD.findall(contents))
    try:
        return Listed(
            key=_key(found["Key"]),
            size=int(found["Size"]),
            etag=_bare(found["ETag"]),
            last_modified=_moment(found["LastModified"]),
            storage_class=found.get("StorageClass", "STANDARD"),
        )
    except (KeyError, ValueError) as error:
        raise ListingError(f"an object of the listing can't be read: {contents:.200}") from error


def _moment(written: str) -> datetime:
    if not written.endswith("Z"):
        raise ValueError("no time in UTC")
    return datetime.fromisoformat(written)


def _key(written: str) -> str:
    """`encoding-type=url` writes a space as `+`; XML's own escapes come on top."""
    text = _text(written)
    return unquote_plus(text, errors="surrogateescape") if "%" in text or "+" in text else text


def _bare(etag: str) -> str:
    for quote_mark in _QUOTES:
        etag = etag.replace(quote_mark, "")
    return etag


def _text(written: str) -> str:
    return _ENTITY.sub(_entity, written) if "&" in written else written


def _entity(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))
