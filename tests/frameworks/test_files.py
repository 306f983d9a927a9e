"""A framework file: what is wrong is named with its line; what it asks of retention becomes a preset."""

from pathlib import Path

import pytest

from scanner.check import Period
from scanner.errors import UserError
from scanner.frameworks import FrameworkFile, Preset, choose, find, is_file, preset
from scanner.frameworks.files import ControlFile, load
from scanner.model.result import Link, RetentionPeriod

CHECKS = ("bucket-owned", "bucket-retention", "trail-logging")
HEAD = "key: ours\nname: Our own rules\nshort: Ours\nversion: '3'\npublisher: Us\n"
CONTROL = """\
controls:
  - id: '1.10'
    title: Trails run
    checks:
      - {check: trail-logging, confidence: high, sources: [reading]}
"""
RETENTION = """\
retention:
  - control: '2.1'
    min_days: 400
    force: requirement
    confidence: high
    sources: [control-text]
    note: So it says.
"""


def _load(folder: Path, text: str) -> FrameworkFile:
    (folder / "ours.yaml").write_text(text)
    return load(folder / "ours.yaml", CHECKS)


def _refusal(folder: Path, text: str) -> tuple[str, str | None]:
    with pytest.raises(UserError) as refused:
        _load(folder, text)
    return refused.value.problem.removeprefix(f"{folder}/"), refused.value.hint


def test_a_framework_is_read_as_it_stands(tmp_path: Path) -> None:
    assert _load(tmp_path, HEAD + RETENTION + CONTROL) == FrameworkFile(
        key="ours",
        name="Our own rules",
        short="Ours",
        version="3",
        publisher="Us",
        retention=(
            RetentionPeriod(
                control="2.1",
                min_days=400,
                force="requirement",
                confidence="high",
                sources=("control-text",),
                note="So it says.",
            ),
        ),
        controls=(
            ControlFile(
                id="1.10",
                title="Trails run",
                checks=(Link(check="trail-logging", confidence="high", sources=("reading",)),),
            ),
        ),
    )


FORMAT = "CONTRIBUTING.md shows what such a file holds"


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("", "ours.yaml: key: is missing", FORMAT),
        ("- a\n", "ours.yaml:1: must hold options, one `key: value` a line, not a list", FORMAT),
        (HEAD + "titel: x\n", "ours.yaml:6: titel: unknown option", None),
        (HEAD.replace("ours", "Our rules"), "ours.yaml:1: key: string should match pattern", FORMAT),
        (HEAD.replace("'3'", "3"), "ours.yaml:4: version: must be text, not 3", f'quote it: "3"; {FORMAT}'),
        (HEAD.replace("Us", "' Us'"), "ours.yaml:5: publisher: must be one line of text", FORMAT),
        (HEAD + CONTROL.replace("'1.10'", "1.10"), "ours.yaml:7: controls[0].id: must be text, not 1.1", f"quote it: a number loses its closing zeros; {FORMAT}"),
        (
            HEAD + CONTROL.replace("title", "tittle"),
            "ours.yaml:8: controls[0].tittle: unknown option",
            f"did you mean title? {FORMAT}",
        ),
        (
            HEAD + CONTROL.replace("high", "sure"),
            "ours.yaml:10: controls[0].checks[0].confidence: must be 'high', 'medium' or 'low', not 'sure'",
            FORMAT,
        ),
        (
            HEAD + CONTROL.replace("[reading]", "[]"),
            "ours.yaml:10: controls[0].checks[0].sources: tuple should have at least 1 item",
            FORMAT,
        ),
        (
            HEAD + CONTROL.replace("trail-logging", "trail-loging"),
            "ours.yaml:10: controls[0].checks[0].check: unknown check 'trail-loging'",
            "did you mean trail-logging?",
        ),
        (
            HEAD + CONTROL.replace("trail-logging", "nothing-like-it"),
            "ours.yaml:10: controls[0].checks[0].check: unknown check 'nothing-like-it'",
            "`trailaudit checks` lists them all",
        ),
        (
            HEAD + CONTROL + CONTROL.removeprefix("controls:\n"),
            "ours.yaml:11: controls[1].id: '1.10' stands here twice, first in line 7",
            "keep one of the two",
        ),
        (
            HEAD + CONTROL + CONTROL.splitlines()[-1] + "\n",
            "ours.yaml:11: controls[0].checks[1].check: 'trail-logging' stands here twice",
            "keep one of the two",
        ),
        (
            HEAD + RETENTION.replace("400", "0"),
            "ours.yaml:8: retention[0].min_days: must be greater than 0, not 0",
            FORMAT,
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, text: str, problem: str, hint: str | None
) -> None:
    told, way_out = _refusal(tmp_path, text)
    assert told.startswith(problem)
    assert hint in (None, way_out)


def test_a_file_is_told_from_a_key_by_its_end() -> None:
    assert [is_file(name) for name in ("ours.yaml", "rules/ours.yml", "cis_aws_5_0")] == [True, True, False]


def test_a_framework_is_found_by_its_key_or_as_a_file(tmp_path: Path) -> None:
    ours = _load(tmp_path, HEAD + CONTROL)
    path = tmp_path / "ours.yaml"
    assert find("ours", {"ours": path}, CHECKS) == find(str(path), {}, CHECKS) == ours


def test_an_installed_file_that_is_not_named_as_its_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "theirs.yaml"
    path.write_text(HEAD + CONTROL)
    with pytest.raises(UserError) as refused:
        find("theirs", {"theirs": path}, CHECKS)
    assert refused.value.problem == f"{path}: key: is 'ours', the file's name says 'theirs'"


def test_what_is_named_twice_is_reported_once(tmp_path: Path) -> None:
    ours = _load(tmp_path, HEAD + CONTROL)
    assert choose(["ours", "ours"], {"ours": tmp_path / "ours.yaml"}, CHECKS) == (ours,)


def test_two_frameworks_of_one_key_are_refused(tmp_path: Path) -> None:
    _load(tmp_path, HEAD + CONTROL)
    path = tmp_path / "ours.yaml"
    with pytest.raises(UserError) as refused:
        choose(["ours", str(path)], {"ours": path}, CHECKS)
    assert refused.value.problem == f"{path} and ours both hold the framework ours"


def test_a_framework_without_controls_is_nothing_to_report(tmp_path: Path) -> None:
    _load(tmp_path, HEAD + RETENTION)
    with pytest.raises(UserError) as refused:
        choose([str(tmp_path / "ours.yaml")], {}, CHECKS)
    assert refused.value.problem == "the framework ours has no controls to report"


def test_the_first_period_of_a_framework_is_its_preset(tmp_path: Path) -> None:
    text = RETENTION + RETENTION.removeprefix("retention:\n").replace("400", "900")
    found = preset(_load(tmp_path, HEAD + text))
    assert found == Preset(kept=400, at_hand=None, source="ours 2.1")
    assert [found.days(kind) for kind in (Period.KEPT, Period.AT_HAND, None)] == [400, None, None]


def test_a_preset_says_when_it_is_an_interpretation(tmp_path: Path) -> None:
    text = RETENTION + "    label: interpretation\n    immediately_available_days: 30\n"
    assert preset(_load(tmp_path, HEAD + text)) == Preset(400, 30, "ours 2.1, interpretation")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "ours sets no retention period"),
        (RETENTION.replace("400", "null"), "ours sets no retention period: So it says"),
    ],
)
def test_a_framework_without_a_period_is_no_preset_and_says_why(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(UserError) as refused:
        preset(_load(tmp_path, HEAD + text))
    assert refused.value.problem == problem
