"""The check `data-event-types`."""

from typing import Annotated

from pydantic import Field

from checks._data_events import joined, judge_everywhere
from scanner.check import AccountCheck, NotApplicable, Verdict
from scanner.coverage import log_bucket_prefixes
from scanner.events import data_events
from scanner.events.classes import S3_OBJECT
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture

ResourceType = Annotated[str, Field(pattern=r"^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$")]


class DataEventTypes(AccountCheck):
    """Data events of the resource types that matter here are recorded in full.

    Why it matters: What is worth recording differs from one house to the next: queues, secrets, models,
    file systems. AWS records data events of more than a hundred types, each only where it is selected.

    How to fix: Select all data events of the type in a multi-region trail. They cost by the event; see
    AWS's price list first.

    - Console: CloudTrail > Trails > the trail > Data events > Edit > Add data event type.
    - CLI: `aws cloudtrail put-event-selectors --trail-name NAME --advanced-event-selectors` with the
      fields `eventCategory` = `Data` and `resources.type` = the type, beside the selectors that are there.
    - Terraform: an `advanced_event_selector` with these two `field_selector` blocks.

    Of `AWS::S3::Object` the log buckets may be left out.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """

    id = "data-event-types"

    severity: Severity = Severity.LOW
    types: tuple[ResourceType, ...] = Field(
        (),
        description="The resource types whose data events must all be recorded, as selectors name them: "
        "AWS::SQS::Queue.",
    )

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        if not self.types:
            return NotApplicable("No resource types are asked for.")
        own = log_bucket_prefixes(account, posture)
        return joined(
            {
                type_: judge_everywhere(
                    account,
                    posture,
                    data_events(type_, posture.partition, without=own if type_ == S3_OBJECT else ()),
                )
                for type_ in self.types
            }
        )
