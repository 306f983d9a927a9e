"""Event data stores keep events for the whole retention period."""

import pytest
from pydantic import ValidationError

from checks.event_data_store_retention import EventDataStoreRetention
from scanner.model.finding import Finding, Reason, Status
from scanner.model.reading import Known
from scanner.model.store import EventDataStore
from tests.build import account, denied, posture, store, trail, trail_arn, view


def judge(one: EventDataStore, **options: object) -> Finding:
    """The verdict where the account sees this store."""
    seen = view("eu-west-1", (trail_arn(),), stores=Known((one.arn,)))
    world = posture(accounts=(account(trails=(trail(),), views=(seen,)),), stores=(one,))
    (finding,) = EventDataStoreRetention.model_validate(options).evaluate(world)
    return finding


def test_a_year_passes() -> None:
    finding = judge(store(retention_days=365))
    assert (finding.status, finding.message) == (Status.PASS, "keeps events 365 days")


def test_less_fails() -> None:
    finding = judge(store(retention_days=364))
    assert (finding.status, finding.message) == (Status.FAIL, "keeps events 364 days, fewer than 365 days")


def test_the_days_asked_for_are_an_option() -> None:
    assert judge(store(retention_days=90), min_days=90).status is Status.PASS
    assert judge(store(retention_days=366), min_days=400).status is Status.FAIL


@pytest.mark.parametrize("days", [0, -1])
def test_days_that_make_no_sense_are_refused(days: int) -> None:
    with pytest.raises(ValidationError):
        EventDataStoreRetention.model_validate({"min_days": days})


def test_settings_that_cannot_be_read_are_unknown() -> None:
    finding = judge(EventDataStore(arn=store().arn, settings=denied("cloudtrail:GetEventDataStore")))
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:GetEventDataStore"


def test_without_a_store_there_is_nothing_to_judge() -> None:
    (finding,) = EventDataStoreRetention().evaluate(posture())
    assert finding.status is Status.NOT_APPLICABLE
