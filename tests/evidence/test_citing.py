"""Each verdict cites the calls that it rests on, and no others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.check import Check
from scanner.evidence import cited
from scanner.model.evidence import Record
from scanner.model.finding import Finding
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Outcome
from scanner.model.result import Result, Run
from scanner.registry import checks
from scanner.scan import assess
from tests.build import (
    ACCESS_LOGS,
    ACCOUNT,
    BUCKET,
    NOW,
    OTHER,
    REGION,
    account,
    bucket,
    denied,
    key,
    key_arn,
    organization,
    posture,
    store,
    store_arn,
    trail,
    trail_arn,
    view,
)
from tests.build_alarms import GROUP
from tests.evidence.records import record

DESCRIBE, STATUS, SELECTORS = (
    f"cloudtrail:{name}" for name in ("DescribeTrails", "GetTrailStatus", "GetEventSelectors")
)
LISTED = record(DESCRIBE)
LISTED_ELSEWHERE = record(DESCRIBE, region="us-east-1")
REGIONS = record("account:ListRegions", region=None)


def about(name: str = "audit", account: str = ACCOUNT) -> tuple[Record, Record]:
    """The status and the selectors of a trail of the account."""
    arn = trail_arn(name)
    return record(STATUS, account, parameters={"Name": arn}), record(
        SELECTORS, account, parameters={"TrailName": arn}
    )


def chosen(*ids: str) -> tuple[Check, ...]:
    return tuple(kind.model_validate({}) for kind in checks() if not ids or kind.id in ids)


def judged(seen: Posture, check: str, records: Sequence[Record]) -> Result:
    some = chosen(check)
    run = Run(id="r", started=NOW, finished=NOW, caller=seen.caller.arn)
    result = assess(seen, some, run=run, fail_on=None, allow_unknown=True)
    return cited(result, some, seen, records)


def evidence(seen: Posture, check: str, *records: Record, resource: str | None = None) -> set[str]:
    """What the check's finding on the resource (there is only one without) cites."""
    found = judged(seen, check, records).findings
    (finding,) = [one for one in found if resource in (None, one.resource)]
    return set(finding.evidence or ())


def ids(*records: Record) -> set[str]:
    return {one.id for one in records}


def test_a_verdict_on_a_trail_cites_the_calls_about_that_trail() -> None:
    seen = posture(trail(), trail("other"))
    records = (REGIONS, LISTED, LISTED_ELSEWHERE, *about(), *about("other"))
    assert evidence(seen, "trail-logging", *records, resource=trail_arn()) == ids(LISTED, *about())


def test_what_no_verdict_cites_is_not_in_the_result_and_the_rest_keeps_its_order() -> None:
    records = (record("sts:GetCallerIdentity", region=None), *about(), LISTED, LISTED_ELSEWHERE)
    result = judged(posture(), "trail-logging", records)
    assert result.evidence == (*about(), LISTED)
    assert result.findings[0].evidence == tuple(one.id for one in result.evidence)
    assert result.record(LISTED.id) == LISTED


def test_a_trail_that_its_owner_was_not_asked_about_at_home_is_cited_where_it_was_seen() -> None:
    foreign = trail(account=OTHER, organization=True)
    seen = posture(foreign, accounts=(account(trails=(foreign,)),))
    assert evidence(seen, "trail-logging", LISTED, LISTED_ELSEWHERE, resource=foreign.arn) == ids(LISTED)


def test_the_status_that_another_member_reads_of_an_organization_trail_is_not_cited() -> None:
    shared = trail(organization=True)
    both = (account(trails=(shared,)), account(OTHER, trails=(shared,)))
    seen = posture(shared, accounts=both, organization=Known(organization()))
    records = (LISTED, *about(), *about(account=OTHER))
    assert evidence(seen, "trail-logging", *records, resource=shared.arn) == ids(LISTED, *about())


def test_a_member_s_verdict_cites_its_own_sight_of_an_organization_trail_too() -> None:
    shared = trail(organization=True)
    both = (account(trails=(shared,)), account(OTHER, trails=(shared,)))
    seen = posture(shared, accounts=both, organization=Known(organization()))
    records = (LISTED, *about(), *about(account=OTHER))
    root = f"arn:aws:iam::{OTHER}:root"
    assert evidence(seen, "multi-region-trail", *records, resource=root) == ids(*records)


def test_a_verdict_on_a_bucket_cites_what_was_asked_of_it_and_who_delivers_to_it() -> None:
    owned = record("s3:ListAllMyBuckets", region=None, operation="ListBuckets")
    policy = record("s3:GetBucketPolicy", parameters={"Bucket": BUCKET})
    location = record("s3:GetBucketLocation", region=None, parameters={"Bucket": BUCKET})
    others = (
        record("s3:GetBucketPolicy", parameters={"Bucket": "another"}),
        record("s3:GetBucketPolicy", parameters={"Bucket": ACCESS_LOGS}),
        record("s3:GetBucketVersioning", parameters={"Bucket": BUCKET}),
        *about(),
    )
    found = evidence(posture(), "bucket-tls-only", LISTED, owned, policy, location, *others)
    assert found == ids(LISTED, owned, policy, location)


def test_access_logging_rests_on_the_bucket_that_receives_the_logs_too() -> None:
    there = record("s3:GetBucketPolicy", parameters={"Bucket": ACCESS_LOGS})
    assert there.id in evidence(posture(), "bucket-access-logging", there)


def test_a_verdict_on_a_key_cites_the_calls_about_it_under_each_of_its_names() -> None:
    alias = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/logs"
    described = record("kms:DescribeKey", parameters={"KeyId": alias})
    policy = record("kms:GetKeyPolicy", parameters={"KeyId": key_arn()})
    other = record("kms:GetKeyPolicy", parameters={"KeyId": key_arn("ffff")})
    named = trail(key_id=alias)
    seen = posture(named, keys=(key().model_copy(update={"id": alias}),))
    found = evidence(seen, "trail-kms-key-policy", described, policy, other)
    assert found == ids(described, policy)


def test_an_alarm_rests_on_the_whole_chain() -> None:
    filters = record("logs:DescribeMetricFilters", parameters={"logGroupName": "audit"})
    alarms = record("cloudwatch:DescribeAlarms")
    seen = posture()
    (topic,) = seen.topics
    subscribers = record("sns:ListSubscriptionsByTopic", parameters={"TopicArn": topic.arn})
    strangers = (
        record("logs:DescribeMetricFilters", parameters={"logGroupName": "other"}),
        record("cloudwatch:DescribeAlarms", region="us-west-2"),
        record("sns:ListSubscriptionsByTopic", parameters={"TopicArn": "arn:aws:sns:x:y:z"}),
    )
    found = evidence(seen, "alarm-root-usage", LISTED, filters, alarms, subscribers, *strangers)
    assert found == ids(LISTED, filters, alarms, subscribers)


def test_a_verdict_on_a_log_group_cites_the_group_and_the_trail_that_names_it() -> None:
    group = record("logs:DescribeLogGroups", parameters={"logGroupNamePrefix": "audit"})
    filters = record("logs:DescribeMetricFilters", parameters={"logGroupName": "audit"})
    found = evidence(posture(), "log-group-retention", LISTED, group, filters, resource=GROUP)
    assert found == ids(LISTED, group)


def test_a_verdict_on_a_store_cites_where_it_was_listed_and_its_settings() -> None:
    seen = posture(
        trails=(),
        accounts=(account(views=(view(REGION, stores=Known((store_arn(),))), view("us-east-1"))),),
        stores=(store(),),
    )
    listed = record("cloudtrail:ListEventDataStores")
    settings = record("cloudtrail:GetEventDataStore", parameters={"EventDataStore": store_arn()})
    others = (
        record("cloudtrail:ListEventDataStores", region="us-east-1"),
        record("cloudtrail:GetEventDataStore", parameters={"EventDataStore": store_arn("other")}),
        LISTED,
    )
    found = evidence(seen, "event-data-store-retention", listed, settings, *others)
    assert found == ids(listed, settings)


def test_a_region_s_verdict_does_not_rest_on_other_regions() -> None:
    seen = posture()
    result = judged(seen, "region-management-events", (REGIONS, LISTED, LISTED_ELSEWHERE, *about()))
    found = {finding.region: set(finding.evidence or ()) for finding in result.findings}
    # The trail itself is described at home; the other region saw its shadow.
    assert found["us-east-1"] == ids(REGIONS, LISTED, LISTED_ELSEWHERE, *about())
    assert found[REGION] == ids(REGIONS, LISTED, *about())


def test_history_is_cited_by_who_asks_for_it() -> None:
    looked = record("cloudtrail:LookupEvents")
    elsewhere = record("cloudtrail:LookupEvents", OTHER)
    assert evidence(posture(), "tamper-history", looked, elsewhere) == ids(looked)
    assert evidence(posture(), "multi-region-trail", looked) == set()


def test_a_verdict_on_the_organization_cites_what_organizations_said() -> None:
    seen = posture(organization=Known(organization()))
    told = record("organizations:DescribeOrganization", region=None)
    members = record("organizations:ListAccounts", region=None)
    found = evidence(seen, "organization-trail", told, members)
    assert found == ids(told)


def test_an_unknown_verdict_cites_the_call_that_failed_although_its_check_has_no_interest_in_it() -> None:
    refused = denied("sts:AssumeRole", "AssumeRole", OTHER, None)
    shut = account(OTHER, state="unreachable", gap=refused, enabled_regions=refused, views=(), regions=())
    seen = posture(buckets=(bucket(owner=OTHER),), accounts=(*posture().accounts, shut))
    call = record(
        "sts:AssumeRole",
        OTHER,
        None,
        outcome=Outcome.DENIED,
        code="AccessDenied",
        parameters={"RoleArn": "x"},
    )
    assert evidence(seen, "bucket-tls-only", call) == ids(call)


def test_a_denied_call_on_one_bucket_is_no_evidence_for_another() -> None:
    action = "s3:GetBucketPolicy"
    calls = [
        record(action, outcome=Outcome.DENIED, code="AccessDenied", parameters={"Bucket": name})
        for name in (BUCKET, "other-logs")
    ]
    names = (bucket(policy=denied(action)), bucket("other-logs", policy=denied(action)))
    seen = posture(trail(), trail("other", bucket="other-logs"), buckets=names)
    assert evidence(seen, "bucket-tls-only", *calls, resource=f"arn:aws:s3:::{BUCKET}") == ids(calls[0])


@pytest.mark.parametrize("check", [kind.id for kind in checks()])
def test_every_check_can_be_cited_for_whatever_it_finds(check: str) -> None:
    gap = Gap("no answer", action=DESCRIBE, code="Odd", account=ACCOUNT, region=REGION)
    for seen in (posture(), posture(trails=()), posture(accounts=(account(views=(view(REGION, gap),)),))):
        result = judged(seen, check, (LISTED, *about()))
        assert all(finding.evidence is not None for finding in result.findings)


def test_citing_changes_nothing_else() -> None:
    seen, some = posture(), chosen()
    run = Run(id="r", started=datetime(2026, 1, 31, tzinfo=UTC), finished=NOW, caller=seen.caller.arn)
    before = assess(seen, some, run=run, fail_on=None, allow_unknown=True)
    after = cited(before, some, seen, (LISTED,))

    def bare(finding: Finding) -> Finding:
        return replace(finding, evidence=None)

    findings = tuple(map(bare, after.findings))
    assert after.model_copy(update={"findings": findings, "evidence": ()}) == before
