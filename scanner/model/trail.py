"""Trails: what DescribeTrails, GetTrailStatus, GetEventSelectors and GetInsightSelectors say."""

from typing import Literal

from scanner.model.arn import parse_arn
from scanner.model.base import Frozen, Keyed, Moment
from scanner.model.reading import Reading


class DataResource(Frozen):
    type: str
    values: tuple[str, ...] = ()


class BasicSelector(Frozen):
    """`EventSelector` of the API; the defaults are AWS's."""

    read_write: Literal["All", "ReadOnly", "WriteOnly"] = "All"
    management: bool = True
    data: tuple[DataResource, ...] = ()
    excluded_sources: tuple[str, ...] = ()


class FieldSelector(Frozen):
    """One field of an advanced selector; an operator that isn't used is empty."""

    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


class AdvancedSelector(Keyed):
    """`AdvancedEventSelector` of the API. `name` is free text and means nothing."""

    name: str | None = None
    fields: tuple[FieldSelector, ...] = ()


AdvancedSelectors = tuple[AdvancedSelector, ...]


class Selectors(Frozen):
    """What GetEventSelectors answered: one of the two kinds, or (never customised) neither."""

    basic: tuple[BasicSelector, ...] = ()
    advanced: AdvancedSelectors = ()


class TrailStatus(Frozen):
    """GetTrailStatus. Times are None where it never happened; errors are None where there is none."""

    logging: bool
    started: Moment | None = None
    stopped: Moment | None = None
    delivered: Moment | None = None
    delivery_error: str | None = None
    digest_delivered: Moment | None = None
    digest_error: str | None = None
    logs_delivered: Moment | None = None
    logs_error: str | None = None
    notified: Moment | None = None
    notification_error: str | None = None


class InsightSelector(Frozen):
    type: str
    categories: tuple[str, ...] = ("Management",)


class Tag(Frozen):
    """`value` is empty where the tag has none."""

    key: str
    value: str = ""


class Trail(Frozen):
    """One trail, known by its ARN, read once.

    `status`, `selectors`, `insights` and `tags` were read in the home region by ARN, with the owner's
    session where the owner is in scope, else with that of the first account that sees the trail (which
    CloudTrail tells no tags).
    """

    arn: str
    name: str
    home_region: str
    bucket: str
    prefix: str | None = None
    topic_arn: str | None = None
    global_events: bool
    multi_region: bool
    validation: bool
    log_group_arn: str | None = None
    logs_role_arn: str | None = None
    key_id: str | None = None
    """The KMS key as CloudTrail names it: a full key ARN on AWS."""
    organization: bool
    recursive_logging: bool | None = None
    """None: the SDK or the service did not say (true by default)."""
    status: Reading[TrailStatus]
    selectors: Reading[Selectors]
    insights: Reading[tuple[InsightSelector, ...]]
    tags: Reading[tuple[Tag, ...]]
    """Sorted by key."""

    @property
    def owner(self) -> str:
        """The account in the ARN: for an organization trail the management account."""
        return parse_arn(self.arn).account

    @property
    def partition(self) -> str:
        return parse_arn(self.arn).partition
