"""Event data stores are encrypted with a customer managed key."""

import pytest

from checks.event_data_store_encryption import EventDataStoreEncryption
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from scanner.model.store import EventDataStore
from tests.build import account, denied, posture, store, trail, trail_arn, view


def judge(one: EventDataStore, **options: object) -> Finding:
    """The verdict where the account sees this store."""
    seen = view("eu-west-1", (trail_arn(),), stores=Known((one.arn,)))
    world = posture(accounts=(account(trails=(trail(),), views=(seen,)),), stores=(one,))
    (finding,) = EventDataStoreEncryption.model_validate(options).evaluate(world)
    return finding


def test_a_key_passes_and_is_named() -> None:
    finding = judge(store())
    assert finding.status is Status.PASS
    assert finding.message.startswith("is encrypted with arn:aws:kms:")


@pytest.mark.parametrize("key", [None, "arn:aws:kms:eu-west-1:010203040506:alias/aws/cloudtrail"])
def test_a_key_of_aws_fails(key: str | None) -> None:
    assert judge(store(key_id=key)).status is Status.FAIL


def test_settings_that_cannot_be_read_are_unknown() -> None:
    finding = judge(EventDataStore(arn=store().arn, settings=denied("cloudtrail:GetEventDataStore")))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetEventDataStore"


def test_without_a_store_there_is_nothing_to_judge() -> None:
    (finding,) = EventDataStoreEncryption().evaluate(posture())
    assert finding.status is Status.NOT_APPLICABLE
