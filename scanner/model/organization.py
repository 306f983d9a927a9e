"""The organization that the caller belongs to."""

from scanner.model.base import Frozen
from scanner.model.reading import Reading


class Organization(Frozen):
    id: str
    arn: str
    management_account: str
    delegated_administrators: Reading[tuple[str, ...]]
    """Of CloudTrail."""
