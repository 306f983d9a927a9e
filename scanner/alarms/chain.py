"""From a trail to a person: which metric filters of its log group lead to somebody, and what is broken."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.alarms.firing import Signal, goes_off, watches
from scanner.alarms.links import HOLDS, Link, State, any_way, broken, in_series
from scanner.alarms.telling import tells, topics
from scanner.coverage import MANAGEMENT_READ, MANAGEMENT_WRITE, unselected
from scanner.events import EventClass
from scanner.model.alarms import Alarm, AlarmBoard, MetricAlarm, MetricFilter
from scanner.model.arn import is_arn, parse_arn
from scanner.model.base import iso
from scanner.model.logs import LogGroup
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, not_read
from scanner.model.trail import Trail
from scanner.recorders import FRESH, WARM_UP, Recorder, recorders
from scanner.words import listed, span

DESCRIBE_FILTERS = "logs:DescribeMetricFilters"
DESCRIBE_ALARMS = "cloudwatch:DescribeAlarms"


@dataclass(frozen=True, slots=True)
class Wired:
    """A metric filter, and whether what it counts reaches somebody."""

    filter: MetricFilter
    state: State
    alarms: tuple[str, ...] = ()
    """The names of the alarms that do."""


def without_wildcard(arn: str) -> str:
    """A trail names its log group with a trailing `:*`."""
    return arn.removesuffix(":*")


def group_name(arn: str) -> str:
    return parse_arn(arn).resource.removeprefix("log-group:") if is_arn(arn) else arn


def records(trail: Trail, account: Account, posture: Posture, asked: tuple[EventClass, ...] = ()) -> State:
    """Whether the trail records the account's management events (and those of `asked`) in every region."""
    recorder = next(one for one in recorders(account, posture).known if one.arn == trail.arn)
    return in_series(
        (
            _whole(recorder),
            *(_selects(recorder, wanted) for wanted in (MANAGEMENT_READ, MANAGEMENT_WRITE, *asked)),
        )
    )


def _whole(recorder: Recorder) -> State:
    if not recorder.multi_region:
        return broken(Link.TRAIL, f"{recorder.name} records {recorder.home_region} alone")
    if recorder.trouble is not None:
        return broken(Link.TRAIL, f"{recorder.name} {recorder.trouble}")
    return recorder.recording.map(lambda _: None)


def _selects(recorder: Recorder, wanted: EventClass) -> State:
    if isinstance(recorder.selectors, Gap):
        return recorder.selectors
    match unselected(recorder.selectors.value, wanted):
        case Gap() as gap:
            return gap
        case Known(()):
            return HOLDS
        case Known(holes):
            return broken(Link.TRAIL, f"{recorder.name} does not select {listed(map(str, holes))}")


def delivers(trail: Trail, posture: Posture) -> State:
    """Whether the trail's events reach its log group; its owner must be in scope, members aren't told."""
    name = parse_arn(trail.arn).resource
    if trail.log_group_arn is None:
        return broken(Link.LOG_GROUP, f"{name} has no CloudWatch Logs log group")
    if isinstance(trail.status, Gap):
        return trail.status
    status, now = trail.status.value, posture.taken_at
    if status.logs_error:
        return broken(Link.LOG_GROUP, f"{name} cannot deliver to CloudWatch Logs ({status.logs_error})")
    if not status.logging or (status.logs_delivered is not None and now - status.logs_delivered <= FRESH):
        return HOLDS
    if status.started is not None and now - status.started < WARM_UP:
        return Gap(
            f"{name} was started at {iso(status.started)} and has delivered nothing to CloudWatch Logs since",
            account=trail.owner,
            region=trail.home_region,
        )
    if status.logs_delivered is None:
        return broken(Link.LOG_GROUP, f"{name} never delivered to CloudWatch Logs")
    ago = span(now - status.logs_delivered)
    return broken(Link.LOG_GROUP, f"{name} delivered to CloudWatch Logs for the last time {ago} ago")


def wiring(arn: str, posture: Posture) -> Reading[tuple[Wired, ...] | None]:
    """The metric filters of the log group, by name; None where it doesn't exist. Worked out once each."""
    key = (wiring, arn)
    if key not in posture.derived:
        group = posture.log_group(arn)
        filters = not_read(DESCRIBE_FILTERS) if group is None else group.filters
        posture.derived[key] = filters.map(
            lambda found: None if found is None else tuple(_wired(one, found, arn, posture) for one in found)
        )
    found: Reading[tuple[Wired, ...] | None] = posture.derived[key]
    return found


def _wired(one: MetricFilter, filters: tuple[MetricFilter, ...], arn: str, posture: Posture) -> Wired:
    readable = _reads_events(one)
    place = parse_arn(arn)
    board = posture.alarm_board(place.account, place.region)
    match not_read(DESCRIBE_ALARMS) if board is None else board.alarms:
        case Gap() as gap:
            return Wired(one, in_series((readable, gap)))
        case Known(alarms):
            pass
    states: dict[str, State] = {}
    for published in one.transformations:
        signal = Signal(published, resting_values(filters))
        for alarm in watching(alarms, signal):
            states[alarm.name] = in_series(
                (goes_off(alarm, signal, place.account), tells(alarm, alarms, posture))
            )
    if not states:
        names = listed(f"{metric.namespace}/{metric.name}" for metric in one.transformations)
        unwatched = broken(
            Link.METRIC, f"no alarm in {place.region} watches {names}, the metric of metric filter {one.name}"
        )
        return Wired(one, in_series((readable, unwatched)))
    sound = tuple(sorted(name for name, state in states.items() if state == HOLDS))
    return Wired(one, in_series((readable, any_way(states.values()))), sound)


def _reads_events(one: MetricFilter) -> State:
    """Whether the filter reads the events as CloudTrail wrote them, and all of them."""
    if one.transformed_logs:
        return Gap(f"metric filter {one.name} reads transformed events, whose form can't be told")
    if one.selection:
        return Gap(f"metric filter {one.name} reads only events where {one.selection}, which isn't judged")
    return HOLDS


def resting_values(filters: tuple[MetricFilter, ...]) -> dict[tuple[str, str], float | None]:
    """What each metric of the log group has while none of the filters sees an event."""
    found: dict[tuple[str, str], float | None] = {}
    for one in filters:
        for metric in one.transformations:
            name = (metric.namespace, metric.name)
            if found.get(name) is None:
                found[name] = metric.default
    return found


def watching(alarms: tuple[Alarm, ...], signal: Signal) -> list[MetricAlarm]:
    return [one for one in alarms if isinstance(one, MetricAlarm) and watches(one, signal)]


def topics_told(board: AlarmBoard, groups: Iterable[LogGroup]) -> set[str]:
    """The topics that may hear of events in these log groups, of those on the board's place; by ARN."""
    found: set[str] = set()
    for group in groups:
        here = is_arn(group.arn) and parse_arn(group.arn)[2:4] == (board.region, board.account)
        if not here or isinstance(group.filters, Gap) or isinstance(board.alarms, Gap):
            continue
        for one in group.filters.value or ():
            for metric in one.transformations:
                for alarm in watching(board.alarms.value, Signal(metric, {})):
                    found.update(topics(alarm, board.alarms.value))
    return found
