"""The check `trail-log-delivery`."""

from typing import ClassVar

from scanner.check import NO_TRAIL, Fail, Pass, TrailCheck, Unknown, Verdict
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.model.trail import Trail
from scanner.recorders import FRESH, obstacle
from scanner.words import span


class TrailLogDelivery(TrailCheck):
    """Trails deliver log files: without an error, the last one within 24 hours.

    Why it matters: A trail may be logging while not one file arrives, because the bucket is gone, its
    policy forbids the write or the KMS key is disabled. CloudTrail tries again for 30 days; what it
    could not deliver by then is lost, and an investigation finds nothing.

    How to fix: Mend what the error names. AccessDenied: the bucket policy or the key policy does not
    let CloudTrail write. NoSuchBucket: create the bucket again at once, before somebody else takes
    its name. KMS errors: enable the key or cancel its deletion. A stopped trail must be started.

    - Console: CloudTrail > Trails > the trail shows the last file delivered and the last error.
    - CLI, in the trail's home region: `aws cloudtrail get-trail-status --name ARN`.

    A trail that selects only rare events may have had nothing to deliver for a day; let it select
    management events as well, or waive the finding.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-troubleshooting.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """

    id = "trail-log-delivery"
    without_trail: ClassVar[Verdict] = Fail(NO_TRAIL)

    severity: Severity = Severity.HIGH

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        status = trail.status.require()
        trouble = obstacle(status, posture.taken_at)
        if trouble is not None:
            return Fail(trouble)
        if status.delivered is not None and posture.taken_at - status.delivered <= FRESH:
            return Pass(f"delivered its last log file {span(posture.taken_at - status.delivered)} ago")
        # Only a trail that was started just now has no obstacle without a fresh file. What it
        # delivered before it was stopped doesn't tell whether it can deliver today.
        since = "" if status.started is None else f" at {iso(status.started)}"
        waiting = Gap(
            f"it was started{since} and has delivered no log file since",
            account=trail.owner,
            region=trail.home_region,
        )
        return Unknown(waiting, "is warming up")
