"""From lanes to the verdict on a trail."""

from typing import Any

import pytest

from scanner.demo.deliveries import Delivery
from scanner.integrity.verification import conclude, exit_code
from scanner.model.verification import Kind, LaneOutcome, Verification
from tests.integrity.tree import Run, alter_log, digests, logs, prove, tree


def verified(*outcomes: LaneOutcome, **known: Any) -> Verification:
    start, end = Delivery().start, Delivery().end
    return conclude(Delivery().arn, outcomes, start=start, end=end, verified_at=end, **known)


def altered() -> LaneOutcome:
    changed = tree()
    alter_log(changed, 4)
    return prove(changed)


def unread(*keys: str) -> LaneOutcome:
    return Run(tree(), faults=dict.fromkeys(keys, "AccessDenied")).prove()


def test_a_trail_whose_lanes_are_proven_is_intact() -> None:
    verification = verified(prove(tree()))
    assert (verification.verdict, exit_code(verification)) == ("intact", 0)


def test_one_altered_log_file_makes_a_trail_tampered_with_whatever_is_unknown() -> None:
    verification = verified(altered(), unread(logs(tree())[0]))
    assert (verification.verdict, exit_code(verification)) == ("tampered", 1)
    assert list(verification.kinds()) == [Kind.LOG_ALTERED, Kind.LOG_UNREADABLE]


def test_what_cannot_be_read_makes_it_incomplete() -> None:
    verification = verified(unread(logs(tree())[0]))
    assert (verification.verdict, exit_code(verification)) == ("incomplete", 3)


def test_nothing_found_is_incomplete() -> None:
    assert [exit_code(verified(*outcomes)) for outcomes in ([], [prove({})])] == [3, 3]


def test_nothing_that_can_be_read_is_nothing_assessed() -> None:
    assert exit_code(verified(unread(*digests(tree())))) == 4


def test_lanes_add_up_in_whatever_order_they_come() -> None:
    other = altered()
    other = other.model_copy(update={"lane": other.lane.model_copy(update={"region": "us-east-1"})})
    verification = verified(prove(tree()), other)
    assert verification == verified(other, prove(tree()))
    assert [lane.region for lane in verification.lanes] == ["eu-west-1", "us-east-1"]
    assert (verification.counts.digests, verification.counts.logs_valid) == (12, 23)


def test_a_verification_is_read_back_as_it_was_written() -> None:
    verification = verified(altered())
    written = verification.model_dump_json(by_alias=True)
    assert Verification.model_validate_json(written) == verification
    assert '"not-covered":0' in written
    assert '"from":"2026-06-01T02:17:28Z","to":"2026-06-01T03:17:28Z"' in written


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_tells_tampering_from_what_only_is_unproven(kind: Kind) -> None:
    unproven = {
        "log-unreadable",
        "log-unverifiable",
        "digest-unreadable",
        "key-unknown",
        "head-unanchored",
        "gap",
        "no-digests",
    }
    assert kind.is_tampering is (kind not in unproven)
