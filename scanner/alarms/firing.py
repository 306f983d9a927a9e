"""Whether an alarm goes off at one event, and rests without any.

A metric filter publishes a data point for each event that matches, and its default value, if it has one, in
each minute in which there were only others. Source: CloudWatch Logs User Guide, "Creating metric filters";
CloudWatch User Guide, "Using Amazon CloudWatch alarms" (missing data, M out of N).
"""

import operator
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scanner.alarms import math
from scanner.alarms.links import HOLDS, Link, State, any_way, broken, in_series
from scanner.model.alarms import Metric, MetricAlarm, MetricTransformation
from scanner.model.reading import Gap, Known, Reading

UNCLEAR = "AlarmUnclear"
MINUTE = 60
_MANY = (2, 1000)
"""More events must not calm an alarm that one sets off."""
_PERCENTILE = re.compile(r"p[0-9.]+")

Samples: TypeAlias = "Counter[float]"
MetricName = tuple[str, str]
"""Namespace and name."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What a metric filter publishes, and what else its log group's filters publish while nothing happens."""

    metric: MetricTransformation
    resting: Mapping[MetricName, float | None]
    """The default values of all metrics of the log group; None: no data."""

    @property
    def name(self) -> MetricName:
        return self.metric.namespace, self.metric.name

    @property
    def default(self) -> float | None:
        """What any filter publishes under this name in a minute without matches."""
        return self.resting.get(self.name)


@dataclass(frozen=True, slots=True)
class _Period:
    """What happens in one period: so many events, and so many minutes with others only."""

    events: int
    minutes: int


def watches(alarm: MetricAlarm, signal: Signal) -> bool:
    """Whether one of the alarm's metrics has the signal's namespace and name."""
    return any(
        query.metric is not None and (query.metric.namespace, query.metric.name) == signal.name
        for query in alarm.queries
    )


def goes_off(alarm: MetricAlarm, signal: Signal, account: str) -> State:
    """Whether one event in one period sets off this alarm of the account, which watches the signal."""
    if (same := _meets(alarm, signal, account)) != HOLDS:
        return same
    if alarm.band is not None or alarm.comparison not in _COMPARISONS or alarm.threshold is None:
        return _unclear(alarm, "its threshold is no number (an anomaly detection band)")
    return in_series((_rests(alarm, signal), _sets_off(alarm, signal), _soon_enough(alarm, signal)))


def _meets(alarm: MetricAlarm, signal: Signal, account: str) -> State:
    """Whether data points of the signal reach the alarm at all."""
    states: list[State] = []
    for query in alarm.queries:
        metric = query.metric
        if metric is None or (metric.namespace, metric.name) != signal.name:
            continue
        names = tuple(name for name, _ in metric.dimensions)
        if query.account not in (None, account):
            states.append(_deaf(alarm, f"watches that metric of account {query.account}"))
        elif names != signal.metric.dimensions:
            published = ", ".join(signal.metric.dimensions) or "none"
            watched = ", ".join(names) or "none"
            states.append(
                _deaf(alarm, f"watches other dimensions ({watched}) than the metric filter has ({published})")
            )
        elif names:
            values = ", ".join(f"{name} = {value}" for name, value in metric.dimensions)
            states.append(_deaf(alarm, f"watches only the events with {values}"))
        elif metric.unit not in (None, signal.metric.unit):
            states.append(
                _deaf(alarm, f"watches data in {metric.unit}, its filter's are in {signal.metric.unit}")
            )
        else:
            states.append(HOLDS)
    return any_way(states)


def _deaf(alarm: MetricAlarm, words: str) -> State:
    return broken(Link.METRIC, f"alarm {alarm.name} {words}")


def _sets_off(alarm: MetricAlarm, signal: Signal) -> State:
    """One event, alone and among other minutes of its period; and several."""
    spare = _minutes(alarm) - 1 if signal.default is not None else 0
    for period in [_Period(1, 0), _Period(1, spare), *(_Period(events, 0) for events in _MANY)]:
        beyond = _beyond(alarm, signal, period)
        if isinstance(beyond, Gap):
            return beyond
        if not beyond.value:
            which = "one event" if period.events == 1 else "many events"
            return broken(Link.ALARM, f"alarm {alarm.name} does not go off at {which} ({_condition(alarm)})")
    return HOLDS


def _rests(alarm: MetricAlarm, signal: Signal) -> State:
    """An alarm that is in ALARM all the time tells nobody of an event: only changes of state do."""
    minutes = _minutes(alarm)
    for blank in {1, minutes} if signal.default is not None else {0}:
        match _beyond(alarm, signal, _Period(0, blank)):
            case Gap() as gap:
                return gap
            case Known(value=True):
                return broken(Link.ALARM, f"alarm {alarm.name} is in alarm without any event")
            case Known(value=None) if alarm.missing_data == "breaching":
                return broken(Link.ALARM, f"alarm {alarm.name} is in alarm whenever data is missing")
            case _:
                pass
    return HOLDS


def _soon_enough(alarm: MetricAlarm, signal: Signal) -> State:
    """Whether one period suffices: `datapoints` of `evaluation_periods` must be beyond the threshold.

    Where quiet periods have no data and missing data is left as missing, the periods that have data decide
    alone, however many are asked for.
    """
    if alarm.datapoints <= 1:
        return HOLDS
    quiet = _beyond(alarm, signal, _Period(0, 1 if signal.default is not None else 0))
    if isinstance(quiet, Gap):
        return quiet
    if quiet == Known(None) and alarm.missing_data == "missing":
        return HOLDS
    return broken(
        Link.ALARM,
        f"alarm {alarm.name} goes off only after {alarm.datapoints} periods with events "
        f"of {alarm.evaluation_periods}",
    )


def _beyond(alarm: MetricAlarm, signal: Signal, period: _Period) -> Reading[bool | None]:
    """Whether what the alarm watches is beyond its threshold in such a period; None: it has no data."""
    point = _watched(alarm, signal, period)
    if isinstance(point, Gap):
        return point
    assert alarm.threshold is not None
    compare = _COMPARISONS[alarm.comparison or ""]
    return Known(None if point.value is None else compare(point.value, alarm.threshold))


def _watched(alarm: MetricAlarm, signal: Signal, period: _Period) -> Reading[math.Point]:
    points: dict[str, Reading[math.Point]] = {
        query.id: _point(alarm, query.metric, signal, period) for query in alarm.queries if query.metric
    }
    metrics = tuple(points)
    # An expression may stand on others, in any order; AWS allows no circles.
    for _ in alarm.queries:
        for query in alarm.queries:
            if query.expression and query.id not in metrics:
                points[query.id] = math.result(query.expression, points, metrics)
    returned = [points[query.id] for query in alarm.queries if query.returned]
    if len(returned) != 1:
        return _unclear(alarm, "it is not clear which of its metrics it watches")
    match returned[0]:
        case Gap() as gap:
            return _unclear(alarm, gap.detail)
        case Known() as known:
            return known


def _point(alarm: MetricAlarm, metric: Metric, signal: Signal, period: _Period) -> Reading[math.Point]:
    name = (metric.namespace, metric.name)
    if name == signal.name:
        return _statistic(alarm, metric, signal, period)
    if name not in signal.resting:
        return _unclear(
            alarm, f"it reckons with {metric.namespace} {metric.name}, which is not of this log group"
        )
    return Known(signal.resting[name])


def _statistic(alarm: MetricAlarm, metric: Metric, signal: Signal, period: _Period) -> Reading[math.Point]:
    if not period.events and not period.minutes:
        return Known(None)
    if metric.statistic == "SampleCount":
        return Known(float(period.events + period.minutes))
    value = _number(signal.metric.value)
    if value is None and period.events:
        return _unclear(alarm, f"its metric has the value of {signal.metric.value}, which varies")
    counts = Counter({value or 0.0: period.events})
    counts.update({signal.default or 0.0: period.minutes})
    samples = +counts
    match metric.statistic:
        case "Sum" | "Average" | "Maximum" | "Minimum":
            return Known(_SIMPLE[metric.statistic](samples))
        case statistic if _PERCENTILE.fullmatch(statistic) and len(samples) == 1:
            return Known(None if alarm.low_samples == "ignore" else next(iter(samples)))
        case statistic:
            return _unclear(alarm, f"what {statistic} yields of single events is not reckoned out")


def _sum(samples: Samples) -> float:
    return sum(sample * count for sample, count in samples.items())


_SIMPLE: Mapping[str, Callable[[Samples], float]] = {
    "Sum": _sum,
    "Average": lambda samples: _sum(samples) / samples.total(),
    "Maximum": max,
    "Minimum": min,
}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _minutes(alarm: MetricAlarm) -> int:
    return max((query.metric.period // MINUTE for query in alarm.queries if query.metric), default=1) or 1


def _condition(alarm: MetricAlarm) -> str:
    statistics = {query.metric.statistic for query in alarm.queries if query.metric}
    subject = statistics.pop() if len(alarm.queries) == 1 and statistics else "its metric math"
    return f"{subject} {_SIGNS[alarm.comparison or '']} {alarm.threshold:g}"


def _unclear(alarm: MetricAlarm, why: str) -> Gap:
    return Gap(f"whether alarm {alarm.name} goes off can't be told: {why}", code=UNCLEAR)


_SIGNS = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
