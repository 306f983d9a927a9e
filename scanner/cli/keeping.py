"""`scan --evidence`: what verdicts rest on, kept from the first call to the manifest."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence

from scanner import registry
from scanner.check import Check
from scanner.cli.output import as_json
from scanner.cli.saved import saved_content
from scanner.config import CONFIG_VARIABLE
from scanner.errors import UserError
from scanner.evidence import Folder, Manifest, Signing, cited, describe_program, require_free
from scanner.evidence.manifest import PUBLIC_KEY
from scanner.frameworks import is_file
from scanner.model.posture import Posture
from scanner.model.result import Result
from scanner.scan import report
from scanner.settings import Settings
from scanner.words import plural

log = logging.getLogger(__name__)


class Keeping:
    """Raises UserError, before anything is read, where the evidence could not be written or signed."""

    def __init__(self, path: str, settings: Settings, config: str | None) -> None:
        # Not at the top, as in `seen`.
        from scanner.aws.recorder import Recorder  # noqa: PLC0415

        require_free(path)
        self._settings = settings
        self._signing: Signing | None = None
        self._sign: Callable[[bytes], bytes] | None = None
        public_key = None if settings.sign_with_kms is None else self._signer(settings.sign_with_kms)
        self._folder = Folder(path)
        if public_key is not None:
            self._folder.write(PUBLIC_KEY, public_key)
        self._folder.write("settings.json", as_json(settings))
        for name, source in _inputs(settings, config or os.environ.get(CONFIG_VARIABLE)):
            self._folder.write(f"inputs/{name}", saved_content(source))
        self.recorder = Recorder(self._folder.keep)

    def _signer(self, key: str) -> bytes:
        """Find out how the key signs; its public key."""
        from scanner.aws.signing import signer  # noqa: PLC0415

        found = signer(key, self._settings.profile)
        self._signing, self._sign = found.signing, found.sign
        return found.public_key

    def cited(self, result: Result, checks: Sequence[Check], posture: Posture) -> Result:
        return cited(result, checks, posture, self.recorder.records)

    def seal(self, result: Result, checks: Sequence[Check], posture: Posture) -> list[UserError]:
        """Write what came of it, and the manifest; what could not be written or signed is told."""
        rendered = registry.renderer("json").render(report(result, checks))
        try:
            self._folder.write("posture.json", as_json(posture))
            self._folder.write("result.json", rendered)
            self._folder.write("tool.json", describe_program(result, checks))
            manifest, problems = self._sealed()
        except UserError as error:
            return [error]
        signed = "" if manifest.signing is None else f", signed by {manifest.signing.key}"
        count = plural(len(manifest.files), "file")
        log.info("kept %s of evidence in %s, SHA-256 %s%s", count, self._folder.path, manifest.sha256, signed)
        return problems

    def _sealed(self) -> tuple[Manifest, list[UserError]]:
        """Without a signature where it could not be had: the evidence is whole all the same."""
        if self._sign is None:
            return self._folder.seal(), []
        try:
            return self._folder.seal(self._signing, self._sign), []
        except UserError as error:
            return self._folder.seal(), [error]


def _inputs(settings: Settings, config: str | None) -> Iterator[tuple[str, str]]:
    """The files that the options name: under which name they are kept, and where they are."""
    if config:
        yield "config.yaml", config
    if settings.waivers is not None:
        yield "waivers.yaml", settings.waivers
    if settings.baseline is not None:
        yield "baseline.json", settings.baseline
    for number, path in enumerate(settings.verified, start=1):
        yield f"verified-{number}.json", path
    named = dict.fromkeys((*settings.frameworks, settings.retention_for or ""))
    for number, path in enumerate(filter(is_file, named), start=1):
        yield f"framework-{number}.yaml", path
