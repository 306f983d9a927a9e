"""What turns a log group's events into a message: metric filters, CloudWatch alarms, SNS topics."""

from typing import Literal

from scanner.model.base import Frozen
from scanner.model.reading import Reading


class MetricTransformation(Frozen):
    """The metric that a filter publishes."""

    namespace: str
    name: str
    value: str = "1"
    """A number, or `$.path`: the number that stands there in the event."""
    default: float | None = None
    """Published for each minute in which there were events and none matched; None: nothing is."""
    dimensions: tuple[str, ...] = ()
    """The names of its dimensions, sorted."""
    unit: str = "None"


class MetricFilter(Frozen):
    """One item of DescribeMetricFilters."""

    name: str
    pattern: str
    transformations: tuple[MetricTransformation, ...] = ()
    transformed_logs: bool = False
    """It reads the events as the log group's transformer rewrote them."""
    selection: str | None = None
    """`fieldSelectionCriteria`: it reads only the events of some sources."""


class Metric(Frozen):
    """A metric as an alarm names it. `dimensions`: names and values, sorted."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str
    period: int
    """In seconds."""
    unit: str | None = None
    """None: any."""


class MetricQuery(Frozen):
    """One item of an alarm's `Metrics`: a metric, or an expression over the other items."""

    id: str
    metric: Metric | None = None
    expression: str | None = None
    returned: bool = True
    """It is the one that the alarm watches (or the band that it is compared with)."""
    account: str | None = None
    """Whose metric it is, where that isn't the alarm's own account."""


class MetricAlarm(Frozen):
    """An alarm on a metric: `queries` is that one metric, or the items of its metric math."""

    kind: Literal["metric"] = "metric"
    name: str
    arn: str
    actions_enabled: bool
    actions: tuple[str, ...] = ()
    """Those of the ALARM state, as ARNs, sorted."""
    queries: tuple[MetricQuery, ...] = ()
    """None for an alarm on a PromQL query."""
    comparison: str | None = None
    threshold: float | None = None
    band: str | None = None
    """The query whose anomaly detection band is the threshold."""
    evaluation_periods: int = 1
    datapoints: int = 1
    """How many of the evaluation periods must be beyond the threshold."""
    missing_data: str = "missing"
    low_samples: str | None = None
    """`ignore`: a percentile of few samples changes nothing."""


class CompositeAlarm(Frozen):
    """An alarm on the states of other alarms of its account and region."""

    kind: Literal["composite"] = "composite"
    name: str
    arn: str
    actions_enabled: bool
    actions: tuple[str, ...] = ()
    rule: str


Alarm = MetricAlarm | CompositeAlarm


class AlarmBoard(Frozen):
    """All alarms of one account and region, sorted by ARN."""

    account: str
    region: str
    alarms: Reading[tuple[Alarm, ...]]


class Subscription(Frozen):
    protocol: str
    confirmed: bool
    """The subscriber agreed to get messages."""


class Topic(Frozen):
    """One SNS topic that an alarm tells; `subscriptions` is Known(None) where it doesn't exist."""

    arn: str
    subscriptions: Reading[tuple[Subscription, ...] | None]
