from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from scanner.check import (
    BROKEN,
    Fail,
    NotApplicable,
    Pass,
    Subject,
    Unknown,
    Verdict,
    out_of_scope,
    settle,
)
from scanner.model.finding import Finding, Reason, Severity, Status, finding_id
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import Trail
from tests.build import (
    ACCOUNT,
    OTHER,
    REGION,
    account,
    denied,
    posture,
    status,
    summary,
    trail,
    trail_arn,
    view,
)
from tests.probes import (
    OTHER_ROOT,
    ROOT,
    STRANGER,
    OfAccount,
    OfBucket,
    OfRegion,
    OfTrail,
    found,
    only,
    unlisted,
    unreachable,
)

# What a verdict becomes


@pytest.mark.parametrize(
    ("verdict", "state", "message", "reason"),
    [
        (Pass("is fine"), Status.PASS, "is fine", None),
        (Fail("is not"), Status.FAIL, "is not", None),
        (NotApplicable("It is none."), Status.NOT_APPLICABLE, "It is none.", "It is none."),
        (
            Unknown(denied("kms:DescribeKey")),
            Status.UNKNOWN,
            "could not be checked: DescribeKey was denied",
            Reason(
                action="kms:DescribeKey",
                operation="DescribeKey",
                code="AccessDenied",
                detail="DescribeKey was denied",
                account=ACCOUNT,
                region=REGION,
            ),
        ),
    ],
)
def test_a_verdict_becomes_a_finding(
    verdict: Verdict, state: Status, message: str, reason: Reason | str | None
) -> None:
    assert OfTrail(severity=Severity.HIGH).finding(Subject(ACCOUNT, REGION, "arn:x"), verdict) == Finding(
        id=finding_id("probe", ACCOUNT, REGION, "arn:x"),
        check="probe",
        status=state,
        severity=Severity.HIGH,
        account=ACCOUNT,
        region=REGION,
        resource="arn:x",
        message=message,
        reason=reason,
    )


def test_a_missing_fact_becomes_unknown() -> None:
    gap = denied("kms:DescribeKey")
    assert settle(lambda: Pass(gap.require())) == Unknown(gap)


def test_a_known_fact_is_judged() -> None:
    assert settle(lambda: Pass(Known("is fine").require())) == Pass("is fine")


def test_a_check_takes_no_option_that_it_does_not_have() -> None:
    with pytest.raises(ValidationError, match="min_dayz"):
        OfTrail.model_validate({"min_dayz": 3})


# A check that breaks


class Broken(OfTrail):
    """Breaks on the trail named "odd"."""

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if trail.name == "odd":
            raise KeyError("surprise")
        return super().judge(trail, posture)


class BrokenWalk(OfTrail):
    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        yield from super().verdicts(posture)
        raise RuntimeError("lost")


def test_a_check_that_breaks_on_one_subject_is_unknown_there_and_judges_the_others() -> None:
    findings = list(Broken().evaluate(posture(trail("even"), trail("odd"))))
    assert summary(findings) == [
        (trail_arn("even"), Status.PASS, "logs"),
        (trail_arn("odd"), Status.UNKNOWN, "the check itself failed: KeyError: 'surprise'"),
    ]
    assert isinstance(findings[1].reason, Reason)
    assert (findings[1].reason.code, findings[1].reason.action) == (BROKEN, None)


def test_a_check_that_breaks_while_walking_says_so_beside_what_it_found() -> None:
    assert found(BrokenWalk(), posture()) == [
        (ACCOUNT, REGION, trail_arn(), Status.PASS, "logs"),
        (ACCOUNT, None, ROOT, Status.UNKNOWN, "the check itself failed: RuntimeError: lost"),
    ]


# Accounts


def test_each_account_that_could_be_entered_is_judged() -> None:
    it = posture(accounts=(account(), account(OTHER), unreachable(STRANGER)))
    assert found(OfAccount(), it) == [
        (ACCOUNT, None, ROOT, Status.PASS, ACCOUNT),
        (OTHER, None, OTHER_ROOT, Status.PASS, OTHER),
    ]


def test_an_account_that_is_read_in_part_is_judged() -> None:
    assert len(found(OfAccount(), posture(accounts=(account(state="partial"),)))) == 1


def test_a_skipped_account_has_no_finding() -> None:
    closed = account(OTHER, state="skipped", reason="SUSPENDED", views=(), regions=())
    for check in (OfAccount(), OfRegion(), OfTrail(), OfBucket()):
        assert OTHER not in {one.account for one in check.evaluate(posture(accounts=(account(), closed)))}


# Regions


def test_each_region_of_each_account_is_judged() -> None:
    it = posture(accounts=(account(), account(OTHER, regions=(REGION,))))
    assert found(OfRegion(), it) == [
        (ACCOUNT, "eu-west-1", ROOT, Status.PASS, f"{ACCOUNT} eu-west-1"),
        (ACCOUNT, "us-east-1", ROOT, Status.PASS, f"{ACCOUNT} us-east-1"),
        (OTHER, "eu-west-1", OTHER_ROOT, Status.PASS, f"{OTHER} eu-west-1"),
    ]


def test_the_leader_region_is_no_region_of_its_own_where_nobody_asked_for_it() -> None:
    one = account(regions=(REGION,), narrowed=True, views=(view(REGION), view("us-east-1")))
    assert [region for _, region, *_ in found(OfRegion(), posture(accounts=(one,)))] == [REGION]


def test_where_the_enabled_regions_are_a_gap_there_may_be_others() -> None:
    gap = denied("account:ListRegions", region=None)
    it = posture(accounts=(account(regions=(REGION,), enabled_regions=gap),))
    assert found(OfRegion(), it) == [
        (ACCOUNT, None, ROOT, Status.UNKNOWN, "there may be other enabled regions: ListRegions was denied"),
        (ACCOUNT, REGION, ROOT, Status.PASS, f"{ACCOUNT} {REGION}"),
    ]


def test_other_regions_do_not_matter_where_the_scan_is_of_some_only() -> None:
    gap = denied("account:ListRegions", region=None)
    it = posture(accounts=(account(regions=(REGION,), narrowed=True, enabled_regions=gap),))
    assert [(region, state) for _, region, _, state, _ in found(OfRegion(), it)] == [(REGION, Status.PASS)]


def test_an_account_that_enabled_none_of_the_regions_asked_for_has_one_verdict() -> None:
    it = posture(accounts=(account(regions=(), narrowed=True, enabled_regions=Known(("us-east-1",))),))
    assert found(OfRegion(), it) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "No region asked for is enabled here.")
    ]


# Trails


def test_each_trail_is_judged_in_its_home_region() -> None:
    it = posture(trail("a"), trail("b", region="us-east-1", multi_region=False))
    assert found(OfTrail(), it) == [
        (ACCOUNT, "eu-west-1", trail_arn("a"), Status.PASS, "logs"),
        (ACCOUNT, "us-east-1", trail_arn("b", region="us-east-1"), Status.PASS, "logs"),
    ]


def test_trails_of_one_name_in_two_regions_are_two_trails() -> None:
    it = posture(trail(multi_region=False), trail(region="us-east-1", multi_region=False))
    assert len({one.id for one in OfTrail().evaluate(it)}) == 2


def test_an_account_without_a_trail_has_one_verdict() -> None:
    assert found(OfTrail(), posture(trails=())) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "The account has no trail.")
    ]


def test_what_the_lack_of_a_trail_means_is_the_business_of_the_check() -> None:
    class Strict(OfTrail):
        without_trail = Fail("no trail")

    assert found(Strict(), posture(trails=())) == [(ACCOUNT, None, ROOT, Status.FAIL, "no trail")]


def test_an_account_with_a_region_that_could_not_be_listed_has_no_known_lack_of_trails() -> None:
    assert found(OfTrail(), posture(trails=(), accounts=(unlisted(),))) == [
        (
            ACCOUNT,
            None,
            ROOT,
            Status.UNKNOWN,
            "the trails of one region could not be listed, there may be others: DescribeTrails was denied",
        )
    ]


def test_an_account_in_which_no_region_was_looked_at_has_no_known_lack_of_trails() -> None:
    gap = denied("account:ListRegions", region=None)
    strict = posture(trails=(), accounts=(account(regions=(), enabled_regions=gap),))
    assert found(OfTrail(), strict) == [
        (ACCOUNT, None, ROOT, Status.UNKNOWN, "there may be other enabled regions: ListRegions was denied")
    ]
    narrowed = posture(trails=(), accounts=(account(regions=(), narrowed=True),))
    assert found(OfTrail(), narrowed) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "No region asked for is enabled here.")
    ]


def test_the_trails_that_were_seen_are_judged_beside_a_region_that_could_not_be_listed() -> None:
    it = posture(trail(), accounts=(unlisted(ACCOUNT, trail()),))
    assert [(resource, state) for _, _, resource, state, _ in found(OfTrail(), it)] == [
        (ROOT, Status.UNKNOWN),
        (trail_arn(), Status.PASS),
    ]


def test_an_account_without_a_trail_beside_one_with_a_trail_has_its_own_verdict() -> None:
    it = posture(trail(), accounts=(account(trails=(trail(),)), account(OTHER)))
    assert [(who, state) for who, _, _, state, _ in found(OfTrail(), it)] == [
        (OTHER, Status.NOT_APPLICABLE),
        (ACCOUNT, Status.PASS),
    ]


def test_a_member_that_takes_part_in_an_organization_trail_is_not_without_one() -> None:
    shared = trail(organization=True)
    it = posture(shared, accounts=(account(trails=(shared,)), account(OTHER, trails=(shared,))))
    assert [(who, state) for who, _, _, state, _ in found(OfTrail(), it)] == [(ACCOUNT, Status.PASS)]


def test_a_trail_whose_owner_is_out_of_scope_is_filed_once_under_the_first_who_sees_it() -> None:
    shared = trail(account=STRANGER, organization=True)
    it = posture(
        shared,
        role="audit/trailaudit",
        accounts=(account(trails=(shared,)), account(OTHER, trails=(shared,))),
    )
    words = (
        f"could not be checked: the organization trail belongs to account {STRANGER}, which this scan "
        f"does not cover: add --account {STRANGER} and role audit/trailaudit in it"
    )
    assert found(OfTrail(), it) == [(ACCOUNT, REGION, shared.arn, Status.UNKNOWN, words)]


def test_an_owner_that_could_not_be_entered_is_named_with_the_reason() -> None:
    shared = trail(account=OTHER, organization=True)
    it = posture(shared, accounts=(account(trails=(shared,)), unreachable()))
    finding = only(OfTrail(), it)
    assert finding.message == (
        f"the organization trail belongs to account {OTHER}, which could not be entered: AssumeRole was denied"
    )
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "sts:AssumeRole"


def test_one_unreadable_trail_does_not_silence_the_others() -> None:
    it = posture(trail("a", status=denied("cloudtrail:GetTrailStatus")), trail("b"))
    assert [state for *_, state, _ in found(OfTrail(), it)] == [Status.UNKNOWN, Status.PASS]


# Things of owners out of scope


def test_the_role_that_would_be_needed_is_asked_for_where_none_was_given() -> None:
    verdict = out_of_scope(posture(), STRANGER, "the KMS key")
    assert verdict.reason.account == STRANGER
    assert verdict.reason.detail.endswith(f"add --account {STRANGER} and a role (--role-name) in it")


def test_the_same_posture_gives_the_same_findings() -> None:
    it = posture(trail("a", status=Known(status(logging=False))), trail("b"))
    assert list(OfTrail().evaluate(it)) == list(OfTrail().evaluate(it))
