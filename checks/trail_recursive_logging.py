"""The check `trail-recursive-logging`."""

from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Unknown, Verdict
from scanner.coverage import selected_by_all
from scanner.events import EventClass, data_events
from scanner.events.classes import S3_OBJECT
from scanner.model.arn import bucket_arn
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.model.trail import FieldSelector, Trail
from scanner.recorders import selected


class TrailRecursiveLogging(TrailCheck):
    """Trails do not log their own deliveries.

    Why it matters: A trail that records the writes of its own log bucket records each log file that it
    delivers, which fills the next file, and so on: noise that hides what others do there, and that is
    paid for event by event.

    How to fix: Tell the trail to leave its own deliveries out; what anybody else does in the bucket
    stays recorded. Or exclude the log bucket from the selector and let another trail watch it.

    - CLI: `aws cloudtrail update-trail --name ARN --no-recursive-logging` (an option of recent versions).
    - Advanced selector of S3 data events: `resources.ARN` with `NotStartsWith` and
      `arn:aws:s3:::BUCKET/`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """

    id = "trail-recursive-logging"

    severity: Severity = Severity.LOW

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the trail says it all
        selectors = selected(trail).require()
        bucket = f"{bucket_arn(trail.partition, trail.bucket)}/"
        writes = data_events(S3_OBJECT, trail.partition, read_only=False, within=(bucket,))
        if not selected_by_all(writes, selectors).require():
            return NotApplicable("The trail selects no write data events of its own log bucket.")
        if trail.recursive_logging is False:
            return Pass("leaves its own deliveries out (RecursiveLogging is off)")
        if not selected_by_all(_deliveries(trail, bucket), selectors).require():
            return Pass(f"selects writes to {trail.bucket}, but not those of its own deliveries")
        if trail.recursive_logging is None:
            return Unknown(
                Gap(
                    "DescribeTrails did not say whether RecursiveLogging is off: update botocore",
                    action="cloudtrail:DescribeTrails",
                    operation="DescribeTrails",
                    code="NotTold",
                    account=trail.owner,
                    region=trail.home_region,
                )
            )
        return Fail(f"logs each file that it delivers to {trail.bucket}")


def _deliveries(trail: Trail, bucket: str) -> EventClass:
    """What S3 logs of CloudTrail's own writes: made by a service, which has no ARN."""
    folder = f"{bucket}{trail.prefix}/AWSLogs/" if trail.prefix else f"{bucket}AWSLogs/"
    writes = data_events(S3_OBJECT, trail.partition, read_only=False, within=(folder,))
    facts = (
        FieldSelector(field="eventSource", equals=("s3.amazonaws.com",)),
        FieldSelector(field="eventName", equals=("PutObject",)),
        FieldSelector(field="eventType", equals=("AwsApiCall",)),
        FieldSelector(field="userIdentity.arn", not_starts_with=("",)),
    )
    return EventClass(label="its own deliveries", fields=(*writes.fields, *facts))
