"""CloudTrail's own event history: the calls of the last 90 days, whatever trails record."""

from datetime import timedelta
from typing import Any

from scanner.model.base import Frozen, Moment
from scanner.model.reading import Known, Reading
from scanner.model.trail import Selectors

KEPT = timedelta(days=90)
"""How far back AWS keeps it; all of that is read."""


class HistoryEvent(Frozen):
    """One call that may have changed what is recorded."""

    id: str
    time: Moment
    name: str
    actor: str
    """The caller's ARN, else the best name that the event has for it."""
    source_ip: str | None = None
    """An address, or the AWS service that called."""
    error: str | None = None
    """The code with which the call failed."""
    parameters: dict[str, Any]
    """Those of the request that judging needs, named in lowerCamel."""
    selectors: Reading[Selectors | None] = Known(None)
    """The event selectors of the request; None where it has nothing to say of any."""


class History(Frozen):
    """What an account did through one service in one region, oldest first; only names that matter."""

    region: str
    source: str
    """The event source, such as `cloudtrail.amazonaws.com`."""
    events: Reading[tuple[HistoryEvent, ...]]
