"""What verdicts rest on: readings of AWS, as they were recorded."""

from pydantic import JsonValue

from scanner.model.base import Frozen, Moment
from scanner.model.reading import Outcome


class Record(Frozen):
    """One reading: who asked AWS what, when, and what it answered."""

    id: str
    """`ACCOUNT/LINE`: the line of `responses/ACCOUNT.jsonl` that holds the answers in full."""
    action: str
    operation: str
    account: str
    """The one that was asked about."""
    region: str | None
    parameters: dict[str, JsonValue]
    """Named as in the API, without secrets."""
    at: Moment
    """When the first answer came."""
    request_ids: tuple[str, ...]
    """AWS's own, one for each page, as CloudTrail has them too; empty where nothing was answered."""
    caller: str
    """The ARN of the user, role or session that asked."""
    outcome: Outcome
    code: str | None
    """Of the error, where there was one."""
    facts: str
    """The answer as JSON, without secrets; cut where it is long."""
