"""What each alarm's filters must see: `filters.yaml`, read once and held to its form."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field

from scanner.model.base import Frozen

Caller = Literal["user", "role", "root", "service"]
"""Who is behind a call; `service`: a service that calls for somebody (`userIdentity.invokedBy`)."""


class Case(Frozen):
    """Fields that an event bears, by dotted path; `name` says what that makes of it."""

    name: str
    set: dict[str, str]


class Harmless(Frozen):
    """An event that shouldn't ring; `event` is `source:name`."""

    event: str
    name: str = ""
    caller: Caller = "user"
    set: dict[str, str] = Field(default_factory=dict)


class Filter(Frozen):
    """What one alarm is about; the file's head says what its members mean."""

    cis: int | None = None
    cis_since: str = "1.2"
    security_hub: str | None = None
    any_event: bool = False
    events: dict[str, tuple[str, ...]]
    since: dict[str, str] = Field(default_factory=dict)
    cases: tuple[Case, ...] = (Case(name="", set={}),)
    callers: tuple[Caller, ...] = ("user", "role", "root", "service")
    may_exclude: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    harmless: tuple[Harmless, ...] = ()


class _File(Frozen):
    cis_sections: dict[str, int]
    filters: dict[str, Filter]
    harmless: tuple[Harmless, ...]


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files("scanner.patterns").joinpath("filters.yaml").read_text(encoding="utf-8")
    return _File.model_validate(yaml.safe_load(text))


def alarm_ids() -> tuple[str, ...]:
    """The ids of the alarm checks, in the order of CIS; those of no benchmark last."""
    return tuple(_file().filters)


def filter_of(alarm_id: str) -> Filter:
    """What the alarm's filters must see. Raises KeyError for an id that isn't among `alarm_ids`."""
    return _file().filters[alarm_id]


def harmless_of(alarm_id: str) -> tuple[Harmless, ...]:
    return (*filter_of(alarm_id).harmless, *_file().harmless)


def cis_controls(alarm_id: str) -> Mapping[str, str]:
    """The number of the recommendation in each CIS version that has it: `{"1.2": "3.1", …}`."""
    wanted = filter_of(alarm_id)
    if wanted.cis is None:
        return {}
    sections = _file().cis_sections
    versions = list(sections)[list(sections).index(wanted.cis_since) :]
    return {version: f"{sections[version]}.{wanted.cis}" for version in versions}
