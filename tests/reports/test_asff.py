import json
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.session import get_session
from botocore.validate import validate_parameters

from reports.asff import AsffRenderer
from scanner.model.result import Report, Run
from tests.reports.sample import (
    FINISHED,
    FRAMEWORKS,
    MAIN,
    MEMBER,
    STARTED,
    UNREACHABLE,
    clean,
    finding,
    hostile,
    report,
)

SHAPE = get_session().get_service_model("securityhub").shape_for("AwsSecurityFinding")
LIMITS = {"Id": 512, "Title": 256, "Description": 1024, "Text": 512, "GeneratorId": 512, "UpdatedBy": 512}


def read(some: Report) -> list[dict[str, Any]]:
    found = json.loads(AsffRenderer().render(some))
    assert isinstance(found, list)
    return found


def one(some: Report, check: str) -> dict[str, Any]:
    (found,) = [each for each in read(some) if each["GeneratorId"] == f"trailaudit/{check}"]
    return found


def hold_to(shape: Shape, value: Any, name: str = "") -> None:
    """What botocore doesn't look at: words of an enumeration, empty text, lengths."""
    match shape:
        case StructureShape():
            for member, inside in value.items():
                hold_to(shape.members[member], inside, member)
        case ListShape():
            for inside in value:
                hold_to(shape.member, inside, name)
        case MapShape():
            assert len(value) <= 50
            assert all(len(key) <= 128 and len(text) <= 2048 for key, text in value.items())
        case StringShape():
            assert value.strip(), name
            assert not shape.enum or value in shape.enum
            assert len(value) <= LIMITS.get(name, 2048)
        case _:
            raise AssertionError(shape)


@pytest.mark.parametrize("some", [report(), clean(), hostile()], ids=["report", "clean", "hostile"])
def test_every_finding_is_one_that_the_sdk_would_send(some: Report) -> None:
    for each in read(some):
        validate_parameters(each, SHAPE)
        hold_to(SHAPE, each)


def test_a_failure_says_where_it_is_and_how_grave() -> None:
    found = one(report(), "bucket-public-access")
    assert (found["AwsAccountId"], found["Region"]) == (MAIN, "eu-west-1")
    assert found["ProductArn"] == f"arn:aws:securityhub:eu-west-1:{MAIN}:product/{MAIN}/default"
    assert found["Severity"] == {"Label": "CRITICAL", "Original": "critical"}
    assert found["Resources"] == [
        {
            "Type": "AwsS3Bucket",
            "Id": "arn:aws:s3:::example-audit-logs",
            "Partition": "aws",
            "Region": "eu-west-1",
        }
    ]


@pytest.mark.parametrize(
    ("check", "compliance", "workflow"),
    [
        ("trail-logging", "PASSED", "RESOLVED"),
        ("trail-log-file-validation", "FAILED", "NEW"),
        ("bucket-encryption", "WARNING", "NEW"),
        ("trail-kms-key-policy", "NOT_AVAILABLE", "NEW"),
        ("trail-notifications", "FAILED", "SUPPRESSED"),
    ],
)
def test_a_verdict_has_its_status_in_security_hub(check: str, compliance: str, workflow: str) -> None:
    found = one(report(), check)
    assert (found["Compliance"]["Status"], found["Workflow"]["Status"]) == (compliance, workflow)


def test_a_pass_is_only_informational() -> None:
    assert one(report(), "trail-logging")["Severity"] == {"Label": "INFORMATIONAL", "Original": "high"}


def test_an_unknown_verdict_says_why() -> None:
    found = one(report(), "bucket-encryption")
    assert found["Compliance"]["StatusReasons"] == [
        {
            "ReasonCode": "AccessDenied",
            "Description": "No answer from s3:GetEncryptionConfiguration (AccessDenied)",
        }
    ]


def test_an_account_is_filed_in_the_region_that_records_global_events() -> None:
    found = one(report(), "multi-region-trail")
    assert found["Region"] == "us-east-1"
    assert found["Resources"][0]["Id"] == f"AWS::::Account:{MEMBER}"


def test_another_partition_stands_in_every_arn() -> None:
    caller = f"arn:aws-us-gov:iam::{MAIN}:user/auditor"
    run = Run(id="1", started=STARTED, finished=FINISHED, caller=caller)
    some = report(findings=[finding(region=None)], accounts=[], run=run)
    (found,) = read(some)
    assert found["ProductArn"].startswith("arn:aws-us-gov:securityhub:us-gov-west-1:")
    assert found["Resources"][0]["Partition"] == "aws-us-gov"


def test_a_check_cites_at_most_as_many_controls_as_security_hub_takes() -> None:
    found = one(report(frameworks=FRAMEWORKS * 40), "trail-log-file-validation")
    assert found["Compliance"]["RelatedRequirements"] == [f"{FRAMEWORKS[0].short} 3.2"] * 32


def test_a_waiver_is_a_note_of_its_owner() -> None:
    found = one(report(), "trail-notifications")["Note"]
    assert found["UpdatedBy"] == "platform@example.com"
    assert found["Text"].startswith(
        "Waiver W-1 of platform@example.com, approved by ciso@example.com, until 2026-03-31"
    )


def test_an_account_that_could_not_be_entered_has_a_finding() -> None:
    (found,) = [each for each in read(report()) if each["AwsAccountId"] == UNREACHABLE]
    assert (found["Compliance"]["Status"], found["GeneratorId"]) == ("WARNING", "trailaudit/account-entered")
