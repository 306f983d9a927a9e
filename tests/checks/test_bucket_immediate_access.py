"""Logs and digests can be read at once for as long as an investigation needs them at hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.bucket_immediate_access import BucketImmediateAccess
from scanner.model.bucket import LifecycleRule, Transition, Versioning
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, bucket, denied, posture, rule, trail


def judge(world: Posture, **options: object) -> Finding:
    (finding,) = BucketImmediateAccess.model_validate(options).evaluate(world)
    return finding


def ruled(*rules: LifecycleRule, **changes: Any) -> Posture:
    return posture(buckets=(bucket(lifecycle=Known(rules), **changes),))


def moving(storage_class: str = "GLACIER", days: int | None = 30, **changes: Any) -> LifecycleRule:
    """A rule that moves everything after so many days."""
    return rule(id="archive", transitions=(Transition(storage_class=storage_class, days=days),), **changes)


def test_without_rules_it_passes() -> None:
    finding = judge(posture())
    assert (finding.status, finding.message) == (Status.PASS, "moves nothing to another storage class")


@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_early_move_to_an_archive_fails(storage_class: str) -> None:
    finding = judge(ruled(moving(storage_class)))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        f"moves files to {storage_class} after 30 days (rule 'archive'), before 90 days",
    )


def test_a_move_on_the_day_itself_passes_and_one_the_day_before_fails() -> None:
    assert judge(ruled(moving(days=90))).status is Status.PASS
    assert judge(ruled(moving(days=89))).status is Status.FAIL


def test_the_days_asked_for_are_an_option() -> None:
    assert judge(ruled(moving()), min_days=30).status is Status.PASS


@pytest.mark.parametrize("storage_class", ["STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "INTELLIGENT_TIERING"])
def test_a_class_that_is_read_at_once_passes(storage_class: str) -> None:
    assert judge(ruled(moving(storage_class, days=0))).status is Status.PASS


def test_intelligent_tiering_may_archive_what_nobody_read_for_90_days() -> None:
    world = ruled(moving("INTELLIGENT_TIERING", days=0))
    assert judge(world, min_days=90).status is Status.PASS
    finding = judge(world, min_days=91)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.code == "ArchiveTiersUnread"
    assert judge(ruled(moving("INTELLIGENT_TIERING", days=30)), min_days=120).status is Status.PASS


def test_a_class_that_is_not_known_is_unknown() -> None:
    finding = judge(ruled(moving("TAPE")))
    assert finding.status is Status.UNKNOWN
    assert "TAPE" in finding.message


def test_an_archive_that_is_known_decides_over_a_class_that_is_not() -> None:
    assert judge(ruled(moving("TAPE"), moving())).status is Status.FAIL


@pytest.mark.parametrize(
    "changes",
    [
        {"enabled": False},
        {"tagged": True},
        {"prefix": "tmp/"},
        {"prefix": f"AWSLogs/{ACCOUNT}/Config/"},
        {"larger_than": 5 * 1024**3},
    ],
)
def test_a_rule_that_meets_no_file_of_the_trail_does_not_count(changes: dict[str, Any]) -> None:
    assert judge(ruled(moving(**changes))).status is Status.PASS


@pytest.mark.parametrize("prefix", ["", "AWSLogs/", f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/"])
def test_digests_count_as_well(prefix: str) -> None:
    assert judge(ruled(moving(prefix=prefix))).status is Status.FAIL


def test_the_default_of_128_kb_keeps_small_files_only() -> None:
    assert judge(ruled(moving(larger_than=128 * 1024))).status is Status.FAIL


def test_what_is_deleted_by_then_is_not_moved() -> None:
    expiring = rule(prefix="AWSLogs/", expire_days=30)
    assert judge(ruled(expiring, moving(days=60), versioning=Known(Versioning()))).status is Status.PASS
    assert judge(ruled(expiring, moving(days=20), versioning=Known(Versioning()))).status is Status.FAIL


def test_a_date_that_has_come_moves_everything_at_once() -> None:
    at_once = Transition(storage_class="GLACIER", date=datetime(2020, 1, 1, tzinfo=UTC))
    assert judge(ruled(rule(transitions=(at_once,)))).status is Status.FAIL


NONCURRENT = rule(expire_days=1, noncurrent_transitions=(Transition(storage_class="DEEP_ARCHIVE", days=1),))


def test_an_expired_version_that_is_archived_fails() -> None:
    finding = judge(ruled(NONCURRENT))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "moves files to DEEP_ARCHIVE after 2 days (rule 'expire'), before 90 days",
    )


def test_noncurrent_versions_only_come_about_where_something_expires() -> None:
    never = rule(noncurrent_transitions=NONCURRENT.noncurrent_transitions)
    assert judge(ruled(never)).status is Status.PASS


def test_a_rule_that_spares_the_newest_noncurrent_version_spares_all() -> None:
    sparing = Transition(storage_class="DEEP_ARCHIVE", days=1, newer_noncurrent_versions=1)
    assert judge(ruled(rule(expire_days=1, noncurrent_transitions=(sparing,)))).status is Status.PASS


def test_versioning_that_cannot_be_read_matters_only_where_it_decides() -> None:
    unread = denied("s3:GetBucketVersioning")
    assert judge(ruled(NONCURRENT, versioning=unread)).status is Status.UNKNOWN
    assert judge(ruled(moving(), versioning=unread)).status is Status.FAIL
    assert judge(ruled(moving(days=400), versioning=unread)).status is Status.PASS


def test_unreadable_rules_are_unknown() -> None:
    world = posture(buckets=(bucket(lifecycle=denied("s3:GetLifecycleConfiguration")),))
    finding = judge(world)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:GetLifecycleConfiguration"


def test_insights_that_may_be_there_are_unknown() -> None:
    insights = trail(insights=denied("cloudtrail:GetInsightSelectors"))
    archive = moving(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail-Insight/")
    world = posture(insights, buckets=(bucket(lifecycle=Known((archive,))),))
    assert judge(world).status is Status.UNKNOWN


def test_a_bucket_of_no_trail_is_not_judged() -> None:
    assert judge(posture(buckets=(bucket("old-logs"),))).status is Status.NOT_APPLICABLE
