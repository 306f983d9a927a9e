"""Writes and deletions of objects are recorded for all buckets, present and future."""

import pytest

from checks.s3_data_events_write import S3DataEventsWrite
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, Selectors
from tests.build import BUCKET, MANAGEMENT, account, denied, posture, select, status, trail

S3 = "AWS::S3::Object"


def judge(world: Posture) -> Finding:
    (finding,) = S3DataEventsWrite().evaluate(world)
    return finding


def advanced(*fields: FieldSelector) -> Known[Selectors]:
    return Known(
        Selectors(advanced=(AdvancedSelector(fields=(*select("Data", type=(S3,)).fields, *fields)),))
    )


def basic(*values: str, read_write: str = "All") -> Known[Selectors]:
    one = BasicSelector.model_validate(
        {"read_write": read_write, "data": (DataResource(type=S3, values=values),)},
    )
    return Known(Selectors(basic=(one,)))


@pytest.mark.parametrize(
    "selectors",
    [
        advanced(),
        advanced(FieldSelector(field="readOnly", equals=("false",))),
        advanced(FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3",))),
        advanced(FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::",))),
        advanced(FieldSelector(field="resources.ARN", not_starts_with=(f"arn:aws:s3:::{BUCKET}/",))),
        basic("arn:aws:s3"),
        basic("arn:aws:s3:::"),
        basic("arn:aws:s3:::", read_write="WriteOnly"),
    ],
)
def test_all_writes_of_all_buckets_pass(selectors: Known[Selectors]) -> None:
    assert judge(posture(trail(selectors=selectors))).status is Status.PASS


@pytest.mark.parametrize(
    "selectors",
    [
        Known(MANAGEMENT),
        advanced(FieldSelector(field="readOnly", equals=("true",))),
        advanced(FieldSelector(field="eventName", equals=("PutObject",))),
        advanced(FieldSelector(field="eventSource", equals=("s3-outposts.amazonaws.com",))),
        advanced(FieldSelector(field="userIdentity.arn", not_starts_with=("arn:aws:sts::1",))),
        advanced(FieldSelector(field="sessionCredentialFromConsole", equals=("true",))),
        advanced(FieldSelector(field="eventType", equals=("AwsServiceEvent",))),
        advanced(FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::payments/",))),
        advanced(FieldSelector(field="resources.ARN", starts_with=("arn:aws-cn:s3:::",))),
        advanced(FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::payments/",))),
        basic("arn:aws:s3:::payments/"),
        basic("arn:aws:s3:::", read_write="ReadOnly"),
        basic(),
    ],
)
def test_what_narrows_the_selection_fails(selectors: Known[Selectors]) -> None:
    finding = judge(posture(trail(selectors=selectors)))
    assert finding.status is Status.FAIL
    assert finding.message.startswith("does not record ")
    assert "in eu-west-1 and us-east-1" in finding.message


def test_leaving_out_the_events_of_aws_services_passes_with_a_remark() -> None:
    without = advanced(FieldSelector(field="eventType", not_equals=("AwsServiceEvent",)))
    finding = judge(posture(trail(selectors=without)))
    assert finding.status is Status.PASS
    assert finding.message.endswith("(but not the events that AWS services make themselves)")


def test_a_stopped_trail_fails_and_is_named() -> None:
    finding = judge(posture(trail(status=Known(status(logging=False)))))
    assert finding.status is Status.FAIL
    assert finding.message.endswith(": trail/audit is stopped")


def test_a_single_region_trail_fails_for_the_other_region() -> None:
    finding = judge(posture(trail(multi_region=False)))
    assert finding.status is Status.FAIL
    assert finding.message.endswith(" in us-east-1")


def test_a_narrowed_scan_says_how_far_it_looked() -> None:
    seen = account(trails=(trail(),), narrowed=True)
    assert judge(posture(accounts=(seen,))).message == "recorded by trail/audit (in the 2 regions scanned)"


def test_unreadable_selectors_are_unknown() -> None:
    assert judge(posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))).status is Status.UNKNOWN


def test_no_trail_fails() -> None:
    assert judge(posture(trails=())).status is Status.FAIL
