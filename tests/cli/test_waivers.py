"""`trailaudit waivers lint`: one line a remark, and an exit code for the pipeline."""

from pathlib import Path

import pytest

from scanner.model.reading import Known
from scanner.settings import Settings
from tests.build import ACCOUNT, posture, status, trail
from tests.cli.conftest import Run, save

WAIVER = f"""\
  - id: W-1
    check: trail-logging
    scope: {{account: "{ACCOUNT}"}}
    owner: platform@example.com
    reason: replaced in March
    created: 2026-01-01
    expires: 2026-03-31
"""
OTHER = WAIVER.replace("W-1", "W-2").replace(f'"{ACCOUNT}"', '"*"')


def _lint(
    run: Run, *waivers: str, on: str = "2026-01-31", args: tuple[str, ...] = ()
) -> tuple[int, list[str]]:
    Path("waivers.yaml").write_text("waivers:\n" + "".join(waivers))
    ended = run("waivers", "lint", "waivers.yaml", "--on", on, *args)
    return ended.exit_code, ended.stdout.splitlines()


def test_a_file_in_order_is_0(run: Run) -> None:
    assert _lint(run, WAIVER) == (0, ["1 waiver, 1 in force on 2026-01-31, nothing to see to"])


def test_an_expired_waiver_is_1_and_named_with_its_line(run: Run) -> None:
    assert _lint(run, WAIVER, on="2026-04-01") == (
        1,
        [
            "waivers.yaml:2: W-1: expired: ended on 2026-03-31: remove or renew it",
            "1 waiver, 0 in force on 2026-04-01, 1 remark",
        ],
    )


def test_an_end_that_is_near_is_told_with_0(run: Run) -> None:
    line = "waivers.yaml:2: W-1: soon: ends in 1 day, with 2026-03-31"
    assert _lint(run, WAIVER, on="2026-03-30")[0] == 0
    assert line in _lint(run, WAIVER, on="2026-03-30")[1]
    assert line not in _lint(run, WAIVER, on="2026-03-30", args=("--days", "0"))[1]


def test_two_that_overlap_are_1(run: Run) -> None:
    code, lines = _lint(run, WAIVER, OTHER)
    assert (code, lines[0]) == (
        1,
        "waivers.yaml:9: W-2: overlapping: is also about what W-1 is about, until 2026-03-31",
    )


@pytest.mark.parametrize(("logging", "code"), [(False, 0), (True, 1)])
def test_what_a_result_has_no_failure_for_is_unused(run: Run, logging: bool, code: int) -> None:
    seen = posture(trail(status=Known(status(logging=logging))))
    run("scan", "--posture", save(seen), "--output", "json=run.json")
    ended, lines = _lint(run, WAIVER, args=("--result", "run.json"))
    assert (ended, any(": unused: " in line for line in lines)) == (code, bool(code))


def test_a_file_that_a_scan_would_refuse_is_2_with_every_problem(run: Run) -> None:
    broken = WAIVER.replace("expires", "expire")
    code, lines = _lint(run, broken, OTHER.replace("trail-logging", "trail-loging"), WAIVER)
    assert code == 2
    assert [line.partition(" (")[0] for line in lines] == [
        "waivers.yaml:8: waivers[0].expire",
        "waivers.yaml:10: waivers[1].check",
        "3 waivers, 1 in force on 2026-01-31, 2 remarks",
    ]


def test_the_longest_life_is_the_scan_s_own_unless_another_is_given(run: Run) -> None:
    long = WAIVER.replace("2026-03-31", "2027-01-01")
    assert Settings().max_waiver_days == 365
    assert _lint(run, long)[0] == 0
    assert _lint(run, long, args=("--max-waiver-days", "364"))[0] == 2


def test_a_missing_file_is_named(run: Run) -> None:
    ended = run("waivers", "lint", "none.yaml")
    assert ended.exit_code == 2
    assert ended.stderr.startswith("trailaudit: none.yaml: cannot be read")
