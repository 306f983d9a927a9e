"""Event data stores take events in."""

import pytest

from checks.event_data_store_ingesting import EventDataStoreIngesting
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from scanner.model.store import EventDataStore
from tests.build import account, denied, posture, store, trail, trail_arn, view


def judge(one: EventDataStore, **options: object) -> Finding:
    """The verdict where the account sees this store."""
    seen = view("eu-west-1", (trail_arn(),), stores=Known((one.arn,)))
    world = posture(accounts=(account(trails=(trail(),), views=(seen,)),), stores=(one,))
    (finding,) = EventDataStoreIngesting.model_validate(options).evaluate(world)
    return finding


def test_a_store_that_is_enabled_passes() -> None:
    finding = judge(store())
    assert (finding.status, finding.message) == (Status.PASS, "is taking events in")


@pytest.mark.parametrize("state", ["STOPPED_INGESTION", "STOPPING_INGESTION", "PENDING_DELETION", "CREATED"])
def test_any_other_state_fails_and_is_named(state: str) -> None:
    finding = judge(store(status=state))
    assert (finding.status, finding.message) == (Status.FAIL, f"takes no events in ({state})")


def test_settings_that_cannot_be_read_are_unknown() -> None:
    finding = judge(EventDataStore(arn=store().arn, settings=denied("cloudtrail:GetEventDataStore")))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetEventDataStore"


def test_without_a_store_there_is_nothing_to_judge() -> None:
    (finding,) = EventDataStoreIngesting().evaluate(posture())
    assert finding.status is Status.NOT_APPLICABLE
