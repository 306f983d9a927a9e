"""What holds of every tree: tampering is never overlooked, a fault never taken for it, order without effect."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.demo.deliveries import Delivery, Pause, Signer
from scanner.integrity.history import Off
from scanner.integrity.lane import conclude_lane
from scanner.integrity.layout import HOUR
from scanner.integrity.reconcile import Reconciliation
from scanner.integrity.verification import conclude
from scanner.model.verification import LaneOutcome, Verification
from tests.integrity.tree import TAMPERINGS, Run, digests, forge_digest, logs, tree

HOURS = 5
STRANGER = Signer()
PAUSES = [(), (Pause(1.5, 3.25),), (Pause(2, 4),), (Pause(2, 2.5), Pause(3.5, 4.75))]

deliveries = st.builds(
    Delivery,
    prefix=st.sampled_from(["", "a/b"]),
    hours=st.just(HOURS),
    logs=st.integers(0, 2),
    records=st.just(1),
    quiet=st.sampled_from([frozenset[int](), frozenset({0}), frozenset({2, 3})]),
    late=st.sampled_from([frozenset[int](), frozenset({1}), frozenset({1, 4})]),
    pauses=st.sampled_from(PAUSES),
)
"""Few enough that each tree is signed once."""


def stops(delivery: Delivery) -> tuple[Off, ...]:
    start = delivery.start
    return tuple(
        Off(start + pause.first * HOUR, start + pause.last * HOUR, "StopLogging") for pause in delivery.pauses
    )


def prove(run: Run, **changes: Any) -> LaneOutcome:
    known: dict[str, Any] = {
        "off": stops(run.delivery),
        "delivered": run.delivery.end + timedelta(minutes=3),
    }
    return run.prove(**known | changes)


def verdict(outcome: LaneOutcome) -> Verification:
    start, end = Delivery().start, Delivery().end
    return conclude("arn", [outcome], start=start, end=end, verified_at=end)


def is_tampered(outcome: LaneOutcome) -> bool:
    return any(found.kind.is_tampering for found in outcome.findings)


@given(deliveries)
def test_a_blameless_tree_is_intact_but_for_its_stops(delivery: Delivery) -> None:
    outcome = prove(Run(tree(delivery), delivery))
    assert {found.kind for found in outcome.findings} == ({"gap"} if delivery.pauses else set())
    assert outcome.counts.digests == outcome.counts.digests_valid
    assert outcome.counts.logs == outcome.counts.logs_valid


@given(deliveries, st.sampled_from(sorted(TAMPERINGS)), st.data())
def test_any_tampering_is_called_tampering_or_leaves_something_unproven(
    delivery: Delivery, name: str, data: Any
) -> None:
    changed = tree(delivery)
    among = logs(changed) if name.endswith("log") else digests(changed)
    if not among:
        return
    TAMPERINGS[name](changed, data.draw(st.integers(0, len(among) - 1)))
    outcome = prove(Run(changed, delivery), off=())
    assert verdict(outcome).verdict != "intact"
    if not delivery.pauses and name != "garble_digest":
        assert is_tampered(outcome)


@given(deliveries, st.lists(st.tuples(st.sampled_from(sorted(TAMPERINGS)), st.integers(0, 9)), max_size=3))
def test_the_order_of_arrival_changes_nothing(delivery: Delivery, tamperings: list[tuple[str, int]]) -> None:
    changed = tree(delivery)
    for name, at in tamperings:
        among = logs(changed) if name.endswith("log") else digests(changed)
        with suppress(OSError):  # what is garbage already
            if at < len(among):
                TAMPERINGS[name](changed, at)
    run = Run(changed, delivery)
    shuffled = replace(run, order=lambda keys: Random(1).sample(ordered := sorted(keys), len(ordered)))
    backwards = replace(run, order=lambda keys: sorted(keys, reverse=True))
    assert prove(run) == prove(shuffled) == prove(backwards)


@given(deliveries, st.data(), st.booleans())
def test_a_fault_is_never_tampering_and_never_well(delivery: Delivery, data: Any, history: bool) -> None:
    whole = tree(delivery)
    faults = data.draw(st.sets(st.sampled_from(sorted(whole)), min_size=1, max_size=6))
    run = Run(whole, delivery, faults=dict.fromkeys(faults, "AccessDenied"))
    known: dict[str, Any] = {} if history else {"off": (), "off_known_from": None, "delivered": None}
    outcome = prove(run, **known)
    assert not is_tampered(outcome)
    assert verdict(outcome).verdict == "incomplete"
    assert (
        outcome.counts.logs_valid < outcome.counts.logs or faults & set(digests(whole)) or _backfill(faults)
    )


def _backfill(faults: set[str]) -> bool:
    return any(key.endswith("_backfill.json.gz") for key in faults)


@given(deliveries, st.data())
def test_digests_that_were_not_listed_are_never_missing(delivery: Delivery, data: Any) -> None:
    run = Run(tree(delivery), delivery)
    about, reconciliation = run.about(off=stops(delivery)), Reconciliation()
    seen = run.seen(about, reconciliation)
    listed = [each for each in seen if data.draw(st.booleans())]
    outcome = conclude_lane(about, listed, run.keys, reconciliation, fault="AccessDenied")
    assert not is_tampered(outcome)
    assert verdict(outcome).verdict == "incomplete"
    assert not outcome.lane.hours.not_covered


@given(deliveries, st.data())
def test_lost_metadata_is_never_tampering(delivery: Delivery, data: Any) -> None:
    whole = tree(delivery)
    for key in data.draw(st.sets(st.sampled_from(sorted(whole)))):
        whole[key] = replace(whole[key], metadata={})
    assert not is_tampered(prove(Run(whole, delivery)))


@given(deliveries, st.integers(0, HOURS * 60 - 1), st.integers(0, HOURS * 60 - 1))
def test_any_period_of_a_blameless_tree_is_free_of_tampering(
    delivery: Delivery, first: int, last: int
) -> None:
    start = delivery.start + timedelta(minutes=min(first, last))
    end = min(delivery.start + timedelta(minutes=max(first, last) + 1), delivery.end)
    outcome = prove(Run(tree(delivery), delivery), start=start, end=end)
    assert {found.kind for found in outcome.findings} <= {"gap", "no-digests"}
    assert sum(outcome.lane.hours.model_dump().values()) == sum(
        (stretch.last - stretch.first) // HOUR for stretch in outcome.lane.calendar
    )
    if not delivery.pauses:
        assert outcome.findings == ()
        assert (outcome.lane.proven_from, outcome.lane.proven_to) == (start, end)


@given(deliveries, st.data())
def test_part_of_a_copy_is_free_of_tampering_as_far_as_its_digests_go(delivery: Delivery, data: Any) -> None:
    """Whoever copies the newer files only has not deleted the older ones, nor those that came later."""
    whole = tree(delivery)
    names = digests(whole)
    first = data.draw(st.integers(0, len(names) - 1))
    last = data.draw(st.integers(first, len(names)))
    left = {*names[:first], *names[last:]}
    copied = {key: stored for key, stored in whole.items() if key not in left}
    assert not is_tampered(prove(Run(copied, delivery), copied=True, shared=None))


@given(
    deliveries.map(lambda delivery: replace(delivery, pauses=(), late=frozenset())),
    st.lists(
        st.tuples(st.sampled_from(["delete", "replace", "forge"]), st.integers(0, 99), st.integers(0, 99)),
        min_size=1,
        max_size=4,
    ),
)
def test_nobody_without_cloudtrail_s_key_changes_anything_unnoticed(
    delivery: Delivery, steps: list[tuple[str, int, int]]
) -> None:
    """Delete, put one object in the place of another, sign with a key of one's own, in any order.

    Short of the newest backfill digest: nothing tells that it was there, once its log files are gone too.
    """
    whole, changed = tree(delivery), tree(delivery)
    for step, one, other in steps:
        names = sorted(changed)
        if not names:
            break
        key = names[one % len(names)]
        if step == "delete":
            del changed[key]
        elif step == "replace":
            changed[key] = replace(changed[names[other % len(names)]], modified=changed[key].modified)
        elif key in digests(changed):
            with suppress(OSError, KeyError):
                forge_digest(changed, digests(changed).index(key), STRANGER)
    bodies = {key: stored.body for key, stored in changed.items()}
    if bodies != {key: stored.body for key, stored in whole.items()}:
        assert verdict(prove(Run(changed, delivery))).verdict != "intact"
