"""Reads and writes of the resources that must not be touched unseen are recorded."""

from typing import Any

import pytest
from pydantic import ValidationError

from checks.critical_resources import CriticalResources
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import FieldSelector, Selectors, Trail
from tests.build import ACCOUNT, BUCKET, MANAGEMENT, OTHER, account, bucket, denied, posture, select, trail

PAY = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:pay"
PAYMENTS = "arn:aws:s3:::payments"
S3 = "AWS::S3::Object"


def judge(world: Posture, *resources: str) -> Finding:
    (finding,) = CriticalResources(resources=resources).evaluate(world)
    return finding


def recording(type_: str = S3, name: str = "audit", **arn: tuple[str, ...]) -> Trail:
    """A trail of the data events of these resources."""
    one = select("Data", type=(type_,))
    fields = (*one.fields, FieldSelector(field="resources.ARN", **arn)) if arn else one.fields
    return trail(name, selectors=Known(Selectors(advanced=(one.model_copy(update={"fields": fields}),))))


def two(mine: Trail, theirs: Trail, **changes: Any) -> Posture:
    """Two accounts with a trail each."""
    return posture(
        mine, theirs, accounts=(account(trails=(mine,)), account(OTHER, trails=(theirs,))), **changes
    )


def elsewhere(it: Trail) -> Trail:
    return trail("other", account=OTHER, selectors=it.selectors)


def test_without_resources_there_is_nothing_to_judge() -> None:
    assert judge(posture()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("resource", [PAYMENTS, f"{PAYMENTS}/", f"{PAYMENTS}/*", f"{PAYMENTS}/2026/*"])
def test_objects_whose_bucket_is_selected_pass(resource: str) -> None:
    finding = judge(posture(recording(starts_with=(f"{PAYMENTS}/",))), resource)
    assert (finding.status, finding.message) == (Status.PASS, f"{resource}: recorded by trail/audit")


def test_buckets_of_a_prefix_need_more_than_one_of_them() -> None:
    assert judge(posture(recording(starts_with=(f"{PAYMENTS}/",))), f"{PAYMENTS}*").status is Status.FAIL
    assert judge(posture(recording(starts_with=(PAYMENTS,))), f"{PAYMENTS}*").status is Status.PASS


def test_one_object_is_that_object() -> None:
    assert judge(posture(recording(equals=(f"{PAYMENTS}/keys",))), f"{PAYMENTS}/keys").status is Status.PASS
    assert judge(posture(recording(equals=(f"{PAYMENTS}/keys",))), PAYMENTS).status is Status.FAIL


def test_reads_alone_fail() -> None:
    selectors = Selectors(advanced=(select("Data", type=(S3,), readOnly=("true",)),))
    finding = judge(posture(trail(selectors=Known(selectors))), PAYMENTS)
    assert finding.status is Status.FAIL
    assert finding.message.startswith(f"{PAYMENTS}: does not record write events")


def test_events_that_aws_makes_itself_are_not_asked_for() -> None:
    one = select("Data", type=(S3,))
    besides = FieldSelector(field="eventType", not_equals=("AwsServiceEvent",))
    selectors = Selectors(advanced=(one.model_copy(update={"fields": (*one.fields, besides)}),))
    assert judge(posture(trail(selectors=Known(selectors))), PAYMENTS).status is Status.PASS


def test_what_is_missing_is_named_alone() -> None:
    finding = judge(posture(recording(starts_with=(f"{PAYMENTS}/",))), PAYMENTS, PAY)
    assert finding.status is Status.FAIL
    assert PAY in finding.message
    assert PAYMENTS not in finding.message


class TestAnArnWithAccountAndRegion:
    LAMBDA = "AWS::Lambda::Function"

    def test_is_judged_in_that_region_alone(self) -> None:
        here = recording(self.LAMBDA).model_copy(update={"multi_region": False})
        assert judge(posture(here), PAY).status is Status.PASS
        assert judge(posture(here), PAY.replace("eu-west-1", "us-east-1")).status is Status.FAIL

    def test_is_judged_in_that_account_alone(self) -> None:
        mine = recording(self.LAMBDA)
        found = CriticalResources(resources=(PAY,)).evaluate(two(mine, elsewhere(trail())))
        assert [(one.account, one.status) for one in found] == [
            (ACCOUNT, Status.PASS),
            (OTHER, Status.NOT_APPLICABLE),
        ]

    def test_of_an_account_out_of_scope_is_unknown_once(self) -> None:
        foreign = PAY.replace(ACCOUNT, "999999999999")
        found = list(CriticalResources(resources=(foreign,)).evaluate(two(trail(), elsewhere(trail()))))
        assert [one.status for one in found] == [Status.UNKNOWN, Status.NOT_APPLICABLE]
        assert "999999999999" in found[0].message

    def test_of_a_region_that_was_not_scanned_needs_a_multi_region_trail(self) -> None:
        far = PAY.replace("eu-west-1", "ap-south-1")
        assert judge(posture(recording(self.LAMBDA)), far).status is Status.PASS
        assert judge(posture(), far).status is Status.PASS
        single = recording(self.LAMBDA).model_copy(update={"multi_region": False})
        assert judge(posture(single), far).status is Status.UNKNOWN


class TestABucket:
    def test_that_nobody_records_fails_everywhere(self) -> None:
        none = trail(selectors=Known(MANAGEMENT))
        found = CriticalResources(resources=(PAYMENTS,)).evaluate(two(none, elsewhere(none)))
        assert [one.status for one in found] == [Status.FAIL, Status.FAIL]

    def test_that_another_account_records_may_be_that_account_s(self) -> None:
        none = trail(selectors=Known(MANAGEMENT))
        found = list(CriticalResources(resources=(PAYMENTS,)).evaluate(two(none, elsewhere(recording()))))
        assert [one.status for one in found] == [Status.UNKNOWN, Status.PASS]
        assert isinstance(found[0].reason, Reason)
        assert found[0].reason.code == "OwnerUnknown"

    def test_whose_owner_is_known_is_judged_there_alone(self) -> None:
        none = trail(selectors=Known(MANAGEMENT))
        world = two(none, elsewhere(recording()), buckets=(bucket(owner=ACCOUNT),))
        found = CriticalResources(resources=(f"arn:aws:s3:::{BUCKET}",)).evaluate(world)
        assert [one.status for one in found] == [Status.FAIL, Status.NOT_APPLICABLE]


def test_unreadable_selectors_are_unknown() -> None:
    world = posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))
    assert judge(world, PAYMENTS).status is Status.UNKNOWN


def test_another_partition_has_other_accounts() -> None:
    assert judge(posture(), "arn:aws-cn:s3:::payments").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "resource",
    [
        f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders",
        "arn:aws:dynamodb:eu-west-1:*",
        f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders",
        f"arn:aws:sns:eu-west-1:{ACCOUNT}:orders*",
        f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:knowledge-base/*",
        "arn:aws:s3:::*",
    ],
)
def test_resources_of_many_services_are_understood(resource: str) -> None:
    assert CriticalResources(resources=(resource,)).resources == (resource,)


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ("payments", "neither an ARN nor the beginning"),
        ("arn:aws:s3:::pay*ments", "only one \\* is understood"),
        (f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:*", "begins with"),
        (f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1", "the services that are understood"),
        (f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/a", "access points"),
        (f"arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:a", "begins with"),
    ],
)
def test_what_is_not_understood_is_refused(resource: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        CriticalResources.model_validate({"resources": [resource]})
