"""Who reads or changes what lies in log buckets is recorded, by server access logs or as data events."""

from typing import Any

import pytest

from checks.bucket_access_logging import BucketAccessLogging
from scanner.model.bucket import AccessLogging, Encryption, Grant, ObjectLock
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known
from scanner.model.trail import FieldSelector, Selectors
from tests.build import (
    ACCESS_LOGS,
    ACCOUNT,
    BUCKET,
    MANAGEMENT,
    OTHER,
    REGION,
    account,
    bucket,
    denied,
    log_target,
    organization,
    posture,
    select,
    status,
    trail,
)
from tests.build_buckets import allow, document

DELIVERY = Grant(grantee="http://acs.amazonaws.com/groups/s3/LogDelivery", permission="WRITE")
LOG_SERVICE = "logging.s3.amazonaws.com"


def judge(world: Posture) -> Finding:
    (finding,) = BucketAccessLogging().evaluate(world)
    return finding


def unwatched(**changes: Any) -> Posture:
    """No data events of the log bucket are recorded."""
    return posture(trail(selectors=Known(MANAGEMENT)), **changes)


def received(**changes: Any) -> Finding:
    """The verdict where access logs alone decide, and their target is so."""
    return judge(unwatched(destinations=(log_target(**changes),)))


def test_access_logs_that_arrive_pass() -> None:
    finding = received()
    assert (finding.status, finding.message) == (Status.PASS, f"sends access logs to {ACCESS_LOGS}")


def test_neither_access_logs_nor_data_events_fail() -> None:
    finding = judge(unwatched(buckets=(bucket(logging=Known(None)),)))
    assert (finding.status, finding.message) == (
        Status.FAIL,
        "sends no access logs, and its data events are not all recorded",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"exists": Known(value=False)}, "does not exist"),
        ({"region": Known("us-east-1")}, "is in us-east-1, not in eu-west-1"),
        ({"object_lock": Known(ObjectLock(mode="GOVERNANCE", days=1))}, "locks objects by default"),
        ({"encryption": Known(Encryption(algorithm="aws:kms"))}, "encrypts with KMS by default"),
        ({"encryption": Known(Encryption(algorithm="aws:kms:dsse"))}, "encrypts with KMS by default"),
        ({"policy": Known(None)}, "does not let logging.s3.amazonaws.com write"),
    ],
)
def test_access_logs_that_never_arrive_fail(changes: dict[str, Any], why: str) -> None:
    finding = received(**changes)
    assert finding.status is Status.FAIL
    assert finding.message == (
        f"sends access logs to {ACCESS_LOGS}, which {why}, and its data events are not all recorded"
    )


@pytest.mark.parametrize("changes", [{"object_lock": Known(ObjectLock())}, {"encryption": Known(None)}])
def test_a_lock_without_default_and_no_encryption_are_in_nobodys_way(changes: dict[str, Any]) -> None:
    assert received(**changes).status is Status.PASS


def test_a_bucket_that_logs_to_itself_fails() -> None:
    itself = bucket(logging=Known(AccessLogging(target_bucket=BUCKET)))
    finding = judge(unwatched(buckets=(itself,)))
    assert finding.status is Status.FAIL
    assert finding.message.startswith("sends access logs to itself")


def test_a_log_bucket_may_be_the_target_of_another() -> None:
    central = bucket(
        "central",
        policy=Known(document(allow(LOG_SERVICE, "central", f"arn:aws:s3:::{BUCKET}"))),
        object_lock=Known(None),
        encryption=Known(Encryption(algorithm="AES256")),
    )
    sender = bucket(logging=Known(AccessLogging(target_bucket="central")))
    findings = BucketAccessLogging().evaluate(
        posture(
            trail("a", selectors=Known(MANAGEMENT)),
            trail("b", bucket="central", selectors=Known(MANAGEMENT)),
            buckets=(sender, central),
            destinations=(log_target(sender="central"),),
        )
    )
    assert [one.status for one in findings] == [Status.PASS, Status.PASS]


class TestThePolicyOfTheTarget:
    @pytest.mark.parametrize(
        "statement",
        [
            allow(LOG_SERVICE, ACCESS_LOGS, "arn:aws:s3:::somebody-elses"),
            allow("cloudtrail.amazonaws.com", ACCESS_LOGS, "*"),
            allow(LOG_SERVICE, ACCESS_LOGS, "*", action="s3:GetObject"),
            {**allow(LOG_SERVICE, ACCESS_LOGS, "*"), "Resource": f"arn:aws:s3:::{ACCESS_LOGS}/other/*"},
            {**allow(LOG_SERVICE, ACCESS_LOGS, "*"), "Condition": {"StringEquals": {"aws:SourceAccount": OTHER}}},
        ],
    )  # fmt: skip
    def test_must_mean_the_service_the_bucket_and_the_prefix(self, statement: dict[str, Any]) -> None:
        assert received(policy=Known(document(statement))).status is Status.FAIL

    def test_may_name_the_account(self) -> None:
        bound = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        statement = {**allow(LOG_SERVICE, ACCESS_LOGS, "*"), "Condition": bound}
        assert received(policy=Known(document(statement))).status is Status.PASS

    def test_must_not_deny_it_again(self) -> None:
        deny = {**allow(LOG_SERVICE, ACCESS_LOGS, "*"), "Effect": "Deny", "Sid": "no"}
        both = document(allow(LOG_SERVICE, ACCESS_LOGS, "*"), deny)
        assert received(policy=Known(both)).status is Status.FAIL

    @pytest.mark.parametrize(("found", "expected"), [("o-acme123456", Status.PASS), ("o-other", Status.FAIL)])
    def test_may_name_the_organization(self, found: str, expected: Status) -> None:
        bound = {"StringEquals": {"aws:SourceOrgID": found}}
        statement = {**allow(LOG_SERVICE, ACCESS_LOGS, "*"), "Condition": bound}
        target = log_target(policy=Known(document(statement)))
        known = unwatched(destinations=(target,), organization=Known(organization()))
        assert judge(known).status is expected
        unread = denied("organizations:DescribeOrganization")
        assert judge(unwatched(destinations=(target,), organization=unread)).status is Status.UNKNOWN

    def test_that_asks_for_what_is_not_read_is_unknown(self) -> None:
        bound = {"StringLike": {"aws:SourceOrgPaths": "o-acme123456/r-1/*"}}
        statement = {**allow(LOG_SERVICE, ACCESS_LOGS, "*"), "Condition": bound}
        assert received(policy=Known(document(statement))).status is Status.UNKNOWN


class TestTheAclOfTheTarget:
    def test_may_let_the_service_write(self) -> None:
        acl = {"policy": Known(None), "acl": Known((DELIVERY,)), "ownership": Known("ObjectWriter")}
        assert received(**acl).status is Status.PASS

    def test_says_nothing_where_acls_are_off(self) -> None:
        assert received(policy=Known(None), acl=Known((DELIVERY,))).status is Status.FAIL

    def test_does_not_stand_against_a_deny(self) -> None:
        deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
        acl = {"acl": Known((DELIVERY,)), "ownership": Known("ObjectWriter")}
        assert received(policy=Known(document(deny)), **acl).status is Status.FAIL


class TestDataEvents:
    OWN = f"arn:aws:s3:::{BUCKET}/"

    def events(self, *fields: FieldSelector, **changes: Any) -> Finding:
        one = select("Data", type=("AWS::S3::Object",))
        selectors = Selectors(advanced=(one.model_copy(update={"fields": (*one.fields, *fields)}),))
        recorder = trail(selectors=Known(selectors), **changes)
        return judge(posture(recorder, buckets=(bucket(logging=Known(None)),)))

    def test_of_the_log_bucket_count_and_the_message_says_so(self) -> None:
        finding = self.events(FieldSelector(field="resources.ARN", starts_with=(self.OWN,)))
        assert (finding.status, finding.message) == (
            Status.PASS,
            "has its data events recorded by trail/audit, in place of server access logs",
        )

    def test_must_be_reads_and_writes(self) -> None:
        assert self.events(FieldSelector(field="readOnly", equals=("true",))).status is Status.FAIL

    def test_of_all_other_buckets_are_none(self) -> None:
        fields = FieldSelector(field="resources.ARN", not_starts_with=(self.OWN,))
        assert self.events(fields).status is Status.FAIL

    def test_are_recorded_in_the_region_of_the_bucket(self) -> None:
        assert self.events(multi_region=False).status is Status.PASS
        assert self.events(region="us-east-1", multi_region=False).status is Status.FAIL

    def test_of_a_stopped_trail_are_none(self) -> None:
        assert self.events(status=Known(status(logging=False))).status is Status.FAIL

    def test_pass_where_access_logs_are_not_known(self) -> None:
        unread = bucket(logging=denied("s3:GetBucketLogging"))
        assert judge(posture(buckets=(unread,))).status is Status.PASS

    def test_of_a_region_that_was_not_scanned_are_unknown(self) -> None:
        one = trail(selectors=Known(MANAGEMENT))
        world = posture(
            one,
            accounts=(account(trails=(one,), regions=("us-east-1",), narrowed=True),),
            buckets=(bucket(logging=Known(None)),),
        )
        finding = judge(world)
        assert finding.status is Status.UNKNOWN
        assert f"the region {REGION} was not looked at" in finding.message


@pytest.mark.parametrize("field", ["policy", "object_lock", "encryption", "region"])
def test_what_cannot_be_read_of_the_target_is_unknown(field: str) -> None:
    finding = received(**{field: denied("s3:Whatever")})
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "s3:Whatever"


def test_a_known_obstacle_decides_over_what_cannot_be_read() -> None:
    finding = received(policy=denied("s3:GetBucketPolicy"), region=Known("us-east-1"))
    assert finding.status is Status.FAIL


def test_a_target_that_nobody_read_is_unknown() -> None:
    assert judge(unwatched(destinations=())).status is Status.UNKNOWN


def test_a_target_of_an_account_out_of_scope_is_unknown_and_names_it() -> None:
    gap = Gap(f"the bucket belongs to account {OTHER}", code="OwnerOutOfScope", account=OTHER)
    finding = received(owner=OTHER, policy=gap, acl=gap, ownership=gap, object_lock=gap, encryption=gap)
    assert finding.status is Status.UNKNOWN
    assert OTHER in finding.message


def test_a_missing_bucket_is_judged_elsewhere() -> None:
    assert judge(posture(buckets=(bucket(exists=Known(value=False)),))).status is Status.NOT_APPLICABLE
