"""The check `trail-digest-delivery`."""

from datetime import timedelta

from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Unknown, Verdict
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.model.trail import Trail
from scanner.words import span

FRESH = timedelta(hours=3)
"""Digest files come every hour, with or without events."""


class TrailDigestDelivery(TrailCheck):
    """Trails that validate their log files deliver digest files: without an error, the last within 3 hours.

    Why it matters: Only an unbroken chain of hourly digest files proves that no log file was altered or
    deleted. Validation may be on while no digest arrives, and the hours without one can't be proven
    later.

    How to fix: Mend what the error names; it is mostly the bucket policy, which must let CloudTrail write
    below AWSLogs/ (digests lie in the folder CloudTrail-Digest), or the policy of the KMS key, which
    encrypts digests too.

    - Console: CloudTrail > Trails > the trail shows the last digest delivered and the last error.
    - CLI, in the trail's home region: `aws cloudtrail get-trail-status --name ARN`.

    Where validation was switched on just now, the first digest may take an hour: scan again.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """

    id = "trail-digest-delivery"

    severity: Severity = Severity.MEDIUM

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if not trail.validation:
            return NotApplicable("Log file validation is off.")
        status = trail.status.require()
        now = posture.taken_at
        if not status.logging:
            return NotApplicable("The trail is stopped.")
        if status.digest_error:
            return Fail(f"cannot deliver digest files ({status.digest_error})")
        if status.digest_delivered is not None and now - status.digest_delivered <= FRESH:
            return Pass(f"delivered its last digest file {span(now - status.digest_delivered)} ago")
        # What came before a stop doesn't tell whether digests can be delivered today.
        if status.started is not None and now - status.started < FRESH:
            waiting = Gap(
                f"it was started at {iso(status.started)} and has delivered no digest file since",
                account=trail.owner,
                region=trail.home_region,
            )
            return Unknown(waiting, "is warming up")
        if status.digest_delivered is None:
            return Fail("never delivered a digest file")
        return Fail(f"delivered its last digest file {span(now - status.digest_delivered)} ago")
