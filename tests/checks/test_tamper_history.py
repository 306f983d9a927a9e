from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.tamper_history import TamperHistory
from scanner.model.finding import Reason, Status
from scanner.model.history import HistoryEvent
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known
from scanner.model.trail import (
    AdvancedSelector,
    BasicSelector,
    FieldSelector,
    Selectors,
)
from tests.build import (
    ACCOUNT,
    BUCKET,
    EVERYTHING,
    OTHER,
    REGION,
    REGIONS,
    account,
    ago,
    bucket,
    denied,
    event,
    histories,
    key_arn,
    organization,
    posture,
    trail,
    trail_arn,
)

EVE = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/eve"
UNREAD = denied("cloudtrail:LookupEvents")
AUDIT = trail()


def world(*events: HistoryEvent, source: str = "cloudtrail", **changes: Any) -> Posture:
    told = histories(*REGIONS, **{source: events})
    return posture(**{"accounts": (account(trails=(AUDIT,), history=told),), **changes})


def judged(it: Posture, account_id: str = ACCOUNT, **options: Any) -> tuple[Status, str]:
    found = {one.account: one for one in TamperHistory(**options).evaluate(it)}
    return found[account_id].status, found[account_id].message


def status_of(*events: HistoryEvent, source: str = "cloudtrail", **changes: Any) -> Status:
    return judged(world(*events, source=source, **changes))[0]


def update(**parameters: Any) -> HistoryEvent:
    return event("UpdateTrail", parameters={"name": "audit", **parameters})


def put(selectors: Selectors | Gap, **changes: Any) -> HistoryEvent:
    told = selectors if isinstance(selectors, Gap) else Known(selectors)
    return event("PutEventSelectors", **{"parameters": {"trailName": "audit"}, "selectors": told, **changes})


def on_bucket(name: str, **body: Any) -> HistoryEvent:
    return event(name, parameters={"bucketName": BUCKET, **body})


def test_an_empty_history_passes() -> None:
    assert judged(world()) == (Status.PASS, "nobody tampered with logging in the last 90 days")


def test_a_stop_is_told_with_who_when_and_where() -> None:
    assert judged(world(event("StopLogging", ago(days=3)))) == (
        Status.FAIL,
        f"StopLogging of trail/audit by {EVE} from 198.51.100.7 in {REGION} at 2026-01-28T09:00:00Z stopped it",
    )


def test_a_stop_and_a_start_within_minutes_still_fail_and_are_shown_as_such() -> None:
    it = world(
        event("StartLogging", ago(days=3), parameters={"name": trail_arn()}),
        event("StopLogging", ago(days=3, minutes=4)),
    )
    status, message = judged(it)
    assert status is Status.FAIL
    assert message.endswith("stopped it (StartLogging followed 4 minutes later)")


def test_the_start_of_another_trail_takes_nothing_back() -> None:
    other = event("StartLogging", ago(days=3), parameters={"name": "other"})
    assert "followed" not in judged(world(event("StopLogging", ago(days=4)), other))[1]


def test_a_call_that_failed_does_not_count() -> None:
    assert status_of(event("StopLogging", error="AccessDenied")) is Status.PASS


def test_a_call_before_the_time_asked_for_does_not_count() -> None:
    it = world(event("StopLogging", ago(days=20)))
    assert judged(it)[0] is Status.FAIL
    assert judged(it, lookback_days=7) == (
        Status.PASS,
        "nobody tampered with logging in the last 7 days",
    )


def test_many_calls_are_counted_and_the_latest_told() -> None:
    stops = [event("StopLogging", ago(days=number)) for number in range(1, 9)]
    message = judged(world(*stops))[1]
    assert message.startswith("StopLogging of trail/audit")
    assert message.index("2026-01-30") < message.index("2026-01-29")
    assert message.endswith("; and 3 more")


@given(st.permutations([event("StopLogging", ago(days=number)) for number in (1, 2, 3)] + [
    event("StartLogging", ago(days=2, hours=-1)), update(s3BucketName="evil")
]))  # fmt: skip
def test_the_order_of_the_history_never_matters(events: list[HistoryEvent]) -> None:
    assert judged(world(*events)) == judged(world(*sorted(events, key=lambda one: one.time)))


class TestUpdateTrail:
    @pytest.mark.parametrize(
        ("parameters", "effect"),
        [
            ({"isMultiRegionTrail": False}, "made it record a single region"),
            ({"includeGlobalServiceEvents": False}, "left out global service events"),
            ({"isOrganizationTrail": "false"}, "took it from the organization's members"),
            ({"enableLogFileValidation": False}, "switched off log file validation"),
            ({"cloudWatchLogsLogGroupArn": ""}, "took its log group away"),
            ({"kmsKeyId": ""}, "took its KMS key away"),
            ({"s3BucketName": "evil"}, "redirected it to the bucket evil"),
        ],
    )
    def test_that_narrows_or_redirects_fails(self, parameters: dict[str, Any], effect: str) -> None:
        status, message = judged(world(update(**parameters)))
        assert (status, message.endswith(effect)) == (Status.FAIL, True)

    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"isMultiRegionTrail": True, "enableLogFileValidation": True},
            {"s3BucketName": BUCKET, "snsTopicName": "x"},
            {"cloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:1:log-group:x:*"},
        ],
    )
    def test_that_does_neither_passes(self, parameters: dict[str, Any]) -> None:
        assert status_of(update(**parameters)) is Status.PASS

    def test_that_repeats_what_an_earlier_one_asked_for_changes_nothing(self) -> None:
        made = event("CreateTrail", ago(days=30), parameters={"name": "audit", "isMultiRegionTrail": False})
        assert status_of(made, update(isMultiRegionTrail=False)) is Status.PASS

    def test_that_moves_to_the_bucket_of_today_from_another_fails(self) -> None:
        made = event("CreateTrail", ago(days=30), parameters={"name": "audit", "s3BucketName": "before"})
        assert status_of(made, update(s3BucketName=BUCKET)) is Status.FAIL


class TestPutEventSelectors:
    def test_that_keeps_all_management_events_passes_and_dropping_data_events_does_not_matter(self) -> None:
        assert status_of(put(EVERYTHING)) is Status.PASS
        assert status_of(put(Selectors(basic=(BasicSelector(),)))) is Status.PASS

    @pytest.mark.parametrize(
        "selectors",
        [
            Selectors(basic=(BasicSelector(read_write="WriteOnly"),)),
            Selectors(basic=(BasicSelector(management=False),)),
            Selectors(basic=(BasicSelector(excluded_sources=("kms.amazonaws.com",)),)),
        ],
    )
    def test_that_leaves_some_out_fails(self, selectors: Selectors) -> None:
        status, message = judged(world(put(selectors)))
        assert (status, "no longer selects" in message) == (Status.FAIL, True)

    def test_in_halves_that_add_up_passes(self) -> None:
        halves = (BasicSelector(read_write="ReadOnly"), BasicSelector(read_write="WriteOnly"))
        assert status_of(put(Selectors(basic=halves))) is Status.PASS

    def test_that_repeats_the_ones_before_counts_once(self) -> None:
        narrow = Selectors(basic=(BasicSelector(read_write="WriteOnly"),))
        message = judged(world(put(narrow, time=ago(days=9)), put(narrow)))[1]
        assert message.count("PutEventSelectors") == 1

    def test_that_makes_no_sense_or_names_none_is_unknown(self) -> None:
        assert status_of(put(Gap("makes no sense"))) is Status.UNKNOWN
        nothing = event("PutEventSelectors", parameters={"trailName": "audit"})
        assert status_of(nothing) is Status.UNKNOWN

    def test_with_an_operator_that_is_not_known_is_unknown(self) -> None:
        fields = (
            FieldSelector(field="eventCategory", equals=("Management",)),
            FieldSelector(field="eventSource"),
        )
        odd = Selectors(advanced=(AdvancedSelector(fields=fields),))
        assert status_of(put(odd)) is Status.UNKNOWN

    def test_that_names_no_trail_is_unknown(self) -> None:
        assert status_of(put(EVERYTHING, parameters={})) is Status.UNKNOWN


def test_insights_that_are_switched_off_fail() -> None:
    def insights(**parameters: Any) -> HistoryEvent:
        return event("PutInsightSelectors", parameters={"trailName": "audit", **parameters})

    assert status_of(insights(insightSelectors=[])) is Status.FAIL
    assert status_of(insights(insightSelectors=[{"insightType": "ApiCallRateInsight"}])) is Status.PASS
    assert status_of(insights()) is Status.UNKNOWN


class TestEventDataStores:
    ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/lake"

    def store(self, name: str, time: Any = ago(days=3), **changes: Any) -> HistoryEvent:  # noqa: B008
        parameters = {"eventDataStore": self.ARN, **changes.pop("parameters", {})}
        return event(name, time, parameters=parameters, **changes)

    @pytest.mark.parametrize("name", ["DeleteEventDataStore", "StopEventDataStoreIngestion"])
    def test_that_are_deleted_or_stopped_fail(self, name: str) -> None:
        assert status_of(self.store(name)) is Status.FAIL

    def test_that_are_updated_fail_where_it_narrows(self) -> None:
        off = {"terminationProtectionEnabled": False}
        assert status_of(self.store("UpdateEventDataStore", parameters=off)) is Status.FAIL
        assert status_of(self.store("UpdateEventDataStore", parameters={"name": "lake"})) is Status.PASS

    def test_whose_retention_is_known_to_shrink_fail(self) -> None:
        long, short = ({"retentionPeriod": days} for days in (2557, 366))
        first = self.store("UpdateEventDataStore", ago(days=9), parameters=long)
        assert status_of(first, self.store("UpdateEventDataStore", parameters=short)) is Status.FAIL
        assert status_of(self.store("UpdateEventDataStore", parameters=short)) is Status.PASS

    def test_for_other_events_than_management_are_unknown(self) -> None:
        data = Selectors(
            advanced=(AdvancedSelector(fields=(FieldSelector(field="eventCategory", equals=("Data",)),)),)
        )
        assert status_of(self.store("UpdateEventDataStore", selectors=Known(data))) is Status.UNKNOWN


class TestLogBuckets:
    @pytest.mark.parametrize(
        "call",
        [
            on_bucket("DeleteBucket"),
            on_bucket("DeleteBucketPolicy"),
            on_bucket("DeleteBucketPublicAccessBlock"),
            on_bucket("PutBucketVersioning", versioningConfiguration={"Status": "Suspended"}),
            on_bucket("PutBucketPublicAccessBlock", publicAccessBlockConfiguration={"BlockPublicAcls": True}),
            on_bucket("PutBucketObjectLockConfiguration", objectLockConfiguration={"ObjectLockEnabled": "Enabled"}),
            on_bucket("PutBucketLifecycle", lifecycleConfiguration={
                "Rule": {"Status": "Enabled", "Expiration": {"Days": 1}}
            }),
            on_bucket("PutBucketLifecycle", lifecycleConfiguration={
                "Rule": [{"Status": "Enabled", "Expiration": {"Date": "2026-01-01"}}]
            }),
        ],
        ids=lambda call: call.name,
    )  # fmt: skip
    def test_that_lose_their_protection_fail(self, call: HistoryEvent) -> None:
        assert status_of(call, source="s3") is Status.FAIL

    @pytest.mark.parametrize(
        "call",
        [
            on_bucket("PutBucketPolicy"),
            on_bucket("PutBucketVersioning", versioningConfiguration={"Status": "Enabled"}),
            on_bucket("PutBucketPublicAccessBlock", publicAccessBlockConfiguration={
                "BlockPublicAcls": True, "IgnorePublicAcls": "true",
                "BlockPublicPolicy": True, "RestrictPublicBuckets": True,
            }),
            on_bucket("PutBucketObjectLockConfiguration", objectLockConfiguration={"Rule": {"x": 1}}),
            on_bucket("PutBucketLifecycle", lifecycleConfiguration={"Rule": [
                {"Status": "Enabled", "Expiration": {"Days": "400"}},
                {"Status": "Disabled", "Expiration": {"Days": 1}},
            ]}),
            event("DeleteBucket", parameters={"bucketName": "another"}),
        ],
        ids=lambda call: call.name,
    )  # fmt: skip
    def test_that_keep_it_and_other_buckets_pass(self, call: HistoryEvent) -> None:
        assert status_of(call, source="s3") is Status.PASS

    @pytest.mark.parametrize(
        "name",
        [
            "PutBucketVersioning",
            "PutBucketLifecycle",
            "PutBucketPublicAccessBlock",
            "PutBucketObjectLockConfiguration",
        ],
    )
    def test_of_which_the_request_tells_nothing_are_unknown(self, name: str) -> None:
        assert status_of(on_bucket(name), source="s3") is Status.UNKNOWN

    def test_whose_owner_is_not_scanned_are_unknown(self) -> None:
        assert status_of(buckets=(bucket(owner=OTHER),)) is Status.UNKNOWN
        assert status_of(buckets=(bucket(owner=denied("s3:ListAllMyBuckets")),)) is Status.UNKNOWN


class TestKeys:
    @pytest.mark.parametrize("named", [key_arn(), "1234abcd"])
    def test_of_trails_that_are_disabled_fail_by_id_and_by_arn(self, named: str) -> None:
        assert status_of(event("DisableKey", parameters={"keyId": named}), source="kms") is Status.FAIL

    def test_of_others_do_not_matter(self) -> None:
        assert status_of(event("DisableKey", parameters={"keyId": "other"}), source="kms") is Status.PASS

    def test_whose_deletion_was_called_off_still_fail(self) -> None:
        on_key: dict[str, Any] = {"parameters": {"keyId": key_arn()}}
        calls = event("ScheduleKeyDeletion", ago(days=4), **on_key), event("CancelKeyDeletion", **on_key)
        status, message = judged(world(*calls, source="kms"))
        assert (status, message.endswith("(CancelKeyDeletion followed 24 hours later)")) == (
            Status.FAIL,
            True,
        )

    def test_whose_owner_is_not_scanned_are_unknown(self) -> None:
        foreign = trail(key_id=key_arn(account=OTHER))
        assert judged(posture(foreign))[0] is Status.UNKNOWN

    def test_that_are_no_keys_are_unknown(self) -> None:
        assert judged(posture(trail(key_id="alias/logs")))[0] is Status.UNKNOWN


class TestWhatCouldNotBeRead:
    def test_leaves_it_unknown_and_names_the_call(self) -> None:
        it = posture(accounts=(account(trails=(AUDIT,), history=histories(*REGIONS, kms=UNREAD)),))
        (finding,) = TamperHistory().evaluate(it)
        assert finding.status is Status.UNKNOWN
        assert isinstance(finding.reason, Reason)
        assert (finding.reason.action, finding.reason.code) == ("cloudtrail:LookupEvents", "AccessDenied")

    def test_does_not_outweigh_a_call_that_is_known(self) -> None:
        told = histories(*REGIONS, cloudtrail=(event("StopLogging"),), s3=UNREAD)
        assert judged(posture(accounts=(account(trails=(AUDIT,), history=told),)))[0] is Status.FAIL

    def test_includes_a_region_that_nobody_asked(self) -> None:
        told = histories(REGION)
        assert judged(posture(accounts=(account(trails=(AUDIT,), history=told),)))[0] is Status.UNKNOWN

    def test_includes_regions_that_may_be_enabled(self) -> None:
        gap = denied("account:ListRegions")
        it = posture(accounts=(account(trails=(AUDIT,), enabled_regions=gap),))
        assert judged(it)[0] is Status.UNKNOWN


def test_regions_that_were_chosen_are_counted_in_the_message() -> None:
    it = posture(accounts=(account(trails=(AUDIT,), narrowed=True),))
    assert judged(it)[1] == "nobody tampered with logging in the last 90 days in the 2 regions scanned"


def test_a_trail_whose_home_was_not_chosen_is_looked_for_there_too() -> None:
    far = trail(region="ap-south-1", key_id=None)
    only = account(trails=(far,), narrowed=True)
    assert judged(posture(far, accounts=(only,)))[0] is Status.UNKNOWN
    told = only.model_copy(update={"history": histories("ap-south-1", *REGIONS)})
    assert judged(posture(far, accounts=(told,)))[0] is Status.PASS


def test_an_account_without_trails_is_asked_too() -> None:
    """Somebody deleted the last one."""
    deleted = event("DeleteTrail")
    it = posture(trails=(), accounts=(account(history=histories(*REGIONS, cloudtrail=(deleted,))),))
    assert judged(it)[0] is Status.FAIL


def test_an_organization_trail_of_an_owner_that_is_not_scanned_is_unknown_once() -> None:
    shared = trail(account=OTHER, organization=True)
    third = "333333333333"
    it = posture(
        trails=(shared,),
        accounts=(account(trails=(shared,)), account(third, trails=(shared,))),
        organization=Known(organization(management_account=OTHER)),
    )
    assert judged(it)[0] is Status.UNKNOWN
    assert judged(it, third)[0] is Status.PASS


def test_what_the_archive_did_to_the_bucket_is_told_of_the_archive() -> None:
    deleted = event("DeleteBucketPolicy", parameters={"bucketName": BUCKET})
    archive = account(OTHER, history=histories(*REGIONS, s3=(deleted,)))
    it = posture(accounts=(account(trails=(AUDIT,)), archive), buckets=(bucket(owner=OTHER),))
    assert (judged(it)[0], judged(it, OTHER)[0]) == (Status.PASS, Status.FAIL)
