"""The folder of evidence as it is written: record by record while AWS is read, the manifest last.

For its owner alone: directories are 0700, files 0600. Without a manifest it is incomplete.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from pydantic import JsonValue

from scanner.errors import UserError
from scanner.evidence.checking import RESPONSES, sha256
from scanner.evidence.manifest import MANIFEST, SIGNATURE, File, Manifest, Signing, statement

NOBODY = "unknown"
"""Where records are filed whose account nobody knows: AWS never said whose the credentials are."""
README = """\
Evidence of a scan by trailaudit (scan --evidence).

responses/ACCOUNT.jsonl  what AWS answered about an account: one call on each line, without secrets
posture.json             what was read from these answers
result.json              the verdicts; each names its lines (evidence: ACCOUNT/LINE)
settings.json            the options in force
inputs/                  the files that the options named, as they were read
tool.json                the program: its version, and the hash of its code and rules
public-key.pem           of the key that signed, where one did: who owns it must be established otherwise
manifest.json            the SHA-256 of each of these files, and of their lines in the order of their paths
manifest.sig             a signature of the line that sha256sum prints of manifest.json, where somebody signed

    trailaudit evidence verify .

checks it all. Without trailaudit:

    jq -r '.files[] | .sha256 + "  " + .path' manifest.json | sha256sum -c      each file
    jq -r '.files[] | .sha256 + "  " + .path' manifest.json | sha256sum         all: .sha256 of manifest.json
    sha256sum manifest.json | openssl dgst -sha256 -verify public-key.pem -signature manifest.sig

(-sha384 and -sha512 with keys on P-384 and P-521.) Who can write here can write another manifest: compare
the hash of it all with the one that the scan printed, or the key with AWS's.
"""


class Folder:
    """Made empty. Safe to share among threads. Raises UserError where it can't be written."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._lines: Counter[str] = Counter()
        self._files: list[str] = []
        self._lock = Lock()
        with self._complaining():
            self.path.mkdir(mode=0o700, exist_ok=True)
            self.path.chmod(0o700)
            self._directory(RESPONSES)
        self.write("README.txt", README.encode())

    def keep(self, account: str, record: Mapping[str, JsonValue]) -> str:
        """Add a line to what is known of an account; its id is `ACCOUNT/LINE`."""
        name = account if account.isascii() and account.isalnum() else NOBODY
        path = f"{RESPONSES}/{name}.jsonl"
        with self._lock, self._complaining():
            self._lines[name] += 1
            id_ = f"{name}/{self._lines[name]}"
            first = self._lines[name] == 1
            if first:
                self._files.append(path)
            self._put(
                path, json.dumps({"id": id_, **record}).encode() + b"\n", os.O_EXCL if first else os.O_APPEND
            )
        return id_

    def write(self, path: str, content: bytes) -> None:
        """A file, once; in a directory of its own where the path has one."""
        with self._complaining():
            if "/" in path:
                self._directory(path.partition("/")[0])
            self._put(path, content, os.O_EXCL)
        self._files.append(path)

    def seal(self, signing: Signing | None = None, sign: Callable[[bytes], bytes] | None = None) -> Manifest:
        """Hash what was written, sign that, and write the manifest: nothing can be added from now on."""
        with self._complaining():
            files = [self._hashed(path) for path in self._files]
        manifest = Manifest.of(files, signing)
        content = manifest.encoded()
        if sign is not None:
            signature = sign(statement(content))
            with self._complaining():
                self._put(SIGNATURE, signature, os.O_EXCL)
        with self._complaining():
            self._put(f"{MANIFEST}.partial", content, os.O_EXCL)
            (self.path / f"{MANIFEST}.partial").replace(self.path / MANIFEST)
            self._settle(self.path)
        return manifest

    def _hashed(self, path: str) -> File:
        full = self.path / path
        self._settle(full)
        return File(path=path, sha256=sha256(full), bytes=full.stat().st_size)

    def _directory(self, name: str) -> None:
        (self.path / name).mkdir(mode=0o700, exist_ok=True)

    def _put(self, path: str, content: bytes, how: int) -> None:
        descriptor = os.open(self.path / path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    def _settle(self, path: Path) -> None:
        """Wait until the disk has it."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UserError(
                f"the evidence in {self.path} can't be written: {error.strerror or error}",
                hint="what is there is incomplete: remove it before the next scan",
            ) from error


def require_free(path: str) -> None:
    """Raise UserError where evidence can't be written: only nothing, or an empty directory, makes place."""
    folder = Path(path)
    if folder.is_dir():
        if any(folder.iterdir()):
            interrupted = (folder / RESPONSES).is_dir() and not (folder / MANIFEST).exists()
            what = "holds what an interrupted scan wrote" if interrupted else "is not empty"
            raise UserError(f"--evidence: {path} {what}", hint="remove it, or name another directory")
        writable = folder
    elif os.path.lexists(folder):
        raise UserError(f"--evidence: {path} is not a directory")
    else:
        writable = folder.absolute().parent
        if not writable.is_dir():
            raise UserError(f"--evidence: there is no directory {writable}", hint="create it first")
    if not os.access(writable, os.W_OK | os.X_OK):
        raise UserError(f"--evidence: {path} can't be written: permission denied")
