"""What every installed format promises, whatever it looks like."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from scanner import registry
from scanner.model.result import Report
from scanner.settings import Settings
from tests.reports.sample import UNREACHABLE, clean, hostile, report

ALL = sorted(registry.renderers())
FORMATS = [name for name in ALL if name != "pdf"]
"""Those that are quick; `test_pdf` asks the same of the other one."""
ACTING = set("\x00\x07\x08\x1b\x7f\x9b\u202e\u2066\u200f")
"""Characters that act on a terminal, or turn around what stands after them."""
formats = pytest.mark.parametrize("name", FORMATS)


def text(name: str, some: Report) -> str:
    """The document as text; of a workbook that of its parts."""
    content = registry.renderer(name).render(some)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(part).decode() for part in archive.namelist())


def test_the_readme_lists_the_formats_that_there_are() -> None:
    table = (
        (Path(__file__).parents[2] / "README.md").read_text().partition("## Formats")[2].partition("\n## ")[0]
    )
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(ALL)


@formats
def test_a_format_is_named_as_its_entry_point_and_its_files_end_in_a_suffix_of_their_own(name: str) -> None:
    renderer = registry.renderer(name)
    assert renderer.format == name
    assert [one for one in FORMATS if registry.renderer(one).suffix == renderer.suffix] == [name]


@formats
@pytest.mark.parametrize("some", [report(), clean(), hostile()], ids=["report", "clean", "hostile"])
def test_the_same_report_gives_the_same_bytes(name: str, some: Report) -> None:
    renderer = registry.renderer(name)
    assert renderer.render(some) == renderer.render(some.model_copy(deep=True))


@formats
def test_a_hostile_report_holds_no_character_that_acts_on_its_reader(name: str) -> None:
    assert not set(text(name, hostile())) & ACTING


@formats
def test_an_account_that_could_not_be_entered_stands_in_every_report(name: str) -> None:
    assert UNREACHABLE in text(name, report())


@formats
def test_the_missing_permission_of_an_unknown_verdict_stands_in_every_report(name: str) -> None:
    assert "s3:GetEncryptionConfiguration" in text(name, report())


def test_the_option_names_the_formats_that_there_are() -> None:
    described = Settings.model_fields["outputs"].description or ""
    assert set(re.findall(r"\w+", described.partition(": ")[2].partition(";")[0])) - {"or"} == set(ALL)
