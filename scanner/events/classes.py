"""Classes of events that one may want recorded, and the parts of them that aren't."""

from functools import lru_cache
from typing import Annotated

from pydantic import Field

from scanner.model.base import Frozen, Keyed
from scanner.model.trail import FieldSelector

MANAGEMENT = "Management"
DATA = "Data"

KMS = "kms.amazonaws.com"
RDS_DATA = "rdsdata.amazonaws.com"

S3_OBJECT = "AWS::S3::Object"
LAMBDA_FUNCTION = "AWS::Lambda::Function"
DYNAMODB_TABLE = "AWS::DynamoDB::Table"


class EventClass(Keyed):
    """The events that fulfil all `fields`, which mean what they mean in an advanced selector."""

    label: str
    fields: Annotated[tuple[FieldSelector, ...], Field(min_length=1)]


class Hole(Frozen):
    """Events of a class that nothing records: those that fulfil all `fields` (several may name one
    field). `words` leave out what the class says of all its events.
    """

    words: str
    fields: tuple[FieldSelector, ...]

    def __str__(self) -> str:
        return self.words


def is_category(category: str) -> FieldSelector:
    return FieldSelector(field="eventCategory", equals=(category,))


def management_events(
    *, read_only: bool | None = None, sources: tuple[str, ...] = (), without_sources: tuple[str, ...] = ()
) -> EventClass:
    """Management events: reads, writes or both; of all sources, some, or all but some."""
    label = f"{_KIND[read_only]}management events"
    fields = [is_category(MANAGEMENT), *_read_only(read_only)]
    if sources or without_sources:
        fields.append(FieldSelector(field="eventSource", equals=sources, not_equals=without_sources))
    if sources:
        label += f" of {' and '.join(sources)}"
    if without_sources:
        label += f" but those of {' and '.join(without_sources)}"
    return EventClass(label=label, fields=tuple(fields))


@lru_cache(maxsize=1024)
def data_events(
    type: str,  # noqa: A002 - the name that AWS gives it
    partition: str,
    *,
    read_only: bool | None = None,
    within: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    service_events: bool = True,
) -> EventClass:
    """Data events of one resource type; `within` and `without` are prefixes of the resources' ARNs.

    The ARNs of S3 objects, functions and tables are known to begin with those of their service, so
    that a selector that says no more than this counts as one for all of them. Without
    `service_events`, those that AWS makes itself (a DeleteObject for each key of a DeleteObjects)
    aren't asked for.
    """
    label = f"{_KIND[read_only]}data events of {type}"
    fields = [
        is_category(DATA),
        FieldSelector(field="resources.type", equals=(type,)),
        *_read_only(read_only),
    ]
    roots = {
        S3_OBJECT: (f"arn:{partition}:s3:::",),
        LAMBDA_FUNCTION: (f"arn:{partition}:lambda:",),
        DYNAMODB_TABLE: (f"arn:{partition}:dynamodb:",),
    }
    starts = within or roots.get(type, ())
    if starts or without:
        fields.append(FieldSelector(field="resources.ARN", starts_with=starts, not_starts_with=without))
    if within:
        label += f" in {' and '.join(within)}"
    if without:
        label += f" outside {' and '.join(without)}"
    if not service_events:
        fields.append(FieldSelector(field="eventType", not_equals=("AwsServiceEvent",)))
        label += " that AWS does not make itself"
    return EventClass(label=label, fields=tuple(fields))


_KIND = {None: "", True: "read ", False: "write "}


def _read_only(read_only: bool | None) -> tuple[FieldSelector, ...]:
    if read_only is None:
        return ()
    return (FieldSelector(field="readOnly", equals=("true" if read_only else "false",)),)
