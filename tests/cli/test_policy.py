"""The policy before a scan."""

import json

import pytest
import yaml

from tests.cli.conftest import Run


def test_the_policy_of_one_check_is_what_this_check_needs(run: Run) -> None:
    read, _ = json.loads(run("policy", "--check", "trail-logging").stdout)["Statement"]
    assert "cloudtrail:GetTrailStatus" in read["Action"]
    assert "kms:DescribeKey" not in read["Action"]


def test_a_check_that_is_skipped_is_granted_nothing(run: Run) -> None:
    assert "cloudtrail:LookupEvents" in run("policy").stdout
    assert "cloudtrail:LookupEvents" not in run("policy", "--skip", "tamper-history").stdout


@pytest.mark.parametrize("form", ["cloudformation", "terraform"])
def test_the_role_is_written_in_other_languages(run: Run, form: str) -> None:
    text = run("policy", "--format", form).stdout
    assert "cloudtrail:DescribeTrails" in text
    assert form == "terraform" or yaml.safe_load(text)["Resources"]["Role"]["Type"] == "AWS::IAM::Role"


def test_an_unknown_check_is_refused(run: Run) -> None:
    assert run("policy", "--check", "nothing").exit_code == 2
