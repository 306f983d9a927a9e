from typing import Any

from scanner.model.finding import Status
from scanner.model.posture import Caller, Posture
from scanner.model.reading import Known
from tests.build import (
    ACCOUNT,
    BUCKET,
    OTHER,
    REGION,
    account,
    bucket,
    denied,
    organization,
    posture,
    trail,
)
from tests.probes import ROOT, STRANGER, OfAnyBucket, OfBucket, OfOrganization, found, only, unlisted

# Buckets


def test_a_bucket_of_several_trails_is_judged_once() -> None:
    assert found(OfBucket(), posture(trail("a"), trail("b"))) == [
        (ACCOUNT, REGION, f"arn:aws:s3:::{BUCKET}", Status.PASS, BUCKET)
    ]


def test_a_bucket_is_filed_under_its_owner() -> None:
    it = posture(accounts=(account(trails=(trail(),)), account(OTHER)), buckets=(bucket(owner=OTHER),))
    assert [(who, state) for who, _, _, state, _ in found(OfBucket(), it)] == [
        (OTHER, Status.NOT_APPLICABLE),  # it has no trail of its own
        (OTHER, Status.PASS),
    ]


def test_a_bucket_whose_owner_is_out_of_scope_is_unknown_and_names_the_owner() -> None:
    finding = only(OfBucket(), posture(buckets=(bucket(owner=STRANGER),)))
    assert (finding.account, finding.status) == (ACCOUNT, Status.UNKNOWN)
    assert f"the log bucket belongs to account {STRANGER}" in finding.message


def test_a_bucket_that_cannot_be_attributed_is_unknown() -> None:
    gap = denied("s3:ListAllMyBuckets", region=None)
    finding = only(OfBucket(), posture(buckets=(bucket(owner=gap, region=gap),)))
    assert (finding.account, finding.region, finding.status) == (ACCOUNT, None, Status.UNKNOWN)


def test_a_bucket_that_does_not_exist_is_not_judged() -> None:
    gone = bucket(exists=Known(value=False), owner=denied("s3:ListAllMyBuckets"))
    finding = only(OfBucket(), posture(buckets=(gone,)))
    assert (finding.status, finding.message) == (Status.NOT_APPLICABLE, "The bucket does not exist.")


def test_a_check_that_needs_no_owner_judges_any_bucket() -> None:
    for one in (bucket(exists=Known(value=False)), bucket(owner=STRANGER), bucket(owner=denied("s3:x"))):
        assert only(OfAnyBucket(), posture(buckets=(one,))).status is Status.PASS


def test_a_bucket_of_an_owner_out_of_scope_is_filed_under_who_uses_it() -> None:
    theirs = trail(account=OTHER, bucket="central")
    it = posture(
        theirs,
        accounts=(account(), account(OTHER, trails=(theirs,))),
        buckets=(bucket("central", owner=STRANGER),),
    )
    by_resource = {one.resource: one.account for one in OfBucket().evaluate(it)}
    assert by_resource["arn:aws:s3:::central"] == OTHER


def test_a_bucket_that_an_unscanned_organization_trail_uses_is_filed_under_who_sees_the_trail() -> None:
    shared = trail(account=STRANGER, organization=True, bucket="central")
    it = posture(
        shared,
        accounts=(account(OTHER, trails=(shared,)),),
        buckets=(bucket("central", owner=STRANGER),),
        caller=Caller(account=OTHER, arn=f"arn:aws:iam::{OTHER}:user/auditor", partition="aws"),
    )
    assert only(OfBucket(), it).account == OTHER


def test_an_account_without_a_trail_has_one_verdict_on_buckets() -> None:
    assert found(OfBucket(), posture(trails=())) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "The account has no trail.")
    ]


def test_where_trails_could_not_be_listed_there_may_be_other_log_buckets() -> None:
    it = posture(trail(), accounts=(unlisted(ACCOUNT, trail()),))
    assert [state for *_, state, _ in found(OfBucket(), it)] == [Status.UNKNOWN, Status.PASS]


# The organization


def world(**changes: Any) -> Posture:
    return posture(**{"organization": Known(organization()), **changes})


def test_the_organization_is_judged_once_and_filed_under_its_management_account() -> None:
    managed = organization(management_account=OTHER)
    it = world(organization=Known(managed), accounts=(account(), account(OTHER)))
    assert found(OfOrganization(), it) == [(OTHER, None, managed.arn, Status.PASS, managed.id)]


def test_the_organization_is_filed_under_the_caller_where_its_management_account_was_not_scanned() -> None:
    managed = organization(management_account=STRANGER)
    assert only(OfOrganization(), world(organization=Known(managed))).account == ACCOUNT


def test_it_is_filed_under_an_account_that_was_scanned_where_the_caller_was_not() -> None:
    managed = organization(management_account=STRANGER)
    it = world(organization=Known(managed), accounts=(account(OTHER),))
    assert only(OfOrganization(), it).account == OTHER


def test_a_standalone_account_has_one_verdict() -> None:
    assert found(OfOrganization(), posture()) == [
        (ACCOUNT, None, ROOT, Status.NOT_APPLICABLE, "The account belongs to no organization.")
    ]


def test_an_organization_that_could_not_be_read_is_unknown() -> None:
    finding = only(OfOrganization(), world(organization=denied("organizations:DescribeOrganization")))
    assert (finding.resource, finding.status) == (ROOT, Status.UNKNOWN)
