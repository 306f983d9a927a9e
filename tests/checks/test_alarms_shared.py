"""What no single alarm check is about: members, owners out of scope, several trails, filters and accounts."""

from checks.alarm_iam_policy_changes import AlarmIamPolicyChanges
from checks.alarm_route_table_changes import AlarmRouteTableChanges
from scanner.check import Check
from scanner.model.finding import Reason, Status
from scanner.model.posture import MemberStatus, Posture
from scanner.model.reading import Gap, Known
from scanner.patterns import alarm_ids, filter_of
from scanner.registry import checks
from tests.build import ACCOUNT, OTHER, account, ago, denied, posture, status, trail
from tests.build_alarms import (
    GROUP,
    alarm,
    any_event,
    board,
    log_group,
    metric_filter,
    pattern,
    topic,
    topic_arn,
    watched,
)
from tests.checks.alarm_cases import world

ROUTES = pattern("alarm-route-table-changes")
NAMES = [name for group in filter_of("alarm-route-table-changes").events.values() for name in group]
CENTRAL = trail("central", account=OTHER, organization=True)
WHOLE = metric_filter(text=ROUTES)


def judged(it: Posture, check: Check | None = None) -> dict[str, tuple[Status, str]]:
    found = (check or AlarmRouteTableChanges()).evaluate(it)
    return {one.account: (one.status, one.message) for one in found}


def test_each_alarm_that_the_patterns_know_has_its_check() -> None:
    assert {check.id for check in checks() if check.id.startswith("alarm-")} == set(alarm_ids())


def test_members_inherit_from_the_organization_trail() -> None:
    member, owner = account(trails=(CENTRAL,)), account(OTHER, trails=(CENTRAL,))
    it = posture(CENTRAL, accounts=(member, owner))
    says = (Status.PASS, "watched by alarm-route-table-changes")
    assert judged(it) == {ACCOUNT: says, OTHER: says}


def test_a_member_that_the_organization_trail_does_not_reach_fails() -> None:
    stopped = MemberStatus(trail=CENTRAL.arn, status=Known(status(delivery_error="AccessDenied")))
    member = account(trails=(CENTRAL,), member_status=(stopped,))
    it = posture(CENTRAL, accounts=(member, account(OTHER, trails=(CENTRAL,))))
    assert judged(it)[ACCOUNT] == (Status.FAIL, "trail/central cannot deliver (AccessDenied)")
    assert judged(it)[OTHER][0] is Status.PASS


def test_a_member_of_a_trail_whose_owner_is_out_of_scope_is_unknown() -> None:
    # What a member is told of the log group is nothing: it must not be taken for "there is none".
    central = CENTRAL.model_copy(update={"log_group_arn": None})
    (finding,) = AlarmRouteTableChanges().evaluate(posture(central, accounts=(account(trails=(central,)),)))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert (finding.reason.code, finding.reason.account) == ("OwnerOutOfScope", OTHER)


def test_a_local_chain_passes_whoever_owns_the_organization_trail() -> None:
    own = trail()
    it = posture(CENTRAL, own, accounts=(account(trails=(CENTRAL, own)),))
    assert judged(it)[ACCOUNT][0] is Status.PASS


def test_a_broken_local_chain_beside_an_organization_trail_out_of_scope_is_unknown() -> None:
    own = trail(log_group_arn=None)
    it = posture(CENTRAL, own, accounts=(account(trails=(CENTRAL, own)),))
    assert judged(it)[ACCOUNT][0] is Status.UNKNOWN


def test_a_log_group_of_an_account_out_of_scope_is_unknown() -> None:
    gap = Gap("the log group belongs to another", code="OwnerOutOfScope", account=OTHER)
    (finding,) = AlarmRouteTableChanges().evaluate(world(log_groups=(log_group(filters=gap),)))
    assert (finding.status, finding.message) == (
        Status.UNKNOWN,
        "could not be checked: the log group belongs to another",
    )


def test_of_two_trails_the_one_that_comes_further_is_named() -> None:
    silent = trail("silent", log_group_arn=None)
    it = posture(silent, trail(), **watched([trail()]) | {"topics": (topic(subscriptions=Known(())),)})
    assert judged(it)[ACCOUNT] == (Status.FAIL, "topic security has no subscription")


def test_a_trail_that_has_never_delivered_to_its_log_group_fails_and_one_that_warms_up_is_unknown() -> None:
    never = world(WHOLE, trails=(trail(status=Known(status(logs_delivered=None))),))
    assert judged(never)[ACCOUNT] == (Status.FAIL, "trail/audit never delivered to CloudWatch Logs")
    new = status(logs_delivered=None, started=ago(minutes=9))
    assert judged(world(WHOLE, trails=(trail(status=Known(new)),)))[ACCOUNT][0] is Status.UNKNOWN
    late = world(WHOLE, trails=(trail(status=Known(status(logs_delivered=ago(days=3)))),))
    says = "trail/audit delivered to CloudWatch Logs for the last time 3 days ago"
    assert judged(late)[ACCOUNT] == (Status.FAIL, says)


def test_a_filter_that_names_the_only_account_is_whole_and_one_of_many_is_not() -> None:
    inner = ROUTES.strip("{ }")
    own = metric_filter(text=f"{{ ({inner}) && ($.recipientAccountId = {ACCOUNT}) }}")
    assert judged(world(own))[ACCOUNT][0] is Status.PASS
    central = trail(organization=True)
    assert judged(world(own, trails=(central,)))[ACCOUNT][0] is Status.FAIL


def test_filters_share_the_events_only_where_each_reaches_somebody() -> None:
    half = (metric_filter("a", any_event(NAMES[:3])), metric_filter("b", any_event(NAMES[3:])))
    assert judged(world(*half, alarms=(alarm("a"), alarm("b"))))[ACCOUNT] == (
        Status.PASS,
        "watched by a and b",
    )
    says = "no alarm in eu-west-1 watches CloudTrail/b, the metric of metric filter b"
    assert judged(world(*half, alarms=(alarm("a"),)))[ACCOUNT] == (Status.FAIL, says)


def test_two_filters_may_count_in_one_metric() -> None:
    (one,) = metric_filter("a").transformations
    half = [
        metric_filter(name, any_event(some), transformations=(one,))
        for name, some in zip("ab", (NAMES[:3], NAMES[3:]), strict=True)
    ]
    assert judged(world(*half, alarms=(alarm("a"),)))[ACCOUNT] == (Status.PASS, "watched by a")


def test_a_broken_chain_beside_a_whole_one_does_not_matter() -> None:
    spare = metric_filter("spare", ROUTES)
    assert judged(world(WHOLE, spare))[ACCOUNT] == (Status.PASS, "watched by watched")
    unreadable = (topic(topic_arn("foreign"), subscriptions=denied("sns:ListSubscriptionsByTopic")), topic())
    alarms = (alarm(), alarm("spare", actions=(topic_arn("foreign"),)))
    assert judged(world(WHOLE, spare, alarms=alarms, topics=unreadable))[ACCOUNT][0] is Status.PASS


def test_a_filter_of_transformed_or_selected_events_is_unknown() -> None:
    for changes in ({"transformed_logs": True}, {"selection": '@aws.account = "1"'}):
        assert judged(world(WHOLE.model_copy(update=changes)))[ACCOUNT][0] is Status.UNKNOWN
        # Where its chain is broken anyhow, its form doesn't matter.
        assert judged(world(WHOLE.model_copy(update=changes), alarms=()))[ACCOUNT][0] is Status.FAIL


def test_a_filter_that_is_not_understood_does_not_hide_a_missing_alarm_of_another() -> None:
    odd = metric_filter("odd", "ERROR")
    assert judged(world(odd, alarms=()))[ACCOUNT][0] is Status.FAIL
    assert judged(world(odd, WHOLE))[ACCOUNT][0] is Status.PASS


def test_the_order_of_filters_and_alarms_does_not_matter() -> None:
    filters = [metric_filter(id_, pattern(id_)) for id_ in sorted(alarm_ids())]
    alarms = [alarm(one.name, threshold=float(number % 3)) for number, one in enumerate(filters)]
    for check in checks():
        if check.id.startswith("alarm-"):
            judge = check.model_validate({})
            forth = judged(world(*filters, alarms=tuple(alarms)), judge)
            back = judged(world(*reversed(filters), alarms=tuple(reversed(alarms))), judge)
            assert forth == back


def test_what_a_filter_of_another_alarm_sees_by_the_way_is_not_named() -> None:
    # Each event by root is seen by the filter on root, whose chain is broken too.
    root = metric_filter("root", pattern("alarm-root-usage"))
    it = world(root, metric_filter("iam", pattern("alarm-iam-policy-changes")), alarms=())
    says = "no alarm in eu-west-1 watches CloudTrail/iam, the metric of metric filter iam"
    assert judged(it, AlarmIamPolicyChanges())[ACCOUNT] == (Status.FAIL, says)


def test_a_saved_posture_comes_back_with_its_alarms() -> None:
    it = posture(alarm_boards=(board(alarm()),))
    back = Posture.model_validate_json(it.model_dump_json())
    assert back == it
    assert back.alarm_board(ACCOUNT, "eu-west-1") == board(alarm())
    assert back.topic(topic_arn()) == topic()
    assert back.log_group(GROUP) is not None
    assert (back.alarm_board(OTHER, "eu-west-1"), back.topic("arn:x")) == (None, None)
