"""CloudWatch Logs: the log groups that trails deliver to."""

from scanner.aws.permissions import DESCRIBE_LOG_GROUPS
from scanner.aws.reader import Answer, Fact, Reader
from scanner.model.logs import LogGroupSettings
from scanner.model.reading import Reading


def without_wildcard(arn: str) -> str:
    """A trail names its log group with a trailing `:*`."""
    return arn.removesuffix(":*")


def read_settings(reader: Reader, name: str) -> Reading[LogGroupSettings | None]:
    """The log group of exactly this name in the reader's account and region; None: there is none."""
    groups = reader.read_all(_GROUPS, cursor="nextToken", logGroupNamePrefix=name)
    return groups.map(lambda found: dict(found).get(name))


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


_GROUPS = Fact(DESCRIBE_LOG_GROUPS, _groups)
