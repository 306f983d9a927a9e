"""The contract of a report format."""

from collections.abc import Iterator
from typing import ClassVar, Protocol

from typing_extensions import TypeVar

from scanner.model.result import Report

Told_contra = TypeVar("Told_contra", contravariant=True, default=Report)
"""What is reported on: the report of a scan, or a verification."""


class Renderer(Protocol[Told_contra]):
    """Turns a report into the bytes of one file. Pure: the same report gives the same bytes."""

    format: ClassVar[str]
    suffix: ClassVar[str]
    """Of a file in this format, with the dot."""

    def render(self, report: Told_contra, /) -> bytes: ...


class StreamingRenderer(Renderer[Told_contra], Protocol[Told_contra]):
    """A format that need not be held in memory whole."""

    def stream(self, report: Told_contra, /) -> Iterator[bytes]:
        """The bytes of `render`, piece by piece."""


class TerminalRenderer(Renderer[Told_contra], Protocol[Told_contra]):
    """A format that also suits a person at a terminal."""

    def to_terminal(self, report: Told_contra, /, *, width: int, colour: bool) -> str: ...
