"""Options that say for how long logs must be kept: a framework can set them all at once.

A check has one such option, named `DAYS`, and beside it `REQUIRED_BY`, which messages name.
"""

from enum import Enum
from typing import Annotated

from pydantic import Field, PositiveInt

from scanner.check.contract import Check

DAYS = "min_days"
REQUIRED_BY = "required_by"


class Period(Enum):
    KEPT = "kept"
    AT_HAND = "at hand"


KeptDays = Annotated[PositiveInt, Period.KEPT]
AtHandDays = Annotated[PositiveInt, Period.AT_HAND]
RequiredBy = Annotated[str | None, Field(description="What asks for these days, to be named in messages.")]


def period(check: type[Check]) -> Period | None:
    """What the check's option `min_days` is about; None where it has none, or one about something else."""
    field = check.model_fields.get(DAYS)
    return next((one for one in field.metadata if isinstance(one, Period)), None) if field else None


def demand(check: Check) -> tuple[Period, int] | None:
    """What its days are about, and how many the check asks for."""
    kind = period(type(check))
    return None if kind is None else (kind, getattr(check, DAYS))


def required(days: int, by: str | None) -> str:
    """`365 days`, or `365 days (pci_dss_4_0_1 10.5.1)`."""
    return f"{days} days" if by is None else f"{days} days ({by})"
