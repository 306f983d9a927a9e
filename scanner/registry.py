"""What is installed: checks and report formats, ours and anybody's, by entry point.

`trailaudit.checks` names packages: each of their modules holds one check, but for those whose name
begins with an underscore. `trailaudit.frameworks` names packages of YAML files, each a framework and
named as its key. `trailaudit.reports` names renderer classes, one a format, and so does
`trailaudit.verifications` for what `verify` found, `trailaudit.comparisons` for what `compare` did and
`trailaudit.samples` for what `evidence sample` drew.
"""

import inspect
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module, metadata
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from scanner.check import Check
from scanner.errors import UserError
from scanner.model.result import CheckDoc, OptionDoc
from scanner.refusals import did_you_mean
from scanner.renderer import Renderer

CHECKS = "trailaudit.checks"
FRAMEWORKS = "trailaudit.frameworks"
REPORTS = "trailaudit.reports"
VERIFICATIONS = "trailaudit.verifications"
COMPARISONS = "trailaudit.comparisons"
SAMPLES = "trailaudit.samples"
HEADINGS = ("Why it matters", "How to fix", "See")
_PLAIN = re.compile(r"[A-Za-z/][\w./-]*")
"""Text that YAML needs no quotes around."""
_HEADING = re.compile(rf"^({'|'.join(HEADINGS)}):", re.MULTILINE)


def checks() -> tuple[type[Check], ...]:
    """Every installed check, sorted by id. Raises UserError for a plugin that can't be used."""
    found: dict[str, type[Check]] = {}
    for entry in _entries(CHECKS):
        for module in _modules(entry):
            check = _check_of(module, entry)
            if other := found.get(check.id):
                raise UserError(
                    f"the check {check.id} is installed twice: {other.__module__} and {check.__module__}",
                    hint=f"uninstall one of the two; the second is part of {_origin(entry)}",
                )
            found[check.id] = check
    return tuple(check for _, check in sorted(found.items()))


def frameworks() -> Mapping[str, Path]:
    """The files of the installed frameworks by key, sorted; none is read."""
    found: dict[str, Path] = {}
    for entry in _entries(FRAMEWORKS):
        for folder in _imported(entry, entry.module).__path__:
            for path in Path(folder).glob("*.yaml"):
                if other := found.get(path.stem):
                    raise UserError(
                        f"the framework {path.stem} is installed twice: {other} and {path}",
                        hint=f"uninstall one of the two; the second is part of {_origin(entry)}",
                    )
                found[path.stem] = path
    return dict(sorted(found.items()))


def renderers(group: str = REPORTS) -> Mapping[str, EntryPoint]:
    """The installed formats of a group by name; `renderer` loads one."""
    found: dict[str, EntryPoint] = {}
    for entry in _entries(group):
        if other := found.get(entry.name):
            raise UserError(
                f"the report format {entry.name} is installed twice: {other.value} and {entry.value}",
                hint=f"uninstall one of the two; the second is part of {_origin(entry)}",
            )
        found[entry.name] = entry
    return found


def renderer(name: str, group: str = REPORTS) -> Renderer[Any]:
    """Load one format. Raises UserError where there is none of that name, or it can't be loaded.

    A format that needs an extra of its distribution is named like it: the error says how to install that.
    """
    installed = renderers(group)
    if name not in installed:
        hint = did_you_mean(name, installed) or f"formats are {', '.join(sorted(installed))}"
        raise UserError(f"unknown report format {name!r}", hint)
    entry = installed[name]
    try:
        loaded: Renderer[Any] = entry.load()()
    except UserError:
        raise
    except ModuleNotFoundError as error:
        if (extra := _extra(entry)) is None:
            raise _unusable(entry, entry.value, error) from error
        raise UserError(
            f"the report format {name} needs {error.name}, which is not installed",
            hint=f"pip install '{extra}'",
        ) from error
    except Exception as error:
        raise _unusable(entry, entry.value, error) from error
    return loaded


def describe(check: Check | type[Check]) -> CheckDoc:
    """The prose of a check, from its docstring and its fields.

    A paragraph, list item or address is one line, a blank line parts paragraphs, four spaces begin code. The
    severity is the one configured where an instance is given, else the default.
    """
    kind = check if isinstance(check, type) else type(check)
    title, *sections = _HEADING.split(inspect.cleandoc(kind.__doc__ or ""))
    prose = {heading: flow(text) for heading, text in zip(sections[::2], sections[1::2], strict=True)}
    severity = kind.model_fields["severity"].get_default() if isinstance(check, type) else check.severity
    return CheckDoc(
        id=kind.id,
        title=flow(title),
        severity=severity,
        subject=kind.subject,
        why=prose.get("Why it matters", ""),
        fix=prose.get("How to fix", ""),
        see=prose.get("See", ""),
        options=tuple(
            OptionDoc(name=name, default=_default(field), meaning=field.description or "")
            for name, field in kind.model_fields.items()
            if name != "severity"
        ),
    )


def flow(text: str) -> str:
    """Join the lines of each paragraph and of each list item; code and addresses stay as they are."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        code = line.startswith("    ")
        begins = not lines or not lines[-1] or not line or code or lines[-1].startswith("    ")
        if begins or line.startswith(("- ", "https://")):
            lines.append(line.rstrip() if code else line.strip())
        else:
            lines[-1] += " " + line.strip()
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    """As one writes it in the config file."""
    value = field.get_default(call_default_factory=True, validated_data={})
    return "" if value is PydanticUndefined else in_yaml(to_jsonable_python(value))


def in_yaml(value: object) -> str:
    """A plain value on one line of YAML."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(in_yaml(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {in_yaml(item)}' for key, item in value.items())}}}"
        case str() if value.lower() in ("true", "false", "null") or not _PLAIN.fullmatch(value):
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


@cache
def entry_points(*, group: str) -> EntryPoints:
    """What is installed doesn't change on the way, and every distribution is looked at to tell."""
    return metadata.entry_points(group=group)


def _entries(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value))


def _modules(entry: EntryPoint) -> Iterator[ModuleType]:
    package = _imported(entry, entry.module)
    for info in pkgutil.iter_modules(package.__path__, prefix=f"{package.__name__}."):
        if not info.ispkg and not info.name.rpartition(".")[2].startswith("_"):
            yield _imported(entry, info.name)


def _imported(entry: EntryPoint, name: str) -> ModuleType:
    try:
        return import_module(name)
    except Exception as error:  # whatever a plugin raises
        raise _unusable(entry, name, error) from error


def _check_of(module: ModuleType, entry: EntryPoint) -> type[Check]:
    """The one concrete check that the module defines."""
    found = [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, Check)
        and member.__module__ == module.__name__
        and not inspect.isabstract(member)
    ]
    if len(found) != 1:
        names = ", ".join(member.__name__ for member in found) or "none"
        raise UserError(
            f"{module.__name__} of {_origin(entry)} must define one check, it defines {names}",
            hint="begin the name of a module that holds no check with an underscore",
        )
    return found[0]


def _origin(entry: EntryPoint) -> str:
    return entry.value if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"


def _extra(entry: EntryPoint) -> str | None:
    """The extra that is named like the entry, as pip takes it; None where its distribution has none."""
    if entry.dist is None or entry.name not in entry.dist.metadata.get_all("Provides-Extra", []):
        return None
    return f"{entry.dist.name}[{entry.name}]"


def _unusable(entry: EntryPoint, name: str, error: Exception) -> UserError:
    return UserError(
        f"{_origin(entry)} cannot be loaded: {name}: {type(error).__name__}: {error}",
        hint="update or uninstall that package",
    )
