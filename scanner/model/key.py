"""KMS keys."""

from typing import Any

from scanner.model.arn import is_arn, parse_arn
from scanner.model.base import Frozen
from scanner.model.reading import Reading


class KeyMetadata(Frozen):
    """DescribeKey."""

    arn: str
    state: str
    """Only `Enabled` works."""
    manager: str
    """CUSTOMER or AWS."""
    spec: str = "SYMMETRIC_DEFAULT"
    origin: str = "AWS_KMS"


class Key(Frozen):
    """One key that a trail names, read once; `metadata` is Known(None) where the key doesn't exist."""

    id: str
    """As the trail names it: a full key ARN on AWS."""
    metadata: Reading[KeyMetadata | None]
    policy: Reading[dict[str, Any] | None]
    rotation: Reading[bool | None]
    """None: this kind of key can't rotate."""

    @property
    def region(self) -> str | None:
        return parse_arn(self.id).region if is_arn(self.id) else None

    @property
    def owner(self) -> str | None:
        return parse_arn(self.id).account if is_arn(self.id) else None
