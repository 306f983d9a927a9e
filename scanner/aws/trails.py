"""CloudTrail: trails, their status and what they record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from scanner.aws.owners import OUT_OF_SCOPE
from scanner.aws.permissions import (
    DESCRIBE_TRAILS,
    GET_EVENT_SELECTORS,
    GET_INSIGHT_SELECTORS,
    GET_TRAIL_STATUS,
    LIST_TAGS,
)
from scanner.aws.reader import INCOMPLETE, Answer, Fact, Reader, UnclearError
from scanner.model.arn import parse_arn
from scanner.model.reading import Gap, Reading, not_read
from scanner.model.trail import (
    AdvancedSelector,
    BasicSelector,
    DataResource,
    FieldSelector,
    InsightSelector,
    Selectors,
    Tag,
    Trail,
    TrailStatus,
)

NO_SELECTORS = "NoSelectors"


def list_trails(reader: Reader) -> Reading[tuple[Trail, ...]]:
    """The trails that the account sees in the reader's region, shadows too; only their settings are read."""
    return reader.read(_TRAILS, includeShadowTrails=True)


def read_trail(reader: Reader, arn: str) -> Reading[Trail | None]:
    """The settings of one trail, asked in the reader's region; Known(None) where there is none."""
    return reader.read(_TRAILS, trailNameList=[arn], includeShadowTrails=True).map(
        lambda trails: next((trail for trail in trails if trail.arn == arn), None)
    )


def read_status(reader: Reader, arn: str) -> Reading[TrailStatus]:
    """The status in the reader's region; by ARN, which organization trails ask for."""
    return reader.read(_STATUS, Name=arn)


def read_selectors(reader: Reader, arn: str) -> Reading[Selectors]:
    return reader.read(_SELECTORS, TrailName=arn)


def read_insights(reader: Reader, arn: str) -> Reading[tuple[InsightSelector, ...]]:
    return reader.read(_INSIGHTS, TrailName=arn)


def read_tags(reader: Reader, arn: str) -> Reading[tuple[Tag, ...]]:
    """The tags of a trail of the reader's own account; CloudTrail refuses the ARNs of others."""
    owner = parse_arn(arn).account
    if owner != reader.account:
        return Gap(
            f"the tags of a trail of account {owner} can only be read in that account",
            action=LIST_TAGS.action,
            operation=LIST_TAGS.operation,
            code=OUT_OF_SCOPE,
            account=owner,
            region=reader.region,
        )
    # One ARN for each call: a refusal of one would be the answer for all.
    fact = Fact(LIST_TAGS, lambda answer: _tags(answer, arn))
    return reader.read_all(fact, ResourceIdList=[arn]).map(
        lambda tags: tuple(sorted(tags, key=lambda tag: tag.key))
    )


def _trails(answer: Answer) -> tuple[Trail, ...]:
    return tuple(map(_trail, answer["trailList"]))


def _trail(item: Answer) -> Trail:
    arn = item["TrailARN"]
    return Trail(
        arn=arn,
        name=item["Name"],
        # HomeRegion says the same, or is wrong: the ARN is the identity.
        home_region=parse_arn(arn).region,
        bucket=item["S3BucketName"],
        prefix=item.get("S3KeyPrefix") or None,
        topic_arn=item.get("SnsTopicARN") or None,
        global_events=item["IncludeGlobalServiceEvents"],
        multi_region=item["IsMultiRegionTrail"],
        validation=item["LogFileValidationEnabled"],
        log_group_arn=item.get("CloudWatchLogsLogGroupArn") or None,
        logs_role_arn=item.get("CloudWatchLogsRoleArn") or None,
        key_id=item.get("KmsKeyId") or None,
        organization=item["IsOrganizationTrail"],
        recursive_logging=item.get("RecursiveLogging"),
        status=not_read(GET_TRAIL_STATUS.action),
        selectors=not_read(GET_EVENT_SELECTORS.action),
        insights=not_read(GET_INSIGHT_SELECTORS.action),
        tags=not_read(LIST_TAGS.action),
    )


def _status(answer: Answer) -> TrailStatus:
    def moment(member: str) -> datetime | None:
        found: datetime | None = answer.get(member)
        return found

    def error(member: str) -> str | None:
        return answer.get(member) or None  # "" where there is none

    return TrailStatus(
        logging=answer["IsLogging"],
        started=moment("StartLoggingTime"),
        stopped=moment("StopLoggingTime"),
        delivered=moment("LatestDeliveryTime"),
        delivery_error=error("LatestDeliveryError"),
        digest_delivered=moment("LatestDigestDeliveryTime"),
        digest_error=error("LatestDigestDeliveryError"),
        logs_delivered=moment("LatestCloudWatchLogsDeliveryTime"),
        logs_error=error("LatestCloudWatchLogsDeliveryError"),
        notified=moment("LatestNotificationTime"),
        notification_error=error("LatestNotificationError"),
    )


def _selectors(answer: Answer) -> Selectors:
    arn = answer["TrailARN"]  # an answer without it is none
    basic = basic_selectors(answer.get("EventSelectors") or ())
    advanced = advanced_selectors(answer.get("AdvancedEventSelectors") or ())
    if not basic and not advanced:
        raise UnclearError(NO_SELECTORS, f"{arn} has no selectors: whether the default applies can't be told")
    if basic and advanced:
        raise UnclearError(
            "BothKindsOfSelectors", f"{arn} has basic and advanced selectors: only one kind applies"
        )
    return Selectors(basic=basic, advanced=advanced)


def basic_selectors(items: Iterable[Answer]) -> tuple[BasicSelector, ...]:
    return tuple(map(_basic, items))


def _basic(item: Answer) -> BasicSelector:
    return BasicSelector(
        read_write=item.get("ReadWriteType", "All"),
        management=item.get("IncludeManagementEvents", True),
        data=tuple(
            DataResource(type=resource["Type"], values=tuple(resource.get("Values") or ()))
            for resource in item.get("DataResources") or ()
        ),
        excluded_sources=tuple(item.get("ExcludeManagementEventSources") or ()),
    )


def advanced_selectors(items: Iterable[Answer]) -> tuple[AdvancedSelector, ...]:
    """`AdvancedEventSelectors` of trails and of event data stores; operators that aren't used may be `[]`."""
    return tuple(
        AdvancedSelector(name=item.get("Name"), fields=tuple(map(_field, item["FieldSelectors"])))
        for item in items
    )


def _field(item: Answer) -> FieldSelector:
    def values(operator: str) -> tuple[Any, ...]:
        return tuple(item.get(operator) or ())

    return FieldSelector(
        field=item["Field"],
        equals=values("Equals"),
        starts_with=values("StartsWith"),
        ends_with=values("EndsWith"),
        not_equals=values("NotEquals"),
        not_starts_with=values("NotStartsWith"),
        not_ends_with=values("NotEndsWith"),
    )


def _insights(answer: Answer) -> tuple[InsightSelector, ...]:
    if "InsightSelectors" not in answer and "TrailARN" not in answer:
        raise KeyError("InsightSelectors")
    return tuple(
        InsightSelector(
            type=item["InsightType"], categories=tuple(item.get("EventCategories") or ("Management",))
        )
        for item in answer.get("InsightSelectors") or ()
    )


def _tags(answer: Answer, arn: str) -> tuple[Tag, ...]:
    told = answer["ResourceTagList"]
    if [resource["ResourceId"] for resource in told] != [arn]:
        raise UnclearError(INCOMPLETE, f"the answer is not about {arn}")
    return tuple(Tag(key=item["Key"], value=item.get("Value") or "") for item in told[0]["TagsList"])


_TRAILS = Fact(DESCRIBE_TRAILS, _trails)
_STATUS = Fact(GET_TRAIL_STATUS, _status)
_SELECTORS = Fact(GET_EVENT_SELECTORS, _selectors)
_INSIGHTS: Fact[tuple[InsightSelector, ...]] = Fact(
    GET_INSIGHT_SELECTORS, _insights, absent={"InsightNotEnabledException": ()}
)
