"""Log buckets are replicated to another account or region."""

from typing import Any

import pytest

from checks.bucket_replication import BucketReplication
from scanner.model.bucket import ReplicationRule
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import ACCOUNT, OTHER, bucket, denied, log_target, posture, trail

COPY = "acme-logs-copy"
THERE = log_target(COPY, region=Known("eu-central-1"))
NEAR = log_target(COPY)


def judge(world: Posture, **options: object) -> Finding:
    (finding,) = BucketReplication.model_validate({"enabled": True, **options}).evaluate(world)
    return finding


def copying(**changes: Any) -> ReplicationRule:
    values: dict[str, Any] = {"enabled": True, "destination": f"arn:aws:s3:::{COPY}", **changes}
    return ReplicationRule(**values)


def world(*rules: ReplicationRule, to: Any = THERE, **changes: Any) -> Posture:
    return posture(buckets=(bucket(replication=Known(rules)),), destinations=(to,), **changes)


def test_it_is_switched_off_by_default_and_then_reads_nothing() -> None:
    finding = judge(posture(), enabled=False)
    assert (finding.status, finding.message) == (Status.NOT_APPLICABLE, "Switched off.")
    assert BucketReplication().needs == frozenset()
    assert BucketReplication(enabled=True).needs == {"s3:GetReplicationConfiguration"}


def test_it_is_switched_off_for_buckets_of_strangers_too() -> None:
    assert judge(posture(buckets=(bucket(owner=OTHER),)), enabled=False).status is Status.NOT_APPLICABLE


def test_a_copy_in_another_region_passes() -> None:
    finding = judge(world(copying()))
    assert (finding.status, finding.message) == (Status.PASS, f"is replicated to {COPY}")


def test_a_copy_in_another_account_passes() -> None:
    assert (
        judge(world(copying(destination_account=OTHER), to=log_target(COPY, owner=Known(OTHER)))).status
        is Status.PASS
    )
    assert judge(world(copying(), to=log_target(COPY, owner=Known(OTHER)))).status is Status.PASS


def test_a_copy_in_the_same_account_and_region_fails() -> None:
    for account in (None, ACCOUNT):
        finding = judge(world(copying(destination_account=account), to=NEAR))
        assert finding.status is Status.FAIL
        assert "the same account and region" in finding.message


def test_a_destination_that_does_not_exist_fails() -> None:
    assert judge(world(copying(), to=log_target(COPY, exists=Known(value=False)))).status is Status.FAIL


@pytest.mark.parametrize("rules", [(), (copying(enabled=False),), (copying(tagged=True),)])
def test_without_a_rule_that_applies_it_fails(rules: tuple[ReplicationRule, ...]) -> None:
    finding = judge(world(*rules))
    assert (finding.status, finding.message) == (Status.FAIL, "is not replicated")


def test_a_rule_that_leaves_digests_out_fails() -> None:
    logs = copying(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail/")
    finding = judge(world(logs))
    assert finding.status is Status.FAIL
    assert finding.message == f"is replicated to {COPY}, but not all of the logs and digests are"
    digests = copying(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/")
    assert judge(world(logs, digests)).status is Status.PASS


def test_without_validation_there_are_no_digests_to_copy() -> None:
    unsigned = posture(
        trail(validation=False),
        buckets=(bucket(replication=Known((copying(prefix=f"AWSLogs/{ACCOUNT}/CloudTrail/"),))),),
        destinations=(THERE,),
    )
    assert judge(unsigned).status is Status.PASS


@pytest.mark.parametrize(
    ("prefix", "status"),
    [
        ("AWS", Status.PASS),
        ("AWSLogs/o-acme123456/", Status.PASS),
        (f"AWSLogs/{ACCOUNT}/", Status.FAIL),
        (f"AWSLogs/o-acme123456/{ACCOUNT}/", Status.FAIL),
    ],
)
def test_an_organization_trail_writes_for_every_member(prefix: str, status: Status) -> None:
    it = posture(
        trail(organization=True),
        buckets=(bucket(replication=Known((copying(prefix=prefix),))),),
        destinations=(THERE,),
    )
    assert judge(it).status is status


def test_a_destination_that_cannot_be_looked_at_is_unknown() -> None:
    gap = denied("s3:GetBucketLocation")
    assert judge(world(copying(), to=log_target(COPY, owner=gap, region=gap))).status is Status.UNKNOWN
    assert judge(world(copying(), to=log_target("another"))).status is Status.UNKNOWN


def test_unreadable_rules_are_unknown() -> None:
    it = posture(buckets=(bucket(replication=denied("s3:GetReplicationConfiguration")),))
    assert judge(it).status is Status.UNKNOWN
