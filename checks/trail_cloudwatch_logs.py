"""The check `trail-cloudwatch-logs`."""

from typing import ClassVar

from scanner.check import NO_TRAIL, Fail, Pass, TrailCheck, Unknown, Verdict
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.model.trail import Trail
from scanner.recorders import FRESH, WARM_UP, stopped
from scanner.words import span


class TrailCloudwatchLogs(TrailCheck):
    """Trails send their events to CloudWatch Logs: without an error, the last within 24 hours.

    Why it matters: Log files in S3 are there to be searched afterwards. Alarms on what happens now (use
    of the root user, changed policies, a stopped trail) need the events in a log group, and so do most
    benchmarks. A log group that is configured and gets nothing wakes no one.

    How to fix: Give the trail a log group in its home region and account, and a role that lets CloudTrail
    write there (logs:CreateLogStream and logs:PutLogEvents, trusted for cloudtrail.amazonaws.com).
    Where deliveries fail, mend the role or create the log group again. A stopped trail must be started.

    - Console: CloudTrail > Trails > the trail > CloudWatch Logs > Edit.
    - CLI: `aws cloudtrail update-trail --name ARN --cloud-watch-logs-log-group-arn GROUP-ARN:*
      --cloud-watch-logs-role-arn ROLE-ARN`.
    - Terraform: `cloud_watch_logs_group_arn` (ends in `:*`) and `cloud_watch_logs_role_arn` in
      `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html
    """

    id = "trail-cloudwatch-logs"
    without_trail: ClassVar[Verdict] = Fail(NO_TRAIL)

    severity: Severity = Severity.MEDIUM

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if trail.log_group_arn is None:
            return Fail("has no CloudWatch Logs log group")
        if trail.logs_role_arn is None:
            return Fail("has a CloudWatch Logs log group and no role to write there")
        status = trail.status.require()
        now = posture.taken_at
        if (standstill := stopped(status)) is not None:
            return Fail(standstill)
        if status.logs_error:
            return Fail(f"cannot deliver to CloudWatch Logs ({status.logs_error})")
        if status.logs_delivered is not None and now - status.logs_delivered <= FRESH:
            return Pass(f"delivered to CloudWatch Logs {span(now - status.logs_delivered)} ago")
        # What came before a stop doesn't tell whether events can be delivered today.
        if status.started is not None and now - status.started < WARM_UP:
            waiting = Gap(
                f"it was started at {iso(status.started)} and has delivered nothing to CloudWatch Logs since",
                account=trail.owner,
                region=trail.home_region,
            )
            return Unknown(waiting, "is warming up")
        if status.logs_delivered is None:
            return Fail("never delivered to CloudWatch Logs")
        return Fail(f"delivered to CloudWatch Logs for the last time {span(now - status.logs_delivered)} ago")
