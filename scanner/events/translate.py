"""Basic event selectors, said as the advanced ones that record the same."""

from collections.abc import Iterator

from scanner.events.classes import DATA, DYNAMODB_TABLE, LAMBDA_FUNCTION, MANAGEMENT, S3_OBJECT, is_category
from scanner.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, Selectors


def translate(selectors: Selectors, partition: str) -> tuple[AdvancedSelector, ...]:
    """Everything that is selected, as advanced selectors: the union of both kinds.

    AWS keeps one kind at a time. Empty where it named neither: such a trail was never customised,
    and only the caller can say that this is unknown rather than nothing.
    """
    return (
        *(advanced for basic in selectors.basic for advanced in _translated(basic, partition)),
        *selectors.advanced,
    )


def _translated(basic: BasicSelector, partition: str) -> Iterator[AdvancedSelector]:
    read_write = _read_write(basic)
    if basic.management:
        sources = basic.excluded_sources
        excluded = (FieldSelector(field="eventSource", not_equals=sources),) if sources else ()
        yield AdvancedSelector(fields=(is_category(MANAGEMENT), *read_write, *excluded))
    for resource in basic.data:
        # A type without values selects nothing.
        if resource.values:
            kind = FieldSelector(field="resources.type", equals=(resource.type,))
            arn = _arn(resource, partition)
            yield AdvancedSelector(fields=(is_category(DATA), kind, *read_write, *arn))


def _read_write(basic: BasicSelector) -> tuple[FieldSelector, ...]:
    match basic.read_write:
        case "All":
            return ()
        case "ReadOnly":
            return (FieldSelector(field="readOnly", equals=("true",)),)
        case "WriteOnly":
            return (FieldSelector(field="readOnly", equals=("false",)),)


def _arn(resource: DataResource, partition: str) -> tuple[FieldSelector, ...]:
    """S3 values are prefixes, those of other types whole ARNs; each type has a value that means all.

    Wildcards are characters like others: no documentation gives them a meaning.
    """
    if not _all_values(resource.type, partition).isdisjoint(resource.values):
        return ()
    if resource.type == S3_OBJECT:
        return (FieldSelector(field="resources.ARN", starts_with=resource.values),)
    return (FieldSelector(field="resources.ARN", equals=resource.values),)


def _all_values(kind: str, partition: str) -> frozenset[str]:
    """The DataResource reference has the first spelling of S3, the user guide's CLI page the second."""
    spellings = {
        S3_OBJECT: (f"arn:{partition}:s3", f"arn:{partition}:s3:::"),
        LAMBDA_FUNCTION: (f"arn:{partition}:lambda",),
        DYNAMODB_TABLE: (f"arn:{partition}:dynamodb",),
    }
    return frozenset(spellings.get(kind, ()))
