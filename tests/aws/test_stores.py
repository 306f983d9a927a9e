"""Event data stores."""

from typing import Any

import pytest

from scanner.aws.stores import list_stores, read_settings
from scanner.model.reading import Gap, Known, Outcome
from scanner.model.store import StoreSettings
from scanner.model.trail import AdvancedSelector, FieldSelector
from tests.aws.fake import CALLER, FakeAws, Refusal

ARN = f"arn:aws:cloudtrail:eu-west-1:{CALLER}:eventdatastore/lake"
SETTINGS: dict[str, Any] = {
    "Name": "lake",
    "Status": "ENABLED",
    "MultiRegionEnabled": True,
    "OrganizationEnabled": False,
    "RetentionPeriod": 366,
    "TerminationProtectionEnabled": True,
    "AdvancedEventSelectors": [
        {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"], "NotEquals": []}]}
    ],
}


def test_all_pages_of_stores_are_listed(aws: FakeAws) -> None:
    aws.on("ListEventDataStores", {"EventDataStores": [], "NextToken": "page2"})
    aws.on("ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": ARN}]}, NextToken="page2")
    assert list_stores(aws.reader()) == Known((ARN,))


def test_a_partition_without_lake_has_no_stores(aws: FakeAws) -> None:
    aws.on("ListEventDataStores", Refusal("UnsupportedOperationException"))
    assert list_stores(aws.reader()) == Known(())


@pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), Refusal("500", status=500), {}])
def test_stores_that_could_not_be_listed_are_a_gap(aws: FakeAws, answer: Any) -> None:
    aws.on("ListEventDataStores", answer)
    assert isinstance(list_stores(aws.reader()), Gap)


def test_a_store_is_its_settings(aws: FakeAws) -> None:
    aws.on("GetEventDataStore", SETTINGS, EventDataStore=ARN)
    field = FieldSelector(field="eventCategory", equals=("Management",))
    assert read_settings(aws.reader(), ARN) == Known(
        StoreSettings(
            name="lake",
            status="ENABLED",
            multi_region=True,
            organization=False,
            retention_days=366,
            termination_protection=True,
            selectors=(AdvancedSelector(fields=(field,)),),
        )
    )


@pytest.mark.parametrize("member", list(SETTINGS))
def test_a_store_without_a_required_member_is_a_gap(aws: FakeAws, member: str) -> None:
    aws.on("GetEventDataStore", {name: SETTINGS[name] for name in SETTINGS if name != member})
    assert isinstance(read_settings(aws.reader(), ARN), Gap)


def test_a_store_that_is_refused_is_a_gap(aws: FakeAws) -> None:
    aws.on("GetEventDataStore", Refusal("AccessDeniedException"))
    found = read_settings(aws.reader(), ARN)
    assert isinstance(found, Gap)
    assert found.outcome is Outcome.DENIED
