"""The check `event-data-store-ingesting`."""

from scanner.check import Fail, Pass, StoreCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.store import StoreSettings


class EventDataStoreIngesting(StoreCheck):
    """Event data stores take events in.

    Why it matters: A store that was stopped, or waits to be deleted, answers queries about the past and
    records nothing new; in every list it looks like the others.

    How to fix: Start the ingestion, or restore the store, and find out who stopped it. Where nobody needs
    the store any more, delete it.

    - Console: CloudTrail > Lake > Event data stores > the store > Actions > Start ingestion.
    - CLI, in its region: `aws cloudtrail start-event-data-store-ingestion --event-data-store ARN`; one that
      is pending deletion first: `aws cloudtrail restore-event-data-store --event-data-store ARN`.
    - Terraform: `suspend = false` in `aws_cloudtrail_event_data_store` (the default).

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-stop-start-ingestion.html
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventDataStore.html
    """

    id = "event-data-store-ingesting"

    severity: Severity = Severity.MEDIUM

    def judge(self, settings: StoreSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        if settings.status == "ENABLED":
            return Pass("is taking events in")
        return Fail(f"takes no events in ({settings.status})")
