"""Who hears of an alarm."""

from typing import Any

import pytest

from scanner.alarms.links import HOLDS, Break, Link, State
from scanner.alarms.telling import tells, topics
from scanner.model.alarms import Alarm, Subscription
from scanner.model.reading import Gap, Known
from tests.build import denied, posture
from tests.build_alarms import alarm, composite, topic, topic_arn

OTHERS = topic_arn("others")
UNREAD = denied("sns:ListSubscriptionsByTopic")


def told(*alarms: Alarm, topics: tuple[Any, ...] = (topic(),), **changes: Any) -> State:
    """Of the alarm `watched` with these changes, beside other alarms."""
    one = alarm(**changes)
    return tells(one, (one, *alarms), posture(topics=topics))


def words(found: State) -> str:
    assert isinstance(found, Known)
    assert isinstance(found.value, Break)
    return found.value.words


def test_a_topic_with_a_subscriber_hears() -> None:
    assert told() == HOLDS


@pytest.mark.parametrize(
    ("subscriptions", "says"),
    [
        (None, "topic security does not exist"),
        ((), "topic security has no subscription"),
        ((Subscription(protocol="sms", confirmed=False),), "topic security has no confirmed subscription"),
    ],
)
def test_a_topic_without_subscriber_hears_nothing(subscriptions: Any, says: str) -> None:
    assert words(told(topics=(topic(subscriptions=Known(subscriptions)),))) == says


def test_one_subscriber_among_those_who_did_not_confirm_is_enough() -> None:
    both = (Subscription(protocol="email", confirmed=False), Subscription(protocol="sqs", confirmed=True))
    assert told(topics=(topic(subscriptions=Known(both)),)) == HOLDS


def test_an_unreadable_topic_beside_one_that_hears_decides_nothing() -> None:
    topics = (topic(OTHERS, subscriptions=UNREAD), topic())
    assert told(actions=(OTHERS, topic_arn()), topics=topics) == HOLDS
    assert told(actions=(OTHERS,), topics=topics) == UNREAD


def test_an_unreadable_topic_does_not_excuse_disabled_actions() -> None:
    found = told(actions_enabled=False, topics=(topic(subscriptions=UNREAD),))
    assert words(found) == "alarm watched has its actions disabled"


def test_a_lambda_function_hears_without_subscription() -> None:
    assert told(actions=("arn:aws:lambda:eu-west-1:010203040506:function:page",), topics=()) == HOLDS


@pytest.mark.parametrize(
    "action", ["arn:aws:automate:eu-west-1:ec2:stop", "arn:aws:autoscaling:eu-west-1:1:x"]
)
def test_an_action_that_changes_things_tells_nobody(action: str) -> None:
    assert words(told(actions=(action,))) == "alarm watched has no action that tells anybody"


@pytest.mark.parametrize("action", ["arn:aws:ssm:eu-west-1:010203040506:opsitem:1", "nonsense"])
def test_an_action_whose_readers_cannot_be_told_is_a_gap(action: str) -> None:
    assert isinstance(told(actions=(action,)), Gap)


def test_a_composite_alarm_tells_for_a_silent_one() -> None:
    assert told(composite("all", "ALARM(watched) OR ALARM(x)"), actions=()) == HOLDS


def test_composite_alarms_stand_on_one_another() -> None:
    upper = composite("upper", 'ALARM("lower")')
    lower = composite("lower", "ALARM(watched)", actions=())
    assert told(upper, lower, actions=()) == HOLDS
    assert told(lower, upper, actions=()) == HOLDS


def test_a_rule_may_be_met_by_way_of_another_composite_alarm() -> None:
    both = composite("both", "ALARM(watched) AND ALARM(lower)")
    lower = composite("lower", "ALARM(watched)", actions=())
    assert told(both, lower, actions=()) == HOLDS


@pytest.mark.parametrize(
    "rule", ["ALARM(watched) AND ALARM(x)", "NOT ALARM(watched)", "ALARM(watched) OR TRUE"]
)
def test_a_composite_alarm_that_one_event_does_not_set_off_tells_nothing(rule: str) -> None:
    found = told(composite("all", rule), actions_enabled=False)
    assert words(found) == "alarm watched has its actions disabled"


def test_a_composite_alarm_that_is_not_understood_is_a_gap() -> None:
    found = told(composite("all", "ALARM(watched) AND OK(x)"), actions=())
    assert isinstance(found, Gap)
    assert found.detail.startswith("whether composite alarm all goes off can't be told")


def test_only_topics_that_may_hear_need_be_read() -> None:
    one = alarm()
    above = composite("above", "ALARM(watched)", actions=(OTHERS,))
    silent = composite("silent", "ALARM(watched)", actions=(topic_arn("x"),), actions_enabled=False)
    never = composite("never", "ALARM(watched) AND ALARM(x)", actions=(topic_arn("y"),))
    apart = composite("apart", "ALARM(z)", actions=(topic_arn("z"),))
    assert set(topics(one, (one, above, silent, never, apart))) == {topic_arn(), OTHERS}


def test_the_furthest_break_is_named() -> None:
    found = told(composite("all", "ALARM(watched)"), actions=(), topics=(topic(subscriptions=Known(())),))
    assert isinstance(found, Known)
    assert found.value == Break(Link.TOPIC, "topic security has no subscription")
