"""What every shipped framework promises."""

from pathlib import Path

import pytest

from scanner.errors import UserError
from scanner.frameworks import FrameworkFile, Preset, find, preset
from scanner.registry import checks, frameworks

KNOWN = {check.id for check in checks()}
FILES = frameworks()
FRAMEWORKS = {key: find(key, FILES, KNOWN) for key in FILES}
SOLELY_PERIODS = {"omb_m_21_31", "pci_dss_3_2_1", "sox"}
"""Held for how long they want logs kept."""
UNMAPPED = {
    "alarm-log-protection": "the events that blind logging and are in no benchmark",
    "bucket-owned": "that a bucket's name can be taken over is in no framework's words",
    "critical-resources": "the resources are the user's own choice",
    "duplicate-management-events": "about money",
    "event-data-store-ingesting": "no framework names event data stores that stand still",
    "organization-trail-home-region": "a trap of AWS's that no framework knows",
    "trail-logging-gap": "no framework asks for the past",
    "trail-recursive-logging": "about money",
    "trail-tags": "the tags are the user's own choice",
}
"""Checks that are evidence for no control, and why."""
INDIRECT = {
    ("aws_fsbp", "S3.1", "bucket-public-access"): "asks for the switch of the account",
    ("aws_fsbp", "S3.8", "bucket-public-access"): "asks for the switch of the bucket",
    ("aws_fsbp", "S3.13", "bucket-retention"): "asks for lifecycle rules",
    ("aws_security_hub", "S3.10", "bucket-retention"): "asks for lifecycle rules",
    ("aws_security_hub", "S3.17", "bucket-encryption"): "asks for KMS, the check for any encryption",
    ("cis_aws_1_4", "1.7", "alarm-root-usage"): "asks that root isn't used, not that its use is told",
    ("cis_aws_5_0", "2.1.4", "bucket-public-access"): "asks for the switch",
    ("cis_aws_5_0", "3.1", "organization-trail"): "asks for a trail of the account",
    ("finos_ccc", "CCC.AuditLog.CN06.AR01", "bucket-retention"): "asks for an upper bound",
}
"""Links where a pass of the check says nothing of what the control asks for, and why."""
each = pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS)


def test_there_are_42_with_controls_and_some_with_a_period_alone() -> None:
    assert {key for key, one in FRAMEWORKS.items() if not one.controls} == SOLELY_PERIODS
    assert len(FRAMEWORKS) == 42 + len(SOLELY_PERIODS)


@each
def test_a_file_is_wrapped_and_its_links_stand_in_order(framework: FrameworkFile) -> None:
    assert max(map(len, FILES[framework.key].read_text().splitlines())) <= 110
    for control in framework.controls:
        ids = [link.check for link in control.checks]
        assert ids == sorted(ids)


def test_every_check_is_evidence_for_a_control_or_deliberately_for_none() -> None:
    mapped = {
        link.check for one in FRAMEWORKS.values() for control in one.controls for link in control.checks
    }
    assert KNOWN - mapped == set(UNMAPPED)


def test_controls_of_cis_aws_are_cited_with_their_version() -> None:
    cited = {one.short: one.version for key, one in FRAMEWORKS.items() if key.startswith("cis_aws_")}
    assert len(cited) == 10
    assert all(short == f"CIS AWS {version}" for short, version in cited.items())


def test_no_two_frameworks_are_cited_alike() -> None:
    assert len({one.short for one in FRAMEWORKS.values()}) == len(FRAMEWORKS)


@pytest.mark.parametrize(("key", "control", "check"), INDIRECT)
def test_a_check_decides_no_control_that_asks_for_something_else(key: str, control: str, check: str) -> None:
    (link,) = [
        link
        for one in FRAMEWORKS[key].controls
        if one.id == control
        for link in one.checks
        if link.check == check
    ]
    assert not link.direct


PRESETS = {
    "pci_dss_4_0_1": Preset(365, 90, "pci_dss_4_0_1 10.5.1"),
    "pci_dss_3_2_1": Preset(365, 90, "pci_dss_3_2_1 10.7"),
    "hipaa_security_rule": Preset(2190, None, "hipaa_security_rule 164.316(b)(2)(i), interpretation"),
    "sox": Preset(2555, None, "sox 18 U.S.C. 1520; SEC Regulation S-X 2-06, common practice"),
    "fedramp_moderate_r4": Preset(90, 90, "fedramp_moderate_r4 AU-11"),
    "fedramp_moderate_r5": Preset(90, 90, "fedramp_moderate_r5 AU-11"),
    "omb_m_21_31": Preset(913, 365, "omb_m_21_31 Event logging maturity"),
    "nydfs_500": Preset(1095, None, "nydfs_500 500.06(b)"),
    "cis_controls_8_1": Preset(90, None, "cis_controls_8_1 8.10"),
    "nzism": Preset(545, None, "nzism 16.6.13.C.01"),
}


@each
def test_a_framework_sets_its_period_or_says_that_it_sets_none(framework: FrameworkFile) -> None:
    if framework.key in PRESETS:
        assert preset(framework) == PRESETS[framework.key]
    else:
        with pytest.raises(UserError, match="sets no retention period"):
            preset(framework)


def test_the_files_stand_beside_the_checks_and_are_none() -> None:
    assert {path.parent for path in FILES.values()} == {Path(__file__).parents[2] / "checks" / "frameworks"}


def test_the_example_of_contributing_md_is_a_framework(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text()
    example = next(block for block in text.split("```") if block.startswith("yaml\nkey: "))
    file = tmp_path / "acme.yaml"
    file.write_text(example.removeprefix("yaml\n"))
    framework = find(str(file), {}, KNOWN)
    assert [control.id for control in framework.controls] == ["L-3", "L-4"]
    assert preset(framework) == Preset(400, 90, "acme_1 L-7")
