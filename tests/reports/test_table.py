import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reports.table import TableRenderer, over_regions
from reports.terminal import ROWS
from scanner.model.finding import Reason, Severity, Status
from scanner.model.result import Gate, Recorded, Report
from tests.reports.sample import (
    WAIVER,
    account,
    clean,
    control,
    coverage,
    evidence,
    finding,
    framework,
    hostile,
    many,
    report,
)


def rendered(some: Report) -> str:
    return TableRenderer().render(some).decode()


def section(some: Report, heading: str) -> str:
    """The paragraph under the first heading that holds this."""
    return next(part for part in rendered(some).split("\n\n") if heading in part.split("\n")[0])


def test_a_whole_report_reads() -> None:
    assert (
        rendered(report())
        == """\
trailaudit 0.1.0, 2026-01-31 09:00 UTC: 4 accounts, 8 verdicts

3 accounts not assessed in full
ACCOUNT       STATE        NAME AND REASON
222233334444  unreachable  legacy: sts:AssumeRole was denied (AccessDenied)
010203040506  partial      audit: 1 call was denied
333344445555  skipped      SUSPENDED

1 verdict unknown, by what is missing
COUNT  ACCOUNT       CHECK              MISSING
    1  010203040506  bucket-encryption  s3:GetEncryptionConfiguration
                                        (AccessDenied)

3 failures, worst first
SEVERITY  CHECK AND PLACE            RESOURCE AND MESSAGE
critical  bucket-public-access       s3://example-audit-logs
new       010203040506 eu-west-1     is public: the policy lets everyone
                                     s3:GetObject, and no block is on
high      region-management-events   the account
          111122223333 us-east-1     management writes are not recorded in
                                     us-east-1: no trail covers it
medium    trail-log-file-validation  trail/audit
          010203040506 eu-west-1     does not sign its log files

Verdicts
SEVERITY  FAIL  UNKNOWN  WAIVED  PASS  NOT APPLICABLE
critical     1        0       0     0               0
high         1        0       0     2               0
medium       1        1       0     0               1
low          0        0       1     0               0
all          3        1       1     2               1
Score: 0.33 (2 of 6 pass)

Events recorded, over all regions
ACCOUNT       MGMT  MGMT   GLOBAL  KMS  RDS   S3    S3     LAMBDA  DYNAMO
              READ  WRITE               DATA  READ  WRITE          DB
010203040506  yes   yes    yes     yes  yes   part  ?      yes     yes
111122223333  yes   part   yes     yes  yes   yes   yes    NO      yes
part: not everything or not in every region; ?: unknown

Controls of frameworks, as far as checks are evidence
FRAMEWORK      FAIL  UNKNOWN  PASS  NOT ASSESSED
CIS AWS 5.0.0     1        1     1             1
A pass is evidence for a part of a control, and for what the scan covered.

2 controls not shown to be met
STATUS   CONTROL            WHAT IT ASKS FOR, AND WHY NOT
fail     CIS AWS 5.0.0 3.2  What 3.2 asks for (trail-log-file-validation)
unknown  CIS AWS 5.0.0 3.5  What 3.5 asks for (unknown: trail-kms-encryption)

Gate: incomplete, exit code 3: 1 unknown; 1 unreachable; 3 failed
"""
    )


def test_a_clean_report_lists_nothing_and_ends_with_the_gate() -> None:
    text = rendered(clean())
    assert "not assessed" not in text
    assert "failure" not in text
    assert text.endswith("\n\nGate: pass, exit code 0\n")


def test_nothing_assessed_is_no_score() -> None:
    assert "Score: none, since nothing was assessed" in rendered(report(findings=[]))


def test_a_score_is_rounded_down_so_that_one_failure_is_never_a_full_score() -> None:
    passes = [finding(f"check-{number}", Status.PASS) for number in range(999)]
    assert "Score: 0.99 (999 of 1,000 pass)" in rendered(report(findings=[*passes, finding()]))


def test_a_score_is_exact_to_the_hundredth() -> None:
    some = [finding(f"check-{number}", Status.PASS if number < 29 else Status.FAIL) for number in range(100)]
    assert "Score: 0.29 (29 of 100 pass)" in rendered(report(findings=some))


def test_one_missing_permission_is_one_row_with_the_number_of_its_verdicts() -> None:
    some = [
        finding(check, Status.UNKNOWN, account=number)
        for check in ("bucket-encryption", "trail-kms-key-usable")
        for number in ("111122223333", "222233334444", "333344445555")
    ]
    assert section(report(findings=some), "unknown") == (
        "6 verdicts unknown, by what is missing\n"
        "COUNT  ACCOUNT     CHECK     MISSING\n"
        "    6  3 accounts  2 checks  s3:GetEncryptionConfiguration (AccessDenied)"
    )


def test_an_unknown_verdict_without_a_call_says_what_is_awaited() -> None:
    warm = finding(status=Status.UNKNOWN, reason=Reason(detail="the trail is warming up"))
    assert "the trail is warming up" in section(report(findings=[warm]), "unknown")


def test_waived_failures_are_counted_not_listed() -> None:
    text = rendered(report(findings=[finding(waiver=WAIVER)]))
    assert "worst first" not in text
    assert re.search(r"^medium +0 +0 +1 +0 +0$", text, re.MULTILINE)


def test_a_waiver_never_hides_an_unknown_verdict() -> None:
    some = report(findings=[finding(status=Status.UNKNOWN, waiver=WAIVER)])
    assert "s3:GetEncryptionConfiguration" in section(some, "unknown")
    assert re.search(r"^medium +0 +1 +0 +0 +0$", rendered(some), re.MULTILINE)


def test_the_worst_failures_come_first() -> None:
    some = [finding(f"check-{severity}", severity=severity) for severity in Severity]
    listed = re.findall(r"check-(\w+)", section(report(findings=some), "worst first"))
    assert listed == ["critical", "high", "medium", "low", "info"]


def test_a_long_resource_loses_its_middle() -> None:
    name = f"arn:aws:s3:::{'a' * 60}-{'b' * 60}"
    assert re.search(r"s3://a+…b+\n", section(report(findings=[finding(resource=name)]), "worst first"))


@pytest.mark.parametrize(
    ("count", "more"), [(50, None), (51, "1 more failure"), (10_000, "9,950 more failures")]
)
def test_after_fifty_failures_it_points_to_the_longer_formats(count: int, more: str | None) -> None:
    text = rendered(many(count))
    assert len(text.splitlines()) < 150
    assert ("… and" in text) is (more is not None)
    assert more is None or f"\n… and {more} (use --output html or json)\n" in text


def test_of_many_accounts_those_that_record_everything_are_counted() -> None:
    cells = [
        cell
        for number in range(21)
        for cell in coverage(f"{number:012}", "eu-west-1", {"kms": "no"} if number < 4 else {})
    ]
    text = section(report(coverage=cells), "Events recorded")
    assert text.splitlines()[1] == "ACCOUNTS          YES  PARTLY  NO  UNKNOWN"
    assert "management-read    21       0   0        0" in text
    assert "kms                17       0   4        0" in text


@pytest.mark.parametrize(
    ("answers", "together"),
    [
        (["yes", "yes"], "yes"),
        (["no", "no"], "no"),
        (["yes", "no", "unknown"], "partly"),
        (["partly", "unknown"], "partly"),
        (["yes", "unknown"], "unknown"),
        (["no", "unknown"], "unknown"),
    ],
)
def test_regions_are_partly_recorded_only_where_some_and_not_all_is_known(
    answers: list[Recorded], together: Recorded
) -> None:
    assert over_regions(answers) == together
    assert over_regions(reversed(answers)) == together


@pytest.mark.parametrize("width", [40, 60, 80, 120, 500])
@pytest.mark.parametrize("some", [report(), hostile()], ids=["report", "hostile"])
def test_no_line_is_wider_than_the_terminal(some: Report, width: int) -> None:
    text = TableRenderer().to_terminal(some, width=width, colour=False)
    assert max(map(cell_len, text.splitlines())) <= max(76, min(width, 140))


def test_a_table_in_a_file_is_eighty_columns_wide() -> None:
    assert max(map(cell_len, rendered(hostile()).splitlines())) <= 80


def test_colour_changes_no_letter() -> None:
    coloured = TableRenderer().to_terminal(report(), width=80, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == rendered(report())


def test_hostile_names_neither_act_on_the_terminal_nor_look_like_markup_of_ours() -> None:
    text = rendered(hostile())
    assert not set(text) & set("\x00\x07\x1b\x9b\r\t\u202e\u2066\u200b\u2028\ud800")
    assert "\ufffd[2J" in text


def test_the_last_line_holds_the_code_and_every_reason() -> None:
    gate = Gate(code=1, verdict="fail", reasons=("2 failed at or above high", "1 new"))
    assert rendered(report(gate=gate)).endswith(
        "\n\nGate: fail, exit code 1: 2 failed at or above high; 1 new\n"
    )


@settings(deadline=None)
@given(st.text(st.characters()), st.sampled_from(Status))
def test_any_text_fits_into_eighty_columns(text: str, status: Status) -> None:
    reason = Reason(detail=text) if status is Status.UNKNOWN else None
    some = report(
        findings=[finding(status=status, resource=text, message=text, reason=reason)],
        accounts=[account(name=text), account("111122223333", "unreachable", name=text, reason=text)],
    )
    assert max(map(cell_len, rendered(some).splitlines())) <= 80


def test_a_control_that_fails_for_waived_failures_alone_says_so() -> None:
    waived = control("3.2", "fail", evidence("trail-logging", "fail", waived=2))
    assert "What 3.2 asks for (trail-logging (waived))" in rendered(report(frameworks=[framework(waived)]))


def test_controls_that_pass_or_are_not_assessed_are_counted_and_not_listed() -> None:
    some = [
        control("3.1", "pass", evidence("trail-logging", "pass", passed=1)),
        control("3.3", "not_assessed"),
    ]
    text = rendered(report(frameworks=[framework(*some)]))
    assert "CIS AWS 5.0.0     0        0     1             1" in text
    assert "not shown to be met" not in text


def test_of_many_controls_some_are_shown_and_the_rest_counted() -> None:
    some = [control(f"1.{number}", "fail", evidence("a", "fail", fail=1)) for number in range(ROWS + 3)]
    assert "… and 3 more controls" in rendered(report(frameworks=[framework(*some)]))
