"""What a scan could not tell, and why."""

from collections.abc import Iterable
from dataclasses import replace

from checks.bucket_versioning import BucketVersioning
from checks.trail_logging import TrailLogging
from scanner.check import Check
from scanner.doctor import Complaint, Diagnosis, diagnose
from scanner.model.posture import CallCount, Posture
from scanner.model.reading import Outcome
from scanner.scan import verdicts
from tests.build import ACCOUNT, account, bucket, denied, posture, trail

VERSIONING = "s3:GetBucketVersioning"
CHECKS: tuple[Check, ...] = (BucketVersioning(), TrailLogging())


def call(action: str, outcome: Outcome, code: str | None = None, who: str = ACCOUNT) -> CallCount:
    return CallCount(account=who, region=None, action=action, outcome=outcome, code=code, count=1)


def diagnosis(seen: Posture, wanted: Iterable[str] = ()) -> Diagnosis:
    return diagnose(seen, verdicts(seen, CHECKS), wanted)


def refused(code: str = "AccessDenied", outcome: Outcome = Outcome.DENIED) -> Posture:
    """Whether the log bucket is versioned could not be read."""
    gap = replace(denied(VERSIONING), code=code, outcome=outcome)
    return posture(trail(), buckets=(bucket(versioning=gap),), calls=(call(VERSIONING, outcome, code),))


def test_where_everything_can_be_read_every_account_is_well() -> None:
    found = diagnosis(posture(trail(), calls=(call("cloudtrail:GetTrailStatus", Outcome.OK),)))
    assert [(one.id, one.state, one.unknown) for one in found.accounts] == [(ACCOUNT, "well", ())]
    assert (found.complaints, found.missing, found.untried) == ((), (), ())


def test_a_denied_call_is_named_with_the_checks_that_hang_on_it() -> None:
    found = diagnosis(refused())
    (complaint,) = found.complaints
    assert complaint.model_copy(update={"detail": None}) == Complaint(
        action=VERSIONING,
        outcome=Outcome.DENIED,
        code="AccessDenied",
        accounts=(ACCOUNT,),
        checks=("bucket-versioning",),
        detail=None,
    )
    assert found.missing == (VERSIONING,)
    assert [(one.state, one.unknown) for one in found.accounts] == [("lacking", ("bucket-versioning",))]


def test_what_failed_otherwise_is_no_missing_permission() -> None:
    found = diagnosis(refused("SlowDown", Outcome.THROTTLED))
    assert [one.outcome for one in found.complaints] == [Outcome.THROTTLED]
    assert found.missing == ()


def test_a_denial_that_another_call_made_up_for_is_told_without_checks() -> None:
    seen = posture(trail(), calls=(call("account:ListRegions", Outcome.DENIED, "AccessDenied"),))
    found = diagnosis(seen)
    assert [(one.action, one.checks) for one in found.complaints] == [("account:ListRegions", ())]
    assert [one.state for one in found.accounts] == ["well"]


def test_a_fact_that_does_not_exist_is_no_complaint() -> None:
    calls = (
        call(VERSIONING, Outcome.ABSENT, "NoSuchBucket"),
        call("cloudtrail:DescribeTrails", Outcome.REGION_DISABLED, "UnrecognizedClientException"),
    )
    assert diagnosis(posture(trail(), calls=calls)).complaints == ()


def test_what_nothing_called_for_is_not_known_to_be_allowed() -> None:
    seen = posture(trail(), calls=(call(VERSIONING, Outcome.OK),))
    assert diagnosis(seen, [VERSIONING, "kms:DescribeKey"]).untried == ("kms:DescribeKey",)


def test_an_account_without_entry_says_why() -> None:
    closed = account("999999999999", state="unreachable", reason="sts:AssumeRole was denied", views=())
    seen = posture(trail(), calls=(call("sts:AssumeRole", Outcome.DENIED, "AccessDenied", closed.id),))
    seen = seen.model_copy(update={"accounts": (*seen.accounts, closed)})
    found = diagnosis(seen)
    assert (found.accounts[1].state, found.accounts[1].reason) == ("unreachable", closed.reason)
    assert found.complaints == ()


def test_a_look_at_some_regions_claims_nothing_of_the_others() -> None:
    assert diagnosis(posture(trail())).regions == ()
    seen = posture(trail())
    (one,) = seen.accounts
    narrowed = seen.model_copy(update={"accounts": (one.model_copy(update={"narrowed": True}),)})
    assert diagnosis(narrowed).regions == one.judged_regions
