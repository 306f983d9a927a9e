from typing import Any

import pytest

from checks.bucket_public_access import BucketPublicAccess
from scanner.model.bucket import Grant, PublicAccessBlock
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import OTHER, bucket, denied, posture, summary

ARN = "arn:aws:s3:::acme-logs"
GROUPS = "http://acs.amazonaws.com/groups/global"
ALL = PublicAccessBlock(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=True,
    restrict_public_buckets=True,
)
UNBLOCKED: dict[str, Any] = {
    "public_access_block": Known(PublicAccessBlock()),
    "account_public_access_block": Known(PublicAccessBlock()),
    "ownership": Known("ObjectWriter"),
}
PUBLIC_POLICY: dict[str, Any] = {"policy_public": Known(value=True)}
PUBLIC_ACL: dict[str, Any] = {"acl": Known((Grant(grantee=f"{GROUPS}/AllUsers", permission="READ"),))}
UNREADABLE: dict[str, Any] = {
    "policy_public": denied("s3:GetBucketPolicyStatus"),
    "acl": denied("s3:GetBucketAcl"),
    "public_access_block": denied("s3:GetBucketPublicAccessBlock"),
    "account_public_access_block": denied("s3:GetAccountPublicAccessBlock"),
    "ownership": denied("s3:GetBucketOwnershipControls"),
}


def of(**changes: Any) -> Posture:
    return posture(buckets=(bucket(**{**UNBLOCKED, **changes}),))


def judge(world: Posture) -> Finding:
    (finding,) = BucketPublicAccess().evaluate(world)
    return finding


def test_a_private_bucket_passes_even_without_a_block() -> None:
    assert summary([judge(of())]) == [(ARN, Status.PASS, "is not public")]


def test_a_public_policy_fails() -> None:
    assert summary([judge(of(**PUBLIC_POLICY))]) == [
        (ARN, Status.FAIL, "is public: its policy lets anyone in and no block neutralises it")
    ]


@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
@pytest.mark.parametrize("permission", ["READ", "WRITE", "WRITE_ACP"])
def test_a_public_grant_fails(group: str, permission: str) -> None:
    grants = (
        Grant(grantee="canonical", permission="FULL_CONTROL"),
        Grant(grantee=f"{GROUPS}/{group}", permission=permission),
    )
    assert summary([judge(of(acl=Known(grants)))]) == [
        (ARN, Status.FAIL, "is public: its ACL lets anyone in and no block neutralises it")
    ]


def test_both_ways_in_are_named() -> None:
    assert judge(of(**PUBLIC_POLICY, **PUBLIC_ACL)).message == (
        "is public: its policy and its ACL let anyone in and no block neutralises it"
    )


def test_the_log_delivery_group_is_not_the_public() -> None:
    grants = (Grant(grantee="http://acs.amazonaws.com/groups/s3/LogDelivery", permission="WRITE"),)
    assert judge(of(acl=Known(grants))).status is Status.PASS


@pytest.mark.parametrize("level", ["public_access_block", "account_public_access_block"])
def test_restricting_public_buckets_neutralises_a_policy_at_either_level(level: str) -> None:
    world = of(**PUBLIC_POLICY, **{level: Known(PublicAccessBlock(restrict_public_buckets=True))})
    assert judge(world).status is Status.PASS


@pytest.mark.parametrize("level", ["public_access_block", "account_public_access_block"])
def test_ignoring_public_acls_neutralises_an_acl_at_either_level(level: str) -> None:
    world = of(**PUBLIC_ACL, **{level: Known(PublicAccessBlock(ignore_public_acls=True))})
    assert judge(world).status is Status.PASS


def test_the_owner_enforced_switches_acls_off_but_not_the_policy() -> None:
    enforced = {"ownership": Known("BucketOwnerEnforced")}
    assert judge(of(**PUBLIC_ACL, **enforced)).status is Status.PASS
    assert judge(of(**PUBLIC_POLICY, **enforced)).status is Status.FAIL


def test_the_flag_of_the_other_way_in_does_not_help() -> None:
    restrict = Known(PublicAccessBlock(restrict_public_buckets=True))
    ignore = Known(PublicAccessBlock(ignore_public_acls=True))
    assert judge(of(**PUBLIC_ACL, public_access_block=restrict)).status is Status.FAIL
    assert judge(of(**PUBLIC_POLICY, public_access_block=ignore)).status is Status.FAIL


def test_refusing_new_grants_does_not_neutralise_old_ones() -> None:
    refusing = Known(PublicAccessBlock(block_public_acls=True, block_public_policy=True))
    assert judge(of(**PUBLIC_POLICY, public_access_block=refusing)).status is Status.FAIL
    assert judge(of(**PUBLIC_ACL, public_access_block=refusing)).status is Status.FAIL


def test_the_strictest_of_both_levels_counts_flag_by_flag() -> None:
    world = of(
        **PUBLIC_POLICY,
        **PUBLIC_ACL,
        public_access_block=Known(PublicAccessBlock(restrict_public_buckets=True)),
        account_public_access_block=Known(PublicAccessBlock(ignore_public_acls=True)),
    )
    assert judge(world).status is Status.PASS


@pytest.mark.parametrize("level", ["public_access_block", "account_public_access_block"])
def test_a_full_block_decides_alone(level: str) -> None:
    assert judge(of(**{**UNREADABLE, level: Known(ALL)})).status is Status.PASS


def test_a_way_in_that_is_proven_decides_though_the_other_is_unread() -> None:
    assert judge(of(**PUBLIC_POLICY, acl=UNREADABLE["acl"])).status is Status.FAIL
    assert judge(of(**PUBLIC_ACL, policy_public=UNREADABLE["policy_public"])).status is Status.FAIL


def test_unread_blocks_do_not_matter_where_nothing_is_public() -> None:
    world = of(
        public_access_block=UNREADABLE["public_access_block"],
        account_public_access_block=UNREADABLE["account_public_access_block"],
        ownership=UNREADABLE["ownership"],
    )
    assert judge(world).status is Status.PASS


@pytest.mark.parametrize(
    ("public", "unread"),
    [
        ({}, "policy_public"),
        ({}, "acl"),
        (PUBLIC_POLICY, "public_access_block"),
        (PUBLIC_POLICY, "account_public_access_block"),
        (PUBLIC_ACL, "public_access_block"),
        (PUBLIC_ACL, "account_public_access_block"),
        (PUBLIC_ACL, "ownership"),
    ],
)
def test_what_would_have_decided_and_is_unread_makes_it_unknown(public: dict[str, Any], unread: str) -> None:
    gap = UNREADABLE[unread]
    finding = judge(of(**public, **{unread: gap}))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert (finding.reason.action, finding.reason.code) == (gap.action, "AccessDenied")


def test_a_bucket_out_of_scope_is_unknown() -> None:
    assert judge(posture(buckets=(bucket(owner=OTHER),))).status is Status.UNKNOWN


def test_a_missing_bucket_is_judged_elsewhere() -> None:
    assert judge(of(exists=Known(value=False))).status is Status.NOT_APPLICABLE
