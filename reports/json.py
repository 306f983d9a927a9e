"""The result as JSON: for other programs, and to be read back."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import TypeAdapter

from reports.words import REPLACEMENT
from scanner.model.evidence import Record
from scanner.model.finding import Finding
from scanner.model.posture import CallCount
from scanner.model.result import Coverage, Report, Result
from scanner.model.schema import schema_of

CHUNK = 1 << 16
"""Bytes that are handed on at once, or a little more."""

SURROGATES = re.compile("[\ud800-\udfff]")
"""Half a character: neither UTF-8 nor JSON readers take it."""

UNSEEN = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Legal in JSON, but they act on the terminal or editor that shows them."""


class JsonRenderer:
    """Members in the order of the model, absent ones as `null`; UTF-8."""

    format: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, report: Report) -> bytes:
        return b"".join(self.stream(report))

    def stream(self, report: Report) -> Iterator[bytes]:
        return _pieces(_members(report.result), depth=2)


_MANY: Mapping[str, TypeAdapter[Any]] = {
    "readings": TypeAdapter(CallCount),
    "coverage": TypeAdapter(Coverage),
    "findings": TypeAdapter(Finding),
    "evidence": TypeAdapter(Record),
}
"""The members that grow with the accounts: their items are turned into JSON one by one."""


def _members(result: Result) -> dict[str, Any]:
    few = result.model_dump(mode="json", exclude=set(_MANY))

    def items(name: str) -> Iterator[Any]:
        return (_MANY[name].dump_python(item, mode="json") for item in getattr(result, name))

    return {name: items(name) if name in _MANY else few[name] for name in Result.model_fields}


def encoded(value: Any, depth: int = 2) -> bytes:
    """JSON that every reader takes and no terminal obeys; `depth` is how far down members have lines.

    An iterator is an array: its items are forgotten as they are written.
    """
    return b"".join(_pieces(value, depth))


def _pieces(value: Any, depth: int) -> Iterator[bytes]:
    """In chunks: one for each token would be millions."""
    chunk = io.BytesIO()
    for text in _laid_out(value, "", depth):
        # Not pydantic's own writer: that one raises on a lone surrogate.
        chunk.write(UNSEEN.sub(_escape, SURROGATES.sub(REPLACEMENT, text)).encode())
        if chunk.tell() >= CHUNK:
            yield chunk.getvalue()
            chunk = io.BytesIO()
    chunk.write(b"\n")
    yield chunk.getvalue()


def _laid_out(value: Any, indent: str, depth: int) -> Iterator[str]:
    """A line for each finding, reading and the like: people can read it, line tools compare it, and
    the standard library writes it ten times as fast as with an indent all the way down.
    """
    inner = f"{indent}  "
    if depth > 0 and isinstance(value, dict) and value:
        before = "{\n"
        for name, item in value.items():
            yield f"{before}{inner}{_compact(name)}: "
            yield from _laid_out(item, inner, depth - 1)
            before = ",\n"
        yield f"\n{indent}}}"
    elif isinstance(value, Iterator) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        before = "[\n"
        for item in value:
            yield f"{before}{inner}"
            yield from _laid_out(item, inner, depth - 1) if depth > 1 else (_compact(item),)
            before = ",\n"
        yield "[]" if before == "[\n" else f"\n{indent}]"
    else:
        yield _compact(value)


_compact = json.JSONEncoder(ensure_ascii=False).encode


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def schema() -> str:
    """The JSON schema of what `JsonRenderer` writes: the text of docs/result.schema.json."""
    return schema_of(Result)
