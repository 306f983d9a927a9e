from scanner.demo.screen import screen
from scanner.model.finding import Severity, Status
from scanner.model.result import Result
from scanner.model.verification import IntegrityCounts, Kind, Verification
from tests.reports import sample
from tests.reports.verification import sample as proofs

TAMPERED = proofs.verification(proofs.finding())


def shown(result: Result, proof: Verification = TAMPERED, *, keep: bool = False) -> list[str]:
    text = screen(result, proof, "'a folder'", program="trailaudit", seconds=4.2, keep=keep)
    return text.splitlines()


def accounts(lines: list[str]) -> list[str]:
    """The names in the order of the screen, each with what was found."""
    begin = lines.index("What it has to teach, worst first:") + 1
    end = lines.index("", begin)
    return [" ".join(line.split()) for line in lines[begin:end]]


EVERYTHING = sample.report().result


def test_the_worst_account_comes_first_and_the_skipped_one_last() -> None:
    assert [line.split()[0] for line in accounts(shown(EVERYTHING))] == [
        "audit",
        "payments",
        "legacy",
        sample.CLOSED,
    ]


def test_an_account_shows_its_gravest_check_and_how_many_others() -> None:
    first = accounts(shown(EVERYTHING))[0]
    assert first.endswith("critical bucket-public-access +1")


def test_of_equally_grave_checks_the_one_that_fails_most_often_is_named() -> None:
    often = [sample.finding("region-management-events", region=f"eu-west-{n}") for n in (1, 2)]
    result = sample.report(findings=[sample.finding("global-service-events"), *often]).result
    assert accounts(shown(result))[0].endswith("medium region-management-events +1")


def test_an_account_with_something_unknown_never_reads_as_clean() -> None:
    result = sample.report(findings=[sample.finding(status=Status.UNKNOWN)]).result
    (line,) = [line for line in accounts(shown(result)) if line.startswith("audit")]
    assert line.endswith("1 unknown")


def test_a_waived_failure_is_no_failure() -> None:
    result = sample.report(findings=[sample.finding(waiver=sample.WAIVER)]).result
    (line,) = [line for line in accounts(shown(result)) if line.startswith("audit")]
    assert line.endswith("no check fails")


def test_what_could_not_be_checked_is_said() -> None:
    text = " ".join(shown(EVERYTHING))
    assert f"No: account {sample.UNREACHABLE} (legacy) could not be entered; 1 unknown." in " ".join(
        text.split()
    )


def test_with_everything_checked_it_says_yes() -> None:
    result = sample.report(
        findings=[sample.finding(severity=Severity.HIGH)], accounts=[sample.account(name="audit")]
    ).result
    assert "Could everything be checked? Yes." in shown(result)


def test_what_was_altered_is_said_with_its_hour() -> None:
    counts = IntegrityCounts(digests=24, digests_valid=24, logs=24, logs_valid=23)
    text = " ".join(shown(EVERYTHING, proofs.verification(proofs.finding(), counts=counts)))
    assert (
        "Are legacy's log files of 2026-06-01 intact? No: log-altered from 03:00 to 04:00; "
        "23 of 24 files are valid (verify.html)." in text
    )


def test_intact_log_files_read_as_intact() -> None:
    assert "intact? Yes: 480 of 480 files are valid (verify.html)." in " ".join(
        shown(EVERYTHING, proofs.verification())
    )


def test_what_could_not_be_proven_reads_neither_as_intact_nor_as_altered() -> None:
    gap = proofs.verification(proofs.finding(Kind.GAP), verdict="incomplete")
    assert "intact? Not all could be proven: gap from 03:00 to 04:00; " in " ".join(shown(EVERYTHING, gap))


def test_the_exit_code_of_the_same_scan_is_said_with_its_reason() -> None:
    text = " ".join(" ".join(shown(EVERYTHING)).split())
    assert "would have ended with exit code 3 (incomplete): 1 unknown; 1 unreachable; 3 failed." in text


def test_commands_use_the_folder_as_a_shell_takes_it() -> None:
    assert "  trailaudit report 'a folder'/report.json" in shown(EVERYTHING)


def test_kept_running_it_can_be_scanned_again() -> None:
    assert "  trailaudit scan --organization --role-name trailaudit" in shown(EVERYTHING, keep=True)
    assert "  trailaudit demo --keep" not in shown(EVERYTHING, keep=True)


def test_kept_running_its_log_files_can_be_verified_again() -> None:
    lines = shown(EVERYTHING, keep=True)
    at = lines.index("  trailaudit verify --role-name trailaudit --start 2026-06-01 --end 2026-06-03 \\")
    assert lines[at + 1] == f"    --trail {proofs.TRAIL}"
    assert [line for line in lines if len(line) > 80] == []
