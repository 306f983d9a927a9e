"""Files and standard output: whole or not at all, and never quietly missing."""

import json
import logging
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import BaseModel

from scanner import registry
from scanner.cli import EXIT_USER, abandon_stdout
from scanner.config import outputs_of, require_distinct, require_format
from scanner.errors import UserError
from scanner.renderer import Renderer, StreamingRenderer, TerminalRenderer
from scanner.settings import STDOUT
from scanner.words import plural

log = logging.getLogger(__name__)
REASON = logging.WARNING
"""The level of the last line: it stands there with --quiet too."""


def chosen(specs: Iterable[str], group: str) -> dict[str, str]:
    """The outputs of a command whose formats are a group of their own; a table if none is named.

    Raises UserError for what can't be written, as `require_outputs` does.
    """
    outputs = outputs_of(specs, "--output") or {"table": STDOUT}
    for name in outputs:
        require_format(name, registry.renderers(group), "--output")
    require_distinct(outputs)
    require_outputs(outputs, group)
    return outputs


def require_outputs(outputs: Mapping[str, str], group: str = registry.REPORTS) -> None:
    """Raise UserError for a format that can't be loaded and for a file that can't be written: better now
    than after an hour of reading.
    """
    for name, path in outputs.items():
        registry.renderer(name, group)
        if path != STDOUT:
            require_writable(path)


def require_writable(path: str) -> None:
    """Raise UserError where a file can't be written there."""
    target = Path(path)
    folder = target.absolute().parent
    if target.is_dir():
        raise UserError(f"{path} is a directory", hint="name a file")
    if not folder.is_dir():
        raise UserError(f"{path} can't be written: there is no directory {folder}", hint="create it first")
    if not os.access(folder if _replaceable(target) else target, os.W_OK):
        raise UserError(f"{path} can't be written: permission denied")


def as_json(value: BaseModel) -> bytes:
    """The text of a value that is kept. Half a character, which a policy may hold, becomes a `?`."""
    # Not pydantic's own writer, which can't write that.
    text = json.dumps(value.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    return text.encode(errors="replace")


def write(path: str, content: bytes | Iterable[bytes]) -> None:
    """Put the file in its place when it is complete: a reader sees the old one or the new one.

    Raises UserError where that fails; then the old file, if any, is as it was.
    """
    pieces = (content,) if isinstance(content, bytes) else content
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        if _replaceable(target):
            _replace(target, pieces)
        else:
            with target.open("wb") as file:
                file.writelines(pieces)
    except OSError as error:
        raise UserError(f"{path} can't be written: {error.strerror or error}") from error


def _replaceable(target: Path) -> bool:
    """A device or a pipe (`/dev/stdout`) is written to; only a file, or nothing, makes place for another."""
    return target.is_file() or not target.exists()


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    partial = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.partial")
    # Opened by hand, not as a NamedTemporaryFile: so the user's umask decides who may read a report.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except BaseException:  # an interrupt too leaves nothing behind
        partial.unlink(missing_ok=True)
        raise


def to_stdout(content: bytes) -> None:
    """Write to standard output. A reader that has gone is fine, a full disk is a UserError."""
    stream = sys.stdout.buffer
    try:
        stream.write(content)
        stream.flush()
    except BrokenPipeError:
        abandon_stdout()
    except OSError as error:
        abandon_stdout()
        raise UserError(f"standard output can't be written: {error.strerror or error}") from error


def publish(report: object, outputs: Mapping[str, str], group: str = registry.REPORTS) -> Iterator[UserError]:
    """Render and write every output, files first; yield what went wrong and go on with the next.

    The group's formats must be made for such a report.
    """
    for name, path in sorted(outputs.items(), key=lambda output: output[1] == STDOUT):
        try:
            renderer = registry.renderer(name, group)
            content = rendered(renderer, report, terminal=path == STDOUT and sys.stdout.isatty())
            if path == STDOUT:
                # Whole: what breaks on the way must not leave half of it there.
                to_stdout(b"".join(content))
            else:
                write(path, content)
                log.info("wrote %s", path)
        except UserError as error:
            yield error


def finish(code: int, reason: str, problems: Sequence[UserError]) -> int:
    """Say what could not be written, and last the reason of the exit code: the highest that applies."""
    for problem in problems:
        log.error(problem.problem, extra={"hint": problem.hint})
    final = max(code, EXIT_USER) if problems else code
    reasons = [reason]
    if problems:
        missing = f"{plural(len(problems), 'output')} could not be written"
        reasons.insert(0 if final > code else 1, missing)
    log.log(REASON, "exit code %d: %s", final, "; ".join(reasons))
    return final


def rendered(renderer: Renderer[Any], report: object, *, terminal: bool = False) -> Iterator[bytes]:
    """The bytes of a report, piece by piece where the format can. Raises UserError where it breaks."""
    try:
        if terminal and _suits_terminal(renderer):
            colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
            width = shutil.get_terminal_size().columns
            yield renderer.to_terminal(report, width=width, colour=colour).encode()
        elif _streams(renderer):
            yield from renderer.stream(report)
        else:
            yield renderer.render(report)
    except Exception as error:  # a format that breaks must not take the others and the exit code along
        raise UserError(
            f"the {renderer.format} report can't be rendered: {type(error).__name__}: {error}",
            hint="this is a defect of that format, please report it",
        ) from error


def _streams(renderer: Renderer[Any]) -> TypeGuard[StreamingRenderer[Any]]:
    return hasattr(renderer, "stream")


def _suits_terminal(renderer: Renderer[Any]) -> TypeGuard[TerminalRenderer[Any]]:
    return hasattr(renderer, "to_terminal")
