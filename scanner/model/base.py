"""What all nouns share: frozen, closed, serializable."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer


class Frozen(BaseModel):
    """A value: it can't change, and it takes no member that it doesn't know."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, without what `cached_property` derived from the values before."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)


CLOSED = ConfigDict(extra="forbid")
"""For `__pydantic_config__` of the frozen dataclasses that are nouns too: of what there are hundreds of
thousands in a large organization, a model each would take ten times the memory.
"""


class Keyed(Frozen):
    """A value that is looked up often: its hash is worked out once."""

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, name) for name in type(self).model_fields))

    def __hash__(self) -> int:
        return self._hash


def _to_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, whole seconds, ending in `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[datetime, AfterValidator(_to_utc), PlainSerializer(iso, return_type=str, when_used="json")]
"""A time in UTC, written as `2026-01-31T09:00:00Z`."""
