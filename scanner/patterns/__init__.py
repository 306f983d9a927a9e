"""What metric filters see: parse a pattern, evaluate it on events, judge it by those that an alarm is about.

Pure and by meaning, never by text: order, brackets, spaces and quotes don't matter. Rules: the CloudWatch
Logs User Guide ("Filter pattern syntax"); the events: `filters.yaml`.
"""

from scanner.patterns.evaluate import Event, evaluate, matches
from scanner.patterns.filters import alarm_ids, cis_controls, filter_of
from scanner.patterns.judge import Judgement, Missed, describe, judge
from scanner.patterns.parse import parse
from scanner.patterns.pattern import Pattern
from scanner.patterns.samples import Sample, harmless_samples, required_samples

__all__ = [
    "Event",
    "Judgement",
    "Missed",
    "Pattern",
    "Sample",
    "alarm_ids",
    "cis_controls",
    "describe",
    "evaluate",
    "filter_of",
    "harmless_samples",
    "judge",
    "matches",
    "parse",
    "required_samples",
]
