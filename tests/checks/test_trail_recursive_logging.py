from typing import Any

import pytest

from checks.trail_recursive_logging import TrailRecursiveLogging
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, Selectors
from tests.build import BUCKET, MANAGEMENT, denied, posture, select, summary, trail, trail_arn

ROOT = f"arn:aws:s3:::{BUCKET}/"
NOT_SELECTED = "The trail selects no write data events of its own log bucket."


def objects(*fields: FieldSelector) -> AdvancedSelector:
    whole = select("Data", type=("AWS::S3::Object",))
    return AdvancedSelector(fields=(*whole.fields, *fields))


def evaluated(it: Posture) -> list[Finding]:
    return list(TrailRecursiveLogging().evaluate(it))


def judged(*advanced: AdvancedSelector, **changes: Any) -> tuple[Status, str]:
    """Of a trail with RecursiveLogging on."""
    selectors = Known(Selectors(advanced=advanced))
    it = posture(trail(**{"selectors": selectors, "recursive_logging": True, **changes}))
    (finding,) = evaluated(it)
    return finding.status, finding.message


def test_a_trail_that_leaves_its_own_deliveries_out_passes() -> None:
    assert summary(evaluated(posture())) == [
        (trail_arn(), Status.PASS, "leaves its own deliveries out (RecursiveLogging is off)")
    ]


def test_a_trail_of_all_objects_logs_its_own_deliveries() -> None:
    assert judged(objects()) == (Status.FAIL, f"logs each file that it delivers to {BUCKET}")


def test_a_basic_selector_of_the_log_bucket_does_too() -> None:
    basic = BasicSelector(data=(DataResource(type="AWS::S3::Object", values=(ROOT,)),))
    assert judged(selectors=Known(Selectors(basic=(basic,))))[0] is Status.FAIL


def test_a_trail_that_excludes_its_log_bucket_is_not_judged() -> None:
    besides = objects(FieldSelector(field="resources.ARN", not_starts_with=(ROOT,)))
    assert judged(besides) == (Status.NOT_APPLICABLE, NOT_SELECTED)


def test_an_exclusion_by_the_bare_bucket_excludes_no_object() -> None:
    besides = objects(FieldSelector(field="resources.ARN", not_equals=(ROOT,)))
    assert judged(besides)[0] is Status.FAIL


def test_reads_of_the_log_bucket_are_no_deliveries() -> None:
    reads = objects(FieldSelector(field="readOnly", equals=("true",)))
    assert judged(reads) == (Status.NOT_APPLICABLE, NOT_SELECTED)


def test_a_trail_of_management_events_is_not_judged() -> None:
    assert judged(selectors=Known(MANAGEMENT)) == (Status.NOT_APPLICABLE, NOT_SELECTED)


def test_a_bucket_whose_name_begins_alike_is_another() -> None:
    other = objects(FieldSelector(field="resources.ARN", starts_with=(f"arn:aws:s3:::{BUCKET}2/",)))
    assert judged(other) == (Status.NOT_APPLICABLE, NOT_SELECTED)


@pytest.mark.parametrize(
    "narrowed",
    [
        FieldSelector(field="resources.ARN", starts_with=(f"{ROOT}reports/",)),
        FieldSelector(field="eventName", equals=("DeleteObject",)),
        FieldSelector(field="userIdentity.arn", starts_with=("arn:aws:iam::",)),
    ],
)
def test_writes_of_others_to_the_log_bucket_may_be_selected(narrowed: FieldSelector) -> None:
    assert judged(objects(narrowed)) == (
        Status.PASS,
        f"selects writes to {BUCKET}, but not those of its own deliveries",
    )


def test_the_deliveries_lie_below_the_prefix_of_the_trail() -> None:
    below = FieldSelector(field="resources.ARN", starts_with=(f"{ROOT}audit/",))
    assert judged(objects(below), prefix="audit")[0] is Status.FAIL
    assert judged(objects(below), prefix="other")[0] is Status.PASS


def test_a_setting_that_aws_or_the_sdk_does_not_tell_is_unknown() -> None:
    it = posture(trail(recursive_logging=None))
    (finding,) = evaluated(it)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:DescribeTrails"


def test_a_setting_that_is_not_told_does_not_matter_where_nothing_is_selected() -> None:
    assert judged(selectors=Known(MANAGEMENT), recursive_logging=None)[0] is Status.NOT_APPLICABLE


def test_selectors_that_may_not_be_read_are_unknown() -> None:
    (finding,) = evaluated(posture(trail(selectors=denied("cloudtrail:GetEventSelectors"))))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetEventSelectors"


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()))] == [Status.NOT_APPLICABLE]
