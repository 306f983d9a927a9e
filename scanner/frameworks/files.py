"""Files of frameworks: read strictly, chosen by key or path, asked for how long logs must be kept."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from scanner.check import Period
from scanner.errors import UserError
from scanner.model.base import Frozen
from scanner.model.result import Assessment, Link, RetentionPeriod
from scanner.refusals import did_you_mean, refusal
from scanner.yaml_file import Document, Key, read

SUFFIXES = (".yaml", ".yml")
"""By their end, files of one's own are told from keys."""
ALL_FRAMEWORKS = "`trailaudit checks --frameworks` lists them all"
ALL_CHECKS = "`trailaudit checks` lists them all"
FORMAT = "CONTRIBUTING.md shows what such a file holds"


def _one_line(text: str) -> str:
    if not text.strip() or text != " ".join(text.split()):
        raise ValueError("must be one line of text, without spaces around it")
    return text


Text = Annotated[str, AfterValidator(_one_line)]


class ControlFile(Frozen):
    """A control as its file has it. The title is in the words of the file's author."""

    id: Text
    title: Text
    level: int | None = None
    assessment: Assessment | None = None
    note: Text | None = None
    checks: tuple[Link, ...] = ()


class FrameworkFile(Frozen):
    """A framework as its file has it."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    short: Text
    version: Text
    publisher: Text
    notes: tuple[Text, ...] = ()
    retention: tuple[RetentionPeriod, ...] = ()
    controls: tuple[ControlFile, ...] = ()


_MODELS: Mapping[Key, type[BaseModel]] = {
    (): FrameworkFile,
    ("retention", 0): RetentionPeriod,
    ("controls", 0): ControlFile,
    ("controls", 0, "checks", 0): Link,
}


def is_file(name: str) -> bool:
    """Whether it names a file of one's own, not the key of an installed framework."""
    return name.endswith(SUFFIXES)


def load(path: Path, known: Collection[str]) -> FrameworkFile:
    """The framework in this file. Raises UserError with file and line for whatever is wrong in it.

    `known` are the ids of the installed checks.
    """
    document = read(path, see=FORMAT)
    try:
        framework = FrameworkFile.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        raise refusal(error, document.where, _MODELS, hint=FORMAT) from error
    _validate(framework, document, known)
    return framework


def _validate(framework: FrameworkFile, document: Document, known: Collection[str]) -> None:
    """What the types can't tell: repeated ids, and checks that there are not."""
    controls: dict[str, int] = {}
    for at, control in enumerate(framework.controls):
        if (first := controls.setdefault(control.id, at)) != at:
            place = document.where(("controls", at, "id"))
            line = document.lines["controls", first, "id"]
            raise UserError(
                f"{place}: {control.id!r} stands here twice, first in line {line}", hint="keep one of the two"
            )
        checks: set[str] = set()
        for number, link in enumerate(control.checks):
            where = document.where(("controls", at, "checks", number, "check"))
            if link.check not in known:
                likely = did_you_mean(link.check, known) or ALL_CHECKS
                raise UserError(f"{where}: unknown check {link.check!r}", hint=likely)
            if link.check in checks:
                raise UserError(f"{where}: {link.check!r} stands here twice", hint="keep one of the two")
            checks.add(link.check)


def find(name: str, installed: Mapping[str, Path], known: Collection[str]) -> FrameworkFile:
    """The framework of this file, or of this key; an installed file is named as its key."""
    if is_file(name):
        return load(Path(name), known)
    framework = load(installed[name], known)
    if framework.key != name:
        raise UserError(f"{installed[name]}: key: is {framework.key!r}, the file's name says {name!r}")
    return framework


def choose(
    names: Iterable[str], installed: Mapping[str, Path], known: Collection[str]
) -> tuple[FrameworkFile, ...]:
    """The frameworks that were asked for, by key or file, in that order, each once."""
    chosen: dict[str, tuple[str, FrameworkFile]] = {}
    for name in dict.fromkeys(names):
        framework = find(name, installed, known)
        if framework.key in chosen:
            raise UserError(
                f"{name} and {chosen[framework.key][0]} both hold the framework {framework.key}",
                hint="leave one of the two out, or give yours a key of its own",
            )
        if not framework.controls:
            raise UserError(
                f"the framework {framework.key} has no controls to report",
                hint="it only says how long logs must be kept (retention_for)",
            )
        chosen[framework.key] = (name, framework)
    return tuple(framework for _, framework in chosen.values())


@dataclass(frozen=True, slots=True)
class Preset:
    """For how many days a framework wants logs kept and at hand."""

    kept: int
    at_hand: int | None
    source: str
    """How messages name it."""

    def days(self, kind: Period | None) -> int | None:
        match kind:
            case Period.KEPT:
                return self.kept
            case Period.AT_HAND:
                return self.at_hand
            case None:
                return None


def preset(framework: FrameworkFile) -> Preset:
    """The first period that the framework sets. Raises UserError with the reason where it sets none."""
    found = next(iter(framework.retention), None)
    if found is None or found.min_days is None:
        why = f": {found.note}" if found else ""
        raise UserError(
            f"{framework.key} sets no retention period{why}".rstrip("."),
            hint="set min_days of the checks to what your organization asks for",
        )
    label = f", {found.label}" if found.label else ""
    source = f"{framework.key} {found.control}" if found.control else framework.key
    return Preset(found.min_days, found.immediately_available_days, f"{source}{label}")
