"""A file of waivers is read whole or refused, with file, line and the waiver's id."""

from datetime import date
from pathlib import Path

import pytest

from scanner.errors import UserError
from scanner.registry import checks
from scanner.waivers import load, look, parse
from scanner.yaml_file import read
from tests.waivers.shorthand import CHECK, waiver

GOOD = f"""\
waivers:
  - id: W-1
    check: {CHECK}
    scope: {{account: "010203040506"}}
    owner: platform@example.com
    reason: replaced in March
    created: 2026-01-01
    expires: 2026-02-28
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(text)
    return path


def _refused(folder: Path, text: str) -> list[str]:
    problems = parse(read(_file(folder, text)), [CHECK], 365).problems
    return [problem.problem.removeprefix(f"{folder}/") for problem in problems]


def test_a_waiver_is_read_with_every_region_and_resource_unless_it_names_them(tmp_path: Path) -> None:
    assert load(_file(tmp_path, GOOD), [CHECK], 365) == (waiver(),)


def test_all_members_are_read(tmp_path: Path) -> None:
    text = GOOD.replace('06"}', '06", region: eu-*, resource: "arn:aws:*"}')
    full = load(_file(tmp_path, text + "    approver: ciso\n    ticket: SEC-1\n"), [CHECK], 365)
    assert full == (waiver(region="eu-*", resource="arn:aws:*", approver="ciso", ticket="SEC-1"),)


@pytest.mark.parametrize("text", ["", "waivers:\n", "waivers: []\n"])
def test_a_file_may_hold_none(tmp_path: Path, text: str) -> None:
    assert load(_file(tmp_path, text), [CHECK], 365) == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    expires: 2026-02-28\n", "", "2: waivers[0].expires (waiver W-1): is missing"),
        ("id: W-1", "id: ' '", "2: waivers[0].id (waiver  ): says nothing"),
        ("created", "craeted", "7: waivers[0].craeted (waiver W-1): unknown option"),
        ("02-28", "02-30", "8: waivers[0].expires (waiver W-1): must be a valid date"),
        ("2026-02-28", "2025-02-28", "8: waivers[0].expires (waiver W-1): 2025-02-28 is before it was created (2026-01-01)"),
        ("2026-02-28", "2027-01-02", "8: waivers[0].expires (waiver W-1): 2027-01-02 is 366 days after it was created"),
        ('"010203040506"', "210203040506", "4: waivers[0].scope.account (waiver W-1): must be text, not 210203040506"),
        ('"010203040506"', '"0102"', "4: waivers[0].scope.account (waiver W-1): '0102' is neither the id of an account"),
        ('"010203040506"', '"?????"', "4: waivers[0].scope.account (waiver W-1): '?????' is neither"),
        (CHECK, "trail-loging", "3: waivers[0].check (waiver W-1): unknown check 'trail-loging'"),
        ("reason: replaced in March", "reason:", "6: waivers[0].reason (waiver W-1): must be text, not null"),
        ("waivers:", "waiver:", "1: waiver: unknown option"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_line_and_waiver(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    (refused,) = _refused(tmp_path, GOOD.replace(old, new))
    assert refused.startswith(f"waivers.yaml:{problem}")


def test_a_bare_list_is_told_where_waivers_stand(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"waivers\.yaml:1: must hold") as refused:
        look(_file(tmp_path, GOOD.removeprefix("waivers:\n")), [CHECK], 365)
    assert refused.value.hint == "all waivers stand in one list, `waivers:`"


def test_an_entry_or_a_list_that_is_none_is_named(tmp_path: Path) -> None:
    assert _refused(tmp_path, "waivers: [W-1]\n") == [
        "waivers.yaml:1: waivers[0]: must be a mapping (`key: value`), not 'W-1'"
    ]
    assert _refused(tmp_path, "waivers: W-1\n") == ["waivers.yaml:1: waivers: must be a list"]


def test_an_id_that_stands_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    again = GOOD + GOOD.removeprefix("waivers:\n")
    assert _refused(tmp_path, again) == [
        "waivers.yaml:9: waivers[1].id (waiver W-1): stands here twice, first in line 2"
    ]


def test_the_longest_life_of_a_waiver_is_the_caller_s(tmp_path: Path) -> None:
    lasts = (waiver().expires - waiver().created).days
    assert load(_file(tmp_path, GOOD), [CHECK], lasts)
    with pytest.raises(UserError, match=f"{lasts} days after it was created"):
        load(_file(tmp_path, GOOD), [CHECK], lasts - 1)


def test_a_leap_year_is_longer_than_365_days(tmp_path: Path) -> None:
    leap = waiver(created=date(2027, 6, 1), expires=date(2028, 6, 1))
    text = GOOD.replace("2026-01-01", str(leap.created)).replace("2026-02-28", str(leap.expires))
    assert len(_refused(tmp_path, text)) == 1


def test_one_problem_refuses_the_file_and_the_others_are_counted(tmp_path: Path) -> None:
    text = GOOD.replace(CHECK, "trail-loging") + GOOD.removeprefix("waivers:\n").replace("2026", "26")
    path = _file(tmp_path, text)
    with pytest.raises(UserError, match="unknown check 'trail-loging'") as refused:
        load(path, [CHECK], 365)
    assert refused.value.hint == (
        "did you mean trail-logging? `trailaudit checks` lists them all; "
        f"1 more problem: `trailaudit waivers lint {path}` lists them all"
    )


def test_the_example_of_the_manual_is_in_order(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "over-time.md").read_text()
    example = manual.partition("```yaml\n")[2].partition("```")[0]
    (shown,) = load(_file(tmp_path, example), [check.id for check in checks()], 365)
    assert (shown.id, shown.expires) == ("W-12", date(2026, 3, 31))


def test_the_good_ones_are_there_beside_the_problems(tmp_path: Path) -> None:
    file = parse(read(_file(tmp_path, f"{GOOD}  - id: W-2\n")), [CHECK], 365)
    assert (file.waivers, dict(file.lines), len(file.problems)) == ((waiver(),), {"W-1": 2}, 1)
