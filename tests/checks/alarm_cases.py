"""What every alarm check must say of the same small changes to a chain that works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.check import Check
from scanner.model.alarms import Alarm, MetricFilter, MetricQuery, Subscription
from scanner.model.finding import Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known
from scanner.model.trail import Selectors
from tests.build import account, denied, posture, select, status, trail, view
from tests.build_alarms import (
    GROUP,
    NAMESPACE,
    alarm,
    board,
    composite,
    log_group,
    metric,
    metric_filter,
    pattern,
    topic,
    topic_arn,
    transformation,
)

WATCHED = f"{NAMESPACE}/watched"


def world(
    *filters: MetricFilter, alarms: tuple[Alarm, ...] = (alarm(),), told: Any = None, **changes: Any
) -> Posture:
    """One trail whose log group has these filters only; the alarm `watched` on the metric `watched`."""
    members = {
        "log_groups": (log_group(GROUP, *filters),),
        "alarm_boards": (board(*alarms),),
        "topics": (topic() if told is None else topic(subscriptions=told),),
        **changes,
    }
    return posture(**members)


@dataclass(frozen=True)
class Case:
    """A world made for the alarm with an id, and what its check must say of it."""

    name: str
    build: Callable[[MetricFilter], Posture]
    status: Status
    says: str

    def __str__(self) -> str:
        return self.name

    def holds_for(self, check: Check) -> None:
        (finding,) = check.evaluate(self.build(metric_filter(text=pattern(check.id))))
        assert (finding.status, self.says in finding.message) == (self.status, True), finding.message
        if finding.status is Status.UNKNOWN:
            assert isinstance(finding.reason, Reason)


def _case(status: Status, says: str) -> Callable[[Callable[[MetricFilter], Posture]], None]:
    def add(build: Callable[[MetricFilter], Posture]) -> None:
        CASES.append(Case(build.__name__.strip("_"), build, status, says))

    return add


CASES: list[Case] = []
"""In the order of the links."""


@_case(Status.PASS, "watched by watched")
def _a_whole_chain(one: MetricFilter) -> Posture:
    return world(one)


@_case(Status.FAIL, "no trail")
def _no_trail(_: MetricFilter) -> Posture:
    return posture(trails=())


@_case(Status.UNKNOWN, "DescribeTrails was denied")
def _trails_unlisted(_: MetricFilter) -> Posture:
    gap = denied("cloudtrail:DescribeTrails")
    blind = account(views=(view("eu-west-1", gap), view("us-east-1", gap)))
    return posture(trails=(), accounts=(blind,))


@_case(Status.NOT_APPLICABLE, "No region asked for is enabled here.")
def _no_region(_: MetricFilter) -> Posture:
    return posture(trails=(), accounts=(account(regions=()),))


def _with_trail(one: MetricFilter, **changes: Any) -> Posture:
    only = trail(**changes)
    return world(one, trails=(only,))


@_case(Status.FAIL, "trail/audit records eu-west-1 alone")
def _a_trail_of_one_region(one: MetricFilter) -> Posture:
    return _with_trail(one, multi_region=False)


@_case(Status.FAIL, "trail/audit is stopped")
def _a_stopped_trail(one: MetricFilter) -> Posture:
    return _with_trail(one, status=Known(status(logging=False)))


@_case(Status.FAIL, "trail/audit does not select read events")
def _a_trail_of_writes_only(one: MetricFilter) -> Posture:
    return _with_trail(one, selectors=Known(Selectors(advanced=(select(readOnly=("false",)),))))


@_case(Status.UNKNOWN, "GetTrailStatus was denied")
def _a_trail_of_unknown_status(one: MetricFilter) -> Posture:
    return _with_trail(one, status=denied("cloudtrail:GetTrailStatus"))


@_case(Status.FAIL, "trail/audit has no CloudWatch Logs log group")
def _a_trail_without_log_group(one: MetricFilter) -> Posture:
    return _with_trail(one, log_group_arn=None)


@_case(Status.FAIL, "trail/audit cannot deliver to CloudWatch Logs (AccessDenied)")
def _a_trail_that_may_not_write_to_its_log_group(one: MetricFilter) -> Posture:
    return _with_trail(one, status=Known(status(logs_error="AccessDenied")))


@_case(Status.FAIL, "log group audit does not exist")
def _no_log_group(one: MetricFilter) -> Posture:
    return world(one, log_groups=(log_group(filters=Known(None)),))


@_case(Status.FAIL, "no metric filter of log group audit sees ")
def _no_metric_filter(_: MetricFilter) -> Posture:
    return world()


@_case(Status.UNKNOWN, "DescribeMetricFilters was denied")
def _unreadable_filters(one: MetricFilter) -> Posture:
    return world(one, log_groups=(log_group(filters=denied("logs:DescribeMetricFilters")),))


@_case(Status.FAIL, "except where $.userIdentity.userName is mallory")
def _a_filter_of_one_user(one: MetricFilter) -> Posture:
    inner = one.pattern.strip("{ }")
    text = f"{{ ({inner}) && ($.userIdentity.userName = mallory) }}"
    return world(one.model_copy(update={"pattern": text}))


@_case(Status.UNKNOWN, "a filter pattern is not clear")
def _a_pattern_that_is_not_understood(one: MetricFilter) -> Posture:
    return world(one.model_copy(update={"pattern": "{ $.eventName = %Route% }"}))


@_case(Status.FAIL, f"no alarm in eu-west-1 watches {WATCHED}, the metric of metric filter watched")
def _no_alarm(one: MetricFilter) -> Posture:
    return world(one, alarms=())


@_case(Status.FAIL, f"no alarm in eu-west-1 watches {WATCHED}")
def _an_alarm_of_the_same_name_in_another_namespace(one: MetricFilter) -> Posture:
    other = metric(namespace="LogMetrics")
    return world(one, alarms=(alarm(queries=(MetricQuery(id="m1", metric=other),)),))


@_case(Status.UNKNOWN, "cloudwatch:DescribeAlarms")
def _an_alarm_in_another_region(one: MetricFilter) -> Posture:
    # The alarms of the log group's region are the only ones that are looked at.
    return world(one, alarm_boards=(board(alarm(region="us-east-1"), region="us-east-1"),))


@_case(Status.UNKNOWN, "DescribeAlarms was denied")
def _unreadable_alarms(one: MetricFilter) -> Posture:
    gap = denied("cloudwatch:DescribeAlarms")
    return world(one, alarm_boards=(board().model_copy(update={"alarms": gap}),))


@_case(Status.FAIL, "alarm watched does not go off at one event (Sum ≥ 5)")
def _an_alarm_that_waits_for_five_events(one: MetricFilter) -> Posture:
    return world(one, alarms=(alarm(threshold=5.0),))


@_case(Status.FAIL, "alarm watched has its actions disabled")
def _an_alarm_with_its_actions_disabled(one: MetricFilter) -> Posture:
    return world(one, alarms=(alarm(actions_enabled=False),))


@_case(Status.FAIL, "alarm watched has no action")
def _an_alarm_without_action(one: MetricFilter) -> Posture:
    return world(one, alarms=(alarm(actions=()),))


@_case(Status.FAIL, "topic security has no confirmed subscription")
def _a_topic_that_nobody_confirmed(one: MetricFilter) -> Posture:
    return world(one, told=Known((Subscription(protocol="email", confirmed=False),)))


@_case(Status.FAIL, "topic security does not exist")
def _a_topic_that_is_gone(one: MetricFilter) -> Posture:
    return world(one, told=Known(None))


@_case(Status.UNKNOWN, "ListSubscriptionsByTopic was denied")
def _a_topic_of_another_account(one: MetricFilter) -> Posture:
    gap: Gap = denied("sns:ListSubscriptionsByTopic")
    return world(one, told=gap)


@_case(Status.PASS, "watched by watched")
def _a_second_topic_with_a_subscriber(one: MetricFilter) -> Posture:
    told = (topic(topic_arn("nobody"), subscriptions=Known(())), topic())
    return world(one, alarms=(alarm(actions=(topic_arn("nobody"), topic_arn())),), topics=told)


@_case(Status.PASS, "watched by watched")
def _a_lambda_action(one: MetricFilter) -> Posture:
    function = "arn:aws:lambda:eu-west-1:010203040506:function:page"
    return world(one, alarms=(alarm(actions=(function,)),), topics=())


@_case(Status.PASS, "watched by watched")
def _a_composite_alarm_that_tells(one: MetricFilter) -> Posture:
    above = composite("all", 'ALARM("watched") OR ALARM("another")')
    return world(one, alarms=(alarm(actions=()), above))


@_case(Status.FAIL, "alarm watched has no action")
def _a_composite_alarm_that_waits_for_another(one: MetricFilter) -> Posture:
    above = composite("all", "ALARM(watched) AND ALARM(another)")
    return world(one, alarms=(alarm(actions=()), above))


@_case(Status.PASS, "watched by watched")
def _an_alarm_on_metric_math(one: MetricFilter) -> Posture:
    queries = (
        MetricQuery(id="m1", metric=metric(), returned=False),
        MetricQuery(id="m2", metric=metric("other"), returned=False),
        MetricQuery(id="e1", expression="SUM([m1, m2])"),
    )
    second = metric_filter("other", '{ $.eventName = "none" }', transformations=(transformation("other"),))
    return world(one, second, alarms=(alarm(queries=queries),))
