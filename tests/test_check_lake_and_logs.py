"""How the scope classes of event data stores and of log groups walk a posture."""

from typing import Any

from scanner.check import Fail, LogGroupCheck, Pass, StoreCheck, Verdict
from scanner.model.finding import Severity, Status
from scanner.model.logs import LogGroupSettings
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Outcome
from scanner.model.store import StoreSettings
from tests.build import (
    ACCOUNT,
    OTHER,
    REGION,
    account,
    denied,
    posture,
    store,
    store_arn,
    trail,
    view,
)
from tests.build_alarms import GROUP, log_group
from tests.probes import OTHER_ROOT, ROOT, STRANGER, found, only, unlisted, unreachable


class OfStore(StoreCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, settings: StoreSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Pass(settings.name)


class OfLogGroup(LogGroupCheck):
    id = "probe"
    severity: Severity = Severity.LOW

    def judge(self, settings: LogGroupSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002
        return Fail("expires") if settings.retention_days else Pass("stays")


UNLISTED = denied("cloudtrail:ListEventDataStores", region="us-east-1")
NONE = "The account has no event data store."


def seeing(*stores: Any, account_id: str = ACCOUNT) -> Any:
    """An account that lists these in its two regions."""
    views = tuple(view(region, stores=one) for region, one in zip((REGION, "us-east-1"), stores, strict=True))
    return account(account_id, views=views)


def lake(*accounts: Any, **changes: Any) -> Posture:
    return posture(trails=(), accounts=accounts, **changes)


# Event data stores


def test_a_store_is_judged_once_in_its_account_and_region_wherever_it_is_seen() -> None:
    both = Known((store_arn(),))
    it = lake(seeing(both, both), stores=(store(),))
    assert found(OfStore(), it) == [(ACCOUNT, REGION, store_arn(), Status.PASS, "lake")]


def test_without_any_store_the_account_has_one_verdict() -> None:
    it = lake(seeing(Known(()), Known(())))
    assert found(OfStore(), it) == [(ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, NONE)]


def test_where_stores_could_not_be_listed_there_may_be_others() -> None:
    it = lake(seeing(Known((store_arn(),)), UNLISTED), stores=(store(),))
    (*_, status, message), one = found(OfStore(), it)
    assert (status, one[3]) == (Status.UNKNOWN, Status.PASS)
    assert message.startswith("the event data stores of one region could not be listed, there may be others")


def test_stores_that_nobody_listed_are_unknown() -> None:
    unread = Gap("not called", action="cloudtrail:ListEventDataStores", code="NotRead")
    assert only(OfStore(), lake(seeing(unread, unread))).status is Status.UNKNOWN


def test_a_region_that_turned_out_to_be_off_has_no_store() -> None:
    off = Gap("is off", action="cloudtrail:ListEventDataStores", outcome=Outcome.REGION_DISABLED)
    assert only(OfStore(), lake(seeing(Known(()), off))).status is Status.NOT_APPLICABLE


def test_an_account_that_could_not_be_entered_has_no_verdict() -> None:
    it = lake(seeing(Known(()), Known(())), unreachable())
    assert [who for who, *_ in found(OfStore(), it)] == [ACCOUNT]


def test_an_account_without_a_region_to_judge_says_so() -> None:
    it = lake(account(regions=()))
    assert only(OfStore(), it).message == "No region asked for is enabled here."


def test_the_store_of_an_account_out_of_scope_is_unknown_once_and_names_it() -> None:
    foreign = store_arn(account=STRANGER)
    both = Known((foreign,))
    it = lake(seeing(both, both), seeing(both, both, account_id=OTHER), stores=(store(account=STRANGER),))
    finding = only(OfStore(), it)
    assert (finding.account, finding.resource, finding.status) == (ACCOUNT, foreign, Status.UNKNOWN)
    assert f"belongs to account {STRANGER}" in finding.message


# Log groups


def test_a_group_of_several_trails_is_judged_once() -> None:
    arn = f"{GROUP}:*"
    it = posture(trail("a", log_group_arn=arn), trail("b", log_group_arn=GROUP), log_groups=(log_group(),))
    assert [(who, where, what) for who, where, what, *_ in found(OfLogGroup(), it)] == [
        (ACCOUNT, REGION, GROUP)
    ]


def test_a_group_is_filed_under_its_owner() -> None:
    theirs = GROUP.replace(ACCOUNT, OTHER)
    it = posture(
        trail(log_group_arn=f"{theirs}:*"),
        accounts=(account(trails=(trail(),)), account(OTHER)),
        log_groups=(log_group(theirs),),
    )
    assert [(who, what, state) for who, _, what, state, _ in found(OfLogGroup(), it)] == [
        (OTHER, OTHER_ROOT, Status.NOT_APPLICABLE),  # it has no trail of its own
        (OTHER, theirs, Status.FAIL),
    ]


def test_a_group_out_of_scope_is_unknown_once_and_names_its_owner() -> None:
    theirs = GROUP.replace(ACCOUNT, STRANGER)
    finding = only(OfLogGroup(), posture(trail(log_group_arn=f"{theirs}:*")))
    assert (finding.account, finding.status) == (ACCOUNT, Status.UNKNOWN)
    assert f"belongs to account {STRANGER}" in finding.message


def test_a_group_that_nobody_read_is_unknown() -> None:
    finding = only(OfLogGroup(), posture(log_groups=()))
    assert finding.status is Status.UNKNOWN
    assert "logs:DescribeLogGroups was not called" in finding.message


def test_a_group_that_is_named_by_nonsense_is_unknown() -> None:
    one = trail(log_group_arn="trail-logs")
    it = posture(log_groups=()).model_copy(update={"trails": (one,)})
    finding = only(OfLogGroup(), it)
    assert (finding.account, finding.region, finding.status) == (ACCOUNT, None, Status.UNKNOWN)


def test_an_account_whose_trails_have_no_group_has_one_verdict() -> None:
    it = posture(trail(log_group_arn=None))
    assert found(OfLogGroup(), it) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "No trail of the account delivers to CloudWatch Logs.")
    ]


def test_an_account_without_a_trail_has_one_verdict() -> None:
    it = posture(trails=())
    assert found(OfLogGroup(), it) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "The account has no trail.")
    ]


def test_where_trails_could_not_be_listed_there_may_be_other_groups() -> None:
    it = posture(trail(log_group_arn=None), accounts=(unlisted(ACCOUNT, trail()),))
    assert only(OfLogGroup(), it).status is Status.UNKNOWN
