"""Whether one event would be recorded, and why: what `trailaudit explain` publishes as JSON."""

from typing import Literal

from scanner.model.base import Frozen
from scanner.model.finding import Reason
from scanner.model.result import Recorded

EXPLANATION_VERSION: Literal["1"] = "1"

Category = Literal["management", "data", "network-activity", "insight"]
"""The kinds of events that CloudTrail parts, each recorded only where it is selected."""


class AskedEvent(Frozen):
    """The event as it was asked for. `read_only` is None where it isn't known; `fields` are further fields
    of the event, by the names that selectors have for them.
    """

    source: str
    name: str
    read_only: bool | None
    resource: str | None
    region: str | None
    fields: dict[str, str]


class SelectorVerdict(Frozen):
    """What one event selector makes of the event; basic selectors are said as advanced ones.

    `fields` has for `no` the first field that refuses, for `partly` those that hang on what wasn't said.
    """

    number: int
    name: str | None
    selects: str
    """Its categories and resource types: `Data AWS::S3::Object`."""
    records: Recorded
    fields: tuple[str, ...]
    reason: Reason | None


class RecorderVerdict(Frozen):
    """What one trail or event data store makes of the event. `why`, in words that follow its name, says why
    it records nothing whatever its selectors say.
    """

    arn: str
    organization: bool
    records: Recorded
    why: str | None
    reason: Reason | None
    selectors: tuple[SelectorVerdict, ...]


class Case(Frozen):
    """One of the ways in which the event may happen, as far as it was said. `partly`: what of it `holes`
    name is not recorded.
    """

    category: Category
    resource_types: tuple[str, ...]
    regions: tuple[str, ...]
    global_service: bool
    """It is recorded where global service events are."""
    recorded: Recorded
    by: tuple[str, ...]
    holes: tuple[str, ...]
    reason: Reason | None
    recorders: tuple[RecorderVerdict, ...]


class Explanation(Frozen):
    schema_version: Literal["1"] = EXPLANATION_VERSION
    account: str
    event: AskedEvent
    recorded: Literal["yes", "no", "unknown"]
    """`yes` and `no` only where they hold in every case."""
    why: str
    """A sentence."""
    assumed: tuple[str, ...]
    """What was not said and is taken from the event's names."""
    notes: tuple[str, ...]
    cases: tuple[Case, ...]
