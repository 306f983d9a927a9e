"""Which digests are proven, by their own signature or by a successor's word; what the others are."""

from dataclasses import replace

import pytest

from scanner.demo.deliveries import Delivery, Signer
from scanner.integrity.digest import KeyRing, public_key
from scanner.integrity.lane import conclude_lane
from scanner.integrity.reconcile import Reconciliation
from tests.integrity.tree import (
    DAY,
    SIGNER,
    Run,
    alter_digest,
    alter_signature,
    copy_digest,
    digests,
    document,
    drop_signature,
    forge_digest,
    found,
    garble_digest,
    hours,
    inject_digest,
    kinds,
    logs,
    move_digest,
    prove,
    redeliver,
    resigned,
    tree,
)

REGION = "eu-west-1"


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_digest_whose_successor_holds_another_hash_was_altered(at: int) -> None:
    changed = tree()
    key = alter_digest(changed, at)
    outcome = prove(changed)
    assert found(outcome)[0] == ("digest-altered", key)
    assert set(kinds(outcome)) == {"digest-altered", "log-unverifiable"}
    assert hours(outcome) == {"proven": 5, "altered": 2}
    assert (outcome.counts.logs, outcome.counts.logs_valid) == (12, 10)


def test_garbage_in_place_of_a_digest_is_altered_where_its_successor_tells_the_hash() -> None:
    changed = tree()
    key = garble_digest(changed, 2)
    assert found(prove(changed))[0] == ("digest-altered", key)


def test_garbage_in_place_of_the_newest_digest_is_unreadable_and_no_more_is_known() -> None:
    changed = tree()
    key = garble_digest(changed, 5)
    outcome = prove(changed)
    assert found(outcome)[0] == ("digest-unreadable", key)
    assert not any(each.kind.is_tampering for each in outcome.findings)
    assert hours(outcome) == {"proven": 5, "unknown": 2}


def test_the_newest_digest_with_another_content_has_an_invalid_signature() -> None:
    changed = tree()
    key = alter_digest(changed, 5)
    outcome = prove(changed)
    assert ("signature-invalid", key) in found(outcome)
    assert hours(outcome) == {"proven": 5, "altered": 2}


def test_another_signature_beside_a_digest_is_found_and_its_content_stays_proven() -> None:
    changed = tree()
    key = alter_signature(changed, 2)
    outcome = prove(changed)
    assert found(outcome) == [("signature-invalid", key)]
    assert hours(outcome) == {"proven": 7}
    assert (outcome.counts.digests_valid, outcome.counts.logs_valid) == (5, 12)


def test_a_lost_signature_is_found_in_the_successor() -> None:
    changed = tree()
    for at in range(5):
        drop_signature(changed, at)
    assert prove(changed) == prove(tree())


def test_a_copy_without_any_metadata_is_proven_up_to_its_newest_digest() -> None:
    copied = {key: replace(stored, metadata={}) for key, stored in tree().items()}
    outcome = prove(copied, copied=True)
    newest = digests(copied)[-1]
    assert found(outcome) == [("digest-unreadable", newest), ("log-unverifiable", newest)]
    assert hours(outcome) == {"proven": 5, "unknown": 2}


def test_a_copy_may_lie_in_another_bucket_under_another_prefix() -> None:
    copied = {f"evidence/2026/{key}": stored for key, stored in tree().items()}
    outcome = Run(copied, Delivery(bucket="archive"), under="evidence/2026/").prove(copied=True)
    assert outcome == prove(tree())


def test_a_digest_in_another_place_was_moved_and_still_proves_its_hour() -> None:
    changed = tree()
    key = move_digest(changed, 2)
    outcome = prove(changed)
    assert found(outcome) == [("digest-moved", key)]
    assert hours(outcome) == {"proven": 7}
    assert outcome.counts.digests_valid == 5


def test_a_copy_of_a_digest_beside_it_is_moved() -> None:
    changed = tree()
    key = copy_digest(changed, 2)
    outcome = prove(changed)
    assert found(outcome) == [("digest-moved", key)]
    assert outcome.counts.logs == 12


def test_a_digest_of_another_lane_proves_nothing_here() -> None:
    delivery = Delivery(regions=("eu-west-1", "us-east-1"))
    changed = tree(delivery)
    here, there = digests(changed)[4:6]
    assert {key.split("/")[3] for key in (here, there)} == {"eu-west-1", "us-east-1"}
    ours, foreign = sorted((here, there))
    changed[ours] = changed[foreign]
    keys = KeyRing(map(public_key, SIGNER.public_keys("eu-west-1") + SIGNER.public_keys("us-east-1")))
    outcome = Run(changed, delivery, keys=keys).prove()
    assert ("digest-moved", ours) in found(outcome)
    assert hours(outcome)["altered"] == 2


def test_an_older_digest_put_in_the_place_of_another_is_moved_and_the_hour_is_altered() -> None:
    changed = tree()
    old, new = digests(changed)[1], digests(changed)[3]
    changed[new] = changed[old]
    outcome = prove(changed)
    assert ("digest-moved", new) in found(outcome)
    assert hours(outcome) == {"proven": 5, "altered": 2}


def test_a_digest_beside_the_chain_was_injected() -> None:
    changed = tree()
    key = inject_digest(changed, 2)
    outcome = prove(changed)
    assert found(outcome) == [("digest-injected", key)]
    assert hours(outcome) == {"proven": 7}


def test_a_digest_that_a_stranger_signed_is_altered() -> None:
    changed = tree()
    key = forge_digest(changed, 2, Signer())
    assert found(prove(changed))[0] == ("digest-altered", key)


def test_the_newest_digest_under_an_unknown_key_is_just_that() -> None:
    changed = tree()
    key = forge_digest(changed, 5, Signer())
    outcome = prove(changed)
    assert ("key-unknown", key) in found(outcome)
    assert not any(each.kind.is_tampering for each in outcome.findings)


def test_a_key_that_is_not_at_hand_is_no_harm_where_a_successor_vouches() -> None:
    """As where keys changed and the older one is no longer told."""
    changed, other = tree(), Signer()
    older = {"digestPublicKeyFingerprint": other.fingerprint(REGION)}
    redeliver(changed, digests(changed)[0], older, other)
    assert prove(changed) == prove(tree())


def test_two_signed_digests_that_contradict_each_other_break_the_chain() -> None:
    """Somebody put an earlier version back that CloudTrail signed as well."""
    changed = tree()
    key = digests(changed)[2]
    other = document(changed[key]) | {"newestEventTime": None}
    changed[key] = resigned(other, SIGNER, REGION, changed[key].modified)
    outcome = prove(changed)
    assert found(outcome)[0] == ("chain-broken", key)
    assert hours(outcome) == {"proven": 5, "altered": 2}


def test_a_digest_that_cannot_be_read_is_unknown_and_never_worse() -> None:
    key = digests(tree())[2]
    outcome = Run(tree(), faults={key: "AccessDenied"}).prove()
    assert found(outcome) == [("digest-unreadable", key), ("log-unverifiable", logs(tree())[4])]
    assert outcome.findings[0].detail == "could not be read: AccessDenied"
    assert hours(outcome) == {"proven": 5, "unknown": 2}


def test_a_bad_object_that_was_written_later_says_when() -> None:
    changed = tree()
    key = alter_digest(changed, 2)
    changed[key] = replace(changed[key], modified=Delivery().end + DAY)
    assert prove(changed).findings[0].detail.endswith("; written at 2026-06-02T06:17:28Z")


def test_what_is_put_after_a_digest_is_an_altered_container() -> None:
    run = Run(tree())
    about = run.about()
    reconciliation = Reconciliation()
    seen = run.seen(about, reconciliation)
    seen[2] = seen[2]._replace(detail="20 bytes follow the gzip member")
    outcome = conclude_lane(about, seen, run.keys, reconciliation)
    assert found(outcome) == [("container-altered", seen[2].key.text)]
    assert hours(outcome) == {"proven": 7}
