"""The check `trail-logging`."""

from typing import ClassVar

from scanner.check import NO_TRAIL, Fail, Pass, TrailCheck, Verdict
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.trail import Trail


class TrailLogging(TrailCheck):
    """Trails are logging.

    Why it matters: A trail that is stopped looks complete in every list and records nothing; to stop
    it is the first thing an intruder tries. The API creates trails stopped, so one that was set up
    by a script may never have recorded anything.

    How to fix: Start the trail, and find out who stopped it (the event is called StopLogging). Where
    nobody needs the trail any more, delete it.

    - Console: CloudTrail > Trails > the trail > Start logging.
    - CLI, in the trail's home region: `aws cloudtrail start-logging --name ARN`.
    - Terraform: `enable_logging = true` in `aws_cloudtrail` (the default).

    Without any trail, create a multi-region trail first.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html
    """

    id = "trail-logging"
    without_trail: ClassVar[Verdict] = Fail(NO_TRAIL)

    severity: Severity = Severity.HIGH

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the trail says it all
        status = trail.status.require()
        if status.logging:
            return Pass(
                "is logging" if status.started is None else f"has been logging since {iso(status.started)}"
            )
        if status.stopped is not None:
            return Fail(f"is stopped since {iso(status.stopped)}")
        return Fail("was never started" if status.started is None else "is stopped")
