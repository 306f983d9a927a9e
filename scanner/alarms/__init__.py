"""Whether an event in a trail's log group reaches a person: the chain of filter, metric, alarm and topic."""

from scanner.alarms.chain import (
    Wired,
    delivers,
    group_name,
    records,
    topics_told,
    wiring,
    without_wildcard,
)
from scanner.alarms.links import HOLDS, Break, Link, State, any_way, broken, in_series

__all__ = (
    "HOLDS",
    "Break",
    "Link",
    "State",
    "Wired",
    "any_way",
    "broken",
    "delivers",
    "group_name",
    "in_series",
    "records",
    "topics_told",
    "wiring",
    "without_wildcard",
)
