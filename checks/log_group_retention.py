"""The check `log-group-retention`."""

from datetime import timedelta

from pydantic import Field

from scanner.check import Fail, KeptDays, LogGroupCheck, Pass, RequiredBy, Verdict, required
from scanner.model.finding import Severity
from scanner.model.logs import LogGroupSettings
from scanner.model.posture import Posture
from scanner.words import span


class LogGroupRetention(LogGroupCheck):
    """The log groups of trails keep events for the whole retention period.

    Why it matters: Alarms and queries look here first. The files in the log bucket stay, but to search a
    year of them is another matter.

    How to fix: Lengthen the retention, or let events never expire.

    - Console: CloudWatch > Log groups > the group > Actions > Edit retention setting.
    - CLI, in its region: `aws logs put-retention-policy --log-group-name NAME --retention-in-days 365`.
    - Terraform: `retention_in_days = 365` in `aws_cloudwatch_log_group` (0 means forever).

    Where the bucket is the archive and the log group serves alarms alone, ask for fewer days here.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    """

    id = "log-group-retention"

    severity: Severity = Severity.MEDIUM
    min_days: KeptDays = Field(365, description="How many days events must be kept at least.")
    required_by: RequiredBy = None

    def judge(self, settings: LogGroupSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        if settings.retention_days is None:
            return Pass("keeps events forever")
        kept = f"keeps events {span(timedelta(days=settings.retention_days))}"
        if settings.retention_days < self.min_days:
            return Fail(f"{kept}, fewer than {required(self.min_days, self.required_by)}")
        return Pass(kept)
