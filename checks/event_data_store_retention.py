"""The check `event-data-store-retention`."""

from datetime import timedelta

from pydantic import Field

from scanner.check import Fail, KeptDays, Pass, RequiredBy, StoreCheck, Verdict, required
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.store import StoreSettings
from scanner.words import span


class EventDataStoreRetention(StoreCheck):
    """Event data stores keep events for the whole retention period.

    Why it matters: Intrusions are often found after months. What the store has dropped by then can't be
    asked any more.

    How to fix: Lengthen the retention period. What is already gone doesn't come back, and longer storage
    costs more.

    - Console: CloudTrail > Lake > Event data stores > the store > General details > Edit.
    - CLI, in its region: `aws cloudtrail update-event-data-store --event-data-store ARN
      --retention-period 366`.
    - Terraform: `retention_period = 366` in `aws_cloudtrail_event_data_store`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store.html
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html
    """

    id = "event-data-store-retention"

    severity: Severity = Severity.MEDIUM
    min_days: KeptDays = Field(365, description="How many days events must be kept at least.")
    required_by: RequiredBy = None

    def judge(self, settings: StoreSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        kept = f"keeps events {span(timedelta(days=settings.retention_days))}"
        if settings.retention_days < self.min_days:
            return Fail(f"{kept}, fewer than {required(self.min_days, self.required_by)}")
        return Pass(kept)
