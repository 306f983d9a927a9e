from datetime import UTC, date, datetime

import pytest

from scanner.model.bucket import LifecycleRule, Transition, Versioning
from scanner.model.reading import Known
from scanner.model.trail import InsightSelector, Selectors, Trail
from scanner.retention import LARGEST, SMALLEST, Folder, Lifetime, Move, delivers, lifetime, moves, newest_day
from tests.build import ACCOUNT, NOW, OTHER, denied, rule, select, trail

OFF = Versioning()
SUSPENDED = Versioning(status="Suspended")
ENABLED = Versioning(status="Enabled")
FOREVER = Lifetime()
ORG = "o-acme123456"


def kept(
    *rules: LifecycleRule,
    versioning: Versioning = OFF,
    of: Trail | None = None,
    folder: Folder = Folder.LOG,
    locked_days: int | None = None,
) -> Lifetime:
    return lifetime(rules, versioning, of or trail(), folder, now=NOW, locked_days=locked_days)


# --- which rules count -----------------------------------------------------------------------------------


def test_without_rules_objects_live_forever() -> None:
    assert kept() == FOREVER


def test_a_rule_over_the_whole_bucket_decides() -> None:
    assert kept(rule(expire_days=31)) == Lifetime(31, "rule 'expire'")


def test_a_rule_without_a_name_is_called_so() -> None:
    assert kept(rule(id=None, expire_days=31)) == Lifetime(31, "an unnamed rule")


def test_the_shortest_expiration_wins() -> None:
    assert kept(rule(id="long", expire_days=400), rule(id="short", expire_days=7)) == Lifetime(
        7, "rule 'short'"
    )


def test_a_disabled_rule_does_not_count() -> None:
    assert kept(rule(enabled=False, expire_days=1)) == FOREVER


def test_a_rule_for_tagged_objects_does_not_count() -> None:
    assert kept(rule(tagged=True, expire_days=1)) == FOREVER


@pytest.mark.parametrize(
    "size",
    [
        {"larger_than": 5 * 1024**3},
        {"larger_than": LARGEST},
        {"smaller_than": 1},
        {"smaller_than": SMALLEST},
        {"larger_than": 2000, "smaller_than": 2001},
    ],
)
def test_a_size_window_that_no_log_file_fits_does_not_count(size: dict[str, int]) -> None:
    assert kept(rule(expire_days=1, **size)) == FOREVER


@pytest.mark.parametrize(
    "size",
    [
        {"larger_than": LARGEST - 1},
        {"smaller_than": SMALLEST + 1},
        {"larger_than": 2000, "smaller_than": 2002},
        {"smaller_than": 128 * 1024},
    ],
)
def test_a_size_window_that_a_log_file_fits_counts(size: dict[str, int]) -> None:
    assert kept(rule(expire_days=1, **size)) == Lifetime(1, "rule 'expire'")


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "A",
        "AWSLogs/",
        "AWSLogs/0102",
        f"AWSLogs/{ACCOUNT}",
        f"AWSLogs/{ACCOUNT}/CloudTrail",
        f"AWSLogs/{ACCOUNT}/CloudTrail/",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-",
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-gov-west-1",
        f"AWSLogs/{ACCOUNT}/CloudTrail/ap-southeast-1/",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/20",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/0",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/03/{ACCOUNT}_Cloud",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/03/{ACCOUNT}_CloudTrail_eu-west-1_20260203T",
    ],
)
def test_a_rule_on_any_part_of_the_logs_counts(prefix: str) -> None:
    assert kept(rule(prefix=prefix, expire_days=9)) == Lifetime(9, "rule 'expire'")


@pytest.mark.parametrize(
    "prefix",
    [
        "/",
        "tmp/",
        "awslogs/",
        "AWSLogs2",
        "AWSLogs//",
        "pre/AWSLogs/",
        f"AWSLogs/{OTHER}/CloudTrail/",
        "AWSLogs/01020304050607/",
        f"AWSLogs/{ORG}/",
        f"AWSLogs/{ACCOUNT}/Config/",
        f"AWSLogs/{ACCOUNT}/elasticloadbalancing/",
        f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/",
        f"AWSLogs/{ACCOUNT}/CloudTrail/2026/",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/1999",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/13",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/30",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026-02",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/03x",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/03/{OTHER}_CloudTrail",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/02/03/{ACCOUNT}_CloudTrail_eu-west-1_2026/",
    ],
)
def test_a_rule_that_no_log_file_of_the_trail_can_match_does_not_count(prefix: str) -> None:
    assert kept(rule(prefix=prefix, expire_days=9)) == FOREVER


def test_digests_have_a_folder_of_their_own() -> None:
    digests = rule(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/", expire_days=9)
    assert kept(digests, folder=Folder.DIGEST) == Lifetime(9, "rule 'expire'")
    assert kept(digests, folder=Folder.LOG) == FOREVER


def test_a_rule_whose_prefix_ends_within_the_folder_name_hits_logs_and_digests() -> None:
    both = rule(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail", expire_days=9)
    assert kept(both, folder=Folder.DIGEST) == kept(both, folder=Folder.LOG) == Lifetime(9, "rule 'expire'")


def test_the_prefix_of_the_trail_comes_first() -> None:
    prefixed = trail(prefix="audit/eu")
    assert kept(rule(prefix="audit/", expire_days=9), of=prefixed) == Lifetime(9, "rule 'expire'")
    assert kept(rule(prefix="audit/eu/AWSLogs/", expire_days=9), of=prefixed) == Lifetime(9, "rule 'expire'")
    assert kept(rule(prefix="audit/eu2", expire_days=9), of=prefixed) == FOREVER
    assert kept(rule(prefix="AWSLogs/", expire_days=9), of=prefixed) == FOREVER


def test_special_characters_in_the_prefix_of_the_trail_stand_for_themselves() -> None:
    assert kept(rule(prefix="a.b/", expire_days=9), of=trail(prefix="a.b")) == Lifetime(9, "rule 'expire'")
    assert kept(rule(prefix="axb/", expire_days=9), of=trail(prefix="a.b")) == FOREVER


def test_an_organization_trail_writes_for_every_member() -> None:
    whole = trail(organization=True)
    assert kept(rule(prefix=f"AWSLogs/{ORG}/{OTHER}/", expire_days=9), of=whole) == Lifetime(
        9, "rule 'expire'"
    )
    assert kept(rule(prefix=f"AWSLogs/{ORG}/{OTHER}/Config/", expire_days=9), of=whole) == FOREVER
    assert kept(rule(prefix=f"AWSLogs/{OTHER}/", expire_days=9), of=whole) == FOREVER


def test_an_organization_trail_may_have_files_from_when_it_was_its_owners_own() -> None:
    owners = rule(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail/", expire_days=9)
    assert kept(owners, of=trail(organization=True)) == Lifetime(9, "rule 'expire'")


def test_a_single_region_trail_writes_to_the_folder_of_its_home_region_only() -> None:
    single = trail(multi_region=False)
    elsewhere = rule(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/", expire_days=9)
    assert kept(elsewhere, of=single) == FOREVER
    assert kept(elsewhere, of=trail()) == Lifetime(9, "rule 'expire'")


# --- dates -----------------------------------------------------------------------------------------------


def test_a_past_date_deletes_at_once() -> None:
    past = datetime(2025, 6, 1, tzinfo=UTC)
    assert kept(rule(expire_date=past)) == Lifetime(0, "rule 'expire' from 2025-06-01")


def test_a_future_date_deletes_what_was_written_the_day_before() -> None:
    future = datetime(2031, 6, 1, tzinfo=UTC)
    assert kept(rule(expire_date=future)) == Lifetime(0, "rule 'expire' from 2031-06-01")


def test_a_rule_on_an_old_folder_only_deletes_what_is_old_already() -> None:
    old = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2020/"
    age = (NOW.date() - date(2020, 12, 31)).days
    assert kept(rule(prefix=old, expire_days=1)) == Lifetime(age, "rule 'expire'")
    assert kept(rule(prefix=old, expire_date=datetime(2025, 1, 1, tzinfo=UTC))) == Lifetime(
        age, "rule 'expire' from 2025-01-01"
    )


def test_a_rule_on_last_months_folder_deletes_what_is_young() -> None:
    last_month = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2025/12/"
    assert kept(rule(prefix=last_month, expire_days=1)) == Lifetime(31, "rule 'expire'")


def test_a_date_long_after_the_folders_last_day_lets_it_live_until_then() -> None:
    this_month = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/01/"
    assert kept(rule(prefix=this_month, expire_date=datetime(2026, 3, 1, tzinfo=UTC))) == Lifetime(
        28, "rule 'expire' from 2026-03-01"
    )


def test_the_newest_day_of_a_prefix_is_known() -> None:
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1"
    assert newest_day(f"{folder}/2024/02", trail(), Folder.LOG) == date(2024, 2, 29)
    assert newest_day(f"{folder}/2023/0", trail(), Folder.LOG) == date(2023, 9, 30)
    assert newest_day(f"{folder}/2023/04/3", trail(), Folder.LOG) == date(2023, 4, 30)
    assert newest_day(f"{folder}/201", trail(), Folder.LOG) == date(2019, 12, 31)
    assert newest_day(folder, trail(), Folder.LOG) == date(2099, 12, 31)


# --- versions --------------------------------------------------------------------------------------------


def test_a_versioned_bucket_without_a_noncurrent_rule_keeps_everything() -> None:
    assert kept(rule(expire_days=1), versioning=ENABLED) == FOREVER


def test_a_versioned_bucket_keeps_for_both_spans_together() -> None:
    assert kept(rule(expire_days=30, noncurrent_days=335), versioning=ENABLED) == Lifetime(
        365, "rule 'expire'"
    )


def test_a_noncurrent_rule_alone_deletes_nothing() -> None:
    assert kept(rule(noncurrent_days=1), versioning=ENABLED) == FOREVER
    assert kept(rule(noncurrent_days=1), versioning=OFF) == FOREVER


def test_the_noncurrent_rule_may_be_another_one() -> None:
    assert kept(
        rule(id="expire", expire_days=30), rule(id="clean", noncurrent_days=5), versioning=ENABLED
    ) == Lifetime(35, "rule 'expire' and rule 'clean'")


def test_two_rules_that_never_meet_on_one_object_do_not_add_up() -> None:
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail"
    east, west = f"{folder}/us-east-1/", f"{folder}/eu-west-1/"
    assert (
        kept(
            rule(id="expire", prefix=east, expire_days=30),
            rule(id="clean", prefix=west, noncurrent_days=5),
            versioning=ENABLED,
        )
        == FOREVER
    )
    assert (
        kept(
            rule(id="expire", smaller_than=1000, expire_days=30),
            rule(id="clean", larger_than=999, noncurrent_days=5),
            versioning=ENABLED,
        )
        == FOREVER
    )


def test_two_rules_that_meet_in_an_old_folder_delete_what_is_old_already() -> None:
    old = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2020/"
    age = (NOW.date() - date(2020, 12, 31)).days
    assert kept(
        rule(id="expire", expire_days=1), rule(id="clean", prefix=old, noncurrent_days=5), versioning=ENABLED
    ) == Lifetime(age + 5, "rule 'expire' and rule 'clean'")


def test_newer_noncurrent_versions_spare_the_only_version() -> None:
    assert (
        kept(rule(expire_days=1, noncurrent_days=1, newer_noncurrent_versions=1), versioning=ENABLED)
        == FOREVER
    )


def test_a_suspended_bucket_loses_objects_on_expiration() -> None:
    assert kept(rule(expire_days=30, noncurrent_days=335), versioning=SUSPENDED) == Lifetime(
        30, "rule 'expire'"
    )


def test_a_past_date_on_a_versioned_bucket_leaves_the_noncurrent_span() -> None:
    past = datetime(2025, 6, 1, tzinfo=UTC)
    assert kept(rule(expire_date=past, noncurrent_days=40), versioning=ENABLED) == Lifetime(
        40, "rule 'expire' from 2025-06-01"
    )


# --- Object Lock -----------------------------------------------------------------------------------------


def test_a_lock_outlasts_a_shorter_lifecycle() -> None:
    short = rule(expire_days=1, noncurrent_days=1)
    assert kept(short, versioning=ENABLED, locked_days=365) == Lifetime(365, "Object Lock")


def test_a_lock_shortens_nothing() -> None:
    long = rule(expire_days=400, noncurrent_days=1)
    assert kept(long, versioning=ENABLED, locked_days=365) == Lifetime(401, "rule 'expire'")
    assert kept(versioning=ENABLED, locked_days=365) == FOREVER


# --- what a trail delivers -------------------------------------------------------------------------------


def test_logs_and_digests_are_always_there() -> None:
    assert delivers(trail(validation=False), Folder.LOG) == Known(value=True)
    assert delivers(trail(validation=False), Folder.DIGEST) == Known(value=True)


def test_insights_files_are_there_where_insights_are_on() -> None:
    gap = denied("cloudtrail:GetInsightSelectors")
    on = Known((InsightSelector(type="ApiCallRateInsight"),))
    assert delivers(trail(insights=on), Folder.INSIGHT) == Known(value=True)
    assert delivers(trail(insights=Known(())), Folder.INSIGHT) == Known(value=False)
    assert delivers(trail(insights=gap), Folder.INSIGHT) == gap


def test_network_activity_files_are_there_where_they_are_selected() -> None:
    gap = denied("cloudtrail:GetEventSelectors")
    on = Known(Selectors(advanced=(select(), select("NetworkActivity"))))
    assert delivers(trail(selectors=on), Folder.NETWORK_ACTIVITY) == Known(value=True)
    assert delivers(trail(), Folder.NETWORK_ACTIVITY) == Known(value=False)
    assert delivers(trail(selectors=gap), Folder.NETWORK_ACTIVITY) == gap


# --- when they move files --------------------------------------------------------------------------------


@pytest.mark.parametrize(("deleted_after", "moved"), [(None, True), (6, True), (5, False), (4, False)])
def test_a_noncurrent_move_counts_unless_the_version_is_deleted_by_then(
    deleted_after: int | None, moved: bool
) -> None:
    cold = Transition(storage_class="GLACIER", days=5)
    one = rule(expire_days=30, noncurrent_days=deleted_after, noncurrent_transitions=(cold,))
    found = moves((one,), ENABLED, trail(), Folder.LOG, now=NOW)
    assert found == ((Move(35, "GLACIER", "rule 'expire'"),) if moved else ())


@pytest.mark.parametrize(("versioning", "moved"), [(ENABLED, True), (SUSPENDED, False), (OFF, False)])
def test_on_the_day_of_expiration_a_move_goes_before_a_delete_marker_and_after_a_deletion(
    versioning: Versioning, moved: bool
) -> None:
    cold = Transition(storage_class="GLACIER", days=30)
    one = rule(expire_days=30, transitions=(cold,))
    found = moves((one,), versioning, trail(), Folder.LOG, now=NOW)
    assert found == ((Move(30, "GLACIER", "rule 'expire'"),) if moved else ())
