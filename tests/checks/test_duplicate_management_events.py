from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.duplicate_management_events import DuplicateManagementEvents
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known
from scanner.model.trail import BasicSelector, Selectors, Trail
from tests.build import (
    ACCOUNT,
    OTHER,
    REGIONS,
    account,
    denied,
    posture,
    select,
    status,
    summary,
    trail,
    view,
)

READS = Known(Selectors(advanced=(select(readOnly=("true",)),)))
WRITES = Known(Selectors(advanced=(select(readOnly=("false",)),)))
DATA_ONLY = Known(Selectors(advanced=(select("Data", type=("AWS::S3::Object",)),)))
STOPPED = Known(status(logging=False))
UNREAD = denied("cloudtrail:GetTrailStatus")
UNSELECTED = denied("cloudtrail:GetEventSelectors")
UNLISTED = denied("cloudtrail:DescribeTrails", region="us-east-1")
EVERYWHERE = (
    "is recorded more than once: "
    "management reads and writes by trail/audit and trail/old in eu-west-1 and us-east-1"
)


def evaluated(it: Posture) -> list[Finding]:
    return list(DuplicateManagementEvents().evaluate(it))


def judged(*trails: Trail, **changes: Any) -> tuple[Status, str]:
    (finding,) = evaluated(posture(*trails, **changes))
    return finding.status, finding.message


def action(*trails: Trail, **changes: Any) -> str | None:
    (finding,) = evaluated(posture(*trails, **changes))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason.action


def test_one_trail_passes() -> None:
    assert summary(evaluated(posture())) == [
        (f"arn:aws:iam::{ACCOUNT}:root", Status.PASS, "no management event is recorded by two trails")
    ]


def test_two_trails_of_everything_fail_and_are_named_with_the_regions() -> None:
    assert judged(trail(), trail("old")) == (Status.FAIL, EVERYWHERE)


def test_a_single_region_trail_doubles_its_own_region_only() -> None:
    assert judged(trail(), trail("old", multi_region=False)) == (
        Status.FAIL,
        "is recorded more than once: management reads and writes by trail/audit and trail/old in eu-west-1",
    )


def test_trails_of_different_regions_do_not_meet() -> None:
    apart = (trail(multi_region=False), trail("other", region="us-east-1", multi_region=False))
    assert judged(*apart)[0] is Status.PASS


def test_one_trail_of_reads_and_one_of_writes_are_no_duplicates() -> None:
    assert judged(trail(selectors=READS), trail("old", selectors=WRITES))[0] is Status.PASS


def test_reads_and_writes_are_counted_apart() -> None:
    state, message = judged(trail(), trail("old", selectors=WRITES))
    assert state is Status.FAIL
    assert message == EVERYWHERE.replace("reads and writes", "writes")


def test_three_trails_are_named_together() -> None:
    state, message = judged(trail(), trail("old"), trail("older", selectors=READS))
    assert state is Status.FAIL
    assert message == (
        "is recorded more than once: "
        "management reads by trail/audit, trail/old and trail/older in eu-west-1 and us-east-1; "
        "management writes by trail/audit and trail/old in eu-west-1 and us-east-1"
    )


def test_a_trail_of_data_events_is_no_duplicate() -> None:
    assert judged(trail(), trail("data", selectors=DATA_ONLY))[0] is Status.PASS


def test_an_excluded_source_leaves_the_others_doubled() -> None:
    without_kms = Known(Selectors(basic=(BasicSelector(excluded_sources=("kms.amazonaws.com",)),)))
    assert judged(trail(), trail("old", selectors=without_kms)) == (Status.FAIL, EVERYWHERE)


@pytest.mark.parametrize("idle", [STOPPED, Known(status(delivery_error="AccessDenied"))])
def test_a_trail_that_records_nothing_is_no_duplicate(idle: Any) -> None:
    assert judged(trail(), trail("old", status=idle))[0] is Status.PASS
    assert judged(trail(), trail("old", status=idle, selectors=UNSELECTED))[0] is Status.PASS


def test_an_organization_trail_doubles_the_own_trail_of_a_member() -> None:
    shared = trail("audit", account=OTHER, organization=True)
    own = trail("old")
    members = (account(trails=(shared, own)), account(OTHER, trails=(shared,)))
    findings = evaluated(posture(shared, own, accounts=members))
    assert [(one.account, one.status) for one in findings] == [(ACCOUNT, Status.FAIL), (OTHER, Status.PASS)]
    assert findings[0].message == EVERYWHERE


def test_trails_of_one_name_are_told_apart_by_their_arns() -> None:
    shared, own = trail(account=OTHER, organization=True), trail()
    (finding, _) = evaluated(
        posture(shared, own, accounts=(account(trails=(shared, own)), account(OTHER, trails=(shared,))))
    )
    assert finding.status is Status.FAIL
    assert f"by {own.arn} and {shared.arn} in" in finding.message


def test_a_second_trail_of_unread_status_is_unknown() -> None:
    assert action(trail(), trail("old", status=UNREAD)) == "cloudtrail:GetTrailStatus"


def test_a_second_trail_of_unread_selectors_is_unknown() -> None:
    assert action(trail(), trail("old", selectors=UNSELECTED)) == "cloudtrail:GetEventSelectors"


def test_an_unread_trail_changes_nothing_where_it_could_double_nothing() -> None:
    assert judged(trail(status=UNREAD))[0] is Status.PASS
    assert judged(trail(), trail("data", status=UNREAD, selectors=DATA_ONLY))[0] is Status.PASS
    alone = (trail(multi_region=False), trail("b", region="us-east-1", multi_region=False, status=UNREAD))
    assert judged(*alone)[0] is Status.PASS


def test_a_region_whose_trails_could_not_be_listed_may_have_another() -> None:
    seen = trail()
    half = account(views=(view("eu-west-1", (seen.arn,)), view("us-east-1", UNLISTED)))
    assert action(seen, accounts=(half,)) == "cloudtrail:DescribeTrails"


def test_known_duplicates_fail_whatever_else_is_unread() -> None:
    both = (trail(), trail("old"))
    arns = tuple(one.arn for one in both)
    half = account(views=(view("eu-west-1", arns), view("us-east-1", UNLISTED)))
    assert judged(*both, accounts=(half,))[0] is Status.FAIL
    assert judged(*both, trail("odd", status=UNREAD))[0] is Status.FAIL


def test_regions_that_nobody_knows_may_have_trails_of_their_own() -> None:
    seen = trail()
    assert (
        action(seen, accounts=(account(trails=(seen,), enabled_regions=denied("account:ListRegions")),))
        == "account:ListRegions"
    )


def test_with_chosen_regions_the_message_says_so() -> None:
    seen = trail()
    narrowed = account(trails=(seen,), narrowed=True, regions=REGIONS)
    assert judged(seen, accounts=(narrowed,)) == (
        Status.PASS,
        "no management event is recorded by two trails (in the 2 regions scanned)",
    )


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert judged(trails=()) == (Status.NOT_APPLICABLE, "The account has no trail.")


def test_an_account_without_any_region_is_not_judged() -> None:
    it = posture(trails=(), accounts=(account(regions=()),))
    assert [one.message for one in evaluated(it)] == ["No region asked for is enabled here."]


STATUSES: list[Known[Any] | Gap] = [Known(status()), STOPPED, UNREAD]
SELECTORS: list[Known[Selectors] | Gap] = [READS, WRITES, DATA_ONLY, UNSELECTED]
some_trails = st.lists(
    st.tuples(st.sampled_from(STATUSES), st.sampled_from(SELECTORS), st.booleans()), max_size=4
)


@given(some_trails, st.randoms(use_true_random=False))
def test_the_order_of_trails_never_matters(drawn: Any, chance: Any) -> None:
    def in_this_order(these: Any) -> Status:
        trails = tuple(
            trail(f"t{number}", status=state, selectors=selectors, multi_region=wide)
            for number, (state, selectors, wide) in enumerate(these)
        )
        return judged(trails=trails)[0]

    assert in_this_order(drawn) is in_this_order(chance.sample(drawn, len(drawn)))
