from typing import Any

import pytest

from checks.digest_chain import DigestChain
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.verification import Kind, KindCount, Verified
from tests.build import ACCOUNT, BUCKET, NOW, REGION, ago, denied, posture, summary, trail, trail_arn
from tests.build_verified import verified

WEEK = "from 2026-01-23T09:00:00Z to 2026-01-30T09:00:00Z"


ALTERED = {"verdict": "tampered", "kinds": (KindCount(kind=Kind.LOG_ALTERED, count=2),)}
INCOMPLETE = {"verdict": "incomplete", "kinds": (KindCount(kind=Kind.LOG_UNREADABLE, count=1),)}


def world(*found: Verified, **changes: Any) -> Posture:
    return posture(trail(**changes)).with_verifications(found)


def evaluated(it: Posture, **options: Any) -> list[Finding]:
    return list(DigestChain(**options).evaluate(it))


def judged(*found: Verified, **options: Any) -> tuple[Status, str]:
    (finding,) = evaluated(world(*found), **options)
    return finding.status, finding.message


def test_an_intact_verification_passes_with_its_period_and_when_it_was_made() -> None:
    assert summary(evaluated(world(verified()))) == [
        (
            trail_arn(),
            Status.PASS,
            f"168 digests and 840 log files are intact, {WEEK}, verified at 2026-01-30T09:00:00Z",
        )
    ]


def test_tampering_fails_and_is_named() -> None:
    assert judged(verified(**ALTERED)) == (
        Status.FAIL,
        f"{WEEK}: 2 log-altered",
    )


def test_tampering_of_an_earlier_period_does_not_heal_by_time() -> None:
    before = verified(start=ago(days=30), end=ago(days=20), verified_at=ago(days=20), **ALTERED)
    assert judged(before, verified())[0] is Status.FAIL


def test_a_later_run_over_the_same_hours_speaks_instead_of_the_earlier_one() -> None:
    before = verified(start=ago(days=7), end=ago(days=2), verified_at=ago(days=2), **ALTERED)
    assert judged(before, verified())[0] is Status.PASS
    assert judged(before.model_copy(update={"verified_at": NOW}), verified())[0] is Status.FAIL


def test_a_later_run_over_fewer_regions_or_another_copy_takes_nothing_back() -> None:
    before = verified(start=ago(days=7), end=ago(days=2), verified_at=ago(days=2), **ALTERED)
    assert judged(before, verified(only_regions=(REGION,)))[0] is Status.FAIL
    assert judged(before, verified(source="backup"))[0] is Status.FAIL


def test_an_incomplete_verification_is_unknown_and_says_what_was_missing() -> None:
    (finding,) = evaluated(world(verified(**INCOMPLETE)))
    assert (finding.status, finding.message) == (
        Status.UNKNOWN,
        f"is not proven: {WEEK} not everything could be proven: 1 log-unreadable",
    )
    assert isinstance(finding.reason, Reason)
    assert (finding.reason.account, finding.reason.action) == (ACCOUNT, None)


def test_the_last_run_decides_between_intact_and_incomplete() -> None:
    before = verified(start=ago(days=30), end=ago(days=20), verified_at=ago(days=20), **INCOMPLETE)
    assert judged(before, verified())[0] is Status.PASS
    after = verified(verified_at=NOW, **INCOMPLETE)
    assert judged(verified(), after)[0] is Status.UNKNOWN


def test_a_stale_proof_does_not_speak_for_today() -> None:
    old = verified(start=ago(days=130), end=ago(days=93), verified_at=ago(days=93))
    assert judged(old) == (
        Status.UNKNOWN,
        "is not proven: the last verification ends 93 days ago, more than 92 days",
    )
    assert judged(old, max_age_days=93)[0] is Status.PASS


def test_an_old_period_verified_today_is_no_proof_of_today() -> None:
    old = verified(start=ago(days=130), end=ago(days=93), verified_at=NOW)
    assert judged(old)[0] is Status.UNKNOWN


def test_a_few_hours_are_no_proof_of_a_week() -> None:
    short = verified(start=ago(days=3))
    assert judged(short) == (
        Status.UNKNOWN,
        "is not proven: the last verification covers 2 days, fewer than 7 days",
    )
    assert judged(short, min_days=2)[0] is Status.PASS


@pytest.mark.parametrize("narrowed", [{"only_regions": (REGION,)}, {"only_accounts": (ACCOUNT,)}])
def test_a_part_is_no_proof_of_the_whole(narrowed: dict[str, Any]) -> None:
    assert judged(verified(**narrowed))[0] is Status.UNKNOWN


def test_tampering_in_a_part_is_tampering() -> None:
    assert judged(verified(only_regions=(REGION,), start=ago(days=3), **ALTERED))[0] is Status.FAIL


def test_a_copy_is_called_one() -> None:
    assert "are intact in a copy (backup), from" in judged(verified(source="backup"))[1]
    (finding,) = evaluated(world(verified(source=f"s3://{BUCKET}/p"), prefix="p"))
    assert "copy" not in finding.message


def test_the_verification_of_another_trail_says_nothing() -> None:
    assert judged(verified(trail=trail_arn("other"), **ALTERED)) == (
        Status.NOT_APPLICABLE,
        "No verification of its files was given (--verified).",
    )


def test_it_needs_nothing_of_aws_but_the_trail_itself() -> None:
    unread = denied("cloudtrail:GetTrailStatus")
    (finding,) = evaluated(world(verified(), status=unread, selectors=unread, insights=unread))
    assert finding.status is Status.PASS
