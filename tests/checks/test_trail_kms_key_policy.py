from typing import Any

import pytest

from checks.trail_kms_key_policy import TrailKmsKeyPolicy
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from tests.build import (
    ACCOUNT,
    OTHER,
    account,
    denied,
    key,
    key_arn,
    organization,
    posture,
    summary,
    trail,
    trail_arn,
)
from tests.build_buckets import document
from tests.build_keys import TRAILS, administer, encrypt, key_policy

KEY = key_arn()
CONTEXT = "kms:EncryptionContext:aws:cloudtrail:arn"
EVERYTHING = administer(Sid="open", Principal="*")


def evaluated(it: Posture) -> Finding:
    (finding,) = TrailKmsKeyPolicy().evaluate(it)
    return finding


def world(*statements: dict[str, Any], **changes: Any) -> Posture:
    """The blameless one, but for the key's policy: these statements beside the one for the account."""
    return posture(keys=(key(policy=Known(document(administer(), *statements))),), **changes)


def judged(*statements: dict[str, Any], **changes: Any) -> tuple[Status, str]:
    finding = evaluated(world(*statements, **changes))
    return finding.status, finding.message.removeprefix(f"key {KEY} ")


def reason(it: Posture) -> Reason:
    finding = evaluated(it)
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    return finding.reason


def test_the_policy_of_the_documentation_passes() -> None:
    finding = evaluated(posture())
    assert (finding.resource, finding.status, finding.message) == (
        trail_arn(),
        Status.PASS,
        f"key {KEY} lets CloudTrail encrypt only with {CONTEXT} {TRAILS}",
    )


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceArn": trail_arn()}},
        {"ArnLike": {"aws:SourceArn": TRAILS}},
        {"StringLike": {"aws:SourceArn": TRAILS}},
        {"StringEquals": {"aws:SourceAccount": [OTHER, ACCOUNT]}},
        {"StringEquals": {CONTEXT: trail_arn()}},
        {"StringLike": {CONTEXT: [TRAILS.replace(ACCOUNT, OTHER), TRAILS]}},
        {"StringEquals": {"aws:SourceArn": trail_arn()}, "StringLike": {CONTEXT: TRAILS}},
    ],
)
def test_a_statement_bound_to_the_trail_or_its_account_passes(condition: dict[str, Any]) -> None:
    assert judged(encrypt(**condition))[0] is Status.PASS


@pytest.mark.parametrize("action", ["kms:*", "kms:Generate*", "kms:GenerateDataKey", "KMS:generatedatakey"])
def test_any_spelling_of_the_action_lets_it_encrypt(action: str) -> None:
    statement = encrypt(StringEquals={"aws:SourceArn": trail_arn()}) | {"Action": action}
    assert judged(statement)[0] is Status.PASS


@pytest.mark.parametrize(
    "action", ["kms:Encrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"]
)
def test_another_action_does_not(action: str) -> None:
    statement = encrypt(StringEquals={"aws:SourceArn": trail_arn()}) | {"Action": action}
    assert judged(statement) == (Status.FAIL, "does not let CloudTrail encrypt for this trail")


def test_the_statement_for_the_account_does_not_let_the_service_in() -> None:
    assert judged() == (Status.FAIL, "does not let CloudTrail encrypt for this trail")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            {"StringEquals": {"aws:SourceArn": trail_arn("old")}},
            f"aws:SourceArn {trail_arn('old')}",
        ),
        ({"StringEquals": {"aws:SourceAccount": OTHER}}, f"aws:SourceAccount {OTHER}"),
        (
            {"StringLike": {CONTEXT: TRAILS.replace(ACCOUNT, OTHER)}},
            f"{CONTEXT} {TRAILS.replace(ACCOUNT, OTHER)}",
        ),
    ],
)
def test_a_statement_bound_to_another_trail_or_account_alone_fails(
    condition: dict[str, Any], words: str
) -> None:
    assert judged(encrypt(**condition)) == (
        Status.FAIL,
        f"lets CloudTrail encrypt only with {words}, not for this trail",
    )


def test_string_equals_knows_no_wildcard() -> None:
    assert judged(encrypt(StringEquals={"aws:SourceArn": TRAILS}))[0] is Status.FAIL


def test_all_conditions_must_hold_and_not_one_of_them() -> None:
    split = encrypt(StringEquals={"aws:SourceArn": trail_arn(), "aws:SourceAccount": OTHER})
    assert judged(split)[0] is Status.FAIL


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/audit"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringLike": {CONTEXT: "arn:aws:cloudtrail:*:*:trail/*"}},
        {"Null": {CONTEXT: "false"}},
        {"StringEqualsIfExists": {"aws:SourceArn": trail_arn()}},
        {"StringNotEquals": {"aws:SourceAccount": OTHER}},
    ],
)
def test_a_statement_for_anybodys_trail_fails_and_is_named(condition: dict[str, Any]) -> None:
    assert judged(encrypt(**condition)) == (
        Status.FAIL,
        "lets CloudTrail encrypt for anybody's trail (statement 'encrypt')",
    )


def test_one_open_statement_beside_a_bound_one_fails() -> None:
    bound = encrypt(StringEquals={"aws:SourceArn": trail_arn()})
    assert judged(bound, encrypt() | {"Sid": "old"}) == (
        Status.FAIL,
        "lets CloudTrail encrypt for anybody's trail (statement 'old')",
    )


def test_a_statement_for_another_trail_beside_that_for_this_one_is_fine() -> None:
    mine, other = ({"StringEquals": {"aws:SourceArn": trail_arn(name)}} for name in ("audit", "other"))
    assert judged(encrypt(**mine), encrypt(**other) | {"Sid": "other"})[0] is Status.PASS


def test_a_key_that_is_open_to_everyone_fails_though_cloudtrail_is_bound() -> None:
    it = posture(keys=(key(policy=Known(key_policy(EVERYTHING))),))
    assert evaluated(it).message == f"key {KEY} is open to everyone (statement 'open')"


def test_a_key_that_strangers_may_use_through_a_service_is_open_too() -> None:
    via = EVERYTHING | {"Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}}
    it = posture(keys=(key(policy=Known(key_policy(via))),))
    assert evaluated(it).status is Status.FAIL


@pytest.mark.parametrize(
    "condition",
    [{"kms:CallerAccount": ACCOUNT}, {"aws:PrincipalOrgID": "o-acme123456"}],
)
def test_everyone_of_one_account_or_organization_is_not_everyone(condition: dict[str, str]) -> None:
    few = EVERYTHING | {"Condition": {"StringEquals": condition}}
    it = posture(keys=(key(policy=Known(key_policy(few))),))
    assert evaluated(it).status is Status.PASS


def test_all_that_is_wrong_is_said_at_once() -> None:
    read = administer(Sid="read", Principal="*", Action="kms:Decrypt")
    assert judged(read) == (
        Status.FAIL,
        "is open to everyone (statement 'read'), does not let CloudTrail encrypt for this trail",
    )


def test_a_deny_takes_back_what_is_allowed() -> None:
    deny = encrypt(StringEquals={"aws:SourceArn": trail_arn()}) | {"Effect": "Deny", "Sid": "no"}
    allow = encrypt(StringLike={CONTEXT: TRAILS})
    assert judged(allow, deny)[0] is Status.FAIL


def test_a_deny_for_all_but_the_account_stops_the_service() -> None:
    deny = administer(Sid="ours", Effect="Deny", NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    del deny["Principal"]
    assert judged(encrypt(StringLike={CONTEXT: TRAILS}), deny)[0] is Status.FAIL


def test_a_deny_for_strangers_bounds_what_the_allow_leaves_open() -> None:
    deny = encrypt(StringNotEquals={"aws:SourceAccount": ACCOUNT}) | {"Effect": "Deny", "Sid": "strangers"}
    assert judged(encrypt(), deny) == (Status.PASS, "lets CloudTrail encrypt only where no Deny stops it")


def test_a_policy_that_names_the_key_itself_is_about_it() -> None:
    bound = encrypt(StringLike={CONTEXT: TRAILS})
    assert judged(bound | {"Resource": KEY})[0] is Status.PASS
    assert judged(bound | {"Resource": key_arn("other")})[0] is Status.FAIL


@pytest.mark.parametrize("unheard", ["acme:Unheard", "kms:ViaService", "kms:EncryptionContext:aws:s3:arn"])
def test_a_condition_that_cannot_be_judged_is_unknown_and_names_the_statement(unheard: str) -> None:
    it = world(encrypt(StringEquals={"aws:SourceArn": trail_arn(), unheard: "of"}))
    assert f"statement 'encrypt': its condition on {unheard}" in reason(it).detail


def test_what_is_open_decides_over_what_cannot_be_judged() -> None:
    odd = encrypt(StringEquals={"acme:Unheard": "of"}) | {"Sid": "odd"}
    assert judged(odd, encrypt())[0] is Status.FAIL


def test_what_cannot_be_judged_beside_a_bound_statement_is_unknown() -> None:
    odd = encrypt(StringEquals={"acme:Unheard": "of"}) | {"Sid": "odd"}
    assert "'odd'" in reason(world(encrypt(StringLike={CONTEXT: TRAILS}), odd)).detail


BY_ORGANIZATION = encrypt(StringEquals={"aws:SourceOrgID": "o-acme123456"})


def test_the_callers_organization_is_that_of_its_own_trail() -> None:
    assert judged(BY_ORGANIZATION, organization=Known(organization()))[0] is Status.PASS
    assert judged(BY_ORGANIZATION, organization=Known(organization(id="o-other")))[0] is Status.FAIL
    assert judged(BY_ORGANIZATION, organization=Known(None))[0] is Status.FAIL


def test_an_organization_that_is_not_known_is_unknown() -> None:
    it = world(BY_ORGANIZATION, organization=denied("organizations:DescribeOrganization"))
    assert "aws:SourceOrgID" in reason(it).detail


@pytest.mark.parametrize(
    ("inside", "verdict"), [(True, Status.PASS), (False, Status.UNKNOWN)], ids=["member", "stranger"]
)
def test_an_account_is_of_the_callers_organization_where_that_lists_it(
    *, inside: bool, verdict: Status
) -> None:
    there = trail(account=OTHER, key_id=KEY)
    it = world(
        BY_ORGANIZATION,
        trails=(there,),
        accounts=(account(), account(OTHER, trails=(there,), in_organization=inside)),
        organization=Known(organization()),
    )
    (finding,) = (one for one in TrailKmsKeyPolicy().evaluate(it) if one.account == OTHER)
    assert finding.status is verdict


@pytest.mark.parametrize("source", [trail_arn("all", OTHER), f"arn:aws:cloudtrail:*:{OTHER}:trail/*"])
def test_an_organization_trail_is_known_by_the_management_accounts_arn(source: str) -> None:
    shared = trail("all", OTHER, organization=True, key_id=KEY)
    accounts = (account(trails=(shared,)), account(OTHER, trails=(shared,)))
    for condition in ({"ArnLike": {"aws:SourceArn": source}}, {"StringLike": {CONTEXT: source}}):
        it = world(encrypt(**condition), trails=(shared,), accounts=accounts)
        assert evaluated(it).status is Status.PASS
    members = encrypt(StringLike={CONTEXT: TRAILS})
    assert evaluated(world(members, trails=(shared,), accounts=accounts)).status is Status.FAIL


def test_a_policy_that_may_not_be_read_is_unknown() -> None:
    found = reason(posture(keys=(key(policy=denied("kms:GetKeyPolicy")),)))
    assert (found.action, found.code) == ("kms:GetKeyPolicy", "AccessDenied")


def test_a_policy_that_is_no_policy_is_unknown() -> None:
    assert reason(posture(keys=(key(policy=Known({"Statement": "all"})),))).code == "PolicyUnclear"


def test_a_foreign_key_names_its_owner() -> None:
    gap = denied("kms:GetKeyPolicy", account=OTHER)
    it = posture(trail(key_id=key_arn(account=OTHER)), keys=(key(OTHER, policy=gap),))
    finding = evaluated(it)
    assert finding.status is Status.UNKNOWN
    assert f"the KMS key belongs to account {OTHER}" in finding.message


def test_a_key_that_no_check_of_the_scan_read_is_unknown() -> None:
    assert reason(posture(keys=())).code == "NotRead"


def test_a_key_that_does_not_exist_is_not_judged() -> None:
    finding = evaluated(posture(keys=(key(metadata=Known(None), policy=Known(None)),)))
    assert (finding.status, finding.message) == (Status.NOT_APPLICABLE, "The KMS key does not exist.")


def test_a_trail_without_a_key_is_not_judged() -> None:
    assert summary(list(TrailKmsKeyPolicy().evaluate(posture(trail(key_id=None))))) == [
        (trail_arn(), Status.NOT_APPLICABLE, "The trail has no KMS key.")
    ]
