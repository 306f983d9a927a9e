"""Management events of KMS and the RDS Data API are recorded too."""

import pytest

from checks.excluded_event_sources import ExcludedEventSources
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import BasicSelector, FieldSelector, Selectors
from tests.build import denied, posture, select, trail


def judge(world: Posture) -> Finding:
    (finding,) = ExcludedEventSources().evaluate(world)
    return finding


def excluding(*sources: str) -> Known[Selectors]:
    return Known(Selectors(basic=(BasicSelector(excluded_sources=sources),)))


def test_a_trail_without_exclusions_passes() -> None:
    assert judge(posture()).status is Status.PASS


@pytest.mark.parametrize("source", ["kms.amazonaws.com", "rdsdata.amazonaws.com"])
def test_an_excluded_source_fails_by_name(source: str) -> None:
    finding = judge(posture(trail(selectors=excluding(source))))
    assert finding.status is Status.FAIL
    assert source in finding.message
    assert finding.message.endswith(" in eu-west-1 and us-east-1")


def test_an_exclusion_by_an_advanced_selector_fails() -> None:
    narrowed = select().model_copy(
        update={
            "fields": (
                FieldSelector(field="eventCategory", equals=("Management",)),
                FieldSelector(field="eventSource", not_equals=("kms.amazonaws.com",)),
            )
        }
    )
    assert judge(posture(trail(selectors=Known(Selectors(advanced=(narrowed,)))))).status is Status.FAIL


def test_a_second_trail_may_record_what_the_first_excludes() -> None:
    assert (
        judge(posture(trail("a", selectors=excluding("kms.amazonaws.com")), trail("b"))).status is Status.PASS
    )


def test_what_fails_for_all_management_events_is_not_failed_again() -> None:
    assert judge(posture(trails=())).status is Status.NOT_APPLICABLE
    writes = Known(Selectors(advanced=(select(readOnly=("false",)),)))
    assert judge(posture(trail(selectors=writes))).status is Status.NOT_APPLICABLE


def test_only_the_regions_that_are_otherwise_recorded_are_blamed() -> None:
    finding = judge(posture(trail(selectors=excluding("kms.amazonaws.com"), multi_region=False)))
    assert finding.status is Status.FAIL
    assert finding.message.endswith(" in eu-west-1")


def test_unreadable_selectors_are_unknown() -> None:
    assert judge(posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))).status is Status.UNKNOWN
