"""The catalogue on 80 columns."""

from scanner.cli.checks import WIDTH
from scanner.registry import checks
from tests.cli.conftest import Run


def test_the_catalogue_has_every_check_once_in_80_columns(run: Run) -> None:
    lines = run("checks").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "ID",
        *(one.id for one in checks()),
    ]
    assert max(map(len, lines)) <= WIDTH


def test_every_check_has_a_page_with_its_prose_and_options(run: Run) -> None:
    for check in checks():
        text = run("checks", check.id).stdout
        lines = text.splitlines()
        assert {"Why it matters", "How to fix", "See"} <= set(lines)
        assert all(f"  - {name}, " in text for name in check.model_fields)
        # Code, an address or another long word is left whole.
        assert all(len(line) <= WIDTH or " " not in line.strip() for line in lines if line[:6].strip())


def test_an_unknown_id_is_refused_with_the_nearest(run: Run) -> None:
    result = run("checks", "bucket-owener")
    assert result.exit_code == 2
    assert result.stderr == "trailaudit: unknown check 'bucket-owener' (did you mean bucket-owned?)\n"
