"""The healthiest world passes every check, and one changed fact is enough to fail any of them."""

from typing import Any

import pytest

from scanner.check import Check
from scanner.model.bucket import ObjectLock, PublicAccessBlock, ReplicationRule, Transition, Versioning
from scanner.model.finding import Status
from scanner.model.logs import LogGroupSettings
from scanner.model.posture import Account, Posture
from scanner.model.reading import Known
from scanner.model.store import EventDataStore
from scanner.model.trail import AdvancedSelector, FieldSelector, Selectors, Tag, Trail
from scanner.patterns import alarm_ids
from scanner.registry import checks
from tests.build import (
    ACCOUNT,
    BUCKET,
    EVERYTHING,
    OTHER,
    REGION,
    REGIONS,
    account,
    ago,
    bucket,
    control_policy,
    event,
    guardrails,
    histories,
    key,
    key_arn,
    log_target,
    organization,
    posture,
    rule,
    status,
    store,
    trail,
    trail_arn,
    view,
)
from tests.build_alarms import log_group, topic
from tests.build_buckets import allow, delivery_policy, document
from tests.build_keys import administer, encrypt
from tests.build_verified import verified

COPY = "acme-logs-copy"
LAKE = store(organization=True)
TAG = Tag(key="owner", value="security")
OPTIONS: dict[str, dict[str, Any]] = {
    "bucket-replication": {"enabled": True},
    "critical-resources": {"resources": (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pay",)},
    "data-event-types": {"types": ("AWS::Lambda::Function",)},
    "trail-tags": {"required_keys": ("owner",)},
}
"""Of the checks that ask nothing by default."""


def audit(**changes: Any) -> Trail:
    """The organization's one trail."""
    return trail(**{"organization": True, "tags": Known((TAG,)), **changes})


def logs(**changes: Any) -> Any:
    """Its bucket."""
    copied = ReplicationRule(enabled=True, destination=f"arn:aws:s3:::{COPY}")
    return bucket(**{"replication": Known((copied,)), **changes})


def settled(id_: str, *seen: Trail, stores: tuple[str, ...] = (), **changes: Any) -> Account:
    """An account of the organization that sees these trails where they are, and these stores at home."""
    views = (
        view(
            region,
            tuple(sorted(one.arn for one in seen if one.multi_region or one.home_region == region)),
            stores=Known(stores if region == REGION else ()),
        )
        for region in changes.get("regions", REGIONS)
    )
    return account(id_, **{"in_organization": True, "views": tuple(views), **changes})


def world(
    seen: Trail | None = None,
    lake: EventDataStore = LAKE,
    head: dict[str, Any] | None = None,
    more: tuple[Trail, ...] = (),
    **changes: Any,
) -> Posture:
    """An organization of two accounts, its head and a member, by default the blameless one."""
    one = seen or audit()
    values: dict[str, Any] = {
        "accounts": (
            settled(ACCOUNT, one, *more, stores=(lake.arn,), **(head or {})),
            settled(OTHER, one, *more),
        ),
        "stores": (lake,),
        "organization": Known(organization()),
        "buckets": (logs(),),
        "destinations": (log_target(), log_target(COPY, region=Known("eu-central-1"))),
        "verifications": (verified(),),
        **changes,
    }
    return posture(one, *more, **values)


def selecting(*kept: AdvancedSelector) -> Posture:
    """The trail has only these selectors, and nothing else records."""
    return world(audit(selectors=Known(Selectors(advanced=kept))), store(status="STOPPED_INGESTION"))


def with_status(**changes: Any) -> Posture:
    return world(audit(status=Known(status(**changes))))


def of_bucket(**changes: Any) -> Posture:
    return world(buckets=(logs(**changes),))


def of_key(**changes: Any) -> Posture:
    return world(keys=(key(**changes),))


def of_group(**changes: Any) -> Posture:
    values: dict[str, Any] = {"retention_days": 400, "key_id": key_arn(), **changes}
    return world(log_groups=(log_group(settings=Known(LogGroupSettings(**values))),))


def of_lake(**changes: Any) -> Posture:
    return world(lake=store(**{"organization": True, **changes}))


EVENTS, OBJECTS, FUNCTIONS, TABLES = EVERYTHING.advanced
NO_OBJECTS = selecting(EVENTS, FUNCTIONS, TABLES)
NO_FUNCTIONS = selecting(EVENTS, OBJECTS, TABLES)
LEFT_OUT = FieldSelector(field="eventSource", not_equals=("kms.amazonaws.com",))
FAR = audit(arn=trail_arn(region="ap-east-1"), home_region="ap-east-1")
OPEN = allow("cloudtrail.amazonaws.com", BUCKET, "*") | {"Condition": {}}
STRANGER = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{'9' * 12}:root"},
    "Action": "s3:DeleteObject",
}

FAILS: dict[str, Posture] = {
    **dict.fromkeys(alarm_ids(), world(topics=(topic(subscriptions=Known(())),))),
    "bucket-access-logging": world(NO_OBJECTS.trails[0], buckets=(logs(logging=Known(None)),)),
    "bucket-encryption": of_bucket(encryption=Known(None)),
    "bucket-immediate-access": of_bucket(
        lifecycle=Known((rule(transitions=(Transition(storage_class="GLACIER", days=1),)),))
    ),
    "bucket-mfa-delete": of_bucket(object_lock=Known(None)),
    "bucket-object-lock": of_bucket(object_lock=Known(ObjectLock(mode="COMPLIANCE", days=7))),
    "bucket-owned": of_bucket(exists=Known(value=False)),
    "bucket-policy-source": of_bucket(policy=Known(document(OPEN))),
    "bucket-public-access": of_bucket(
        public_access_block=Known(PublicAccessBlock()), policy_public=Known(value=True)
    ),
    "bucket-replication": of_bucket(replication=Known(())),
    "bucket-retention": of_bucket(
        lifecycle=Known((rule(expire_days=30, noncurrent_days=1),)), object_lock=Known(None)
    ),
    "bucket-tamper-access": of_bucket(
        policy=Known(delivery_policy(BUCKET, STRANGER | {"Resource": f"arn:aws:s3:::{BUCKET}/*"}))
    ),
    "bucket-tls-only": of_bucket(
        policy=Known(document(allow("cloudtrail.amazonaws.com", BUCKET, audit().arn)))
    ),
    "bucket-versioning": of_bucket(versioning=Known(Versioning(status="Suspended"))),
    "critical-resources": NO_FUNCTIONS,
    "data-event-types": NO_FUNCTIONS,
    "digest-chain": world(verifications=(verified(verdict="tampered"),)),
    "duplicate-management-events": world(more=(audit(arn=trail_arn("again"), name="again"),)),
    "dynamodb-data-events": selecting(EVENTS, OBJECTS, FUNCTIONS),
    "event-data-store-encryption": of_lake(key_id=None),
    "event-data-store-ingesting": of_lake(status="STOPPED_INGESTION"),
    "event-data-store-retention": of_lake(retention_days=7),
    "event-data-store-termination-protection": of_lake(termination_protection=False),
    "excluded-event-sources": selecting(
        EVENTS.model_copy(update={"fields": (*EVENTS.fields, LEFT_OUT)}), OBJECTS, FUNCTIONS, TABLES
    ),
    "global-service-events": world(audit(global_events=False), store(status="STOPPED_INGESTION")),
    "lambda-data-events": NO_FUNCTIONS,
    "log-group-encryption": of_group(key_id=None),
    "log-group-retention": of_group(retention_days=7),
    "multi-region-trail": world(audit(multi_region=False)),
    "organization-guardrail": world(
        organization=Known(organization(guardrails=Known(guardrails(control_policy(targets=())))))
    ),
    "organization-trail": world(audit(organization=False)),
    "organization-trail-home-region": world(FAR, head={"regions": ("ap-east-1", *REGIONS)}),
    "region-management-events": selecting(OBJECTS, FUNCTIONS, TABLES),
    "s3-data-events-read": NO_OBJECTS,
    "s3-data-events-write": NO_OBJECTS,
    "tamper-history": world(head={"history": histories(*REGIONS, cloudtrail=(event("StopLogging"),))}),
    "trail-cloudwatch-logs": world(audit(log_group_arn=None)),
    "trail-digest-delivery": with_status(digest_error="AccessDenied"),
    "trail-insights": world(audit(insights=Known(()))),
    "trail-kms-encryption": world(audit(key_id=None)),
    "trail-kms-key-policy": of_key(policy=Known(document(administer(), encrypt()))),
    "trail-kms-key-rotation": of_key(rotation=Known(value=False)),
    "trail-kms-key-usable": of_key(metadata=Known(None)),
    "trail-log-delivery": with_status(delivery_error="AccessDenied"),
    "trail-log-file-validation": world(audit(validation=False)),
    "trail-logging": with_status(logging=False, stopped=ago(days=1)),
    "trail-logging-gap": with_status(stopped=ago(days=3), started=ago(days=2)),
    "trail-notifications": world(audit(topic_arn=None)),
    "trail-recursive-logging": world(audit(recursive_logging=True)),
    "trail-tags": world(audit(tags=Known(()))),
}
"""For each check a world that differs from the healthiest in one fact (in two where AWS has no other way)."""


@pytest.fixture(scope="module", params=checks(), ids=lambda check: check.id)
def check(request: pytest.FixtureRequest) -> Check:
    kind: type[Check] = request.param
    return kind.model_validate(OPTIONS.get(kind.id, {}))


def statuses(check: Check, seen: Posture) -> set[Status]:
    return {finding.status for finding in check.evaluate(seen)}


def test_the_healthiest_world_passes_it(check: Check) -> None:
    found = statuses(check, world())
    assert Status.PASS in found
    assert found <= {Status.PASS, Status.NOT_APPLICABLE}


def test_one_changed_fact_fails_it(check: Check) -> None:
    if check.id not in FAILS:
        pytest.fail(f"say in FAILS of {__name__} which one fact of the healthiest world fails {check.id}")
    assert Status.FAIL in statuses(check, FAILS[check.id])


def test_every_row_is_about_a_check() -> None:
    assert sorted(FAILS.keys() - {check.id for check in checks()}) == []
