"""Time that no digest covers: what was deleted, and what has a harmless reason."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scanner.demo.deliveries import Delivery, Pause
from scanner.integrity.history import Off
from scanner.integrity.layout import HOUR
from scanner.model.finding import Severity
from scanner.model.verification import LaneOutcome
from tests.integrity.tree import (
    DAY,
    Run,
    alter_digest,
    delete_digest,
    digests,
    document,
    found,
    hours,
    kinds,
    logs,
    prove,
    redeliver,
    tree,
)

START, END = Delivery().start, Delivery().end
MINUTE = timedelta(minutes=1)


def off(first: float, last: float | None) -> tuple[Off, ...]:
    """A stop between two hours of the delivery."""
    until = None if last is None else START + last * HOUR
    return (Off(START + first * HOUR, until, "StopLogging by Alice"),)


def details(outcome: LaneOutcome) -> list[str]:
    return [each.detail for each in outcome.findings]


def digests_found(outcome: LaneOutcome) -> list[tuple[str, str | None]]:
    """Without what becomes of their log files."""
    return [each for each in found(outcome) if each[0] != "log-unverifiable"]


# Runs of missing digests


@pytest.mark.parametrize("at", [(1, 2), (2, 3, 4), (0, 1), (0, 1, 2, 3, 4)])
def test_each_missing_digest_of_a_run_is_named(at: tuple[int, ...]) -> None:
    changed = tree()
    gone = [digests(changed)[each] for each in at]
    for key in gone:
        del changed[key]
    outcome = prove(changed)
    assert digests_found(outcome) == [("digest-missing", key) for key in gone]
    assert hours(outcome)["missing"] == len(at) + 1
    assert (outcome.counts.digests, outcome.counts.digests_valid) == (6, 6 - len(at))
    assert outcome.counts.logs == 12


def test_a_run_tells_what_is_proven_and_what_is_reckoned() -> None:
    changed = tree()
    delete_digest(changed, 1)
    delete_digest(changed, 1)
    after = digests(changed)[1]
    sha256 = document(changed[after])["previousDigestHashValue"]
    assert [each.detail for each in prove(changed).findings if each.kind == "digest-missing"] == [
        "is gone like its successors: no stop of the trail is known",
        f"is gone: its successor {after} holds its SHA-256 {sha256}",
    ]


def test_before_a_missing_digest_without_any_older_one_nothing_is_said_but_what_history_tells() -> None:
    """The trail may have been new."""
    changed = tree()
    first, second = delete_digest(changed, 0), delete_digest(changed, 0)
    assert digests_found(prove(changed)) == [("digest-missing", first), ("digest-missing", second)]
    outcome = prove(changed, off_known_from=None)
    assert digests_found(outcome) == [("gap", None), ("digest-missing", second)]


def test_before_a_missing_digest_lifecycle_rules_may_have_deleted_the_others() -> None:
    changed = tree()
    delete_digest(changed, 0)
    gone = delete_digest(changed, 0)
    outcome = prove(changed, digests_expire=2 * DAY + 4.5 * HOUR)
    assert digests_found(outcome) == [("head-unanchored", None), ("digest-missing", gone)]


def test_two_holes_are_two_findings() -> None:
    changed = tree()
    later, earlier = delete_digest(changed, 3), delete_digest(changed, 1)
    assert digests_found(prove(changed)) == [("digest-missing", earlier), ("digest-missing", later)]


def test_a_hole_before_a_digest_that_proves_nothing_is_a_gap_beside_it() -> None:
    """Only the altered digest could have told what came before it."""
    changed = tree()
    altered = alter_digest(changed, 3)
    delete_digest(changed, 2)
    outcome = prove(changed)
    assert digests_found(outcome) == [("gap", None), ("digest-altered", altered)]
    assert outcome.findings[0].first == START + 2 * HOUR


def test_a_stop_explains_the_hours_before_a_digest_that_is_gone() -> None:
    delivery = Delivery(pauses=(Pause(2, 4),))
    changed = tree(delivery)
    gone = delete_digest(changed, 2)
    outcome = prove(changed, delivery, off=off(2, 4))
    assert digests_found(outcome) == [("gap", None), ("digest-missing", gone)]
    assert hours(outcome)["missing"] == 2


# Stops


PAUSED = Delivery(pauses=(Pause(2.5, 4.25),))


def test_a_restart_that_a_stop_explains_is_a_mild_gap() -> None:
    outcome = prove(tree(PAUSED), PAUSED, off=off(2.5, 4.25))
    assert [(each.kind, each.severity, each.first, each.last) for each in outcome.findings] == [
        ("gap", Severity.LOW, START + 2.5 * HOUR, START + 4.25 * HOUR)
    ]
    assert details(outcome) == ["a new chain begins at 2026-06-01T04:32:28Z; explained: StopLogging by Alice"]
    assert hours(outcome) == {"proven": 4, "not-covered": 3}


def test_a_restart_that_nothing_explains_is_a_gap_and_no_tampering() -> None:
    outcome = prove(tree(PAUSED), PAUSED)
    assert kinds(outcome) == ["gap"]
    assert outcome.findings[0].severity is Severity.MEDIUM
    assert details(outcome)[0].endswith("; no stop of the trail explains it")


def test_a_restart_without_any_history_says_that_a_stop_is_not_known() -> None:
    outcome = prove(tree(PAUSED), PAUSED, off_known_from=None)
    assert details(outcome)[0].endswith("; whether the trail was stopped is not known")


def test_a_stop_that_is_shorter_than_the_gap_explains_a_part_of_it() -> None:
    outcome = prove(tree(PAUSED), PAUSED, off=off(2.5, 2.75))
    assert "only part of it is explained" in details(outcome)[0]
    assert outcome.findings[0].severity is Severity.MEDIUM


def test_digests_that_were_due_until_a_stop_are_missing() -> None:
    """No successor names them: the next chain starts anew. But the trail ran until it was stopped."""
    delivery = Delivery(hours=8, pauses=(Pause(4, 6),))
    changed = tree(delivery)
    gone = [digests(changed)[at] for at in (2, 3)]
    for key in gone:
        del changed[key]
    outcome = prove(changed, delivery, off=off(4.3, 6))
    assert digests_found(outcome) == [("digest-missing", gone[0]), ("digest-missing", gone[1]), ("gap", None)]


def test_digests_that_were_due_until_a_stop_may_have_gone_by_a_lifecycle_rule() -> None:
    delivery = Delivery(hours=8, pauses=(Pause(4, 6),))
    changed = tree(delivery)
    gone = [digests(changed)[at] for at in (2, 3)]
    for key in gone:
        del changed[key]
    now, stopped = delivery.end + 2 * DAY, off(4.3, 6)
    outcome = prove(changed, delivery, off=stopped, digests_expire=now - (START + 3.5 * HOUR))
    assert digests_found(outcome) == [("gap", None), ("digest-missing", gone[1]), ("gap", None)]
    assert details(outcome)[0] == "each digest is so old that lifecycle rules may have deleted it"
    assert kinds(prove(changed, delivery, off=stopped, digests_expire=DAY)) == ["gap", "gap"]


def test_a_stop_that_was_not_the_first_shows_no_missing_digests() -> None:
    """A trail that was stopped before its history begins may be stopped once more."""
    delivery = Delivery(hours=8, pauses=(Pause(2, 6),))
    known = START + 3 * HOUR
    outcome = prove(tree(delivery), delivery, off=off(4.3, 6), off_known_from=known)
    assert kinds(outcome) == ["gap"]
    later = prove(tree(delivery), delivery, off=off(4.3, 6), off_known_from=known, start=known)
    assert kinds(later) == ["gap"]


def test_a_stop_of_minutes_is_a_gap_of_minutes() -> None:
    delivery = Delivery(pauses=(Pause(2.5, 2.55),))
    outcome = prove(tree(delivery), delivery, off=off(2.5, 2.55))
    assert kinds(outcome) == ["gap"]
    assert outcome.findings[0].last - outcome.findings[0].first == 0.05 * HOUR


def test_log_files_of_a_time_without_validation_are_not_injected() -> None:
    paused, whole = tree(PAUSED), tree()
    unsigned = {key: whole[key] for key in logs(whole) if "T03" in key}
    outcome = prove({**paused, **unsigned}, PAUSED, off=off(2.5, 4.25))
    assert kinds(outcome) == ["gap"]


# Heads


def test_a_period_that_begins_before_the_trail_is_not_covered_there() -> None:
    outcome = prove(tree(), start=START - 3 * HOUR, off_known_from=None)
    assert kinds(outcome) == ["gap"]
    assert (outcome.findings[0].first, outcome.findings[0].last) == (START - 3 * HOUR, START)
    assert outcome.lane.proven_from == START


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"copied": True}, "which is not part of the copy, nor is anything older"),
        ({"digests_expire": DAY}, "which is so old that lifecycle rules may have deleted it"),
        (
            {"digests_expire": DAY, "rules_unknown": "denied"},
            "which is so old that lifecycle rules may have deleted it (which there are is not known: denied)",
        ),
        ({"listed_from": START + 1.5 * HOUR}, "which was not asked for"),
    ],
)
def test_a_chain_that_leads_out_of_reach_is_unanchored(known: dict[str, Any], why: str) -> None:
    changed = tree()
    gone = delete_digest(changed, 0)
    outcome = prove(changed, **known)
    assert digests_found(outcome) == [("head-unanchored", None)]
    assert f"the chain leads on to {gone}, {why}" in details(outcome)


def test_a_head_that_should_be_there_is_missing() -> None:
    changed = tree()
    gone = delete_digest(changed, 0)
    outcome = prove(changed, digests_expire=30 * DAY)
    assert digests_found(outcome) == [("digest-missing", gone)]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ({"previousDigestS3Bucket": "old-logs"}, "which lies in the bucket old-logs"),
        ({"previousDigestS3Object": "old/" + digests(tree())[1]}, "which lies in another folder"),
    ],
)
def test_a_chain_that_leads_to_where_the_trail_delivered_before_is_unanchored(
    link: dict[str, str], why: str
) -> None:
    changed = tree()
    redeliver(changed, digests(changed)[2], link)
    delete_digest(changed, 0)
    delete_digest(changed, 0)
    outcome = prove(changed)
    assert digests_found(outcome) == [("head-unanchored", None)]
    assert details(outcome)[0].endswith(why)


def test_time_between_two_chained_digests_was_left_out_by_cloudtrail() -> None:
    changed = tree()
    redeliver(changed, digests(changed)[2], {"digestStartTime": "2026-06-01T02:47:28Z"})
    outcome = prove(changed)
    assert [(each.kind, each.severity) for each in outcome.findings] == [("gap", Severity.LOW)]


# Tails


def test_the_last_hours_before_now_need_no_digest_yet() -> None:
    outcome = prove(tree(), end=END + 2.9 * HOUR, now=END + 2.9 * HOUR)
    assert outcome.findings == ()
    assert outcome.lane.proven_to == END
    assert hours(outcome) == {"proven": 6, "not-covered": 4}


def test_no_digest_for_longer_is_a_gap() -> None:
    outcome = prove(tree(), end=END + 5 * HOUR, now=END + 5 * HOUR)
    assert kinds(outcome) == ["gap"]
    assert details(outcome) == ["no digest came since; no stop of the trail explains it"]


def test_a_trail_that_is_stopped_explains_its_end() -> None:
    outcome = prove(tree(), end=END + DAY, off=off(6, None))
    assert [(each.kind, each.severity) for each in outcome.findings] == [("gap", Severity.LOW)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_newest_digests_are_missing_where_cloudtrail_says_that_it_delivered_later_ones(
    count: int,
) -> None:
    changed = tree()
    for key in digests(changed)[-count:]:
        del changed[key]
    outcome = prove(changed, delivered=END + 3 * MINUTE)
    assert digests_found(outcome) == [("tail-missing", None)]
    assert (outcome.findings[0].first, outcome.findings[0].last) == (END - count * HOUR, END)
    assert outcome.findings[0].detail == (
        "the newest digests are gone: CloudTrail says that it delivered one at 2026-06-01T06:20:28Z"
    )
    assert hours(outcome)["missing"] == count + 1


def test_all_digests_are_missing_where_cloudtrail_says_that_it_delivered_some() -> None:
    nothing = {key: stored for key, stored in tree().items() if "/CloudTrail/" in key}
    outcome = prove(nothing, delivered=END + 3 * MINUTE)
    assert digests_found(outcome) == [("tail-missing", None)]


def test_the_newest_digests_may_have_gone_by_a_lifecycle_rule_long_after_the_trail_ended() -> None:
    changed = tree()
    del changed[digests(changed)[-1]]
    old, young = (prove(changed, delivered=END + 3 * MINUTE, digests_expire=age) for age in (DAY, 3 * DAY))
    assert (digests_found(old), digests_found(young)) == ([("gap", None)], [("tail-missing", None)])
    assert details(old)[0].startswith(
        "the newest digest is so old that lifecycle rules may have deleted it: CloudTrail says"
    )


@pytest.mark.parametrize("delivered", [END + 3 * MINUTE, END - HOUR, END + HOUR])
def test_the_newest_digest_is_no_other_than_the_one_that_cloudtrail_tells_of(delivered: datetime) -> None:
    outcome = prove(tree(), delivered=delivered)
    assert outcome.findings == ()


def test_a_digest_that_came_hours_late_is_the_one_that_cloudtrail_tells_of() -> None:
    changed = tree()
    newest = digests(changed)[-1]
    changed[newest] = replace(changed[newest], modified=END + 2 * HOUR)
    assert prove(changed, delivered=END + 2 * HOUR).findings == ()


def test_the_newest_digests_are_missing_where_signed_deliveries_went_on() -> None:
    changed = tree()
    for key in digests(changed)[1:]:
        del changed[key]
    outcome = prove(changed)
    newest = max(outcome.findings, key=lambda each: each.kind == "tail-missing")
    assert (
        newest.detail == "the newest digests are gone: log files went on to come until 2026-06-01T06:02:00Z"
    )


@pytest.mark.parametrize(
    "known", [{"shared": True}, {"shared": None}, {"validating": None}, {"off_known_from": None}]
)
def test_deliveries_that_another_trail_or_no_validation_may_explain_show_no_missing_digests(
    known: dict[str, Any],
) -> None:
    changed = tree()
    for key in digests(changed)[1:]:
        del changed[key]
    assert not any(each.kind.is_tampering for each in prove(changed, **known).findings)


def test_log_files_that_came_while_the_run_went_on_show_no_missing_digests() -> None:
    changed = tree()
    for key in digests(changed)[1:]:
        del changed[key]
    begun = START + 3 * HOUR
    assert prove(changed, now=begun, end=begun).findings == ()


def test_deliveries_after_validation_was_switched_off_show_no_missing_digests() -> None:
    changed = tree()
    for key in digests(changed)[1:]:
        del changed[key]
    outcome = prove(changed, off=off(1, None))
    assert [(each.kind, each.severity) for each in outcome.findings] == [("gap", Severity.LOW)]


def test_no_digest_at_all_is_said_and_never_well() -> None:
    outcome = prove({})
    assert [(each.kind, each.first, each.last) for each in outcome.findings] == [("no-digests", START, END)]
    assert hours(outcome) == {"not-covered": 7}


def test_no_digest_is_said_even_of_the_last_minutes() -> None:
    outcome = prove({}, start=END, end=END + 10 * MINUTE, now=END + 10 * MINUTE)
    assert kinds(outcome) == ["no-digests"]


def test_a_stop_is_told_beside_no_digests() -> None:
    assert details(prove({}, off=off(-5, None))) == ["not one digest file is there; StopLogging by Alice"]


# Backfill


LATE = Delivery(late=frozenset({1, 3}))


def test_backfill_digests_are_a_chain_of_their_own() -> None:
    outcome = prove(tree(LATE), LATE)
    assert outcome.findings == ()
    assert (outcome.counts.digests, outcome.counts.logs, outcome.counts.logs_valid) == (8, 14, 14)


def test_a_backfill_digest_that_is_gone_is_missing() -> None:
    changed = tree(LATE)
    gone = digests(changed, backfill=True)[0]
    del changed[gone]
    outcome = prove(changed, LATE)
    assert digests_found(outcome) == [("digest-missing", gone)]
    assert hours(outcome)["missing"] == 2


def test_a_backfill_digest_that_cannot_be_read_leaves_its_hour_unknown() -> None:
    key = digests(tree(LATE), backfill=True)[0]
    outcome = Run(tree(LATE), LATE, faults={key: "AccessDenied"}).prove()
    assert digests_found(outcome) == [("digest-unreadable", key)]
    assert hours(outcome) == {"proven": 5, "unknown": 2}
