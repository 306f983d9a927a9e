"""The verification at a terminal."""

from reports.verification.table import TableRenderer
from scanner.model.verification import IntegrityCounts
from tests.reports.verification.sample import EVERYTHING, HOSTILE, finding, lane, verification


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_an_intact_trail_in_80_columns() -> None:
    assert lines(TableRenderer().render(verification()).decode()) == [
        "arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit",
        "read from s3://acme-logs",
        "2026-06-01 00:00 to 2026-06-03 00:00 UTC, 2 lanes",
        "",
        "Hours of the period, by account and region",
        "ACCOUNT       REGION     ALTERED  MISSING  UNKNOWN      NOT  PROVEN  EMPTY",
        "                                                    COVERED",
        "010203040506  eu-west-1        0        0        0        0      48      0",
        "010203040506  us-east-1        0        0        0        0      48      0",
        "",
        "Digests valid: 96 of 96. Log files valid: 480 of 480 (31.6 MB uncompressed). The",
        "oldest is of 2026-06-01T00:30:00Z.",
        "",
        "Verdict: intact: every digest is signed and chained, every log file is there and",
        "unaltered",
    ]


def test_what_shows_tampering_comes_first_with_its_object_and_time() -> None:
    shown = lines(TableRenderer().render(EVERYTHING).decode())
    begin = shown.index("3 findings, worst first")
    assert shown[begin + 1 : begin + 6] == [
        "SEVERITY  KIND AND PLACE          OBJECT, TIME AND REASON",
        "high      log-altered             20260601T0305Z_9FFAD0E828D1D602.json.gz",
        "          010203040506 eu-west-1  2026-06-01 03:00 to 04:00 UTC",
        "                                  its content is not what its digest signs",
        "medium    log-unreadable          20260601T0305Z_9FFAD0E828D1D602.json.gz",
    ]
    assert shown[-1] == "Verdict: tampered: something was altered, deleted or injected"


def test_what_was_trusted_from_an_earlier_run_is_said_at_the_top() -> None:
    shown = TableRenderer().render(EVERYTHING).decode()
    assert "at the earliest at 2026-06-01 20:00 UTC" in shown


def test_no_line_is_wider_than_the_terminal() -> None:
    long = verification(finding(detail="because " * 60), lanes=(lane("ap-northeast-1"),))
    assert max(map(len, lines(TableRenderer().render(long).decode()))) <= 80


def test_names_that_mean_harm_can_not_act_on_the_terminal() -> None:
    assert "\x1b" not in TableRenderer().render(HOSTILE).decode()
    assert "\x1b[" in TableRenderer().to_terminal(HOSTILE, width=80, colour=True)


def test_fifty_findings_are_shown_and_the_others_counted() -> None:
    many = verification(*(finding(detail=str(number)) for number in range(60)))
    assert "… and 10 more findings (use --output html or json)" in TableRenderer().render(many).decode()


def test_nothing_found_is_no_table_of_nothing() -> None:
    nothing = verification(lanes=(), counts=IntegrityCounts(), verdict="incomplete")
    shown = TableRenderer().render(nothing).decode()
    assert "Hours of the period" not in shown
    assert "Digests valid: 0 of 0." in shown


def test_what_a_run_was_narrowed_to_is_said() -> None:
    narrow = verification(only_accounts=("010203040506",), only_regions=("eu-west-1", "us-east-1"))
    shown = lines(TableRenderer().render(narrow).decode())
    assert shown[1:3] == [
        "read from s3://acme-logs, only account 010203040506, only eu-west-1 and",
        "us-east-1",
    ]
