"""The check `dynamodb-data-events`."""

from checks._data_events import judge_everywhere
from scanner.check import AccountCheck, Verdict
from scanner.events import data_events
from scanner.events.classes import DYNAMODB_TABLE
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture


class DynamodbDataEvents(AccountCheck):
    """Reads and writes of items are recorded for all DynamoDB tables, present and future.

    Why it matters: A table is often where the customers' data lies. Management events tell who created or
    dropped it, only data events who read, changed or scanned its items.

    How to fix: Select data events of all DynamoDB tables in a multi-region trail. They cost by the event;
    see AWS's price list first.

    - Console: CloudTrail > Trails > the trail > Data events > Edit: DynamoDB, log all events.
    - CLI: `aws cloudtrail put-event-selectors --trail-name NAME --advanced-event-selectors` with the
      fields `eventCategory` = `Data` and `resources.type` = `AWS::DynamoDB::Table`, beside the selectors
      that are there.
    - Terraform: an `advanced_event_selector` with these two `field_selector` blocks.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html
    """

    id = "dynamodb-data-events"

    severity: Severity = Severity.LOW

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        return judge_everywhere(account, posture, data_events(DYNAMODB_TABLE, posture.partition))
