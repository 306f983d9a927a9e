"""One lane from its objects to its outcome; the log files, and the totals."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.demo.deliveries import Delivery, Stored, Tree
from scanner.integrity.evidence import LogSeen, LogState, Tally, stamp_of
from scanner.integrity.lane import conclude_lane
from scanner.integrity.layout import HOUR, parse_digest_key
from scanner.integrity.reconcile import Reconciliation
from scanner.model.verification import HourState, Stretch
from tests.integrity.tree import (
    DAY,
    TAMPERINGS,
    Run,
    alter_digest,
    alter_log,
    append_to_log,
    delete_digest,
    delete_log,
    delivered,
    digests,
    found,
    hours,
    inject_log,
    kinds,
    logs,
    prove,
    rewrap_log,
    ring,
    tree,
)


def test_a_blameless_tree_is_proven_from_end_to_end() -> None:
    outcome = prove(tree())
    lane, counts = outcome.lane, outcome.counts
    assert outcome.findings == ()
    assert (counts.digests, counts.digests_valid, counts.logs, counts.logs_valid) == (6, 6, 12, 12)
    assert (lane.proven_from, lane.proven_to) == (Delivery().start, Delivery().end)
    assert lane.oldest_proven == Delivery().start.replace(minute=32, second=0)
    assert lane.calendar == (
        Stretch(
            first=Delivery().start.replace(minute=0, second=0),
            last=Delivery().end.replace(minute=0, second=0) + HOUR,
            state=HourState.PROVEN,
        ),
    )


def test_an_hour_without_deliveries_is_proven_empty() -> None:
    delivery = Delivery(quiet=frozenset({2, 3}))
    outcome = prove(tree(delivery), delivery)
    assert outcome.findings == ()
    assert hours(outcome) == {"proven": 6, "empty": 1}


@pytest.mark.parametrize("name", ["alter_log", "garble_log"])
def test_another_content_is_an_altered_log_file_and_an_altered_hour(name: str) -> None:
    changed = tree()
    key = TAMPERINGS[name](changed, 4)
    outcome = prove(changed)
    assert found(outcome) == [("log-altered", key)]
    assert hours(outcome) == {"proven": 6, "altered": 1}
    assert (outcome.counts.logs, outcome.counts.logs_valid) == (12, 11)


def test_what_is_put_after_a_log_file_is_an_altered_container() -> None:
    changed = tree()
    key = append_to_log(changed, 4)
    assert found(prove(changed)) == [("container-altered", key)]


def test_a_log_file_that_was_compressed_anew_is_valid() -> None:
    changed = tree()
    rewrap_log(changed, 4)
    assert prove(changed) == prove(tree())


def test_a_log_file_that_is_gone_is_missing() -> None:
    changed = tree()
    key = delete_log(changed, 4)
    outcome = prove(changed)
    assert found(outcome) == [("log-missing", key)]
    assert hours(outcome) == {"proven": 6, "missing": 1}


def test_log_files_that_lifecycle_rules_may_have_deleted_are_not_covered() -> None:
    changed = tree()
    for key in logs(changed)[:3]:
        del changed[key]
    outcome = prove(changed, logs_expire=DAY, rules_unknown="denied")
    told = "each so old that lifecycle rules may have deleted it (which there are is not known: denied)"
    assert [(each.kind, each.detail) for each in outcome.findings] == [("gap", f"3 log files gone, {told}")]


def test_a_log_file_is_as_old_as_its_name_says() -> None:
    changed = tree()
    gone = logs(changed)[1]
    del changed[gone]
    delivered = stamp_of(gone)
    assert delivered
    age = Run(changed).about().now - delivered
    assert kinds(prove(changed, logs_expire=age)) == ["gap"]
    assert found(prove(changed, logs_expire=age + timedelta(minutes=1))) == [("log-missing", gone)]


def test_a_log_file_that_was_listed_and_then_gone_is_unreadable() -> None:
    whole = tree()
    key = logs(whole)[4]
    outcome = Run(_Vanishing(whole, gone=key)).prove()
    assert found(outcome) == [("log-unreadable", key)]
    assert hours(outcome) == {"proven": 6, "unknown": 1}


class _Vanishing(dict[str, Stored]):
    """The listing still holds what the reads no longer find."""

    def __init__(self, whole: Tree, *, gone: str) -> None:
        super().__init__(whole)
        self._gone = gone

    def __contains__(self, key: object) -> bool:
        return key != self._gone and super().__contains__(key)


def test_a_log_file_that_no_digest_names_was_injected() -> None:
    changed = tree()
    key = inject_log(changed, 4)
    outcome = prove(changed)
    assert found(outcome) == [("log-injected", key)]
    assert hours(outcome) == {"proven": 6, "altered": 1}


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_digest_that_is_gone_is_missing_and_its_log_files_are_unverifiable(at: int) -> None:
    changed = tree()
    key = delete_digest(changed, at)
    outcome = prove(changed)
    assert found(outcome) == [("digest-missing", key), ("log-unverifiable", logs(changed)[2 * at])]
    assert hours(outcome) == {"proven": 5, "missing": 2}
    counts = outcome.counts
    assert (counts.digests, counts.digests_valid, counts.logs, counts.logs_valid) == (6, 5, 12, 10)


def test_a_log_file_that_cannot_be_read_is_unknown_and_never_worse() -> None:
    key = logs(tree())[4]
    outcome = Run(tree(), faults={key: "archived in GLACIER"}).prove()
    assert [(each.kind, each.key, each.detail) for each in outcome.findings] == [
        ("log-unreadable", key, "archived in GLACIER")
    ]
    assert hours(outcome) == {"proven": 6, "unknown": 1}


def test_digests_that_cannot_be_listed_leave_every_hour_unknown() -> None:
    about = Run(tree()).about()
    outcome = conclude_lane(about, [], ring(), Reconciliation(), fault="AccessDenied")
    assert [(each.kind, each.key, each.detail) for each in outcome.findings] == [
        ("digest-unreadable", None, "the digests could not all be listed: AccessDenied")
    ]
    assert hours(outcome) == {"unknown": 7}


def test_what_was_listed_is_judged_all_the_same() -> None:
    changed = tree()
    altered = alter_log(changed, 0)
    run = Run(changed)
    about, reconciliation = run.about(), Reconciliation()
    seen = run.seen(about, reconciliation)[:3]
    outcome = conclude_lane(about, seen, run.keys, reconciliation, fault="AccessDenied")
    assert found(outcome) == [("log-altered", altered), ("digest-unreadable", None)]
    assert hours(outcome) == {"proven": 2, "altered": 1, "unknown": 4}


def test_without_a_listing_the_log_files_of_a_bad_digest_are_counted_by_its_word() -> None:
    changed = tree()
    alter_digest(changed, 2)
    run = Run(changed)
    about = run.about()
    outcome = conclude_lane(about, run.seen(about, Reconciliation()), run.keys)
    assert (outcome.counts.logs, outcome.counts.logs_valid) == (11, 10)


def test_a_digest_whose_log_files_were_not_read_leaves_its_time_unknown() -> None:
    run = Run(tree())
    about = run.about()
    reconciliation = Reconciliation()
    seen = run.seen(about, reconciliation)
    seen[2] = seen[2]._replace(tally=None)
    outcome = conclude_lane(about, seen, run.keys, reconciliation)
    assert kinds(outcome) == ["log-unverifiable"]
    assert hours(outcome) == {"proven": 5, "unknown": 2}


def test_log_files_that_cannot_be_listed_leave_open_whether_one_was_injected() -> None:
    run = Run(tree())
    about = run.about()
    seen = run.seen(about, Reconciliation())
    outcome = conclude_lane(about, seen, run.keys, None, logs_fault="AccessDenied")
    assert [(each.kind, each.key, each.detail) for each in outcome.findings] == [
        (
            "log-unverifiable",
            None,
            "not known is whether log files were put there: they could not be listed (AccessDenied)",
        )
    ]
    assert hours(outcome) == {"proven": 7}


@given(st.permutations(logs(delivered())))
def test_the_oldest_log_file_is_the_first_stamp_of_those_that_are_valid(keys: list[str]) -> None:
    first, second, *_ = logs(delivered())
    bad = [LogSeen(first, LogState.ALTERED)]
    assert Tally.of([*keys, "AWSLogs/0"], [], 7).oldest == stamp_of(first)
    assert Tally.of(keys, bad, 7) == Tally(len(keys), len(keys) - 1, 7, stamp_of(second), tuple(bad))


def test_only_digests_that_cover_some_of_the_period_are_judged() -> None:
    changed = tree()
    delete_digest(changed, 0)
    alter_digest(changed, 4)
    names = [parse_digest_key(key) for key in digests(changed)]
    first, last = names[0], names[2]
    assert first
    assert last
    outcome = prove(changed, start=first.end - HOUR, end=last.end)
    assert outcome.findings == ()
    assert (outcome.counts.digests, outcome.counts.logs) == (3, 6)
    assert outcome.lane.proven_to == last.end


def test_the_whole_digest_counts_that_a_period_touches() -> None:
    middle = Delivery().start + timedelta(hours=2, minutes=30)
    outcome = prove(tree(), start=middle, end=middle + timedelta(minutes=1))
    assert (outcome.counts.digests, outcome.counts.logs) == (1, 2)
    assert hours(outcome) == {"proven": 1}
