from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reports.words import counted, fit, line, printable, resource_name, shorten, wrap
from tests.reports.sample import BUCKET, MAIN, MEMBER, TRAIL, finding

ANY = st.text(st.characters())


def test_escape_sequences_and_direction_overrides_lose_their_power() -> None:
    assert (
        printable("a\x1b[2Jb\x9b31m\u202ec\x00\ud800\uffff")
        == "a\ufffd[2Jb\ufffd31m\ufffdc\ufffd\ufffd\ufffd"
    )


def test_names_in_other_scripts_stay_as_they_are() -> None:
    name = "一二三 ß é می\u200cخواهم 👩\u200d👧"
    assert printable(name) == name


def test_lines_stay_lines() -> None:
    assert printable("a\r\nb\rc\td") == "a\nb\nc d"


def test_a_long_line_loses_its_end_and_a_long_name_its_middle() -> None:
    assert line("one two\n three", 7) == "one tw…"
    assert shorten("arn:aws:s3:::bucket", 9) == "arn:…cket"


def test_a_wide_character_takes_two_columns() -> None:
    assert cell_len(fit("一" * 50, 11)) <= 11
    assert all(cell_len(row) <= 11 for row in wrap("一" * 50, 11).splitlines())


def test_a_resource_is_named_without_what_its_row_says_already() -> None:
    assert resource_name(finding(resource=TRAIL)) == "trail/audit"
    assert resource_name(finding(resource=BUCKET)) == "s3://example-audit-logs"
    assert resource_name(finding(resource=f"arn:aws:iam::{MAIN}:root", region=None)) == "the account"


def test_a_resource_of_another_account_or_region_keeps_its_whole_arn() -> None:
    assert resource_name(finding(resource=TRAIL, account=MEMBER)) == TRAIL
    assert resource_name(finding(resource=TRAIL, region="us-east-1")) == TRAIL


def test_a_resource_that_is_no_arn_keeps_its_name() -> None:
    assert resource_name(finding(resource="javascript:alert(1)")) == "javascript:alert(1)"


def test_counts_agree_with_their_noun() -> None:
    assert [counted(1, "account"), counted(2000, "account")] == ["1 account", "2,000 accounts"]


@settings(deadline=None)
@given(ANY, st.integers(2, 60))
def test_whatever_the_text_a_line_is_one_printable_line_that_fits(text: str, width: int) -> None:
    for short in (line(text, width), shorten(text, width), fit(text, width)):
        assert len(short) <= width
        assert short.replace("\u200c", "").replace("\u200d", "").isprintable()
    assert cell_len(fit(text, width)) <= width
    assert all(cell_len(row) <= width for row in wrap(line(text, 500), width).splitlines())


def test_a_character_without_width_makes_up_for_no_wide_one() -> None:
    assert wrap("0\u2e80\U0001cf00", 2).splitlines() == ["0", "\u2e80", "\U0001cf00"]
