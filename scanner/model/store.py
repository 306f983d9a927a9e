"""Event data stores (CloudTrail Lake)."""

from scanner.model.arn import parse_arn
from scanner.model.base import Frozen
from scanner.model.reading import Reading
from scanner.model.trail import AdvancedSelector


class StoreSettings(Frozen):
    """GetEventDataStore."""

    name: str
    status: str
    """CREATED, ENABLED, STARTING_INGESTION, STOPPING_INGESTION, STOPPED_INGESTION or PENDING_DELETION."""
    multi_region: bool
    organization: bool
    retention_days: int
    termination_protection: bool
    key_id: str | None = None
    selectors: tuple[AdvancedSelector, ...]


class EventDataStore(Frozen):
    arn: str
    settings: Reading[StoreSettings]

    @property
    def owner(self) -> str:
        return parse_arn(self.arn).account

    @property
    def home_region(self) -> str:
        return parse_arn(self.arn).region
