"""The result as JSON: for other programs, and to be read back."""

import json
import re
from typing import Any, ClassVar

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from reports.words import REPLACEMENT
from scanner.model.result import Report, Result

SURROGATES = re.compile("[\ud800-\udfff]")
"""Half a character: neither UTF-8 nor JSON readers take it."""

UNSEEN = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Legal in JSON, but they act on the terminal or editor that shows them."""


class JsonRenderer:
    """Members in the order of the model, absent ones as `null`; UTF-8."""

    format: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, report: Report) -> bytes:
        # Not pydantic's own writer: that one raises on a lone surrogate.
        text = _laid_out(report.result.model_dump(mode="json"))
        text = SURROGATES.sub(REPLACEMENT, text)
        return (UNSEEN.sub(_escape, text) + "\n").encode()


def _laid_out(value: Any, indent: str = "", depth: int = 2) -> str:
    """A line for each finding, reading and the like: people can read it, line tools compare it, and
    the standard library writes it ten times as fast as with an indent all the way down.
    """
    inner = f"{indent}  "
    if depth and isinstance(value, dict) and value:
        members = (f"{_compact(name)}: {_laid_out(item, inner, depth - 1)}" for name, item in value.items())
        return f"{{\n{inner}" + f",\n{inner}".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"[\n{inner}" + f",\n{inner}".join(map(_compact, value)) + f"\n{indent}]"
    return _compact(value)


_compact = json.JSONEncoder(ensure_ascii=False).encode


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


class _EveryMember(GenerateJsonSchema):
    """A member with a default is written too, so a reader may rely on it."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,  # noqa: ARG002
        total: bool,  # noqa: ARG002
    ) -> bool:
        return True


def schema() -> str:
    """The JSON schema of what `JsonRenderer` writes: the text of docs/result.schema.json."""
    described = Result.model_json_schema(by_alias=True, mode="serialization", schema_generator=_EveryMember)
    return json.dumps({"$schema": _EveryMember.schema_dialect, **described}, indent=2) + "\n"
