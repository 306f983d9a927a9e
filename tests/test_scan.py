"""Assessing: sorted, counted, gated; and what the exit code promises."""

from collections.abc import Iterable
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.check import BROKEN, Check
from scanner.frameworks import find
from scanner.model.finding import Finding, Reason, Severity, Status, Waiver, finding_id
from scanner.model.posture import Account, AccountState, CallCount, Posture
from scanner.model.reading import Known, Outcome
from scanner.model.result import Gate, Result, Run, Summary
from scanner.registry import checks, frameworks
from scanner.scan import assess, gate, needs, report
from tests.build import ACCOUNT, NOW, OTHER, account, ago, denied, organization, posture, status, trail

RUN = Run(id="20260131-090000", started=NOW, finished=NOW, caller=f"arn:aws:iam::{ACCOUNT}:user/auditor")
WAIVER = Waiver(id="W-1", owner="platform", reason="accepted", expires=date(2026, 3, 31))
DENIED = Reason(detail="no", action="kms:DescribeKey", code="AccessDenied")
DEFECT = Reason(detail="KeyError", code=BROKEN)
PASSED, FAILED, UNREAD, NOT_JUDGED = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE


def finding(state: Status, **changes: Any) -> Finding:
    """A finding of medium severity; an unknown one was denied."""
    values: dict[str, Any] = {
        "id": finding_id("probe", ACCOUNT, None, "arn:x"),
        "check": "probe",
        "status": state,
        "severity": Severity.MEDIUM,
        "account": ACCOUNT,
        "resource": "arn:x",
        "message": "so it is",
        "reason": DENIED if state is UNREAD else None,
        **changes,
    }
    return Finding(**values)


def waived(state: Status = FAILED, **changes: Any) -> Finding:
    return finding(state, waiver=WAIVER, **changes)


def in_state(state: AccountState, account_id: str = ACCOUNT) -> Account:
    if state in ("assessed", "partial"):
        return account(account_id, state=state)
    gap = denied("sts:AssumeRole", account=account_id, region=None)
    return Account(id=account_id, state=state, reason=state, gap=gap, enabled_regions=gap)


def world(*states: AccountState) -> Posture:
    ids = (f"{number:012}" for number in range(1, len(states) + 1))
    return posture(accounts=tuple(in_state(state, one) for state, one in zip(states, ids, strict=True)))


def gated(
    *findings: Finding,
    states: Iterable[AccountState] = ("assessed",),
    fail_on: Severity | None = Severity.LOW,
    allow_unknown: bool = False,
) -> Gate:
    return gate(world(*states), findings, fail_on=fail_on, allow_unknown=allow_unknown)


def installed() -> list[Check]:
    return [check.model_validate({}) for check in checks()]


def assessed(it: Posture, only: list[Check] | None = None) -> Result:
    return assess(it, only or installed(), run=RUN, fail_on=Severity.LOW, allow_unknown=False)


# Exit codes


def test_all_passed_is_0() -> None:
    assert gated(finding(PASSED), finding(NOT_JUDGED)) == Gate(
        code=0, verdict="pass", reasons=("everything asked for was assessed, and nothing failed the gate",)
    )


def test_an_open_failure_is_1() -> None:
    assert gated(finding(PASSED), finding(FAILED)) == Gate(
        code=1, verdict="fail", reasons=("1 failed at or above low",)
    )


def test_an_unknown_verdict_is_3() -> None:
    assert gated(finding(PASSED), finding(UNREAD)) == Gate(
        code=3, verdict="incomplete", reasons=("1 unknown",)
    )


def test_an_unknown_verdict_that_is_allowed_is_0() -> None:
    assert gated(finding(PASSED), finding(UNREAD), allow_unknown=True).code == 0


def test_an_account_that_could_not_be_entered_is_3_even_where_unknown_is_allowed() -> None:
    assert gated(finding(PASSED), states=("assessed", "unreachable"), allow_unknown=True) == Gate(
        code=3, verdict="incomplete", reasons=("1 account could not be entered",)
    )


def test_a_check_that_broke_is_3_even_where_unknown_is_allowed() -> None:
    broken = (finding(UNREAD, check=name, reason=DEFECT) for name in ("b", "a", "b"))
    assert gated(finding(PASSED), *broken, allow_unknown=True) == Gate(
        code=3, verdict="incomplete", reasons=("broken: a, b",)
    )


def test_nothing_but_unknown_is_4_even_where_unknown_is_allowed() -> None:
    findings = (finding(UNREAD), finding(UNREAD), finding(NOT_JUDGED))
    assert gated(*findings).code == 4
    assert gated(*findings, allow_unknown=True) == Gate(
        code=4, verdict="nothing-assessed", reasons=("nothing could be assessed",)
    )


@pytest.mark.parametrize("states", [(), ("unreachable",), ("skipped",), ("unreachable", "skipped")])
def test_no_account_that_could_be_entered_is_4(states: tuple[AccountState, ...]) -> None:
    assert gated(states=states).code == 4


def test_that_nothing_applies_is_an_answer() -> None:
    assert gated(finding(NOT_JUDGED)).code == 0


def test_one_known_answer_is_not_nothing() -> None:
    assert gated(finding(FAILED), finding(UNREAD)).code == 3


def test_a_skipped_account_takes_nothing_away() -> None:
    assert gated(finding(PASSED), states=("assessed", "skipped")).code == 0


def test_the_highest_code_wins_and_every_reason_is_said_the_weightiest_first() -> None:
    findings = (finding(FAILED), finding(UNREAD, check="odd", reason=DEFECT))
    assert gated(*findings, states=("assessed", "unreachable", "unreachable")) == Gate(
        code=3,
        verdict="incomplete",
        reasons=("2 accounts could not be entered", "broken: odd", "1 unknown", "1 failed at or above low"),
    )
    assert gated(finding(UNREAD), states=("unreachable",)) == Gate(
        code=4,
        verdict="nothing-assessed",
        reasons=("nothing could be assessed", "1 account could not be entered", "1 unknown"),
    )


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        (Severity.INFO, 1),
        (Severity.LOW, 1),
        (Severity.MEDIUM, 1),
        (Severity.HIGH, 0),
        (Severity.CRITICAL, 0),
        (None, 0),
    ],
)
def test_only_a_failure_at_or_above_the_gate_counts(fail_on: Severity | None, code: int) -> None:
    assert gated(finding(FAILED, severity=Severity.MEDIUM), fail_on=fail_on).code == code


def test_a_waived_failure_does_not_count() -> None:
    assert gated(waived()).code == 0


def test_a_waiver_on_one_failure_leaves_the_next_open() -> None:
    assert gated(waived(), finding(FAILED)).reasons == ("1 failed at or above low",)


def test_a_waiver_makes_nothing_known() -> None:
    assert gated(finding(PASSED), waived(UNREAD)).code == 3


def test_large_counts_are_readable() -> None:
    assert gated(*(finding(FAILED) for _ in range(1200)), fail_on=Severity.INFO).reasons == ("1,200 failed",)


# What holds for any findings at all

reasons = st.sampled_from([DENIED, DEFECT])
waivers = st.sampled_from([None, WAIVER])
findings_of_any_kind = st.lists(
    st.builds(finding, st.sampled_from([PASSED, FAILED, NOT_JUDGED]), severity=st.sampled_from(Severity))
    | st.builds(finding, st.just(UNREAD), severity=st.sampled_from(Severity), reason=reasons)
    | st.builds(waived, severity=st.sampled_from(Severity)),
    max_size=5,
)
STATES: tuple[AccountState, ...] = get_args(AccountState)
worlds = st.lists(st.sampled_from(STATES), max_size=3).map(lambda states: world(*states))
LENIENT_FIRST = [None, *reversed(Severity)]
gates = st.sampled_from(LENIENT_FIRST)


@given(
    worlds, findings_of_any_kind, st.lists(gates, min_size=2, max_size=2), st.sets(st.booleans(), min_size=1)
)
def test_a_stricter_flag_never_lowers_the_code(
    it: Posture, findings: list[Finding], asked: list[Severity | None], allowed: set[bool]
) -> None:
    lenient, strict = sorted(asked, key=LENIENT_FIRST.index)
    relaxed = gate(it, findings, fail_on=lenient, allow_unknown=max(allowed))
    strictly = gate(it, findings, fail_on=strict, allow_unknown=min(allowed))
    assert strictly.code >= relaxed.code


@given(worlds, findings_of_any_kind, gates, st.booleans())
def test_the_code_is_the_highest_that_applies(
    it: Posture, findings: list[Finding], fail_on: Severity | None, allow_unknown: bool
) -> None:
    states = {one.state for one in it.accounts}
    verdicts = {one.status for one in findings}
    open_failures = [one for one in findings if one.status is FAILED and one.waiver is None]
    applies = {
        0: True,
        1: fail_on is not None and any(one.severity.rank >= fail_on.rank for one in open_failures),
        3: "unreachable" in states
        or any(one.reason == DEFECT for one in findings)
        or (UNREAD in verdicts and not allow_unknown),
        4: not states & {"assessed", "partial"} or (UNREAD in verdicts and not verdicts & {PASSED, FAILED}),
    }
    found = gate(it, findings, fail_on=fail_on, allow_unknown=allow_unknown)
    assert found.code == max(code for code, true in applies.items() if true)
    assert (found.verdict == "pass") == (found.code == 0)
    assert found.reasons


@given(worlds, findings_of_any_kind, gates, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_findings_never_matters(
    it: Posture, findings: list[Finding], fail_on: Severity | None, allow_unknown: bool, random: Any
) -> None:
    shuffled = random.sample(findings, len(findings))
    assert gate(it, shuffled, fail_on=fail_on, allow_unknown=allow_unknown) == gate(
        it, findings, fail_on=fail_on, allow_unknown=allow_unknown
    )
    assert Summary.of(shuffled) == Summary.of(findings)


@given(findings_of_any_kind)
def test_every_finding_is_counted_once(findings: list[Finding]) -> None:
    counted = Summary.of(findings)
    whole = counted.passed + counted.fail + counted.unknown + counted.not_applicable + counted.waived
    assert whole == len(findings)


# The summary


def test_the_score_is_what_passed_of_what_was_asked() -> None:
    counted = Summary.of([finding(PASSED), finding(FAILED), finding(UNREAD), finding(NOT_JUDGED), waived()])
    assert counted.model_dump(by_alias=True) == {
        "pass": 1,
        "fail": 1,
        "unknown": 1,
        "not_applicable": 1,
        "waived": 1,
        "score": 0.3333,
    }


@pytest.mark.parametrize("findings", [(), (finding(NOT_JUDGED),), (waived(),)])
def test_nothing_assessed_has_no_score(findings: tuple[Finding, ...]) -> None:
    assert Summary.of(findings).score is None


def test_a_waiver_on_anything_but_a_failure_changes_no_count() -> None:
    assert Summary.of([waived(UNREAD)]) == Summary.of([finding(UNREAD)])


# A whole assessment


def test_a_blameless_world_passes_every_check() -> None:
    result = assessed(posture())
    blamed = [(one.check, one.message) for one in result.findings if one.status in (FAILED, UNREAD)]
    assert blamed == []
    assert (result.gate.code, result.summary.score) == (0, 1.0)
    assert {row.recorded for row in result.coverage} == {"yes"}


def test_an_account_without_a_trail_has_a_verdict_of_every_check() -> None:
    result = assessed(posture(trails=()))
    assert {one.check for one in result.findings} == {check.id for check in checks()}
    assert result.gate.code == 1


def test_findings_are_sorted_by_account_check_region_and_resource() -> None:
    it = posture(trail("b"), trail("a"), accounts=(account(OTHER), account(trails=(trail("a"), trail("b")))))
    findings = assessed(it, installed()[::-1]).findings
    assert list(findings) == sorted(findings, key=lambda one: one.order)
    assert {one.account for one in findings} == {ACCOUNT, OTHER}


def test_the_order_of_the_checks_changes_nothing() -> None:
    it = posture(trail(status=denied("cloudtrail:GetTrailStatus")))
    assert assessed(it, installed()[::-1]) == assessed(it, installed())


def test_no_two_findings_have_one_id() -> None:
    trails = (trail("a"), trail("b"), trail("a", region="us-east-1", multi_region=False))
    it = posture(*trails, accounts=(account(trails=trails), account(OTHER)))
    findings = assessed(it).findings
    assert len({one.id for one in findings}) == len(findings)


def test_an_id_is_of_what_a_finding_is_about_and_not_of_what_it_says() -> None:
    def ids(it: Posture) -> set[str]:
        return {one.id for one in assessed(it).findings}

    assert ids(posture(trail(status=Known(status(logging=False, stopped=ago(days=1)))))) == ids(posture())


@pytest.mark.parametrize("part", range(4))
def test_an_id_depends_on_each_part_of_what_it_is_about(part: int) -> None:
    about = ["check", "account", "region", "resource"]
    other = [*about[:part], "other", *about[part + 1 :]]
    assert finding_id(*about) != finding_id(*other)


def test_an_id_never_changes_from_one_release_to_the_next() -> None:
    known = finding_id("trail-logging", ACCOUNT, None, f"arn:aws:iam::{ACCOUNT}:root")
    assert known == "35e5e1053c9db7dfaffcbffa57ac6aa2c85e31c14b80140e8a40e5db4012d5a8"


def test_the_scope_says_of_every_account_what_became_of_it() -> None:
    shut = in_state("unreachable", OTHER)
    result = assessed(posture(accounts=(account(trails=(trail(),)), shut)))
    assert [(one.id, one.state, one.reason) for one in result.scope.accounts] == [
        (ACCOUNT, "assessed", None),
        (OTHER, "unreachable", "unreachable"),
    ]
    assert OTHER not in {one.account for one in result.findings}
    assert result.gate.code == 3


def test_the_calls_that_were_made_are_handed_on() -> None:
    call = CallCount(account=ACCOUNT, region=None, action="s3:GetBucketAcl", outcome=Outcome.OK, count=3)
    assert assessed(posture(calls=(call,))).readings == (call,)


def test_a_result_comes_back_from_json_as_it_was() -> None:
    result = assessed(posture(trail(key_id=None), organization=Known(organization())))
    assert Result.model_validate_json(result.model_dump_json()) == result


def test_a_report_has_the_prose_of_each_check() -> None:
    whole = report(assessed(posture()), installed())
    assert [doc.id for doc in whole.checks] == [check.id for check in checks()]
    assert all(doc.title and doc.why and doc.fix and doc.see for doc in whole.checks)


def test_a_scan_reads_what_its_checks_rest_on() -> None:
    chosen = [check for check in installed() if check.id in ("trail-kms-key-usable", "trail-logging")]
    assert needs(chosen) == {"kms:DescribeKey", "s3:GetBucketLocation", "s3:ListAllMyBuckets"}


def test_frameworks_are_assessed_from_the_same_verdicts() -> None:
    framework = find("cis_aws_5_0", frameworks(), {check.id for check in checks()})
    result = assess(
        posture(trail(validation=False)),
        installed(),
        run=RUN,
        fail_on=None,
        allow_unknown=False,
        frameworks=[framework],
    )
    (assessed_one,) = result.frameworks
    statuses = {control.id: (control.status, control.fail) for control in assessed_one.controls}
    assert statuses["3.2"] == ("fail", 1)
    assert statuses["3.6"] == ("pass", 0)
    assert statuses["2.1.4"] == ("not_assessed", 0)
