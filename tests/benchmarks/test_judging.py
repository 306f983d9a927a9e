"""What a trial takes for wrong."""

from benchmarks.faults import Entry
from benchmarks.judging import (
    Limit,
    headway,
    limit,
    misattributed,
    miscounted,
    paces,
    stale,
    unequal,
    wrong_credentials,
)
from scanner.model.posture import CallCount
from scanner.model.reading import Outcome
from tests.build import ACCOUNT, OTHER, account, denied, posture, trail, view

CALLER = "999999999999"
TWICE_A_SECOND = Limit(interval=0.5, at_once=1)


def call(action: str = "DescribeTrails", at: float = 0, **changes: str) -> Entry:
    usual = {"account": ACCOUNT, "region": "eu-west-1", "service": "cloudtrail"}
    told = usual | {"subject": "", "fault": "", "key": "K"} | changes
    return Entry(at=at, owner=told.pop("owner", told["account"]), action=action, **told)


def test_calls_at_the_limit_are_not_ahead_of_it() -> None:
    assert headway([0, 0.5, 1, 1.5], TWICE_A_SECOND) == 0


def test_a_call_that_comes_too_early_is_ahead() -> None:
    assert headway([0, 0.5, 0.75], TWICE_A_SECOND) == 0.25


def test_time_that_was_not_used_allows_no_more_at_once() -> None:
    assert headway([0, 10, 10], TWICE_A_SECOND) == 0.5


def test_a_burst_is_allowed_once() -> None:
    assert headway([0, 0, 0], Limit(0.5, at_once=3)) == 0
    assert headway([0, 0, 0, 0], Limit(0.5, at_once=3)) == 0.5


def test_calls_of_two_accounts_do_not_add_up() -> None:
    log = [call("LookupEvents", at=0), call("LookupEvents", at=0, account=OTHER)]
    assert paces(log).headway == 0


def test_the_busiest_api_says_how_long_it_takes_at_least() -> None:
    allowed = limit("cloudtrail", "LookupEvents")
    assert allowed is not None
    log = [*(call("LookupEvents", at=at) for at in range(4)), call("DescribeTrails")]
    assert paces(log).least == 3 * allowed.interval


def test_a_call_about_another_account_has_a_wrong_credential() -> None:
    wrong = call("GetTrailStatus", subject=OTHER)
    assert wrong_credentials([wrong, call("GetTrailStatus", subject=ACCOUNT)], CALLER) == [wrong]


def test_a_shared_trail_is_anybodys_business() -> None:
    assert wrong_credentials([call("GetTrailStatus", subject=OTHER)], CALLER, {OTHER}) == []


def test_only_the_caller_enters_accounts() -> None:
    wrong = call("AssumeRole", service="sts", subject=OTHER)
    right = call("AssumeRole", service="sts", subject=OTHER, account=CALLER)
    assert wrong_credentials([wrong, right], CALLER) == [wrong]


def test_a_session_that_is_not_what_was_asked_for_may_only_say_who_it_is() -> None:
    asked = call("GetCallerIdentity", service="sts", owner=OTHER)
    used = call("DescribeTrails", owner=OTHER)
    assert wrong_credentials([asked, used], CALLER) == [used]


def test_a_session_near_its_end_is_not_read_with() -> None:
    entered = call("GetCallerIdentity", key="first")
    renewed = call("GetCallerIdentity", key="second")
    assert list(stale(ACCOUNT, [entered, renewed, call(key="second")])) == []
    assert len(list(stale(ACCOUNT, [entered, call(key="first"), renewed]))) == 1
    assert len(list(stale(ACCOUNT, [entered]))) == 1


def test_a_trail_of_a_stranger_in_an_accounts_view_is_misattributed() -> None:
    theirs = trail(account=OTHER)
    seen = posture(theirs, accounts=(account(views=(view("eu-west-1", (theirs.arn,)),)),), buckets=())
    assert len(list(misattributed(seen, ()))) == 1
    assert list(misattributed(seen, {OTHER})) == []


def test_a_refusal_of_another_account_is_misattributed() -> None:
    refused = denied("cloudtrail:DescribeTrails", account=OTHER, region="eu-west-1")
    seen = posture(accounts=(account(views=(view("eu-west-1", refused),)),), buckets=())
    assert len(list(misattributed(seen, ()))) == 1


def test_an_answer_that_is_counted_for_another_account_is_miscounted() -> None:
    counted = CallCount(
        account=ACCOUNT, region="eu-west-1", action="cloudtrail:DescribeTrails", outcome=Outcome.OK, count=1
    )
    seen = posture(calls=(counted,))
    assert list(miscounted(seen, [call(), call(fault="hung")])) == []
    assert len(list(miscounted(seen, [call(account=OTHER)]))) == 2


def test_an_account_that_was_asked_more_than_those_like_it_is_told() -> None:
    third = "333333333333"
    log = [call(account=id_) for id_ in (ACCOUNT, OTHER, third)]
    assert list(unequal((ACCOUNT, OTHER, third), log)) == []
    assert len(list(unequal((ACCOUNT, OTHER, third), [*log, call()]))) == 1
