"""What event selectors record: translate basic ones, match one event, and find what a set misses.

Pure, exact, and independent of the order of selectors, fields and values. Rules: the CloudTrail
user guide ("Filtering data events", "Logging management events") and the API reference
(AdvancedFieldSelector, DataResource).
"""

from scanner.events.classes import EventClass, Hole, data_events, management_events
from scanner.events.cover import meet, missed
from scanner.events.match import Event, matches, recorded
from scanner.events.translate import translate

__all__ = [
    "Event",
    "EventClass",
    "Hole",
    "data_events",
    "management_events",
    "matches",
    "meet",
    "missed",
    "recorded",
    "translate",
]
