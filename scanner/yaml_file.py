"""A YAML file that a person wrote: read strictly, every value with its line.

YAML guesses: `010203040506` is an octal number and `no` is false. Here a plain word is text unless it
is written exactly like a boolean, a number or null; what readers would take for something else than
the eye does is refused with its line. So are tags, aliases, repeated keys and endless nesting.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.events import Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scanner.errors import UserError

Key = tuple[str | int, ...]
"""The way to a value: keys of mappings and places in lists."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 32

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})(\.[0-9]+([eE][-+]?[0-9]{1,2})?|[eE][-+]?[0-9]{1,2})")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_OWN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


def dotted(key: Key) -> str:
    """The way to a value as people write it: `role.name`, `accounts[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")


@dataclass(frozen=True, slots=True)
class Document:
    """The mapping that a file holds, in plain Python values."""

    name: str
    """The file as the user named it."""
    data: dict[str, Any]
    lines: Mapping[Key, int]
    """Where each value stands; for a member of a mapping, the line of its key."""

    def where(self, key: Key) -> str:
        """File, line and key, as errors begin: `config.yaml:12: role.name`."""
        known = next((key[:end] for end in range(len(key), 0, -1) if key[:end] in self.lines), None)
        line = "" if known is None else f":{self.lines[known]}"
        return f"{self.name}{line}: {dotted(key)}"


def read(path: Path, *, see: str = "config.example.yaml shows every option") -> Document:
    """The file's content. Raises UserError with file and line for whatever keeps it from being clear.

    `see` says where one sees what the file may hold.
    """
    name = str(path)
    node = _compose(name, _text(path))
    lines: dict[Key, int] = {}
    data = None if node is None else _plain(node, (), name, lines)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise UserError(
            f"{name}:{_line(node)}: must hold options, one `key: value` a line, not {_kind(data)}",
            hint=see,
        )
    return Document(name, data, lines)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise UserError(f"{path}: is larger than {MAX_BYTES:,} bytes, that is no file of options")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}:{line}: is not text in UTF-8", hint="save the file as UTF-8") from error


class _Composer(Composer):
    """Composes nodes, all scalars as text, without aliases: a few of them can stand for gigabytes."""

    depth = 0
    check_event: Callable[..., bool]
    peek_event: Callable[[], Event]

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise self._refusal("aliases (*name) are not supported")
        if self.depth == MAX_DEPTH:
            raise self._refusal(f"more than {MAX_DEPTH} levels deep")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def _refusal(self, problem: str) -> yaml.MarkedYAMLError:
        mark: Any = self.peek_event().start_mark
        return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


class _Loader(_Composer, yaml.BaseLoader):
    """PyYAML's own parser: people read its words."""


if yaml.__with_libyaml__:

    class _FastLoader(_Composer, yaml.CBaseLoader):
        """libyaml's parser, many times as fast; a wheel of PyYAML has it, a build of it may not."""

        def __init__(self, text: str) -> None:
            Composer.__init__(self)
            yaml.CBaseLoader.__init__(self, text)


def _compose(name: str, text: str) -> Node | None:
    if yaml.__with_libyaml__:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=_FastLoader)
    return _compose_slowly(name, text)


def _compose_slowly(name: str, text: str) -> Node | None:
    """The node, or in PyYAML's words why there is none."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = name if mark is None else f"{name}:{mark.line + 1}"
        detail = error.problem or error.context or "is not valid"
        raise UserError(f"{place}: not clear as YAML: {detail}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise UserError(f"{name}:{line}: holds a character that text does not have") from error


def _line(node: Node | None) -> int:
    return 1 if node is None else node.start_mark.line + 1


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else f"only {value!r:.60}"


def _plain(node: Node, key: Key, name: str, lines: dict[Key, int]) -> Any:
    """The node as plain Python; notes the line of each value on the way."""
    lines.setdefault(key, _line(node))
    place = f"{name}:{_line(node)}: {dotted(key)}".removesuffix(": ")
    if node.tag not in _OWN_TAGS:
        raise UserError(f"{place}: tags ({node.tag}) are not supported")
    match node:
        case ScalarNode():
            return _scalar(node, place)
        case SequenceNode():
            return [_plain(item, (*key, at), name, lines) for at, item in enumerate(node.value)]
        case MappingNode():
            members: dict[str, Any] = {}
            for key_node, value_node in node.value:
                line = _line(key_node)
                if not isinstance(key_node, ScalarNode):
                    raise UserError(f"{name}:{line}: a key must be a word")
                member = (*key, key_node.value)
                if member in lines:
                    raise UserError(
                        f"{name}:{line}: {dotted(member)}: stands here twice, first in line {lines[member]}",
                        hint="keep one of the two",
                    )
                lines[member] = line
                members[key_node.value] = _plain(value_node, member, name, lines)
            return members
        case _:
            raise AssertionError(node)


def _scalar(node: ScalarNode, place: str) -> Any:
    text: str = node.value
    if node.style:  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _LEADING_ZERO.fullmatch(text):
        raise UserError(
            f"{place}: {text} without quotes can be read as an octal number", hint=f'quote it: "{text}"'
        )
    return text
