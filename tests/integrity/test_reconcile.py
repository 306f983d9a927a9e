"""Log files that lie in the bucket, against those that digests name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.demo.deliveries import Delivery
from scanner.integrity.layout import HOUR
from scanner.integrity.reconcile import Reconciliation
from tests.integrity.tree import DAY, Run, delete_digest, found, inject_log, kinds, logs, prove, tree

FOLDER = logs(tree())[0].rpartition("/")[0]


@given(st.permutations([("named", "a"), ("named", "a"), ("listed", "a"), ("named", "b"), ("listed", "c")]))
def test_what_is_named_and_listed_is_settled_in_any_order(steps: list[tuple[str, str]]) -> None:
    reconciliation = Reconciliation()
    for step, key in steps:
        getattr(reconciliation, step)(key)
    assert set(reconciliation.unclaimed) == {"c"}
    assert reconciliation.vanished == frozenset()


@given(st.permutations(["named", "listed"]))
def test_what_is_listed_and_not_there_has_vanished(steps: list[str]) -> None:
    reconciliation = Reconciliation()
    for step in steps:
        if step == "named":
            reconciliation.named("a", present=False)
        else:
            reconciliation.listed("a")
    assert reconciliation.vanished == {"a"}


def test_the_marker_of_a_folder_is_no_log_file() -> None:
    assert prove({**tree(), f"{FOLDER}/": tree()[logs(tree())[0]]}).findings == ()


def test_an_object_that_is_not_named_like_a_log_file_was_injected_too() -> None:
    """Readers of a folder take it for one."""
    changed = tree()
    changed[f"{FOLDER}/extra.json.gz"] = changed[logs(changed)[0]]
    assert found(prove(changed)) == [("log-injected", f"{FOLDER}/extra.json.gz")]


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"shared": True}, "another trail delivers into this folder"),
        ({"shared": None}, "whether another trail delivers into this folder is not known"),
        ({"now": Delivery().end + DAY / 2}, "a backfill digest may still name it"),
    ],
)
def test_a_log_file_that_may_be_honest_is_unverifiable(known: dict[str, Any], why: str) -> None:
    changed = tree()
    key = inject_log(changed, 6)
    outcome = prove(changed, **known)
    assert found(outcome) == [("log-unverifiable", key)]
    assert outcome.findings[0].detail == f"1 log file that no proven digest names: {why}"
    assert outcome.counts.logs == 13


def test_a_log_file_that_the_next_digest_will_name_is_no_finding() -> None:
    changed = tree()
    key = inject_log(changed, 11)
    changed[key] = replace(changed[key], modified=Delivery().end + timedelta(minutes=1))
    assert prove(changed).findings == ()


def test_a_log_file_that_was_put_there_days_later_says_when() -> None:
    changed = tree()
    key = inject_log(changed, 4)
    changed[key] = replace(changed[key], modified=Delivery().end + DAY)
    outcome = prove(changed)
    assert found(outcome) == [("log-injected", key)]
    assert outcome.findings[0].detail.endswith("and was written at 2026-06-02T06:17:28Z")


def test_a_log_file_that_was_delivered_late_may_be_named_by_a_digest_that_is_gone() -> None:
    changed = tree()
    late = inject_log(changed, 2)
    changed[late] = replace(changed[late], modified=Delivery().start + 3.5 * HOUR)
    delete_digest(changed, 3)
    assert set(kinds(prove(changed))) == {"digest-missing", "log-unverifiable"}


def test_a_log_file_of_another_trail_s_digest_is_claimed_by_that() -> None:
    changed = tree()
    key = inject_log(changed, 4)
    run = Run(changed)
    about, reconciliation = run.about(), Reconciliation()
    run.seen(about, reconciliation)
    assert set(reconciliation.unclaimed) == {key}
    reconciliation.named(key)
    assert not reconciliation.unclaimed


def test_a_backfill_digest_that_cannot_be_read_may_name_it() -> None:
    delivery = Delivery(late=frozenset({1}))
    late = next(key for key in tree(delivery) if key.endswith("_backfill.json.gz"))
    outcome = Run(tree(delivery), delivery, faults={late: "AccessDenied"}).prove()
    assert kinds(outcome) == ["digest-unreadable", "log-unverifiable"]
