from datetime import UTC, datetime
from typing import Any

from checks.bucket_retention import BucketRetention
from scanner.model.bucket import LifecycleRule, ObjectLock, Versioning
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import InsightSelector, Trail
from tests.build import ACCOUNT, bucket, denied, posture, rule, summary, trail

ARN = "arn:aws:s3:::acme-logs"
OFF, ENABLED = Known(Versioning()), Known(Versioning(status="Enabled"))
NO_LOCK = Known(None)
FOLDERS = f"AWSLogs/{ACCOUNT}/CloudTrail"
INSIGHTS = Known((InsightSelector(type="ApiCallRateInsight"),))
NO_INSIGHTS: Known[tuple[InsightSelector, ...]] = Known(())


def of(*rules: LifecycleRule, trails: tuple[Trail, ...] = (), **changes: Any) -> Posture:
    """Neither versioned nor locked, with these rules; the trail delivers no Insights."""
    settings = {"versioning": OFF, "object_lock": NO_LOCK, "lifecycle": Known(rules), **changes}
    return posture(*(trails or (trail(insights=NO_INSIGHTS),)), buckets=(bucket(**settings),))


def judge(world: Posture, **options: object) -> Finding:
    (finding,) = BucketRetention.model_validate(options).evaluate(world)
    return finding


def verdict(world: Posture, **options: object) -> tuple[Status, str]:
    finding = judge(world, **options)
    return finding.status, finding.message


def action(finding: Finding) -> str | None:
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason.action


def test_without_rules_everything_is_kept_forever() -> None:
    assert summary([judge(of())]) == [(ARN, Status.PASS, "keeps logs and digests forever")]


def test_a_rule_that_deletes_late_enough_passes() -> None:
    assert verdict(of(rule(expire_days=365))) == (
        Status.PASS,
        "keeps logs and digests 365 days (rule 'expire')",
    )


def test_a_rule_that_deletes_early_fails() -> None:
    assert verdict(of(rule(expire_days=31))) == (
        Status.FAIL,
        "keeps logs and digests 31 days (rule 'expire'), fewer than 365 days",
    )


def test_the_days_asked_for_are_an_option() -> None:
    assert judge(of(rule(expire_days=31)), min_days=31).status is Status.PASS
    assert judge(of(rule(expire_days=365)), min_days=366).status is Status.FAIL


def test_a_day_is_said_in_hours() -> None:
    assert verdict(of(rule(expire_days=1))) == (
        Status.FAIL,
        "keeps logs and digests 24 hours (rule 'expire'), fewer than 365 days",
    )


def test_a_rule_with_a_date_fails_and_the_date_is_named() -> None:
    assert verdict(of(rule(expire_date=datetime(2030, 1, 1, tzinfo=UTC)))) == (
        Status.FAIL,
        "keeps logs and digests less than an hour (rule 'expire' from 2030-01-01), fewer than 365 days",
    )


def test_digests_that_go_early_fail_though_the_logs_stay() -> None:
    assert verdict(of(rule(prefix=f"{FOLDERS}-Digest/", expire_days=31))) == (
        Status.FAIL,
        "keeps digests 31 days (rule 'expire'), fewer than 365 days",
    )


def test_logs_that_go_early_fail_though_the_digests_stay() -> None:
    assert verdict(of(rule(prefix=f"{FOLDERS}/", expire_days=31))) == (
        Status.FAIL,
        "keeps logs 31 days (rule 'expire'), fewer than 365 days",
    )


def test_each_kind_is_named_with_its_own_rule() -> None:
    world = of(
        rule(id="a", prefix=f"{FOLDERS}/", expire_days=31),
        rule(id="b", prefix=f"{FOLDERS}-Digest/", expire_days=60),
    )
    assert verdict(world) == (
        Status.FAIL,
        "keeps logs 31 days (rule 'a') and digests 60 days (rule 'b'), fewer than 365 days",
    )


def test_rules_on_other_things_in_the_bucket_do_not_count() -> None:
    world = of(
        rule(id="config", prefix=f"AWSLogs/{ACCOUNT}/Config/", expire_days=1),
        rule(id="off", enabled=False, expire_days=1),
        rule(id="tagged", tagged=True, expire_days=1),
    )
    assert verdict(world) == (Status.PASS, "keeps logs and digests forever")


def test_every_trail_that_uses_the_bucket_counts() -> None:
    world = of(
        rule(prefix="b/", expire_days=31),
        trails=(trail("one", prefix="a"), trail("two", prefix="b", insights=NO_INSIGHTS)),
    )
    assert verdict(world) == (
        Status.FAIL,
        "keeps logs and digests 31 days (rule 'expire'), fewer than 365 days",
    )


def test_a_trail_that_uses_another_bucket_does_not_count() -> None:
    world = of(
        rule(prefix="b/", expire_days=31),
        trails=(trail("one", prefix="a"), trail("two", prefix="b", bucket="else")),
    )
    assert judge(world).status is Status.PASS


def test_a_versioned_bucket_keeps_for_both_spans() -> None:
    spans = rule(expire_days=30, noncurrent_days=335)
    assert judge(of(spans, versioning=ENABLED)).status is Status.PASS
    assert judge(of(spans, versioning=Known(Versioning(status="Suspended")))).status is Status.FAIL


def test_a_lock_outlasts_the_rules() -> None:
    lock = Known(ObjectLock(mode="GOVERNANCE", days=400))
    assert verdict(of(rule(expire_days=1, noncurrent_days=1), versioning=ENABLED, object_lock=lock)) == (
        Status.PASS,
        "keeps logs and digests 400 days (Object Lock)",
    )


def test_a_lock_without_a_default_retention_keeps_nothing() -> None:
    short = rule(expire_days=1, noncurrent_days=1)
    assert judge(of(short, versioning=ENABLED, object_lock=Known(ObjectLock()))).status is Status.FAIL


def test_insights_logs_count_where_insights_are_on() -> None:
    short = rule(prefix=f"{FOLDERS}-Insight/", expire_days=31)
    assert judge(of(short)).status is Status.PASS
    assert verdict(of(short, trails=(trail(insights=INSIGHTS),))) == (
        Status.FAIL,
        "keeps Insights logs 31 days (rule 'expire'), fewer than 365 days",
    )


def test_unread_insights_matter_only_where_their_logs_would_go_early() -> None:
    unread = trail(insights=denied("cloudtrail:GetInsightSelectors"))
    short = rule(prefix=f"{FOLDERS}-Insight/", expire_days=31)
    assert action(judge(of(short, trails=(unread,)))) == "cloudtrail:GetInsightSelectors"
    assert judge(of(trails=(unread,))).status is Status.PASS


def test_unread_rules_are_unknown() -> None:
    assert action(judge(of(lifecycle=denied("s3:GetLifecycleConfiguration")))) == (
        "s3:GetLifecycleConfiguration"
    )


def test_a_long_lock_decides_without_the_rules() -> None:
    world = of(
        lifecycle=denied("s3:GetLifecycleConfiguration"),
        versioning=denied("s3:GetBucketVersioning"),
        object_lock=Known(ObjectLock(mode="COMPLIANCE", days=365)),
    )
    assert verdict(world) == (Status.PASS, "keeps logs and digests at least 365 days (Object Lock)")


def test_rules_that_delete_nothing_decide_alone() -> None:
    world = of(
        versioning=denied("s3:GetBucketVersioning"),
        object_lock=denied("s3:GetBucketObjectLockConfiguration"),
    )
    assert judge(world).status is Status.PASS


def test_unread_versioning_matters_where_it_would_have_saved_the_objects() -> None:
    gap = denied("s3:GetBucketVersioning")
    assert action(judge(of(rule(expire_days=1), versioning=gap))) == "s3:GetBucketVersioning"
    assert verdict(of(rule(expire_days=1, noncurrent_days=30), versioning=gap)) == (
        Status.FAIL,
        "keeps logs and digests at most 31 days (rule 'expire'), fewer than 365 days",
    )


def test_an_unread_lock_matters_where_the_rules_delete_early() -> None:
    gap = denied("s3:GetBucketObjectLockConfiguration")
    short = rule(expire_days=1, noncurrent_days=1)
    assert action(judge(of(short, versioning=ENABLED, object_lock=gap))) == (
        "s3:GetBucketObjectLockConfiguration"
    )


def test_a_bucket_without_versioning_has_no_lock_that_could_be_unread() -> None:
    gap = denied("s3:GetBucketObjectLockConfiguration")
    assert judge(of(rule(expire_days=1), object_lock=gap)).status is Status.FAIL


def test_a_missing_bucket_keeps_nothing_and_is_judged_elsewhere() -> None:
    assert judge(of(exists=Known(value=False))).status is Status.NOT_APPLICABLE
