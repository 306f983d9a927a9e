"""The check `s3-data-events-write`."""

from checks._data_events import judge_s3_events
from scanner.check import AccountCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture


class S3DataEventsWrite(AccountCheck):
    """Writes and deletions of objects are recorded for all buckets, present and future.

    Why it matters: Ransom, defacement and the destruction of evidence happen object by object, and
    management events show none of it. A selector of single buckets misses the bucket of tomorrow;
    one narrowed to an event name or a user misses the rest. The log bucket itself may be left out.

    How to fix: Select write data events of all S3 objects in a multi-region trail. They cost by the
    event; see AWS's price list first.

    - Console: CloudTrail > Trails > the trail > Data events > Edit: S3, log all events (or writes).
    - CLI: `aws cloudtrail put-event-selectors --trail-name NAME --advanced-event-selectors` with the
      fields `eventCategory` = `Data`, `resources.type` = `AWS::S3::Object` and `readOnly` = `false`,
      beside the selector of management events.
    - Terraform: an `advanced_event_selector` with these three `field_selector` blocks.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """

    id = "s3-data-events-write"

    severity: Severity = Severity.MEDIUM

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        return judge_s3_events(account, posture, read_only=False)
