"""What an event's source and name tell of it: `catalogue.yaml`, read once and held to its form."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from scanner.model.base import Frozen

SUFFIX = ".amazonaws.com"


class _File(Frozen):
    data: dict[str, dict[str, tuple[str, ...]]]
    marks: dict[str, str]
    reads: dict[str, tuple[str, ...]]
    writes: dict[str, tuple[str, ...]]
    read_verbs: tuple[str, ...]
    write_verbs: tuple[str, ...]
    network: frozenset[str]


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files("scanner.events").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return _File.model_validate(yaml.safe_load(text))


class DataTypes(NamedTuple):
    """The resource types, sorted, whose data events such an event may be.

    `named`: those that AWS says have an event of this name. `nameless`: those of the source of which it
    names no events.
    """

    named: tuple[str, ...]
    nameless: tuple[str, ...]


def data_types(source: str, name: str, resource: str | None = None) -> DataTypes:
    """Of the resource, an ARN, is asked what types it can have."""
    types: Mapping[str, tuple[str, ...]] = _file().data.get(source, {})
    return DataTypes(
        named=_fitting([type_ for type_, names in types.items() if name in names], resource),
        nameless=_fitting([type_ for type_, names in types.items() if not names], resource),
    )


def _fitting(types: list[str], resource: str | None) -> tuple[str, ...]:
    marks = _file().marks
    if resource is None:
        return tuple(sorted(types))
    marked = [type_ for type_ in types if type_ in marks and marks[type_] in resource]
    plain = [type_ for type_ in types if type_ not in marks]
    return tuple(sorted(marked or plain or types))


def read_only(source: str, name: str) -> bool | None:
    """Whether such an event reads, by its name; None where that doesn't tell."""
    known = _file()
    if name in known.reads.get(source, ()):
        return True
    if name in known.writes.get(source, ()):
        return False
    if name.startswith(known.read_verbs):
        return True
    return False if name.startswith(known.write_verbs) else None


def has_network_activity(source: str) -> bool:
    """Whether AWS also logs what passes through a VPC endpoint of the source's service."""
    return source.removesuffix(SUFFIX) in _file().network


def resource_types() -> frozenset[str]:
    """All resource types that are known here."""
    return frozenset(type_ for types in _file().data.values() for type_ in types)
