import pytest

from scanner.patterns import alarm_ids, cis_controls, filter_of, harmless_samples, required_samples
from scanner.patterns.samples import with_field

CHANGES = [alarm for alarm in alarm_ids() if len(filter_of(alarm).callers) == 4]


def test_there_are_fifteen_alarms_of_the_benchmark_and_one_of_none() -> None:
    numbers = [filter_of(alarm).cis for alarm in alarm_ids()]
    assert numbers == [*range(1, 16), None]


def test_the_number_of_a_recommendation_depends_on_the_version() -> None:
    assert cis_controls("alarm-route-table-changes") == {
        "1.2": "3.13",
        "1.3": "4.13",
        "1.4": "4.13",
        "1.5": "4.13",
        "2.0": "4.13",
        "3.0": "4.13",
        "4.0": "4.13",
        "5.0": "4.13",
        "6.0": "5.13",
        "7.0": "5.13",
    }


def test_a_recommendation_that_came_later_has_no_number_before() -> None:
    assert next(iter(cis_controls("alarm-organizations-changes"))) == "1.3"
    assert cis_controls("alarm-log-protection") == {}


def test_names_and_cis_versions_of_late_events_are_those_of_the_filter() -> None:
    for alarm in alarm_ids():
        wanted = filter_of(alarm)
        names = [name for of_source in wanted.events.values() for name in of_source]
        assert len(names) == len(set(names))
        assert wanted.since.keys() <= set(names)
        assert set(wanted.since.values()) <= cis_controls(alarm).keys()


@pytest.mark.parametrize("alarm", CHANGES)
def test_events_come_from_several_callers_and_accounts(alarm: str) -> None:
    events = [sample.event for sample in required_samples(alarm)]
    assert {event["userIdentity"]["type"] for event in events} == {"IAMUser", "AssumedRole", "Root"}
    assert len({event["recipientAccountId"] for event in events}) == 2
    assert all(event["userIdentity"]["accountId"] == event["recipientAccountId"] for event in events)


@pytest.mark.parametrize("alarm", alarm_ids())
def test_each_name_begins_with_its_plain_event(alarm: str) -> None:
    samples = required_samples(alarm)
    assert all(next(one for one in samples if one.name == sample.name).plain for sample in samples)


@pytest.mark.parametrize("alarm", alarm_ids())
def test_harmless_events_are_none_of_the_required_ones(alarm: str) -> None:
    required = [sample.event for sample in required_samples(alarm)]
    assert harmless_samples(alarm)
    assert all(sample.event not in required for sample in harmless_samples(alarm))


def test_what_iam_does_is_recorded_in_one_region() -> None:
    regions = {sample.event["awsRegion"] for sample in required_samples("alarm-iam-policy-changes")}
    assert regions == {"us-east-1"}


def test_a_copy_with_another_field_leaves_the_event_alone() -> None:
    event = {"a": {"b": 1}, "c": None}
    assert with_field(event, ("a", "d"), 2) == {"a": {"b": 1, "d": 2}, "c": None}
    assert with_field(event, ("c", "d"), 2) == {"a": {"b": 1}, "c": {"d": 2}}
    assert event == {"a": {"b": 1}, "c": None}


def test_an_unknown_alarm_is_refused() -> None:
    with pytest.raises(KeyError):
        required_samples("alarm-clock")
