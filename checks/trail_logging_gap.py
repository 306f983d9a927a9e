"""The check `trail-logging-gap`."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Unknown, Verdict
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.model.trail import Trail
from scanner.words import plural, span


class TrailLoggingGap(TrailCheck):
    """Trails have not been stopped and started again lately.

    Why it matters: Who wants to act unseen stops the trail and starts it again when done; afterwards it
    looks as if nothing had been. What happened in between is in no log file, and only for 90 days in
    CloudTrail's event history.

    How to fix: Nothing brings the gap back. Find out who stopped the trail and what was done until it was
    started: look in the event history of every region for StopLogging and for the time of the gap, and
    keep what you find. Then take the permission cloudtrail:StopLogging from everyone who doesn't need
    it, best by a service control policy.

    - Console: CloudTrail > Event history, event name StopLogging.
    - CLI: `aws cloudtrail lookup-events --lookup-attributes
      AttributeKey=EventName,AttributeValue=StopLogging`, in each region.

    Tools that replace a trail stop and start it too: a gap of minutes is then no attack, and the finding
    can be waived until it ages out.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
    """

    id = "trail-logging-gap"

    severity: Severity = Severity.MEDIUM
    lookback_days: PositiveInt = Field(
        default=90, description="How many days back a gap may have ended to count."
    )

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        status = trail.status.require()
        if not status.logging:
            return NotApplicable("The trail is stopped.")
        if status.stopped is None:
            return Pass("was never stopped")
        if status.started is None or status.started < status.stopped:
            # It logs, so it was started again; AWS's times are not consistent at once.
            contradiction = Gap(
                f"it is logging, was stopped at {iso(status.stopped)}, and no later start is told",
                action="cloudtrail:GetTrailStatus",
                operation="GetTrailStatus",
                code="IncompleteAnswer",
                account=trail.owner,
                region=trail.home_region,
            )
            return Unknown(contradiction, "the length of a gap could not be told")
        if posture.taken_at - status.started > timedelta(days=self.lookback_days):
            return Pass(
                f"was not interrupted within {plural(self.lookback_days, 'day')} "
                f"(logging since {iso(status.started)})"
            )
        return Fail(
            f"logged nothing for {span(status.started - status.stopped)}, "
            f"from {iso(status.stopped)} to {iso(status.started)}"
        )
