"""Postures and results that were written down, read back."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from scanner import registry
from scanner.check import Check
from scanner.cli.kept_run import kept_result
from scanner.errors import UserError
from scanner.model.result import Report, Result
from scanner.scan import as_ran, report
from scanner.yaml_file import dotted

T = TypeVar("T", bound=BaseModel)
VERSIONS = ("version", "schema_version")


def read_saved(path: str, kind: type[T], what: str) -> T:
    """The file as a value of this kind; of a directory, the result of the run that was kept there.

    Raises UserError that names the file and what is wrong where.
    """
    content = saved_content(path)
    try:
        with _uncollected():
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


def saved_content(path: str) -> bytes:
    """What is in the file; of a directory, the JSON of the result that was kept there. Raises UserError."""
    try:
        return kept_result(Path(path)) if Path(path).is_dir() else Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror or error}") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """For what only grows, holds no cycles and stays to the end: no cyclic garbage is looked for while it is
    made, nor ever in it. That is half the time of reading a large result.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


def with_prose(result: Result, installed: Iterable[type[Check]]) -> Report:
    """An earlier result as renderers take it: with the prose of its checks, of those that are installed."""
    installed = tuple(installed)
    try:
        return report(result, as_ran(result, installed))
    except UserError:  # they take other options today: their prose is what it is
        return Report(result=result, checks=tuple(registry.describe(check) for check in installed))


def _origin(kind: type[BaseModel]) -> str:
    return "--save-posture" if kind.__name__ == "Posture" else "--output json=FILE"
