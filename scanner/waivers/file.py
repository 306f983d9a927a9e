"""The file of waivers: every entry is read strictly, and a wrong one is named with its line and id."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from scanner.errors import UserError
from scanner.model.waiver import WaiverRule, WaiverScope
from scanner.refusals import did_you_mean, hints, refusal
from scanner.words import plural
from scanner.yaml_file import Document, Key, read

_LIST = "waivers"
_MODELS: dict[Key, type[BaseModel]] = {(): WaiverRule, ("scope",): WaiverScope}


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """What a file holds: the waivers that are in order, and what is wrong with the others."""

    name: str
    """The file as the user named it."""
    waivers: tuple[WaiverRule, ...]
    """In the order of the file."""
    lines: Mapping[str, int]
    """Where each of them begins, by id."""
    problems: tuple[UserError, ...]


def load(path: Path, known: Collection[str], max_days: int) -> tuple[WaiverRule, ...]:
    """The waivers of a file in which nothing is wrong; otherwise raises UserError with the first problem."""
    file = look(path, known, max_days)
    if file.problems:
        first, *others = file.problems
        more = plural(len(others), "more problem") if others else None
        every = f"{more}: `trailaudit waivers lint {path}` lists them all" if more else None
        raise UserError(first.problem, hints(first.hint, every))
    return file.waivers


def look(path: Path, known: Collection[str], max_days: int) -> WaiverFile:
    """What the file holds and all that is wrong with it. Raises UserError where it is not clear as YAML.

    `known`: ids of checks; `max_days`: how long a waiver may last.
    """
    return parse(read(path, see=f"all waivers stand in one list, `{_LIST}:`"), known, max_days)


def parse(document: Document, known: Collection[str], max_days: int) -> WaiverFile:
    """The document as waivers."""
    waivers: list[WaiverRule] = []
    lines: dict[str, int] = {}
    entries, problems = _entries(document)
    for at, entry in enumerate(entries):
        try:
            waiver = _waiver(document, at, entry)
            _require(document, at, waiver, known=known, max_days=max_days, lines=lines)
        except UserError as problem:
            problems.append(problem)
        else:
            waivers.append(waiver)
            lines[waiver.id] = document.lines[_LIST, at]
    return WaiverFile(document.name, tuple(waivers), lines, tuple(problems))


def _entries(document: Document) -> tuple[list[Any], list[UserError]]:
    hint = f"all waivers stand in one list, {_LIST}"
    strange = [name for name in document.data if name != _LIST]
    problems = [UserError(f"{document.where((name,))}: unknown option", hint) for name in strange]
    entries = document.data.get(_LIST) or []
    if isinstance(entries, list):
        return entries, problems
    return [], [*problems, UserError(f"{document.where((_LIST,))}: must be a list")]


def _place(document: Document, key: Key, waiver: object) -> str:
    """`waivers.yaml:12: waivers[2].expires (waiver W-3)`."""
    place = document.where(key)
    return f"{place} (waiver {waiver})" if isinstance(waiver, str) and waiver else place


def _waiver(document: Document, at: int, entry: Any) -> WaiverRule:
    stated = entry.get("id") if isinstance(entry, dict) else None
    try:
        # By way of JSON: a date is text there, and yet nothing is taken for what it isn't.
        return WaiverRule.model_validate_json(json.dumps(entry), strict=True)
    except ValidationError as error:
        raise refusal(error, lambda key: _place(document, key, stated), _MODELS, at=(_LIST, at)) from error


def _require(
    document: Document,
    at: int,
    waiver: WaiverRule,
    *,
    known: Collection[str],
    max_days: int,
    lines: Mapping[str, int],
) -> None:
    """What the types can't tell."""

    def place(member: str) -> str:
        return _place(document, (_LIST, at, member), waiver.id)

    if waiver.id in lines:
        raise UserError(
            f"{place('id')}: stands here twice, first in line {lines[waiver.id]}",
            hint="give each waiver an id of its own",
        )
    if waiver.check not in known:
        raise UserError(
            f"{place('check')}: unknown check {waiver.check!r}",
            hint=hints(did_you_mean(waiver.check, known), "`trailaudit checks` lists them all"),
        )
    days = (waiver.expires - waiver.created).days
    if days < 0:
        raise UserError(f"{place('expires')}: {waiver.expires} is before it was created ({waiver.created})")
    if days > max_days:
        raise UserError(
            f"{place('expires')}: {waiver.expires} is {days:,} days after it was created ({waiver.created}), "
            f"more than {max_days:,}",
            hint="let it end earlier and renew it then, or raise max_waiver_days",
        )
