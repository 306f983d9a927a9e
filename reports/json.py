"""The result as JSON: for other programs, and to be read back."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from reports.words import REPLACEMENT
from scanner.model.result import Report, Result
from scanner.model.schema import schema_of

SURROGATES = re.compile("[\ud800-\udfff]")
"""Half a character: neither UTF-8 nor JSON readers take it."""

UNSEEN = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Legal in JSON, but they act on the terminal or editor that shows them."""


class JsonRenderer:
    """Members in the order of the model, absent ones as `null`; UTF-8."""

    format: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, report: Report) -> bytes:
        return encoded(report.result.model_dump(mode="json"))


def encoded(value: Any, depth: int = 2) -> bytes:
    """JSON that every reader takes and no terminal obeys; `depth` is how far down members have lines.

    An iterator is an array: its items are forgotten as they are written.
    """
    file = io.BytesIO()
    for piece in _laid_out(value, "", depth):
        # Not pydantic's own writer: that one raises on a lone surrogate.
        file.write(UNSEEN.sub(_escape, SURROGATES.sub(REPLACEMENT, piece)).encode())
    file.write(b"\n")
    return file.getvalue()


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
