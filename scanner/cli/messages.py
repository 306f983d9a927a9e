"""What the command says on standard error: one line a message, as text or as JSON."""

import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime

from scanner.words import printable


def show(log_format: str, level: int) -> None:
    """From now on show messages of this level and above. Only ours: the SDK's would hold secrets."""
    handler = _StandardError()
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    logger = logging.getLogger("scanner")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(level)


def level(*, quiet: bool, verbose: bool) -> int:
    """The mildest message that the user wants to see."""
    if quiet:
        return logging.WARNING
    return logging.DEBUG if verbose else logging.INFO


class _StandardError(logging.Handler):
    """Writes to what is standard error at that moment: a progress bar stands in for it."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # nobody is listening any more
            sys.stderr.write(f"{self.format(record)}\n")


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        hint = getattr(record, "hint", None)
        line = f"trailaudit: {record.getMessage()}" + (f" ({hint})" if hint else "")
        line = printable(" ".join(line.split()))
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        members = {
            "time": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "hint": getattr(record, "hint", None),
            "traceback": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in members.items() if value is not None})
