"""Records of readings that were never made."""

from typing import Any

from scanner.model.evidence import Record
from scanner.model.reading import Outcome
from tests.build import ACCOUNT, NOW, REGION


def record(action: str, account: str = ACCOUNT, region: str | None = REGION, **changes: Any) -> Record:
    """One answered reading; its id says what it is: `cloudtrail:GetTrailStatus 010203040506 eu-west-1 …`."""
    parameters = changes.get("parameters", {})
    named = [str(value) for value in parameters.values()]
    values: dict[str, Any] = {
        "id": " ".join((action, account, region or "-", *named)),
        "action": action,
        "operation": action.partition(":")[2],
        "account": account,
        "region": region,
        "parameters": parameters,
        "at": NOW,
        "request_ids": ("9f0e1d2c",),
        "caller": f"arn:aws:sts::{account}:assumed-role/trailaudit/trailaudit",
        "outcome": Outcome.OK,
        "code": None,
        "facts": "{}",
        **changes,
    }
    return Record(**values)
