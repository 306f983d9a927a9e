"""Whether a folder of evidence is as it was written, offline."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from scanner.errors import UserError
from scanner.evidence.manifest import MANIFEST, SIGNATURE, UNLISTED, File, Manifest

RESPONSES = "responses"
"""The directory of what AWS answered; it is made first."""
_PIECE = 1 << 20


class Difference(NamedTuple):
    """One file that isn't as the manifest has it; `path` is from the folder on."""

    path: str
    kind: Literal["differs", "missing", "extra"]
    detail: str


def load(folder: Path) -> Manifest | Difference:
    """The manifest, or what is wrong with it. Raises UserError where the folder is none of evidence."""
    if not folder.is_dir():
        raise UserError(f"{folder} is not a directory", hint="name what scan --evidence wrote")
    path = folder / MANIFEST
    if not os.path.lexists(path):
        if not (folder / RESPONSES).is_dir():
            raise UserError(f"{folder} holds no evidence", hint="name what scan --evidence wrote")
        return Difference(MANIFEST, "missing", "the scan that wrote this was interrupted, or it was removed")
    if not _is_file(path):
        return Difference(MANIFEST, "differs", "it is no file")
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        return Difference(MANIFEST, "differs", f"it is no manifest: {problem}")
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror or error}") from error


def check(folder: Path, manifest: Manifest) -> tuple[Difference, ...]:
    """All that differs, is missing or is extra, by path. Raises UserError where something can't be read."""
    listed = {file.path: file for file in manifest.files}
    unlisted = {MANIFEST} if manifest.signing is None else set(UNLISTED)
    try:
        there = set(_files(folder, ""))
        found = [
            Difference(path, "extra", "the manifest doesn't list it") for path in there - {*listed, *unlisted}
        ]
        found += [Difference(path, "missing", "the manifest lists it") for path in listed.keys() - there]
        if manifest.signing is not None and SIGNATURE not in there:
            found.append(Difference(SIGNATURE, "missing", f"{manifest.signing.key} signed the manifest"))
        for path in listed.keys() & there:
            found += _compared(folder / path, listed[path])
    except OSError as error:
        raise UserError(f"{error.filename or folder} can't be read: {error.strerror or error}") from error
    return tuple(sorted(found))


def _files(folder: Path, above: str) -> Iterator[str]:
    """Everything but directories; what a link leads to is not looked at."""
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), f"{path}/")
            else:
                yield path


def _compared(path: Path, file: File) -> Iterator[Difference]:
    if not _is_file(path):
        yield Difference(file.path, "differs", "it is no file")
    elif (found := sha256(path)) != file.sha256:
        yield Difference(file.path, "differs", f"its SHA-256 is {found}, not {file.sha256}")


def _is_file(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
