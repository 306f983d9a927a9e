"""The catalogue on 80 columns."""

from scanner.cli.checks import WIDTH
from scanner.registry import checks, frameworks
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


def test_the_frameworks_are_listed_once_each_in_80_columns(run: Run) -> None:
    lines = run("checks", "--frameworks").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["KEY", *frameworks()]
    assert max(map(len, lines)) <= WIDTH
    assert any(line.split() == ["pci_dss_4_0_1", "27", "365", "days"] for line in lines)


def test_a_page_ends_with_the_controls_that_the_check_is_evidence_for(run: Run) -> None:
    text = run("checks", "organization-trail").stdout
    assert "  - cis_aws_1_2 (CIS AWS 1.2.0): indirectly 2.1\n" in text
    assert "  - pci_dss_4_0_1 (PCI DSS 4.0.1): 10.2.1, 10.3.3, A1.2.1\n" in text


def test_a_check_that_no_framework_names_says_so(run: Run) -> None:
    assert run("checks", "trail-tags").stdout.endswith("  No control that is known here asks for it.\n")


def test_the_list_of_frameworks_takes_no_check(run: Run) -> None:
    assert run("checks", "--frameworks", "trail-tags").exit_code == 2
