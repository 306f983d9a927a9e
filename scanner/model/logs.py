"""CloudWatch log groups."""

from scanner.model.alarms import MetricFilter
from scanner.model.base import Frozen
from scanner.model.reading import Reading


class LogGroupSettings(Frozen):
    retention_days: int | None = None
    """None: never expires."""
    key_id: str | None = None
    log_class: str = "STANDARD"


class LogGroup(Frozen):
    """One log group that a trail delivers to; `settings` is Known(None) where it doesn't exist."""

    arn: str
    """Without the trailing `:*`."""
    settings: Reading[LogGroupSettings | None]
    filters: Reading[tuple[MetricFilter, ...] | None]
    """Its metric filters, sorted by name; Known(None) where the log group doesn't exist."""
