"""The check `event-data-store-termination-protection`."""

from scanner.check import Fail, Pass, StoreCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.store import StoreSettings


class EventDataStoreTerminationProtection(StoreCheck):
    """Event data stores are protected against termination.

    Why it matters: Without the protection one call deletes the store and all that it recorded. With it, an
    intruder needs two calls, and the first one can be noticed.

    How to fix: Switch termination protection on; it is on by default.

    - Console: CloudTrail > Lake > Event data stores > the store > Actions > Change termination protection.
    - CLI, in its region: `aws cloudtrail update-event-data-store --event-data-store ARN
      --termination-protection-enabled`.
    - Terraform: `termination_protection_enabled = true` in `aws_cloudtrail_event_data_store` (the default).

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-eds-termination-protection.html
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html
    """

    id = "event-data-store-termination-protection"

    severity: Severity = Severity.LOW

    def judge(self, settings: StoreSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        if settings.termination_protection:
            return Pass("is protected against termination")
        return Fail("is not protected against termination")
