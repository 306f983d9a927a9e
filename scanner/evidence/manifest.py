"""What stands in a folder of evidence, file by file, and the hash of it all.

That hash is the SHA-256 of the lines that `sha256sum` prints of the files in the order of their paths (by
bytes): anybody can work it out without this program.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from scanner.model.base import Frozen

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public-key.pem"
UNLISTED = (MANIFEST, SIGNATURE)
"""What a manifest doesn't list: itself, and what is made from it."""


def _inside(path: str) -> str:
    parts = path.split("/")
    if not path.isascii() or not path.isprintable() or "\\" in path or {"", ".", ".."} & set(parts):
        raise ValueError("is not the path of a file in the folder")
    return path


class File(Frozen):
    path: Annotated[str, AfterValidator(_inside)]
    """From the folder on, with slashes."""
    sha256: str
    bytes: int


class Signing(Frozen):
    """Whose signature `manifest.sig` is: that of this KMS key, by this algorithm (KMS's name)."""

    key: str
    algorithm: str


class Manifest(Frozen):
    format: Literal["trailaudit-evidence"] = "trailaudit-evidence"
    version: Literal["1"] = "1"
    signing: Signing | None
    """None: nobody signed."""
    files: tuple[File, ...]
    """By path, all but `UNLISTED`."""
    sha256: str
    """Of it all."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        paths = [file.path for file in self.files]
        if paths != sorted(set(paths)) or set(paths) & set(UNLISTED):
            raise ValueError("its files are not in the order of their paths, each once")
        if self.sha256 != whole(self.files):
            raise ValueError("the hash of it all is not that of its lines")
        return self

    @classmethod
    def of(cls, files: Iterable[File], signing: Signing | None) -> Self:
        ordered = tuple(sorted(files, key=lambda file: file.path))
        return cls(signing=signing, files=ordered, sha256=whole(ordered))

    def encoded(self) -> bytes:
        """The bytes of manifest.json."""
        return (self.model_dump_json(indent=1) + "\n").encode()


def statement(content: bytes) -> bytes:
    """What is signed: the line that `sha256sum` prints of a manifest. KMS takes no more than 4096 bytes."""
    return f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode()


def whole(files: Iterable[File]) -> str:
    """The SHA-256 of the files' lines, as `sha256sum` prints them."""
    lines = "".join(f"{file.sha256}  {file.path}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
