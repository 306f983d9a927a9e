"""What every installed check promises."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from scanner.aws.buckets import SETTINGS
from scanner.aws.permissions import (
    CALLS,
    DESCRIBE_ALARMS,
    DESCRIBE_KEY,
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_METRIC_FILTERS,
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
    GET_BUCKET_LOGGING,
    GET_INSIGHT_SELECTORS,
    GET_KEY_POLICY,
    GET_KEY_ROTATION_STATUS,
    LIST_SUBSCRIPTIONS_BY_TOPIC,
    LIST_TAGS,
    LOOKUP_EVENTS,
    needs_buckets,
)
from scanner.check import Check
from scanner.model.base import Frozen
from scanner.model.bucket import (
    Bucket,
    Encryption,
    Grant,
    ObjectLock,
    PublicAccessBlock,
    Transition,
    Versioning,
)
from scanner.model.finding import Severity
from scanner.model.key import Key
from scanner.model.logs import LogGroup
from scanner.model.posture import Posture
from scanner.model.reading import Known, not_read
from scanner.model.trail import Trail
from scanner.registry import HEADINGS, checks, describe
from tests.build import (
    ACCOUNT,
    BUCKET,
    MANAGEMENT,
    OTHER,
    REGION,
    account,
    bucket,
    denied,
    key,
    log_target,
    posture,
    rule,
    store,
    trail,
    view,
)
from tests.build_alarms import board, log_group, topic
from tests.build_buckets import document
from tests.build_keys import encrypt

CATALOGUE = {
    "alarm-aws-config-changes": Severity.LOW,
    "alarm-cloudtrail-config-changes": Severity.MEDIUM,
    "alarm-cmk-disable-or-delete": Severity.LOW,
    "alarm-console-auth-failures": Severity.LOW,
    "alarm-console-signin-without-mfa": Severity.LOW,
    "alarm-iam-policy-changes": Severity.LOW,
    "alarm-log-protection": Severity.LOW,
    "alarm-nacl-changes": Severity.LOW,
    "alarm-network-gateway-changes": Severity.LOW,
    "alarm-organizations-changes": Severity.LOW,
    "alarm-root-usage": Severity.MEDIUM,
    "alarm-route-table-changes": Severity.LOW,
    "alarm-s3-bucket-policy-changes": Severity.LOW,
    "alarm-security-group-changes": Severity.LOW,
    "alarm-unauthorized-api-calls": Severity.LOW,
    "alarm-vpc-changes": Severity.LOW,
    "bucket-access-logging": Severity.LOW,
    "bucket-encryption": Severity.MEDIUM,
    "bucket-immediate-access": Severity.LOW,
    "bucket-mfa-delete": Severity.LOW,
    "bucket-object-lock": Severity.MEDIUM,
    "bucket-owned": Severity.CRITICAL,
    "bucket-policy-source": Severity.MEDIUM,
    "bucket-public-access": Severity.CRITICAL,
    "bucket-replication": Severity.INFO,
    "bucket-retention": Severity.HIGH,
    "bucket-tamper-access": Severity.HIGH,
    "bucket-tls-only": Severity.MEDIUM,
    "bucket-versioning": Severity.MEDIUM,
    "critical-resources": Severity.HIGH,
    "data-event-types": Severity.LOW,
    "digest-chain": Severity.HIGH,
    "duplicate-management-events": Severity.LOW,
    "dynamodb-data-events": Severity.LOW,
    "event-data-store-encryption": Severity.LOW,
    "event-data-store-ingesting": Severity.MEDIUM,
    "event-data-store-retention": Severity.MEDIUM,
    "event-data-store-termination-protection": Severity.LOW,
    "excluded-event-sources": Severity.MEDIUM,
    "global-service-events": Severity.HIGH,
    "lambda-data-events": Severity.LOW,
    "log-group-encryption": Severity.LOW,
    "log-group-retention": Severity.MEDIUM,
    "multi-region-trail": Severity.HIGH,
    "organization-guardrail": Severity.MEDIUM,
    "organization-trail": Severity.HIGH,
    "organization-trail-home-region": Severity.MEDIUM,
    "region-management-events": Severity.HIGH,
    "s3-data-events-read": Severity.MEDIUM,
    "s3-data-events-write": Severity.MEDIUM,
    "tamper-history": Severity.HIGH,
    "trail-cloudwatch-logs": Severity.MEDIUM,
    "trail-digest-delivery": Severity.MEDIUM,
    "trail-insights": Severity.LOW,
    "trail-kms-encryption": Severity.MEDIUM,
    "trail-kms-key-policy": Severity.MEDIUM,
    "trail-kms-key-rotation": Severity.LOW,
    "trail-kms-key-usable": Severity.HIGH,
    "trail-log-delivery": Severity.HIGH,
    "trail-log-file-validation": Severity.MEDIUM,
    "trail-logging": Severity.HIGH,
    "trail-logging-gap": Severity.MEDIUM,
    "trail-notifications": Severity.LOW,
    "trail-recursive-logging": Severity.LOW,
    "trail-tags": Severity.LOW,
}
each_check = pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)


def test_the_catalogue_is_this_with_these_severities() -> None:
    assert {check.id: describe(check).severity for check in checks()} == CATALOGUE


@each_check
def test_id_module_class_and_test_have_one_name(check: type[Check]) -> None:
    module = check.__module__.rpartition(".")[2]
    assert check.id == module.replace("_", "-")
    assert check.__name__ == "".join(word.capitalize() for word in module.split("_"))
    assert (Path(__file__).parent / f"test_{module}.py").is_file()


@each_check
def test_the_docstring_says_what_a_pass_means_why_how_and_where_to_read_on(check: type[Check]) -> None:
    doc = describe(check)
    assert doc.title.endswith(".")
    assert doc.why.endswith(".")
    assert doc.fix
    assert all(address.startswith("https://") for address in doc.see.split())
    text = inspect.cleandoc(check.__doc__ or "")
    places = [text.index(f"\n{heading}: ") for heading in HEADINGS]
    assert places == sorted(places)


@each_check
def test_every_option_has_a_default_and_a_meaning(check: type[Check]) -> None:
    assert not [name for name, field in check.model_fields.items() if field.is_required()]
    assert not [option.name for option in describe(check).options if not option.meaning.endswith(".")]
    assert check.model_fields["severity"].annotation is Severity


@each_check
def test_what_a_check_reads_is_among_the_calls_of_a_scan(check: type[Check]) -> None:
    assert check.reads <= {call.action for call in CALLS}


BUCKET_FIELDS = {field: fact.call.action for field, fact in SETTINGS.items()} | {
    "account_public_access_block": GET_ACCOUNT_PUBLIC_ACCESS_BLOCK.action
}
TRAIL_FIELDS = {"insights": GET_INSIGHT_SELECTORS.action, "tags": LIST_TAGS.action}
LOG_GROUP_FIELDS = {
    "settings": DESCRIBE_LOG_GROUPS.action,
    "filters": DESCRIBE_METRIC_FILTERS.action,
}
KEY_FIELDS = {
    "metadata": DESCRIBE_KEY.action,
    "policy": GET_KEY_POLICY.action,
    "rotation": GET_KEY_ROTATION_STATUS.action,
}


def _denied(actions: dict[str, str]) -> dict[str, Any]:
    return {field: denied(action) for field, action in actions.items()}


NO_BLOCK = Known(PublicAccessBlock())
WORLDS = {
    "blameless": posture(),
    "without trails": posture(trails=()),
    "negligent": posture(
        trail(validation=False, log_group_arn=None, topic_arn=None, insights=Known(())),
        buckets=(
            bucket(
                encryption=Known(None),
                versioning=Known(Versioning()),
                object_lock=Known(None),
                lifecycle=Known((rule(expire_days=1),)),
            ),
        ),
        keys=(key(metadata=Known(None)),),
    ),
    "key for anybody": posture(keys=(key(policy=Known(document(encrypt()))),)),
    "not rotated": posture(keys=(key(rotation=Known(value=False)),)),
    "suspended": posture(
        buckets=(
            bucket(
                encryption=Known(Encryption(algorithm="AES256")),
                versioning=Known(Versioning(status="Suspended")),
                object_lock=Known(ObjectLock()),
                lifecycle=Known((rule(expire_days=400, noncurrent_days=2),)),
            ),
        )
    ),
    "public by policy": posture(
        buckets=(bucket(policy_public=Known(value=True), public_access_block=NO_BLOCK, policy=Known({"Statement": []})),)
    ),
    "public by ACL": posture(
        buckets=(
            bucket(
                acl=Known((Grant(grantee="http://acs.amazonaws.com/groups/global/AllUsers", permission="READ"),)),
                ownership=Known("ObjectWriter"),
                public_access_block=NO_BLOCK,
            ),
        )
    ),
    "bucket gone": posture(buckets=(bucket(exists=Known(value=False)),)),
    "bucket of another": posture(buckets=(bucket(owner=OTHER),)),
    "bucket of nobody known": posture(buckets=(bucket(owner=denied("s3:ListAllMyBuckets")),)),
    "unlogged": posture(trail(selectors=Known(MANAGEMENT)), buckets=(bucket(logging=Known(None)),)),
    "logged to where nothing arrives": posture(
        trail(selectors=Known(MANAGEMENT)),
        destinations=(
            log_target(policy=Known(None), object_lock=Known(ObjectLock(days=1)), encryption=Known(None)),
        ),
    ),
    "logged to where nobody may look": posture(
        trail(selectors=Known(MANAGEMENT)),
        destinations=(log_target(**_denied(BUCKET_FIELDS)),),
    ),
    "open": posture(
        buckets=(bucket(policy=Known(document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}))),)
    ),
    "archived": posture(
        buckets=(bucket(lifecycle=Known((rule(transitions=(Transition(storage_class="GLACIER", days=1),)),))),)
    ),
    "with a store": posture(
        accounts=(account(trails=(trail(),), views=(view(REGION, (trail().arn,), stores=Known((store().arn,))),)),),
        stores=(store(),),
    ),
    "unwatched": posture(alarm_boards=(board(),)),
    "watched by nobody": posture(topics=(topic(subscriptions=Known(())),)),
    "nothing readable": posture(
        buckets=(bucket(BUCKET, ACCOUNT, **_denied(BUCKET_FIELDS)),),
        keys=(key(ACCOUNT, **_denied(KEY_FIELDS)),),
        log_groups=(log_group(**_denied(LOG_GROUP_FIELDS)),),
    ),
}  # fmt: skip


def _without(thing: Frozen, actions: dict[str, str], reads: frozenset[str]) -> dict[str, Any]:
    """The thing's members, those that nobody needs as gaps."""
    return {
        name: not_read(actions[name])
        if name in actions and actions[name] not in reads
        else getattr(thing, name)
        for name in type(thing).model_fields
    }


def _as_read_for(check: type[Check], world: Posture) -> Posture:
    """What a scan for this check alone would have seen of the same world."""
    buckets = world.buckets if needs_buckets(check.reads) else ()
    keys = world.keys if any(action.startswith("kms:") for action in check.reads) else ()
    # Not model_copy: that would copy the look-ups of the other world along.
    members = {name: getattr(world, name) for name in Posture.model_fields}
    if LOOKUP_EVENTS.action not in check.reads:
        accounts = (one.model_copy(update={"history": ()}) for one in world.accounts)
        members["accounts"] = tuple(accounts)
    members["buckets"] = tuple(Bucket(**_without(one, BUCKET_FIELDS, check.reads)) for one in buckets)
    targets = world.destinations if GET_BUCKET_LOGGING.action in check.reads else ()
    members["destinations"] = tuple(Bucket(**_without(one, BUCKET_FIELDS, check.reads)) for one in targets)
    members["trails"] = tuple(Trail(**_without(one, TRAIL_FIELDS, check.reads)) for one in world.trails)
    members["keys"] = tuple(Key(**_without(one, KEY_FIELDS, check.reads)) for one in keys)
    groups = world.log_groups if check.reads & set(LOG_GROUP_FIELDS.values()) else ()
    members["log_groups"] = tuple(LogGroup(**_without(one, LOG_GROUP_FIELDS, check.reads)) for one in groups)
    for name, action in (("alarm_boards", DESCRIBE_ALARMS), ("topics", LIST_SUBSCRIPTIONS_BY_TOPIC)):
        if action.action not in check.reads:
            members[name] = ()
    return Posture(**members)


@each_check
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_no_verdict_rests_on_what_the_check_does_not_say_it_reads(check: type[Check], world: Posture) -> None:
    judge = check.model_validate({})
    assert list(judge.evaluate(_as_read_for(check, world))) == list(judge.evaluate(world))
