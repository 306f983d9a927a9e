"""Frameworks on the page: every control with its status, its evidence and the way to the findings."""

from dataclasses import replace

from reports.html.frameworks import Proof, blocks
from scanner.model.result import RetentionPeriod
from tests.reports import sample
from tests.reports.sample import control, evidence, framework, report
from tests.reports.test_html import render, words


def test_controls_without_direct_evidence_stand_apart_and_the_others_in_their_order() -> None:
    some = framework(
        control("3.2", "fail", evidence("a", "fail", fail=1)),
        control("3.10", "not_assessed", evidence("b", "pass", confidence="low", passed=1)),
        control("3.3", "pass", evidence("a", "pass", passed=1)),
    )
    (block,) = blocks(report(frameworks=[some]).result)
    assert [row.control.id for row in block.assessed] == ["3.2", "3.3"]
    assert [row.control.id for row in block.not_assessed] == ["3.10"]
    assert block.counts == (("fail", 1), ("pass", 1), ("not assessed by this tool", 1))


def test_evidence_is_grouped_by_status_from_the_worst_and_the_indirect_apart() -> None:
    some = control(
        "3.2",
        "fail",
        evidence("a", "pass", passed=1),
        evidence("b", "fail", fail=1),
        evidence("c", "fail", waived=1),
        evidence("d", "not_run"),
        evidence("e", "fail", confidence="low", fail=1),
    )
    (block,) = blocks(report(frameworks=[framework(some)]).result)
    (row,) = block.assessed
    shown = [(group.look.word, [proof.check for proof in group.proofs]) for group in row.direct]
    assert shown == [("failed", ["b"]), ("waived", ["c"]), ("not run", ["d"]), ("passed", ["a"])]
    assert [group.look.word for group in row.indirect] == ["failed"]


def _proof(**changes: object) -> Proof:
    one = evidence("a", "fail", passed=2, fail=1).model_copy(update=changes)
    (block,) = blocks(report(frameworks=[framework(control("3.2", "fail", one))]).result)
    ((group,),) = (row.direct for row in block.assessed)
    return group.proofs[0]


FAILED = Proof("a", "#findings?check=a&status=fail", "1 of 3", "", "AWS's own list")


def test_each_check_leads_to_the_findings_that_decide_and_counts_them() -> None:
    assert _proof() == FAILED
    assert _proof(status="not_run") == replace(FAILED, link=None, counts="")


def test_a_number_that_nobody_read_again_and_a_middling_confidence_are_said() -> None:
    found = _proof(confidence="medium", sources=("aws-unverified", "scanners"))
    assert found == replace(
        FAILED,
        remark="medium; AWS number not verified",
        sources="AWS's own list, whose number was not read again, other scanners",
    )


def test_a_verdict_on_other_days_leads_to_all_findings_and_says_why_it_does_not_decide() -> None:
    found = _proof(status="unknown", reason="the check asked for 365 days")
    assert (found.link, found.counts, found.remark) == (
        "#findings?check=a",
        "3",
        "the check asked for 365 days",
    )


def test_what_a_framework_says_of_retention_stands_above_its_controls() -> None:
    some = [
        RetentionPeriod(
            control="10.5.1",
            min_days=365,
            immediately_available_days=90,
            force="requirement",
            confidence="high",
            sources=("aws",),
            note="Twelve months.",
        ),
        RetentionPeriod(min_days=None, force="none set", confidence="high", sources=("aws",), note="None."),
    ]
    one = framework(control("3.2", "not_assessed")).model_copy(update={"retention": tuple(some)})
    (block,) = blocks(report(frameworks=[one]).result)
    assert block.retention == (
        ("10.5.1", "365 days, 90 of them at hand (requirement). Twelve months."),
        ("", "No period (none set). None."),
    )


def test_each_control_is_cited_with_its_framework_s_version() -> None:
    page = words(render(sample.report()))
    for number in ("3.1", "3.2", "3.5"):
        assert f'<small>CIS AWS 5.0.0</small><span class="who">{number}</span>' in page
    assert '<span class="who">CIS AWS 5.0.0 4.16</span>' in page
    assert "Not assessed by this tool" in page
