"""Postures and results that were written down, read back."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from scanner import registry
from scanner.check import Check
from scanner.errors import UserError
from scanner.model.result import Report, Result
from scanner.yaml_file import dotted

T = TypeVar("T", bound=BaseModel)
VERSIONS = ("version", "schema_version")


def read_saved(path: str, kind: type[T], what: str) -> T:
    """The file as a value of this kind. Raises UserError that names the file and what is wrong where."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror or error}") from error
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        other = next((one for one in errors if one["loc"][:1] in {(name,) for name in VERSIONS}), None)
        if other is not None and other["type"] == "literal_error":
            raise UserError(
                f"{path} has {dotted(other['loc'])} {other['input']!r}, this release reads another",
                hint="read it with the release that wrote it",
            ) from error
        place = f" at {dotted(errors[0]['loc'])}" if errors[0]["loc"] else ""
        raise UserError(
            f"{path} is not {what}: {errors[0]['msg']}{place}",
            hint=f"it must be as trailaudit wrote it ({_origin(kind)})",
        ) from error


def with_prose(result: Result, installed: Iterable[type[Check]]) -> Report:
    """An earlier result as renderers take it: with the prose of those of its checks that are installed."""
    judged = {finding.check for finding in result.findings}
    docs = tuple(registry.describe(check) for check in installed if check.id in judged)
    return Report(result=result, checks=docs)


def _origin(kind: type[BaseModel]) -> str:
    return "--save-posture" if kind.__name__ == "Posture" else "--output json=FILE"
