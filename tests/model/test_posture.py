from datetime import datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from scanner.model.posture import Account, Posture
from scanner.model.reading import Known
from scanner.model.trail import TrailStatus
from tests.build import (
    ACCOUNT,
    NOW,
    OTHER,
    REGION,
    account,
    bucket,
    denied,
    key,
    key_arn,
    organization,
    posture,
    trail,
    trail_arn,
    view,
)


def unreachable(account_id: str = OTHER) -> Account:
    gap = denied("sts:AssumeRole", account=account_id, region=None)
    return Account(id=account_id, state="unreachable", reason="AccessDenied", gap=gap, enabled_regions=gap)


def test_a_posture_comes_back_from_json_as_it_was() -> None:
    before = posture(
        trail(status=denied("cloudtrail:GetTrailStatus")),
        organization=Known(organization()),
        buckets=(bucket(policy=Known({"Statement": []}), acl=denied("s3:GetBucketAcl")),),
        keys=(key(metadata=Known(None)),),
    )
    assert Posture.model_validate_json(before.model_dump_json()) == before


def test_a_posture_of_another_version_is_refused() -> None:
    text = posture().model_dump_json().replace('"version":"1"', '"version":"2"')
    with pytest.raises(ValidationError, match="version"):
        Posture.model_validate_json(text)


def test_a_member_that_nobody_knows_is_refused() -> None:
    values = posture().model_dump(mode="json") | {"trials": []}
    with pytest.raises(ValidationError, match="trials"):
        Posture.model_validate(values)


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        trail().name = "other"  # type: ignore[misc] # the type checker knows


def test_a_time_is_kept_and_written_in_utc() -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    status = TrailStatus(logging=True, delivered=datetime(2026, 1, 31, 14, 30, tzinfo=there))
    assert status.delivered == NOW
    assert '"delivered":"2026-01-31T09:00:00Z"' in status.model_dump_json()


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValidationError, match="offset"):
        TrailStatus(logging=True, delivered=datetime(2026, 1, 31, 9, 0))  # noqa: DTZ001 - that is the point


def test_each_thing_is_found_by_its_name() -> None:
    it = posture()
    assert it.account(ACCOUNT) == it.accounts[0]
    assert it.trail(trail_arn()) == it.trails[0]
    assert it.bucket("acme-logs") == it.buckets[0]
    assert it.key(key_arn()) == it.keys[0]


def test_what_is_not_there_is_not_found() -> None:
    it = posture()
    assert it.account(OTHER) is None
    assert it.trail("audit") is None
    assert it.bucket("acme") is None
    assert it.key("1234abcd") is None
    assert it.store(trail_arn()) is None
    assert it.log_group(trail_arn()) is None


def test_a_name_of_one_kind_never_finds_a_thing_of_another() -> None:
    it = posture(buckets=(bucket(ACCOUNT),))
    assert isinstance(it.account(ACCOUNT), Account)
    assert it.bucket(ACCOUNT) == bucket(ACCOUNT)


def test_an_account_that_could_not_be_entered_is_not_in_scope() -> None:
    it = posture(accounts=(account(), unreachable()))
    assert it.in_scope(ACCOUNT)
    assert not it.in_scope(OTHER)
    assert not it.in_scope("999999999999")
    assert [one.id for one in it.reachable] == [ACCOUNT]


def test_a_partially_read_account_is_in_scope() -> None:
    assert posture(accounts=(account(state="partial"),)).in_scope(ACCOUNT)


def test_an_account_has_the_trails_that_any_of_its_regions_shows() -> None:
    here, there = trail("here", multi_region=False), trail("there", region="us-east-1", multi_region=False)
    it = posture(here, there)
    assert it.accounts[0].trail_arns == (here.arn, there.arn)
    assert it.trails_of(it.accounts[0]) == (here, there)


def test_a_trail_that_shows_in_several_regions_counts_once() -> None:
    it = posture(trail())
    assert it.accounts[0].trail_arns == (trail_arn(),)


def test_an_organization_trail_belongs_to_the_management_account_wherever_it_is_seen() -> None:
    shared = trail(organization=True)
    it = posture(shared, accounts=(account(trails=(shared,)), account(OTHER, trails=(shared,))))
    assert shared.owner == ACCOUNT
    assert [one.id for one in it.seers(shared)] == [ACCOUNT, OTHER]
    assert it.trails_of(it.accounts[1]) == (shared,)


def test_a_region_that_could_not_be_listed_is_a_gap_and_shows_no_trail() -> None:
    gap = denied("cloudtrail:DescribeTrails", region="us-east-1")
    one = account(views=(view(REGION, (trail_arn(),)), view("us-east-1", trails=gap)))
    assert one.trail_arns == (trail_arn(),)
    assert one.unlisted == (gap,)


def test_account_checks_judge_the_leader_region_too() -> None:
    one = account(regions=(REGION,), narrowed=True, views=(view("us-east-1"), view(REGION)))
    assert one.judged_regions == (REGION, "us-east-1")
    assert one.view("us-east-1") is not None
    assert one.view("ap-south-1") is None


@pytest.mark.parametrize(
    ("partition", "leaders"),
    [
        ("aws", ("us-east-1",)),
        ("aws-us-gov", ("us-gov-west-1",)),
        ("aws-cn", ("cn-north-1", "cn-northwest-1")),
        ("aws-new", ()),
    ],
)
def test_the_leader_region_is_that_of_the_partition(partition: str, leaders: tuple[str, ...]) -> None:
    it = posture()
    caller = it.caller.model_copy(update={"partition": partition})
    elsewhere = posture(caller=caller)
    assert elsewhere.leader_regions == leaders
    assert elsewhere.root(ACCOUNT) == f"arn:{partition}:iam::{ACCOUNT}:root"
