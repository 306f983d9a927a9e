"""What of a class of events is recorded where: the union, three-valued, in any order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.coverage import (
    MANAGEMENT_READ,
    MANAGEMENT_WRITE,
    Answer,
    answers,
    everywhere,
    global_answer,
    matrix,
    unsettled,
)
from scanner.model.posture import Account, MemberStatus, Posture
from scanner.model.reading import Gap, Known, Outcome, not_read
from scanner.model.store import EventDataStore, StoreSettings
from scanner.model.trail import AdvancedSelector, BasicSelector, FieldSelector, Selectors, Trail
from scanner.recorders import obstacle
from tests.build import (
    ACCOUNT,
    EVERYTHING,
    MANAGEMENT,
    NOW,
    OTHER,
    REGIONS,
    account,
    ago,
    denied,
    organization,
    posture,
    select,
    status,
    store_arn,
    trail,
    trail_arn,
    view,
)
from tests.probes import unreachable

READ_ONLY = Known(Selectors(advanced=(select(readOnly=("true",)),)))
WRITE_ONLY = Known(Selectors(advanced=(select(readOnly=("false",)),)))
DATA_ONLY = Known(Selectors(advanced=(select("Data", type=("AWS::S3::Object",)),)))


def store(**changes: Any) -> EventDataStore:
    settings: dict[str, Any] = {
        "name": "lake",
        "status": "ENABLED",
        "multi_region": True,
        "organization": False,
        "retention_days": 2557,
        "termination_protection": True,
        "selectors": MANAGEMENT.advanced,
        **changes,
    }
    arn = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:eventdatastore/lake"
    return EventDataStore(arn=arn, settings=Known(StoreSettings(**settings)))


def reads(world: Posture, region: str = "eu-west-1") -> Answer:
    return answers(world.accounts[0], world, MANAGEMENT_READ)[region]


class TestObstacle:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, None),
            ({"logging": False}, "is stopped"),
            ({"logging": False, "stopped": ago(days=2)}, "is stopped since 2026-01-29T09:00:00Z"),
            ({"delivery_error": "NoSuchBucket"}, "cannot deliver (NoSuchBucket)"),
            ({"delivered": ago(hours=24)}, None),
            ({"delivered": ago(hours=25)}, "delivered its last log file 25 hours ago"),
            ({"delivered": ago(days=9)}, "delivered its last log file 9 days ago"),
            ({"delivered": None}, "never delivered a log file"),
            ({"delivered": None, "started": ago(minutes=59)}, None),
            ({"delivered": None, "started": ago(minutes=60)}, "never delivered a log file"),
            ({"delivered": ago(days=9), "started": ago(minutes=5)}, None),
            ({"delivered": None, "started": None}, "never delivered a log file"),
        ],
    )
    def test_a_trail_records_only_while_it_logs_and_delivers(
        self, changes: dict[str, Any], words: str | None
    ) -> None:
        assert obstacle(status(**changes), NOW) == words


class TestOneRegion:
    def test_a_recording_trail_records(self) -> None:
        assert reads(posture()) == Answer(Known(value=True), "yes", (trail_arn(),), (), ())

    def test_a_stopped_trail_records_nothing_and_says_why(self) -> None:
        answer = reads(posture(trail(status=Known(status(logging=False)))))
        assert (answer.complete, answer.recorded, answer.by) == (Known(value=False), "no", ())
        assert answer.troubles == ("trail/audit is stopped",)

    def test_a_blind_trail_records_no_management_events(self) -> None:
        answer = reads(posture(trail(selectors=DATA_ONLY)))
        assert (answer.complete, answer.recorded) == (Known(value=False), "no")
        assert [str(hole) for hole in answer.holes] != []

    def test_a_single_region_trail_does_not_cover_another_region(self) -> None:
        world = posture(trail(multi_region=False))
        assert reads(world, "eu-west-1").recorded == "yes"
        assert reads(world, "us-east-1").recorded == "no"

    def test_two_halves_record_the_whole(self) -> None:
        both = Selectors(basic=(BasicSelector(read_write="ReadOnly"), BasicSelector(read_write="WriteOnly")))
        assert reads(posture(trail(selectors=Known(both)))).recorded == "yes"
        world = posture(trail("a", selectors=READ_ONLY), trail("b", selectors=WRITE_ONLY))
        whole, _ = everywhere(world.accounts[0], world, MANAGEMENT_WRITE)
        assert whole == Known(value=True)

    def test_an_unreadable_status_is_neither_recording_nor_not(self) -> None:
        gap = denied("cloudtrail:GetTrailStatus")
        answer = reads(posture(trail(status=gap)))
        assert (answer.complete, answer.recorded) == (gap, "unknown")

    def test_an_unreadable_trail_never_hides_one_that_records(self) -> None:
        world = posture(trail("a", status=denied("cloudtrail:GetTrailStatus")), trail("b"))
        assert reads(world).complete == Known(value=True)

    def test_an_unreadable_status_of_a_blind_trail_decides_nothing(self) -> None:
        world = posture(trail(status=denied("cloudtrail:GetTrailStatus"), selectors=DATA_ONLY))
        assert reads(world).complete == Known(value=False)

    def test_a_stopped_trail_with_unreadable_selectors_records_nothing(self) -> None:
        stopped = Known(status(logging=False))
        world = posture(trail(status=stopped, selectors=denied("cloudtrail:GetEventSelectors")))
        assert reads(world).complete == Known(value=False)

    def test_selectors_that_were_never_customised_are_unknown(self) -> None:
        answer = reads(posture(trail(selectors=Known(Selectors()))))
        assert isinstance(answer.complete, Gap)
        assert answer.complete.code == "NoSelectors"

    def test_an_unlisted_region_may_hold_a_trail_of_its_own(self) -> None:
        gap = denied("cloudtrail:DescribeTrails")
        seen = account(views=(view("eu-west-1", trails=gap), view("us-east-1")))
        world = posture(trails=(), accounts=(seen,))
        assert reads(world, "eu-west-1").complete == gap
        assert reads(world, "us-east-1").complete == Known(value=False)

    def test_an_unlisted_region_is_covered_by_a_multi_region_trail_seen_elsewhere(self) -> None:
        gap = denied("cloudtrail:DescribeTrails")
        seen = account(views=(view("eu-west-1", trails=gap), view("us-east-1", (trail_arn(),))))
        assert reads(posture(accounts=(seen,)), "eu-west-1").complete == Known(value=True)


class TestEventDataStores:
    def world(self, one: EventDataStore, **changes: Any) -> Posture:
        seen = account(views=(view("eu-west-1", stores=Known((one.arn,))), view("us-east-1")), **changes)
        return posture(trails=(), accounts=(seen,), stores=(one,))

    def test_an_ingesting_store_records(self) -> None:
        assert reads(self.world(store()), "us-east-1").recorded == "yes"

    def test_a_store_of_one_region_records_that_one(self) -> None:
        world = self.world(store(multi_region=False))
        assert (reads(world, "eu-west-1").recorded, reads(world, "us-east-1").recorded) == ("yes", "no")

    def test_a_stopped_store_records_nothing(self) -> None:
        answer = reads(self.world(store(status="STOPPED_INGESTION")))
        assert answer.recorded == "no"
        assert answer.troubles == ("eventdatastore/lake does not ingest (STOPPED_INGESTION)",)

    def test_unlisted_stores_leave_open_what_trails_do_not_record(self) -> None:
        gap = denied("cloudtrail:ListEventDataStores")
        seen = account(views=(view("eu-west-1", stores=gap), view("us-east-1")))
        answer = reads(posture(trails=(), accounts=(seen,)), "us-east-1")
        assert answer.complete == gap

    def test_a_store_in_a_disabled_region_cannot_be(self) -> None:
        gap = Gap("disabled", action="cloudtrail:ListEventDataStores", outcome=Outcome.REGION_DISABLED)
        seen = account(views=(view("eu-west-1"), view("us-east-1", stores=gap)))
        assert reads(posture(trails=(), accounts=(seen,))).complete == Known(value=False)

    def test_an_organization_store_records_its_members(self) -> None:
        owner = account(
            OTHER, views=(view("eu-west-1", stores=Known((store().arn,))),), regions=("eu-west-1",)
        )
        member = account(in_organization=True)
        world = posture(trails=(), accounts=(member, owner), stores=(store(organization=True),))
        assert reads(world).recorded == "yes"

    def unread(self, owner: Account, **changes: Any) -> Answer:
        """What is known of a member that only a store of the owner might record."""
        members = (account(in_organization=True), owner)
        known: dict[str, Any] = {"organization": Known(organization(management_account=OTHER)), **changes}
        return reads(posture(trails=(), accounts=members, **known))

    def test_a_store_of_the_management_account_that_cannot_be_read_may_record_its_members(self) -> None:
        gap = denied("cloudtrail:GetEventDataStore", account=OTHER)
        there = EventDataStore(arn=store_arn(account=OTHER), settings=gap)
        seen = account(OTHER, views=(view("eu-west-1", stores=Known((there.arn,))),), in_organization=True)
        assert self.unread(seen, stores=(there,)).complete == gap
        unknown = denied("organizations:DescribeOrganization")
        assert self.unread(seen, stores=(there,), organization=unknown).complete == gap

    def test_a_store_of_a_member_that_cannot_be_read_records_no_other(self) -> None:
        gap = denied("cloudtrail:GetEventDataStore", account=OTHER)
        there = EventDataStore(arn=store_arn(account=OTHER), settings=gap)
        seen = account(OTHER, views=(view("eu-west-1", stores=Known((there.arn,))),), in_organization=True)
        managed = Known(organization(management_account=ACCOUNT))
        assert self.unread(seen, stores=(there,), organization=managed).complete == Known(value=False)

    def test_stores_of_the_management_account_that_cannot_be_listed_may_record_its_members(self) -> None:
        gap = denied("cloudtrail:ListEventDataStores", account=OTHER)
        blind = account(OTHER, views=(view("eu-west-1", stores=gap),), in_organization=True)
        assert self.unread(blind).complete == gap
        assert self.unread(
            unreachable(OTHER).model_copy(update={"in_organization": True})
        ).complete == denied("sts:AssumeRole", account=OTHER, region=None)

    def test_stores_are_asked_for_only_where_trails_leave_something_open(self) -> None:
        assert unsettled(posture().accounts[0], posture()) == ()
        some = posture(trail(selectors=Known(MANAGEMENT)))
        assert unsettled(some.accounts[0], some) == REGIONS

    def test_stores_that_were_not_listed_do_not_matter_where_trails_record(self) -> None:
        skipped = not_read("cloudtrail:ListEventDataStores")
        seen = account(views=tuple(view(region, (trail_arn(),), stores=skipped) for region in REGIONS))
        assert {row.recorded for row in matrix(seen, posture(accounts=(seen,)))} == {"yes"}


class TestOrganizationTrails:
    trail = trail("org", account=OTHER, organization=True)

    def world(self, *accounts: Any, **changes: Any) -> Posture:
        one = self.trail.model_copy(update=changes)
        return posture(trails=(one,), accounts=accounts)

    def member(self, **changes: Any) -> Any:
        return account(trails=(self.trail,), **changes)

    def owner(self) -> Any:
        return account(OTHER, trails=(self.trail,))

    def test_members_inherit_the_owners_reading(self) -> None:
        assert reads(self.world(self.member(), self.owner())).recorded == "yes"

    def test_a_member_that_reads_an_error_is_not_recorded(self) -> None:
        failing = MemberStatus(trail=self.trail.arn, status=Known(status(delivery_error="AccessDenied")))
        answer = reads(self.world(self.member(member_status=(failing,)), self.owner()))
        assert answer.complete == Known(value=False)
        assert answer.troubles == ("trail/org cannot deliver (AccessDenied)",)

    def test_a_member_that_may_not_look_inherits(self) -> None:
        refused = MemberStatus(trail=self.trail.arn, status=denied("cloudtrail:GetTrailStatus"))
        assert reads(self.world(self.member(member_status=(refused,)), self.owner())).recorded == "yes"

    def test_without_the_owner_a_members_own_reading_counts(self) -> None:
        fine = MemberStatus(trail=self.trail.arn, status=Known(status()))
        assert reads(self.world(self.member(member_status=(fine,)))).recorded == "yes"

    def test_without_the_owner_a_refused_reading_is_unknown(self) -> None:
        gap = denied("cloudtrail:GetTrailStatus")
        world = self.world(
            self.member(member_status=(MemberStatus(trail=self.trail.arn, status=gap),)), status=gap
        )
        assert reads(world).complete == gap

    def test_a_trail_homed_in_a_region_that_the_member_has_not_enabled_gives_it_nothing(self) -> None:
        there = trail("org", account=OTHER, region="ap-east-1", organization=True)
        member = account(trails=(there,))
        owner = account(OTHER, trails=(there,), regions=("ap-east-1", *REGIONS))
        world = posture(trails=(there,), accounts=(member, owner))
        answer = reads(world)
        assert answer.complete == Known(value=False)
        assert answer.troubles == ("trail/org has its home in ap-east-1, which this account has not enabled",)

    def test_whether_the_home_region_is_enabled_can_be_unknown(self) -> None:
        there = trail("org", account=OTHER, region="ap-east-1", organization=True)
        gap = denied("account:ListRegions")
        member = account(trails=(there,), enabled_regions=gap)
        owner = account(OTHER, trails=(there,), regions=("ap-east-1", *REGIONS))
        assert reads(posture(trails=(there,), accounts=(member, owner))).complete == gap


class TestGlobalServiceEvents:
    def answer(self, *trails: Trail, **changes: Any) -> Answer:
        world = posture(*trails, **changes)
        return global_answer(world.accounts[0], world)

    def test_a_multi_region_trail_records_them(self) -> None:
        assert self.answer().recorded == "yes"

    def test_a_single_region_trail_elsewhere_does_not_whatever_its_flag_says(self) -> None:
        assert self.answer(trail(multi_region=False)).complete == Known(value=False)

    def test_a_single_region_trail_at_home_in_the_leader_region_does(self) -> None:
        assert self.answer(trail(region="us-east-1", multi_region=False)).recorded == "yes"

    def test_a_multi_region_trail_that_leaves_them_out_does_not(self) -> None:
        assert self.answer(trail(global_events=False)).complete == Known(value=False)

    def test_a_single_region_trail_in_one_of_chinas_candidates_is_unsure(self) -> None:
        home = trail("cn", region="cn-north-1", multi_region=False).model_copy(
            update={"arn": trail_arn("cn", region="cn-north-1", partition="aws-cn")}
        )
        seen = account(trails=(home,), regions=("cn-north-1", "cn-northwest-1"))
        caller = posture().caller.model_copy(update={"partition": "aws-cn"})
        answer = self.answer(home, accounts=(seen,), caller=caller)
        assert isinstance(answer.complete, Gap)
        assert answer.complete.code == "LeaderRegionUnsure"


class TestEverywhere:
    def test_unread_regions_may_hold_more_than_single_region_trails_cover(self) -> None:
        gap = denied("account:ListRegions")
        halves = (trail("a", multi_region=False), trail("b", region="us-east-1", multi_region=False))
        seen = account(trails=halves, enabled_regions=gap)
        world = posture(*halves, accounts=(seen,))
        assert everywhere(seen, world, MANAGEMENT_READ)[0] == gap

    def test_a_multi_region_trail_covers_regions_that_nobody_listed(self) -> None:
        seen = account(trails=(trail(),), enabled_regions=denied("account:ListRegions"))
        assert everywhere(seen, posture(accounts=(seen,)), MANAGEMENT_READ)[0] == Known(value=True)


class TestMatrix:
    def test_a_blameless_account_has_every_class_in_every_region(self) -> None:
        rows = list(matrix(posture().accounts[0], posture()))
        assert {(row.recorded, row.by, row.holes) for row in rows} == {("yes", (trail_arn(),), ())}
        assert len(rows) == 8 * len(REGIONS) + 1

    def test_global_service_events_stand_in_the_leader_region(self) -> None:
        rows = [
            row for row in matrix(posture().accounts[0], posture()) if row.event_class == "global-service"
        ]
        assert [row.region for row in rows] == ["us-east-1"]


SELECTORS = st.sampled_from(
    [
        Known(EVERYTHING),
        Known(MANAGEMENT),
        READ_ONLY,
        WRITE_ONLY,
        DATA_ONLY,
        Known(Selectors()),
        denied("cloudtrail:GetEventSelectors"),
    ]
)
STATUSES = st.sampled_from(
    [Known(status()), Known(status(logging=False)), denied("cloudtrail:GetTrailStatus")],
)


@given(
    parts=st.lists(st.tuples(SELECTORS, STATUSES, st.booleans()), max_size=4),
    shuffle=st.randoms(use_true_random=False),
)
def test_the_order_of_trails_never_matters(parts: list[Any], shuffle: Any) -> None:
    trails = [
        trail(f"trail{index}", selectors=selectors, status=state, multi_region=multi)
        for index, (selectors, state, multi) in enumerate(parts)
    ]
    straight = posture(trails=tuple(trails))
    shuffle.shuffle(trails)
    fields = {name: getattr(straight, name) for name in Posture.model_fields}
    shuffled = Posture(**fields | {"trails": tuple(trails)})
    assert list(matrix(straight.accounts[0], straight)) == list(matrix(shuffled.accounts[0], shuffled))


@given(parts=st.lists(st.tuples(SELECTORS, STATUSES), max_size=3), more=st.tuples(SELECTORS, STATUSES))
def test_one_more_trail_never_makes_a_known_yes_anything_else(parts: list[Any], more: Any) -> None:
    def build(some: list[Any]) -> Posture:
        return posture(
            trails=tuple(
                trail(f"trail{i}", selectors=sel, status=state) for i, (sel, state) in enumerate(some)
            )
        )

    before, after = build(parts), build([*parts, more])
    for old, new in zip(matrix(before.accounts[0], before), matrix(after.accounts[0], after), strict=True):
        if old.recorded == "yes":
            assert new.recorded == "yes"


class TestOperatorsOfTheFuture:
    """An older SDK drops an operator that it doesn't know: what is left of the field says nothing."""

    unclear = Known(
        Selectors(advanced=(AdvancedSelector(fields=(*select().fields, FieldSelector(field="eventName"))),))
    )

    def test_a_selector_with_an_unknown_operator_is_unknown(self) -> None:
        answer = reads(posture(trail(selectors=self.unclear)))
        assert isinstance(answer.complete, Gap)
        assert answer.complete.code == "UnknownOperator"

    def test_it_never_hides_a_trail_that_records(self) -> None:
        assert reads(posture(trail("a", selectors=self.unclear), trail("b"))).recorded == "yes"

    def test_a_stopped_trail_records_nothing_whatever_it_selects(self) -> None:
        world = posture(trail(selectors=self.unclear, status=Known(status(logging=False))))
        assert reads(world).complete == Known(value=False)
