"""Text that is safe to show: anybody may have named the resources that a report is about."""

import textwrap
from datetime import datetime
from typing import Protocol

from rich.cells import cell_len

from scanner.model.arn import is_arn, parse_arn
from scanner.model.finding import Finding, Status

REPLACEMENT = "\ufffd"
ELLIPSIS = "…"
JOINERS = frozenset("\u200c\u200d")
"""Without width, but Persian, Indic scripts and emoji are misspelt without them."""


def printable(text: str) -> str:
    """Lines of text that can't act on their reader.

    Controls (so escape sequences), direction overrides, lone surrogates and non-characters become
    U+FFFD. What is left is also what XML 1.0 allows.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.replace("\n", "").isprintable() else "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if character.isprintable() or character == "\n" or character in JOINERS:
        return character
    return " " if character.isspace() else REPLACEMENT


def line(text: str, limit: int) -> str:
    """One printable line of at most so many characters; the end goes."""
    flat = " ".join(text.split())
    return printable(flat if len(flat) <= limit else flat[: limit - 1] + ELLIPSIS)


def shorten(text: str, limit: int) -> str:
    """One printable line of at most so many characters; the middle goes: an ARN tells most at its ends."""
    flat = " ".join(text.split())
    if len(flat) > limit:
        tail = (limit - 1) // 2
        flat = f"{flat[: limit - 1 - tail]}{ELLIPSIS}{flat[len(flat) - tail :]}"
    return printable(flat)


def fit(text: str, width: int) -> str:
    """`shorten` to so many terminal columns, of which a wide character takes two."""
    short = shorten(text, width)
    return short if cell_len(short) <= width else shorten(text, width // 2)


def wrap(text: str, width: int) -> str:
    """The line, broken to so many terminal columns."""
    # Character by character: one without width would make up for a wide one.
    narrow = width if text.isascii() or all(cell_len(one) < 2 for one in text) else max(width // 2, 1)  # noqa: PLR2004
    return "\n".join(textwrap.wrap(text, narrow, break_on_hyphens=False))


class Placed(Protocol):
    """Something about a resource, filed under an account: a finding, or what became of one."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str | None: ...

    @property
    def resource(self) -> str: ...


def resource_name(one: Placed) -> str:
    """The resource without what its account and region say already; else the whole ARN."""
    if not is_arn(one.resource):
        return one.resource
    arn = parse_arn(one.resource)
    if arn.account not in ("", one.account) or arn.region not in ("", one.region):
        return one.resource
    if arn.service == "iam" and arn.resource == "root":
        return "the account"
    return f"s3://{arn.resource}" if arn.service == "s3" else arn.resource


def is_waived(finding: Finding) -> bool:
    """A waiver excuses a failure, and never that something could not be checked."""
    return finding.status is Status.FAIL and finding.waiver is not None


def counted(number: int, noun: str) -> str:
    """`1 account`, `2,000 accounts`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def moment(time: datetime) -> str:
    """`2026-01-31 09:00 UTC`."""
    return time.strftime("%Y-%m-%d %H:%M UTC")
