import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml

from reports.junit import JUnitRenderer
from scanner.model.finding import Severity, Status
from scanner.model.result import Gate, Report
from tests.reports.sample import (
    MEMBER,
    UNREACHABLE,
    WAIVER,
    account,
    clean,
    finding,
    hostile,
    many,
    report,
)

COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "timestamp", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}
INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped"},
}


def read(some: Report) -> ET.Element:
    """The document, held to what its strictest reader asks: known elements, sums, no pair twice."""
    root = ET.fromstring(JUnitRenderer().render(some))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert element.attrib.keys() == ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= INSIDE.get(element.tag, set())
        assert all(len(value) <= 300 for value in element.attrib.values())
        assert len(element.text or "") <= 4000
        if element.tag in ("testsuites", "testsuite"):
            cases = list(element.iter("testcase"))
            assert element.get("tests") == str(len(cases))
            assert all(len(case) <= 1 for case in cases)
            for attribute, tag in COUNTS.items():
                assert element.get(attribute) == str(sum(1 for _ in element.iter(tag)))
    pairs = Counter((case.get("classname"), case.get("name")) for case in root.iter("testcase"))
    assert set(pairs.values()) <= {1}
    return root


def case(root: ET.Element, classname: str) -> ET.Element:
    (found,) = [one for one in root.iter("testcase") if one.get("classname") == classname]
    return found


def outcome(root: ET.Element, classname: str) -> ET.Element:
    (inside,) = case(root, classname)
    return inside


def test_a_clean_run_reads() -> None:
    assert JUnitRenderer().render(clean()).decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<testsuites name="trailaudit" tests="3" failures="0" errors="0" skipped="0" time="0">\n'
        '  <testsuite name="010203040506" timestamp="2026-01-31T09:00:00" tests="1" failures="0" errors="0" skipped="0" time="0">\n'
        '    <testcase classname="010203040506/trail-log-file-validation" name="arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit (eu-west-1)" time="0" />\n'
        "  </testsuite>\n"
        '  <testsuite name="accounts" timestamp="2026-01-31T09:00:00" tests="1" failures="0" errors="0" skipped="0" time="0">\n'
        '    <testcase classname="010203040506/account" name="010203040506 can be entered" time="0" />\n'
        "  </testsuite>\n"
        '  <testsuite name="gate" timestamp="2026-01-31T09:00:00" tests="1" failures="0" errors="0" skipped="0" time="0">\n'
        '    <testcase classname="trailaudit/gate" name="the gate passes" time="0" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_a_suite_holds_the_findings_of_one_account() -> None:
    suites = [(one.get("name"), one.get("tests")) for one in read(report())]
    assert suites == [
        ("010203040506 (audit)", "6"),
        ("111122223333 (payments)", "2"),
        ("accounts", "4"),
        ("gate", "1"),
    ]


def test_a_failure_says_in_its_text_what_is_wrong_where_and_the_way_out() -> None:
    inside = outcome(read(report()), "010203040506/trail-log-file-validation")
    assert (inside.tag, inside.attrib) == (
        "failure",
        {"message": "does not sign its log files", "type": "medium"},
    )
    assert inside.text == (
        "does not sign its log files\n"
        "\n"
        "check: trail-log-file-validation (The sentence that a pass of trail-log-file-validation means.)\n"
        "severity: medium\n"
        "account: 010203040506\n"
        "region: eu-west-1\n"
        "resource: arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit\n"
        "how to fix: trailaudit checks trail-log-file-validation"
    )


def test_an_unknown_verdict_is_an_error_that_names_the_permission() -> None:
    inside = outcome(read(report()), "010203040506/bucket-encryption")
    assert (inside.tag, inside.get("type")) == ("error", "unknown")
    assert (inside.text or "").endswith(
        "not readable: s3:GetEncryptionConfiguration in account 010203040506\n"
        "answer: AccessDenied to GetBucketEncryption"
    )


def test_what_is_not_applicable_is_skipped_with_the_reason() -> None:
    inside = outcome(read(report()), "010203040506/trail-kms-key-policy")
    assert (inside.tag, inside.text) == ("skipped", "The trail has no key.")


def test_a_waived_failure_is_skipped_and_says_by_whom_until_when_and_what_is_wrong() -> None:
    inside = outcome(read(report()), "010203040506/trail-notifications")
    assert inside.tag == "skipped"
    assert inside.text == (
        "waived until 2026-03-31 by platform@example.com (W-1, SEC-42): "
        "Replaced by the organization trail in March. The finding: has no SNS topic"
    )


def test_a_waiver_never_hides_an_unknown_verdict() -> None:
    some = report(findings=[finding("trail-logging", Status.UNKNOWN, waiver=WAIVER)])
    assert outcome(read(some), "010203040506/trail-logging").tag == "error"


def test_a_pass_has_nothing_inside() -> None:
    assert len(case(read(report()), f"{MEMBER}/multi-region-trail")) == 0


def test_an_account_that_could_not_be_entered_is_an_error_not_an_absence() -> None:
    inside = outcome(read(report()), f"{UNREACHABLE}/account")
    assert (inside.tag, inside.text) == ("error", "sts:AssumeRole was denied (AccessDenied)")


def test_a_skipped_account_is_skipped() -> None:
    assert outcome(read(report()), "333344445555/account").tag == "skipped"


def test_every_account_of_the_scope_has_a_test_case() -> None:
    some = report()
    names = {one.get("classname") for one in read(some).iter("testcase")}
    assert {f"{one.id}/account" for one in some.result.scope.accounts} <= names


def test_an_account_outside_the_scope_keeps_its_findings() -> None:
    root = read(report(findings=[finding(account="999988887777")], accounts=[account()]))
    assert outcome(root, "999988887777/trail-log-file-validation").tag == "failure"


@pytest.mark.parametrize(("code", "tag"), [(0, None), (1, "failure"), (3, "error"), (4, "error")])
@pytest.mark.parametrize("findings", [[], [finding(status=Status.PASS)]], ids=["no finding", "a pass"])
def test_junit_is_as_red_as_the_exit_code(code: int, tag: str | None, findings: list[object]) -> None:
    verdicts = {0: "pass", 1: "fail", 3: "incomplete", 4: "nothing-assessed"}
    gate = Gate.model_validate({"code": code, "verdict": verdicts[code], "reasons": ["1 of a kind"]})
    some = report(findings=[finding(status=Status.PASS)] if findings else [], accounts=[account()], gate=gate)
    red = {one.tag for one in read(some).iter() if one.tag in ("failure", "error")}
    assert red == ({tag} if tag else set())


def test_a_failure_below_the_threshold_of_the_gate_is_red_while_the_gate_passes() -> None:
    low = [finding("trail-tags", severity=Severity.LOW)]
    gate = Gate(code=0, verdict="pass", reasons=())
    root = read(report(findings=low, accounts=[account()], gate=gate))
    assert outcome(root, "010203040506/trail-tags").tag == "failure"
    assert len(case(root, "trailaudit/gate")) == 0


def test_two_names_that_differ_only_in_what_is_cut_or_cleaned_stay_two() -> None:
    long = [finding(resource="x" * 150 + middle + "y" * 150) for middle in ("a", "b")]
    acting = [finding(resource=f"z{act}") for act in ("\x00", "\x1b")]
    root = read(report(findings=[*long, *acting], accounts=[account()]))
    assert root.get("failures") == "5"  # the gate's is the fifth


def test_hostile_names_are_well_formed_and_without_forbidden_characters() -> None:
    document = JUnitRenderer().render(hostile())
    read(hostile())
    assert not set(document.decode()) & set("\x00\x07\x1b\x9b\u202e\ufffe\uffff\ud800")


def test_a_second_reader_finds_the_same() -> None:
    document = JUnitXml.fromstring(JUnitRenderer().render(report()))
    assert (document.tests, document.failures, document.errors, document.skipped) == (13, 3, 3, 3)
    found = {
        one.classname: [type(inside).__name__ for inside in one.result] for suite in document for one in suite
    }
    assert found["010203040506/bucket-public-access"] == ["Failure"]
    assert found["010203040506/bucket-encryption"] == ["Error"]
    assert found["010203040506/trail-notifications"] == ["Skipped"]
    document.update_statistics()  # type: ignore[no-untyped-call]  # junitparser has no types for it
    assert (document.tests, document.failures, document.errors, document.skipped) == (13, 3, 3, 3)


def test_many_findings_add_up() -> None:
    assert read(many(300)).get("failures") == "301"


TEXT = st.text(st.characters())


@settings(deadline=None)
@given(TEXT, TEXT, TEXT, st.sampled_from(Status))
def test_any_text_yields_a_well_formed_document_whose_counts_add_up(
    name: str, message: str, reason: str, status: Status
) -> None:
    some = report(
        findings=[finding("trail-tags", status, resource=name, message=message), finding(resource=message)],
        accounts=[account(name=name), account(MEMBER, "unreachable", name=message, reason=reason)],
    )
    read(some)
