"""Event data stores are protected against termination."""

import pytest

from checks.event_data_store_termination_protection import EventDataStoreTerminationProtection
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from scanner.model.store import EventDataStore
from tests.build import account, denied, posture, store, trail, trail_arn, view


def judge(one: EventDataStore, **options: object) -> Finding:
    """The verdict where the account sees this store."""
    seen = view("eu-west-1", (trail_arn(),), stores=Known((one.arn,)))
    world = posture(accounts=(account(trails=(trail(),), views=(seen,)),), stores=(one,))
    (finding,) = EventDataStoreTerminationProtection.model_validate(options).evaluate(world)
    return finding


@pytest.mark.parametrize(("protected", "status"), [(True, Status.PASS), (False, Status.FAIL)])
def test_protection_passes_and_its_lack_fails(*, protected: bool, status: Status) -> None:
    assert judge(store(termination_protection=protected)).status is status


def test_settings_that_cannot_be_read_are_unknown() -> None:
    finding = judge(EventDataStore(arn=store().arn, settings=denied("cloudtrail:GetEventDataStore")))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetEventDataStore"


def test_without_a_store_there_is_nothing_to_judge() -> None:
    (finding,) = EventDataStoreTerminationProtection().evaluate(posture())
    assert finding.status is Status.NOT_APPLICABLE
