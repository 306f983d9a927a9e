"""What a scan may call, and nothing else."""

import botocore.session
import pytest

from scanner.aws.permissions import CALLER_ONLY, CALLS, SEND, ApiCall, actions
from scanner.aws.scope import Scope


@pytest.mark.parametrize("call", dict.fromkeys((*CALLS, *SEND)), ids=lambda call: call.action)
def test_every_call_is_one_that_the_sdk_knows(call: ApiCall) -> None:
    model = botocore.session.Session().get_service_model(call.service)
    assert call.operation in model.operation_names


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)
def test_every_call_reads_or_enters(call: ApiCall) -> None:
    assert call.operation.startswith(("Get", "List", "Describe", "Lookup")) or call.action == "sts:AssumeRole"
    assert call.why


def test_the_calls_that_write_are_those_of_send_and_granted_to_no_scan() -> None:
    writes = [call for call in SEND if call not in CALLS and not call.operation.startswith("Get")]
    assert [call.operation for call in writes] == ["BatchImportFindings", "BatchUpdateFindings"]
    everything = actions(call.action for call in (*CALLS, *SEND))
    assert not any(action.startswith("securityhub:") for action in everything)


def test_actions_are_granted_once_each() -> None:
    assert len({call.action for call in CALLS}) == len(CALLS)


def test_a_scan_that_needs_nothing_special_reads_trails_and_their_surroundings() -> None:
    assert actions(()) == (
        "account:ListRegions",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventDataStore",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListEventDataStores",
        "ec2:DescribeRegions",
        "organizations:DescribeOrganization",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "sts:AssumeRole",
        "sts:GetCallerIdentity",
    )


def test_a_need_of_s3_brings_what_finds_the_buckets() -> None:
    added = set(actions(["s3:GetBucketAcl"])) - set(actions(()))
    assert added == {"s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListAllMyBuckets"}


def test_all_needs_make_the_whole_table() -> None:
    assert set(actions(call.action for call in CALLS)) == {call.action for call in CALLS}


def test_a_need_that_nothing_reads_grants_nothing() -> None:
    assert actions(["iam:CreateUser"]) == actions(())


def test_only_the_caller_enters_and_lists() -> None:
    assert {call.service for call in CALLER_ONLY} == {"sts", "organizations"}


def test_a_role_is_named_with_its_path() -> None:
    assert Scope(role_name="trailaudit").role == "trailaudit"
    assert Scope(role_name="trailaudit", role_path="/audit/").role == "audit/trailaudit"
    assert Scope().role is None
