"""What verdicts say of a control: nothing that isn't known ever passes one."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.check import AtHandDays, Check, KeptDays, Subject, Verdict
from scanner.frameworks import FrameworkFile, assess_frameworks
from scanner.frameworks.files import ControlFile
from scanner.model.finding import Finding, Severity, Status
from scanner.model.posture import AccountState, Posture
from scanner.model.result import (
    Confidence,
    Control,
    ControlStatus,
    EvidenceStatus,
    Link,
    RetentionPeriod,
    ScopeAccount,
)
from tests.reports.sample import WAIVER, account, finding

PASSED, FAILED, UNREAD, NOT_JUDGED = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
WAIVED = "waived"
Said = Status | str
MAIN = account()


class Probe(Check):
    subject: ClassVar[str] = "account"

    severity: Severity = Severity.LOW

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:  # noqa: ARG002
        return iter(())


class A(Probe):
    id = "a"


class B(Probe):
    id = "b"


class Kept(Probe):
    id = "kept"

    min_days: KeptDays = 365


class AtHand(Probe):
    id = "at-hand"

    min_days: AtHandDays = 90


BOTH: tuple[Check, ...] = (A(), B())


def said(check: str, *statuses: Said) -> list[Finding]:
    return [
        finding(check, FAILED, waiver=WAIVER) if status == WAIVED else finding(check, Status(status))
        for status in statuses
    ]


def link(check: str, confidence: Confidence = "high") -> Link:
    return Link(check=check, confidence=confidence, sources=("reading",))


def assessed(
    *links: Link,
    findings: Sequence[Finding] = (),
    accounts: Sequence[ScopeAccount] = (MAIN,),
    ran: Sequence[Check] = BOTH,
    retention: Sequence[RetentionPeriod] = (),
) -> Control:
    """The one control of a framework, 1.1, that these links are evidence for."""
    framework = FrameworkFile(
        key="ours",
        name="Ours",
        short="Ours",
        version="1",
        publisher="Us",
        retention=tuple(retention),
        controls=(ControlFile(id="1.1", title="Something", checks=links),),
    )
    ((control,),) = (one.controls for one in assess_frameworks([framework], findings, accounts, tuple(ran)))
    return control


@pytest.mark.parametrize(
    ("of_a", "of_b", "status", "reason"),
    [
        ([PASSED], [PASSED], "pass", None),
        ([PASSED], [NOT_JUDGED], "pass", None),
        ([PASSED, NOT_JUDGED], [PASSED], "pass", None),
        ([PASSED, FAILED], [PASSED], "fail", None),
        ([PASSED], [UNREAD, FAILED], "fail", None),
        ([PASSED], [PASSED, UNREAD], "unknown", "unknown: b"),
        ([UNREAD], [UNREAD], "unknown", "unknown: a and b"),
        ([NOT_JUDGED], [NOT_JUDGED], "unknown", "no check found anything to judge"),
        ([PASSED], [WAIVED], "fail", None),
        ([PASSED], [WAIVED, PASSED], "fail", None),
        ([PASSED], [], "unknown", "unknown: b"),
    ],
)
def test_a_control_passes_where_all_that_applies_passes_and_fails_where_one_fails(
    of_a: list[Said], of_b: list[Said], status: ControlStatus, reason: str | None
) -> None:
    control = assessed(link("a"), link("b"), findings=[*said("a", *of_a), *said("b", *of_b)])
    assert (control.status, control.reason) == (status, reason)


def test_the_counts_are_verdicts_and_waived_failures_stand_apart() -> None:
    control = assessed(
        link("a"),
        link("b"),
        findings=[*said("a", PASSED, PASSED, WAIVED, NOT_JUDGED), *said("b", FAILED, UNREAD)],
    )
    counts = (control.passed, control.fail, control.unknown, control.not_applicable, control.waived)
    assert counts == (2, 1, 1, 1, 1)
    assert [(one.check, one.status, one.fail, one.waived) for one in control.evidence] == [
        ("a", "fail", 0, 1),
        ("b", "fail", 1, 0),
    ]


def test_a_check_that_did_not_run_keeps_a_control_from_passing() -> None:
    control = assessed(link("a"), link("b"), findings=said("a", PASSED), ran=[A()])
    assert (control.status, control.reason) == ("unknown", "not run: b")
    assert control.evidence[1].status == "not_run"


def test_a_failure_stands_even_where_another_check_did_not_run() -> None:
    assert assessed(link("a"), link("b"), findings=said("a", FAILED), ran=[A()]).status == "fail"


@pytest.mark.parametrize(
    ("state", "status"),
    [("assessed", "pass"), ("partial", "pass"), ("skipped", "pass"), ("unreachable", "unknown")],
)
def test_no_control_passes_while_an_account_could_not_be_entered(
    state: AccountState, status: ControlStatus
) -> None:
    other = account("111122223333", state)
    control = assessed(link("a"), findings=said("a", PASSED), accounts=[MAIN, other])
    assert control.status == status
    assert control.reason == ("account 111122223333 could not be entered" if state == "unreachable" else None)


def test_a_failure_stands_while_an_account_could_not_be_entered() -> None:
    lost = account("111122223333", "unreachable")
    assert assessed(link("a"), findings=said("a", FAILED), accounts=[MAIN, lost]).status == "fail"


def test_indirect_evidence_is_shown_and_decides_nothing() -> None:
    failing = said("b", FAILED)
    passing = assessed(link("a"), link("b", "low"), findings=[*said("a", PASSED), *failing])
    assert (passing.status, passing.fail, passing.evidence[1].status) == ("pass", 0, "fail")
    alone = assessed(link("b", "low"), findings=failing)
    assert (alone.status, alone.fail, alone.evidence[0].fail) == ("not_assessed", 0, 1)


def test_a_control_without_evidence_is_not_assessed_even_if_nobody_could_be_entered() -> None:
    assert assessed(accounts=[account(state="unreachable")]).status == "not_assessed"


def period(control: str = "1.1", days: int | None = 365, at_hand: int | None = None) -> RetentionPeriod:
    return RetentionPeriod(
        control=control,
        min_days=days,
        immediately_available_days=at_hand,
        force="requirement",
        confidence="high",
        sources=("reading",),
        note="So it says.",
    )


@pytest.mark.parametrize(
    ("asked", "wanted", "verdict", "status"),
    [
        (365, 365, PASSED, "pass"),
        (400, 365, PASSED, "pass"),
        (365, 1095, PASSED, "unknown"),
        (365, 365, FAILED, "fail"),
        (365, 1095, FAILED, "fail"),
        (365, 90, FAILED, "unknown"),
        (365, None, PASSED, "pass"),
        (365, None, FAILED, "fail"),
    ],
)
def test_a_verdict_on_other_days_than_the_control_wants_counts_only_where_it_decides(
    asked: int, wanted: int | None, verdict: Status, status: EvidenceStatus
) -> None:
    control = assessed(
        link("kept"),
        findings=said("kept", verdict),
        ran=[Kept(min_days=asked)],
        retention=[period(days=wanted)],
    )
    assert control.status == control.evidence[0].status == status
    if status == "unknown":
        assert control.reason == (
            f"kept asked for {asked} days, the control for {wanted:,} (retention_for sets it)"
        )


def test_days_at_hand_are_held_to_the_days_at_hand_that_the_control_wants() -> None:
    control = assessed(
        link("at-hand"),
        link("kept"),
        findings=[*said("at-hand", PASSED), *said("kept", PASSED)],
        ran=[AtHand(min_days=30), Kept()],
        retention=[period(at_hand=90)],
    )
    assert [one.status for one in control.evidence] == ["unknown", "pass"]


def test_the_period_of_another_control_concerns_no_check_of_this_one() -> None:
    control = assessed(
        link("kept"), findings=said("kept", PASSED), ran=[Kept()], retention=[period("2.2", 9000)]
    )
    assert control.status == "pass"


def test_without_frameworks_nothing_is_assessed() -> None:
    assert assess_frameworks([], said("a", PASSED), [MAIN], BOTH) == ()


STATUSES = st.lists(st.sampled_from([PASSED, FAILED, UNREAD, NOT_JUDGED, WAIVED]), max_size=3)


@given(
    of=st.dictionaries(st.sampled_from("ab"), STATUSES),
    links=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["high", "medium", "low"])),
    lost=st.booleans(),
)
def test_the_status_is_that_of_the_definition(
    of: dict[str, list[Said]], links: dict[str, Confidence], lost: bool
) -> None:
    accounts = [MAIN, account("111122223333", "unreachable")] if lost else [MAIN]
    findings = [one for check, statuses in of.items() for one in said(check, *statuses)]
    status = assessed(
        *(link(check, confidence) for check, confidence in links.items()),
        findings=findings,
        accounts=accounts,
    ).status
    direct = [check for check, confidence in links.items() if confidence != "low"]
    verdicts = [verdict for check in direct for verdict in of.get(check, [])]
    silent = any(not of.get(check) for check in direct)
    if not direct:
        assert status == "not_assessed"
    elif FAILED in verdicts or WAIVED in verdicts:
        assert status == "fail"
    elif lost or silent or UNREAD in verdicts or PASSED not in verdicts:
        assert status == "unknown"
    else:
        assert status == "pass"


def test_findings_of_a_check_that_is_unknown_here_concern_no_control() -> None:
    control = assessed(link("a"), findings=[*said("a", PASSED), *said("gone", FAILED)], ran=[A()])
    assert control.status == "pass"
