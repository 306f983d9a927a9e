"""Whether one event sets an alarm off, and nothing else does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.alarms.firing import Signal, goes_off
from scanner.alarms.links import HOLDS, Break, Link, State
from scanner.model.alarms import Metric, MetricQuery
from scanner.model.reading import Gap, Known
from tests.build_alarms import ACCOUNT, NAMESPACE, alarm, metric, transformation

NAME = (NAMESPACE, "watched")


def state(
    published: dict[str, Any] | None = None, *, of: dict[str, Any] | None = None, **changes: Any
) -> State:
    """Of an alarm with these changes, on a metric with those (`of`), which a filter publishes so."""
    made = transformation(**(published or {}))
    queries = {"queries": (MetricQuery(id="m1", metric=metric(**(of or {}))),)}
    return goes_off(alarm(**(queries | changes)), Signal(made, {NAME: made.default}), ACCOUNT)


def words(found: State) -> str:
    assert isinstance(found, Known)
    return "" if found.value is None else found.value.words


WITH_ZEROS = {"default": 0.0}


@pytest.mark.parametrize("missing", ["missing", "notBreaching", "ignore"])
def test_one_event_over_a_threshold_of_one_is_enough(missing: str) -> None:
    assert state(missing_data=missing) == HOLDS


@pytest.mark.parametrize(
    ("comparison", "threshold", "enough"),
    [
        ("GreaterThanThreshold", 0.0, True),
        ("GreaterThanThreshold", 1.0, False),
        ("GreaterThanOrEqualToThreshold", 1.0, True),
        ("GreaterThanOrEqualToThreshold", 1.5, False),
        ("LessThanThreshold", 1.0, False),
    ],
)
def test_the_threshold_and_its_comparison_decide(comparison: str, threshold: float, enough: bool) -> None:
    assert (state(comparison=comparison, threshold=threshold) == HOLDS) is enough


def test_an_alarm_that_more_events_calm_does_not_count() -> None:
    found = state(comparison="LessThanThreshold", threshold=2.0)
    assert words(found) == "alarm watched does not go off at many events (Sum < 2)"


def test_a_metric_value_of_five_reaches_a_threshold_of_five() -> None:
    assert state({"value": "5"}, threshold=5.0) == HOLDS


def test_a_metric_value_of_zero_never_reaches_one() -> None:
    assert words(state({"value": "0"})).startswith("alarm watched does not go off at one event")


def test_a_value_that_stands_in_the_event_is_unknown_but_for_counts_of_samples() -> None:
    assert isinstance(state({"value": "$.size"}), Gap)
    assert state({"value": "$.size"}, of={"statistic": "SampleCount"}) == HOLDS


@pytest.mark.parametrize(
    ("statistic", "enough"),
    [("Sum", True), ("Maximum", True), ("Average", False), ("Minimum", False)],
)
def test_zeros_of_other_minutes_hide_an_event_in_averages_and_minima(statistic: str, enough: bool) -> None:
    assert (state(WITH_ZEROS, of={"statistic": statistic}) == HOLDS) is enough
    assert state(of={"statistic": statistic}) == HOLDS
    assert state(WITH_ZEROS, of={"statistic": statistic, "period": 60}) == HOLDS


def test_a_count_of_samples_with_zeros_is_in_alarm_all_the_time() -> None:
    found = state(WITH_ZEROS, of={"statistic": "SampleCount"})
    assert words(found) == "alarm watched is in alarm without any event"


def test_missing_data_that_is_breaching_keeps_the_alarm_on_unless_zeros_come() -> None:
    assert words(state(missing_data="breaching")) == "alarm watched is in alarm whenever data is missing"
    assert state(WITH_ZEROS, missing_data="breaching") == HOLDS


def test_a_percentile_of_one_sample_is_that_sample_unless_few_samples_are_ignored() -> None:
    assert state(of={"statistic": "p90"}) == HOLDS
    assert words(state(of={"statistic": "p90"}, low_samples="ignore")).startswith("alarm watched does not go")


def test_a_statistic_that_is_not_reckoned_out_is_a_gap() -> None:
    assert isinstance(state(of={"statistic": "TM(10%:90%)"}), Gap)


def test_one_period_of_several_is_enough() -> None:
    assert state(evaluation_periods=5, datapoints=1) == HOLDS


@pytest.mark.parametrize(
    ("published", "missing", "enough"),
    [
        # Without data in quiet periods those with events decide alone.
        ({}, "missing", True),
        ({}, "notBreaching", False),
        ({}, "ignore", False),
        (WITH_ZEROS, "missing", False),
    ],
)
def test_two_periods_of_three_are_needed_where_quiet_ones_count(
    published: dict[str, Any], missing: str, enough: bool
) -> None:
    found = state(published, evaluation_periods=3, datapoints=2, missing_data=missing)
    assert (found == HOLDS) is enough
    if not enough:
        assert words(found) == "alarm watched goes off only after 2 periods with events of 3"


def test_a_dimension_that_the_filter_does_not_publish_makes_it_another_metric() -> None:
    found = state(of={"dimensions": (("User", "bob"),)})
    assert words(found) == "alarm watched watches other dimensions (User) than the metric filter has (none)"
    assert words(state({"dimensions": ("User",)})).endswith("(none) than the metric filter has (User)")


def test_one_value_of_a_dimension_is_not_every_event() -> None:
    found = state({"dimensions": ("User",)}, of={"dimensions": (("User", "bob"),)})
    assert words(found) == "alarm watched watches only the events with User = bob"


def test_a_unit_that_the_filter_does_not_publish_gets_no_data() -> None:
    assert words(state(of={"unit": "Count"})).endswith("watches data in Count, its filter's are in None")
    assert state({"unit": "Count"}, of={"unit": "Count"}) == HOLDS
    assert state(of={"unit": "None"}) == HOLDS


def test_the_metric_of_another_account_is_another_metric() -> None:
    query = MetricQuery(id="m1", metric=metric(), account="999999999999")
    assert words(state(queries=(query,))) == "alarm watched watches that metric of account 999999999999"


def test_an_anomaly_band_is_a_gap() -> None:
    queries = (
        MetricQuery(id="m1", metric=metric()),
        MetricQuery(id="band", expression="ANOMALY_DETECTION_BAND(m1, 2)"),
    )
    found = state(queries=queries, band="band", threshold=None, comparison="GreaterThanUpperThreshold")
    assert isinstance(found, Gap)


def math_state(*expressions: str, resting: float | None = None, other: bool = True, **changes: Any) -> State:
    """Of an alarm on the last of these expressions, over `m1` (the filter's) and `m2` (another filter's)."""
    queries = (
        MetricQuery(id="m1", metric=metric(), returned=False),
        MetricQuery(id="m2", metric=metric("other"), returned=False),
        *(
            MetricQuery(id=f"e{number}", expression=text, returned=number == len(expressions))
            for number, text in enumerate(expressions, 1)
        ),
    )
    values: dict[tuple[str, str], float | None] = {NAME: resting}
    if other:
        values[NAMESPACE, "other"] = resting
    return goes_off(
        alarm(queries=queries, **changes), Signal(transformation(default=resting), values), ACCOUNT
    )


@pytest.mark.parametrize(
    "expression",
    [
        "SUM([m1, m2])",
        "SUM(METRICS())",
        "MAX([m1,m2])",
        "FILL(m1, 0) + FILL(m2, 0)",
        "IF(FILL(m1,0) > 0, 1, 0)",
        "m1",
    ],
)
def test_metric_math_that_adds_counts_carries_one_event(expression: str) -> None:
    assert math_state(expression) == HOLDS


def test_an_expression_may_stand_on_another() -> None:
    assert math_state("SUM([m1, m2])", "e1 * 2", threshold=2.0) == HOLDS


def test_arithmetic_with_a_metric_that_has_no_data_is_a_gap_and_with_zeros_none() -> None:
    assert isinstance(math_state("m1 + m2"), Gap)
    assert math_state("m1 + m2", resting=0.0) == HOLDS


def test_math_that_needs_both_metrics_does_not_go_off_at_one() -> None:
    assert words(math_state("m1 * m2", resting=0.0)).endswith(
        "does not go off at one event (its metric math ≥ 1)"
    )


def test_math_that_is_on_without_events_is_no_alarm() -> None:
    assert words(math_state("FILL(m1, 1)")) == "alarm watched is in alarm without any event"


@pytest.mark.parametrize(
    "expression", ["RATE(m1)", "m1 +", "ANOMALY_DETECTION_BAND(m1)", "m9", "1 / 0", "[m1, m2]"]
)
def test_math_that_is_not_understood_is_a_gap(expression: str) -> None:
    found = math_state(expression, resting=0.0)
    assert isinstance(found, Gap)
    assert found.detail.startswith("whether alarm watched goes off can't be told: ")


def test_a_metric_of_elsewhere_is_a_gap() -> None:
    assert isinstance(math_state("SUM([m1, m2])", other=False), Gap)


@given(
    value=st.integers(0, 3),
    default=st.none() | st.just(0.0),
    watched=st.builds(
        metric,
        statistic=st.sampled_from(["Sum", "Average", "Maximum", "Minimum"]),
        period=st.sampled_from([60, 120, 300]),
    ),
    comparison=st.sampled_from(["GreaterThanThreshold", "GreaterThanOrEqualToThreshold"]),
    threshold=st.sampled_from([0.0, 0.2, 0.5, 1.0, 2.0, 3.0]),
)
def test_an_alarm_that_holds_goes_off_wherever_the_event_falls(
    value: int, default: float | None, watched: Metric, comparison: str, threshold: float
) -> None:
    found = state(
        {"value": str(value), "default": default},
        queries=(MetricQuery(id="m1", metric=watched),),
        comparison=comparison,
        threshold=threshold,
    )

    def over(samples: list[float]) -> bool:
        points = {
            "Sum": sum(samples),
            "Average": sum(samples) / len(samples),
            "Maximum": max(samples),
            "Minimum": min(samples),
        }
        point = points[watched.statistic]
        return point > threshold or (comparison == "GreaterThanOrEqualToThreshold" and point == threshold)

    others = range(watched.period // 60) if default is not None else (0,)
    fires = all(over([float(value)] + [0.0] * minutes) for minutes in others)
    rests = default is None or not over([0.0])
    assert (found == HOLDS) is (fires and rests)


def test_what_is_broken_names_its_link() -> None:
    found = state(threshold=2.0)
    assert isinstance(found, Known)
    assert isinstance(found.value, Break)
    assert found.value.link is Link.ALARM
