"""The contract of a report format."""

from typing import ClassVar, Protocol

from scanner.model.result import Report


class Renderer(Protocol):
    """Turns a report into the bytes of one file. Pure: the same report gives the same bytes."""

    format: ClassVar[str]
    suffix: ClassVar[str]
    """Of a file in this format, with the dot."""

    def render(self, report: Report) -> bytes: ...


class TerminalRenderer(Renderer, Protocol):
    """A format that also suits a person at a terminal."""

    def to_terminal(self, report: Report, *, width: int, colour: bool) -> str: ...
