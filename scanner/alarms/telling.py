"""Whether an alarm that goes off reaches somebody: its actions, and those of composite alarms above it."""

from collections.abc import Iterable, Iterator

from scanner.alarms.links import HOLDS, Break, Link, State, any_way, broken, in_series
from scanner.alarms.rules import holds
from scanner.model.alarms import Alarm, CompositeAlarm, MetricAlarm
from scanner.model.arn import is_arn, parse_arn
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, all_of, not_read

LIST_SUBSCRIPTIONS = "sns:ListSubscriptionsByTopic"
_SILENT = frozenset({"autoscaling", "automate", "ec2", "swf"})
"""Services whose actions change things and tell nobody."""


def tells(alarm: MetricAlarm, alarms: Iterable[Alarm], posture: Posture) -> State:
    """Whether anybody hears when this alarm goes off; `alarms` are all of its account and region."""
    carriers: tuple[tuple[Alarm, State], ...] = ((alarm, HOLDS), *carried_by(alarm, alarms))
    return any_way(in_series((state, _speaks(carrier, posture))) for carrier, state in carriers)


def carried_by(alarm: MetricAlarm, alarms: Iterable[Alarm]) -> list[tuple[CompositeAlarm, State]]:
    """The composite alarms that name it, directly or through others, and whether it sets each off."""
    above = _above(alarm, [one for one in alarms if isinstance(one, CompositeAlarm)])
    in_alarm = _names(alarm)
    states: list[State] = []
    # Each round reaches one storey higher at least.
    for _ in above:
        states = [_set_off(one, in_alarm) for one in above]
        reached = [one for one, state in zip(above, states, strict=True) if state == HOLDS]
        in_alarm = _names(alarm).union(*map(_names, reached))
    return list(zip(above, states, strict=True))


def _above(alarm: MetricAlarm, composites: list[CompositeAlarm]) -> list[CompositeAlarm]:
    """Those whose rules name it, or one of these (or an alarm whose name has such a name in it)."""
    above: list[CompositeAlarm] = []
    names = _names(alarm)
    while found := [
        one for one in composites if one not in above and any(name in one.rule for name in names)
    ]:
        above += found
        names = set().union(*map(_names, found))
    return above


def _names(alarm: Alarm) -> set[str]:
    return {alarm.name, alarm.arn}


def _set_off(composite: CompositeAlarm, in_alarm: set[str]) -> State:
    """It must go off by this one alarm, and not be in alarm without it."""
    goes: Reading[bool] = holds(composite.rule, in_alarm)
    rests = holds(composite.rule, ()).map(lambda value: not value)
    match all_of((goes, rests)):
        case Known(value=True):
            return HOLDS
        case Gap() as gap:
            detail = f"whether composite alarm {composite.name} goes off can't be told: {gap.detail}"
            return Gap(detail, code=gap.code)
        case Known():
            return broken(Link.ALARM, f"composite alarm {composite.name} does not go off by it alone")


def _speaks(alarm: Alarm, posture: Posture) -> State:
    """Whether its own actions reach somebody."""
    if not alarm.actions_enabled:
        return broken(Link.ACTION, f"alarm {alarm.name} has its actions disabled")
    if not alarm.actions:
        return broken(Link.ACTION, f"alarm {alarm.name} has no action")
    return any_way(_reaches(action, alarm, posture) for action in alarm.actions)


def _reaches(action: str, alarm: Alarm, posture: Posture) -> State:
    service = parse_arn(action).service if is_arn(action) else ""
    if service == "lambda":
        return HOLDS
    if service == "sns":
        return _heard(action, posture)
    if service in _SILENT:
        return broken(Link.ACTION, f"alarm {alarm.name} has no action that tells anybody")
    return Gap(f"whether anybody hears of {action}, an action of alarm {alarm.name}, can't be told")


def _heard(topic: str, posture: Posture) -> State:
    name = parse_arn(topic).resource
    found = posture.topic(topic)
    reading = not_read(LIST_SUBSCRIPTIONS) if found is None else found.subscriptions
    if isinstance(reading, Gap):
        return reading
    subscriptions = reading.value
    if subscriptions is None:
        return broken(Link.TOPIC, f"topic {name} does not exist")
    if not subscriptions:
        return broken(Link.TOPIC, f"topic {name} has no subscription")
    if not any(one.confirmed for one in subscriptions):
        return broken(Link.TOPIC, f"topic {name} has no confirmed subscription")
    return HOLDS


def topics(alarm: MetricAlarm, alarms: Iterable[Alarm]) -> Iterator[str]:
    """The topics that may hear of it, which must be read to judge it."""
    speakers: list[Alarm] = [alarm]
    speakers += [one for one, state in carried_by(alarm, alarms) if not _is_broken(state)]
    for speaker in speakers:
        if speaker.actions_enabled:
            yield from (one for one in speaker.actions if is_arn(one) and parse_arn(one).service == "sns")


def _is_broken(state: State) -> bool:
    return isinstance(state, Known) and isinstance(state.value, Break)
