"""The policy that is published: enough, no more, and deployable."""

import json
from typing import Any

import hcl2
import pytest
import yaml

from scanner.aws.permissions import CALLER_ONLY, CALLS, VERIFY, actions
from scanner.aws.policy import as_cloudformation, as_json, as_terraform, granted
from scanner.registry import checks

EVERYTHING = frozenset(action for check in checks() for action in check.reads)
AUDITOR = "arn:aws:iam::111111111111:role/auditor"


def test_a_scan_without_needs_reads_trails_and_no_bucket() -> None:
    read, _ = granted(())
    assert "cloudtrail:DescribeTrails" in read
    assert not any(action.startswith(("s3:", "kms:", "logs:")) for action in read)


def test_what_only_the_caller_calls_is_granted_to_no_other_account() -> None:
    read, caller = granted(EVERYTHING)
    assert not set(read) & {call.action for call in CALLER_ONLY}
    assert set(caller) <= {call.action for call in CALLER_ONLY}
    assert set(read) | set(caller) == set(actions(EVERYTHING))


def test_all_checks_and_verify_together_need_every_call_that_there_is() -> None:
    read, caller = granted(EVERYTHING, verify=True)
    assert {*read, *caller} == {call.action for call in CALLS} | set(VERIFY)


def test_objects_are_read_by_verify_alone() -> None:
    assert "s3:GetObject" not in as_json(EVERYTHING)
    assert "s3:GetObject" in as_json(EVERYTHING, verify=True)


def deployed(template: Any, **given: str) -> Any:  # noqa: C901 - a language in ten lines
    """The template as CloudFormation understands it: its conditions decided, its parameters filled in."""
    values = {name: given.get(name, one.get("Default")) for name, one in template["Parameters"].items()}

    def resolve(value: Any) -> Any:
        match value:
            case {"Ref": "AWS::NoValue"}:
                return None
            case {"Ref": name}:
                return values[name]
            case {"Condition": str(name)} if len(value) == 1:
                return resolve(template["Conditions"][name])
            case {"Fn::Equals": [one, other]}:
                return resolve(one) == resolve(other)
            case {"Fn::Not": [one]}:
                return not resolve(one)
            case {"Fn::Or": several}:
                return any(resolve(one) for one in several)
            case {"Fn::If": [name, one, other]}:
                return resolve(one if resolve({"Condition": name}) else other)
            case dict():
                resolved = {name: resolve(inner) for name, inner in value.items()}
                return {name: inner for name, inner in resolved.items() if inner is not None}
            case list():
                return [resolve(inner) for inner in value]
            case _:
                return value

    return resolve(template["Resources"]["Role"]["Properties"])


@pytest.mark.parametrize(
    ("given", "condition"),
    [
        ({}, None),
        ({"ExternalId": "abc"}, {"StringEquals": {"sts:ExternalId": "abc"}}),
        ({"OrganizationId": "o-abcdefghij"}, {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
        (
            {"ExternalId": "abc", "OrganizationId": "o-abcdefghij"},
            {"StringEquals": {"sts:ExternalId": "abc", "aws:PrincipalOrgID": "o-abcdefghij"}},
        ),
    ],
)
def test_cloudformation_makes_a_role_that_reads_and_lets_the_auditor_in(
    given: dict[str, str], condition: Any
) -> None:
    role = deployed(yaml.safe_load(as_cloudformation(EVERYTHING)), AuditorArn=AUDITOR, **given)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert role["RoleName"] == "trailaudit"
    assert trust["Principal"] == {"AWS": AUDITOR}
    assert trust.get("Condition") == condition
    (read,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert tuple(read["Action"]) == granted(EVERYTHING)[0]


def test_every_parameter_of_the_template_is_used() -> None:
    text = as_cloudformation(EVERYTHING)
    template = yaml.safe_load(text)
    assert all(f"Ref: {name}" in text for name in template["Parameters"])
    assert all(f": {name}" in text or f"- {name}" in text for name in template["Conditions"])


def test_terraform_can_be_read_and_grants_the_same() -> None:
    module: Any = hcl2.loads(as_terraform(EVERYTHING))
    documents = json.dumps(module["data"])
    assert all(action in documents for action in granted(EVERYTHING)[0])
    assert not any(call.action in documents for call in CALLER_ONLY if call.action != "sts:AssumeRole")
    assert {next(iter(one)).strip('"') for one in module["variable"]} == {
        "auditor_arn",
        "role_name",
        "external_id",
        "organization_id",
    }
