"""CloudWatch Logs: the log groups that trails deliver to."""

from scanner.aws.permissions import DESCRIBE_LOG_GROUPS, DESCRIBE_METRIC_FILTERS
from scanner.aws.reader import Answer, Fact, Reader
from scanner.model.alarms import MetricFilter, MetricTransformation
from scanner.model.logs import LogGroupSettings
from scanner.model.reading import Reading


def without_wildcard(arn: str) -> str:
    """A trail names its log group with a trailing `:*`."""
    return arn.removesuffix(":*")


def read_settings(reader: Reader, name: str) -> Reading[LogGroupSettings | None]:
    """The log group of exactly this name in the reader's account and region; None: there is none."""
    groups = reader.read_all(_GROUPS, cursor="nextToken", logGroupNamePrefix=name)
    return groups.map(lambda found: dict(found).get(name))


def read_filters(reader: Reader, name: str) -> Reading[tuple[MetricFilter, ...] | None]:
    """All metric filters of the log group; None: there is no such log group."""
    return reader.read_all(_FILTERS, cursor="nextToken", logGroupName=name).map(_present)


def _present(found: tuple[MetricFilter | None, ...]) -> tuple[MetricFilter, ...] | None:
    if None in found:
        return None
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))


def _groups(answer: Answer) -> tuple[tuple[str, LogGroupSettings], ...]:
    return tuple(
        (
            item["logGroupName"],
            LogGroupSettings(
                retention_days=item.get("retentionInDays"),
                key_id=item.get("kmsKeyId") or None,
                log_class=item.get("logGroupClass") or "STANDARD",
            ),
        )
        for item in answer["logGroups"]
    )


def _filters(answer: Answer) -> tuple[MetricFilter | None, ...]:
    return tuple(_filter(item) for item in answer["metricFilters"])


def _filter(item: Answer) -> MetricFilter:
    by_source = tuple(item.get("emitSystemFieldDimensions") or ())
    return MetricFilter(
        name=item["filterName"],
        pattern=item.get("filterPattern") or "",
        transformations=tuple(_transformation(one, by_source) for one in item["metricTransformations"]),
        transformed_logs=bool(item.get("applyOnTransformedLogs")),
        selection=item.get("fieldSelectionCriteria") or None,
    )


def _transformation(item: Answer, by_source: tuple[str, ...]) -> MetricTransformation:
    return MetricTransformation(
        namespace=item["metricNamespace"],
        name=item["metricName"],
        value=item["metricValue"],
        default=item.get("defaultValue"),
        dimensions=tuple(sorted({*(item.get("dimensions") or {}), *by_source})),
        unit=item.get("unit") or "None",
    )


_GROUPS = Fact(DESCRIBE_LOG_GROUPS, _groups)
_FILTERS: Fact[tuple[MetricFilter | None, ...]] = Fact(
    DESCRIBE_METRIC_FILTERS, _filters, absent={"ResourceNotFoundException": (None,)}
)
