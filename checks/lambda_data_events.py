"""The check `lambda-data-events`."""

from checks._data_events import judge_everywhere
from scanner.check import AccountCheck, Verdict
from scanner.events import data_events
from scanner.events.classes import LAMBDA_FUNCTION
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture


class LambdaDataEvents(AccountCheck):
    """Invocations are recorded for all Lambda functions, present and future.

    Why it matters: Who may invoke a function borrows its role. Management events tell who created or changed
    it, only data events who ran it and when.

    How to fix: Select write data events of all Lambda functions in a multi-region trail. They cost by the
    event; see AWS's price list first.

    - Console: CloudTrail > Trails > the trail > Data events > Edit: Lambda, log all events.
    - CLI: `aws cloudtrail put-event-selectors --trail-name NAME --advanced-event-selectors` with the
      fields `eventCategory` = `Data` and `resources.type` = `AWS::Lambda::Function`, beside the selectors
      that are there.
    - Terraform: an `advanced_event_selector` with these two `field_selector` blocks.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
    """

    id = "lambda-data-events"

    severity: Severity = Severity.LOW

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        wanted = data_events(LAMBDA_FUNCTION, posture.partition, read_only=False)
        return judge_everywhere(account, posture, wanted)
