import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from reports.csv import FORMULA, HEADINGS, CsvRenderer, harmless
from scanner.model.finding import Status
from scanner.model.result import Report
from tests.reports.sample import HOSTILE_TEXTS, UNREACHABLE, account, finding, hostile, many, report


def rendered(some: Report) -> str:
    return CsvRenderer().render(some).decode()


def read(some: Report) -> list[dict[str, str]]:
    """The lines, as the standard library reads them; each has as many cells as there are headings."""
    lines = list(csv.DictReader(io.StringIO(rendered(some), newline=""), strict=True))
    assert all(line.keys() == set(HEADINGS) and None not in line.values() for line in lines)
    return lines


def row(some: Report, check: str) -> dict[str, str]:
    (found,) = [one for one in read(some) if one["check"] == check]
    return found


def test_a_finding_is_a_line_under_the_headings() -> None:
    one = finding()
    assert rendered(report(findings=[one], accounts=[account(name="audit")])) == (
        ",".join(HEADINGS) + "\r\n"
        f"{one.id},trail-log-file-validation,fail,medium,010203040506,audit,eu-west-1,"
        "arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit,does not sign its log files,"
        ",,,,,,,,2026-01-31T09:01:00Z\r\n"
    )


def test_an_unknown_verdict_names_the_permission_and_the_code() -> None:
    found = row(report(), "bucket-encryption")
    assert (found["status"], found["missing_permission"], found["error_code"]) == (
        "unknown",
        "s3:GetEncryptionConfiguration",
        "AccessDenied",
    )


def test_a_waived_failure_stays_one_and_says_who_answers_until_when() -> None:
    found = row(report(), "trail-notifications")
    assert [
        found[name] for name in ("status", "waiver", "waiver_owner", "waiver_ticket", "waiver_expires")
    ] == [
        "fail",
        "W-1",
        "platform@example.com",
        "SEC-42",
        "2026-03-31",
    ]


def test_accounts_without_findings_have_a_line_of_their_own() -> None:
    found = [one for one in read(report()) if one["check"] == "account-entered"]
    assert [(one["account"], one["status"], one["message"]) for one in found] == [
        (UNREACHABLE, "unknown", "unreachable: sts:AssumeRole was denied (AccessDenied)"),
        ("333344445555", "not_applicable", "skipped: SUSPENDED"),
    ]


def test_no_cell_of_a_hostile_report_is_a_formula() -> None:
    cells = [cell for line in read(hostile()) for cell in line.values()]
    assert not [cell for cell in cells if cell.lstrip().startswith(FORMULA)]
    assert not [cell for cell in cells if set(cell) & set("\t\r\n\x00\x1b\u202e\ud800")]


def test_a_long_name_is_cut_and_says_how_long_it_was() -> None:
    (long,) = {line["resource"] for line in read(hostile()) if line["resource"].startswith("xxx")}
    assert (len(long), long[-27:]) == (16_000, "… (cut: 100,000 characters)")


def test_every_hostile_finding_is_there() -> None:
    assert len(read(hostile())) == len(HOSTILE_TEXTS) * (len(Status) + 1) + sum(
        one.state in ("unreachable", "skipped") for one in hostile().result.scope.accounts
    )


def test_many_findings_are_as_many_lines() -> None:
    assert len(read(many(500))) == 500


@given(st.text(st.characters()))
def test_any_text_becomes_one_line_that_is_no_formula(text: str) -> None:
    shown = harmless(text)
    assert not shown.lstrip().startswith(FORMULA)
    assert "\n" not in shown
    shown.encode()
