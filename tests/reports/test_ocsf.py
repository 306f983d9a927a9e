import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from reports.ocsf import OcsfRenderer
from scanner.model.finding import Change, Status
from scanner.model.result import Report
from tests.reports.sample import MAIN, MEMBER, UNREACHABLE, account, clean, finding, hostile, report

VERSIONS = ("1.3.0", "1.4.0", "1.5.0", "1.6.0", "1.7.0", "1.8.0")


@cache
def schema(version: str) -> Draft202012Validator:
    """That of OCSF's class, as a package of OCSF's own schemas compiles it."""
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    return Draft202012Validator(schemas.get_class_schema(class_name="compliance_finding", profiles=["cloud"]))


def read(some: Report) -> list[dict[str, Any]]:
    events = json.loads(OcsfRenderer().render(some))
    assert isinstance(events, list)
    return events


def event(some: Report, check: str) -> dict[str, Any]:
    (found,) = [one for one in read(some) if one["compliance"]["control"] == check]
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("some", [report(), clean(), hostile()], ids=["report", "clean", "hostile"])
def test_every_event_follows_the_schema_of_each_release(some: Report, version: str) -> None:
    for one in read(some):
        schema(version).validate(one)


def test_a_finding_is_an_event_of_the_class_compliance_finding() -> None:
    found = event(report(), "trail-log-file-validation")
    assert (found["class_uid"], found["category_uid"], found["type_uid"]) == (2003, 2, 200301)
    assert found["finding_info"]["uid"] == finding().id
    assert found["time"] == 1769850000000
    assert found["cloud"]["account"] == {"uid": MAIN, "name": "audit", "type": "AWS Account", "type_id": 10}
    assert found["resources"][0]["type"] == "AWS::CloudTrail::Trail"


@pytest.mark.parametrize(
    ("check", "status_id", "status"),
    [
        ("trail-logging", 1, "Pass"),
        ("bucket-encryption", 2, "Warning"),
        ("trail-log-file-validation", 3, "Fail"),
        ("trail-kms-key-policy", 99, "not_applicable"),
    ],
)
def test_a_verdict_has_the_status_that_ocsf_gives_it(check: str, status_id: int, status: str) -> None:
    found = event(report(), check)["compliance"]
    assert (found["status_id"], found["status"]) == (status_id, status)


def test_an_unknown_verdict_keeps_the_permission_and_the_code() -> None:
    found = event(report(), "bucket-encryption")
    assert found["compliance"]["status_code"] == "AccessDenied"
    assert found["unmapped"]["missing_permission"] == "s3:GetEncryptionConfiguration"


def test_a_waived_failure_still_fails_and_is_suppressed() -> None:
    found = event(report(), "trail-notifications")
    assert (found["compliance"]["status"], found["status"]) == ("Fail", "Suppressed")
    assert found["unmapped"]["waiver"]["owner"] == "platform@example.com"


def test_a_check_cites_the_controls_that_it_is_evidence_for() -> None:
    (framework,) = report().result.frameworks
    found = event(report(), "trail-log-file-validation")["compliance"]
    assert found["standards"] == [framework.name]
    assert found["requirements"] == [f"{framework.short} 3.2"]


def test_an_account_that_could_not_be_entered_has_an_event() -> None:
    (found,) = [one for one in read(report()) if one["cloud"]["account"]["uid"] == UNREACHABLE]
    assert found["compliance"]["status"] == "Warning"
    assert found["message"] == "unreachable: sts:AssumeRole was denied (AccessDenied)"


def test_what_is_of_no_region_names_none() -> None:
    found = event(report(), "multi-region-trail")
    assert "region" not in found["cloud"]
    assert found["resources"][0]["type"] == "AWS::Account"
    assert found["cloud"]["account"]["uid"] == MEMBER


@pytest.mark.parametrize(
    ("change", "activity"),
    [(None, "Create"), ("new", "Create"), ("unchanged", "Update"), ("fixed", "Close")],
)
def test_an_event_says_what_became_of_the_finding(change: Change | None, activity: str) -> None:
    some = report(findings=[finding(status=Status.PASS, change=change)], accounts=[account()])
    found = event(some, "trail-log-file-validation")
    assert (found["activity_name"], found["type_uid"] - 200300) == (activity, found["activity_id"])
