"""The check `log-group-encryption`."""

from scanner.check import Fail, LogGroupCheck, Pass, Verdict
from scanner.model.finding import Severity
from scanner.model.logs import LogGroupSettings
from scanner.model.posture import Posture


class LogGroupEncryption(LogGroupCheck):
    """The log groups of trails are encrypted with a KMS key.

    Why it matters: A log group holds the same events as the log files. Where these are encrypted with a key
    and the group is not, the second lock has a door beside it.

    How to fix: Associate a KMS key whose policy lets CloudWatch Logs use it; events that come from then on
    are encrypted with it.

    - CLI, in its region: `aws logs associate-kms-key --log-group-name NAME --kms-key-id KEY-ARN`.
    - Terraform: `kms_key_id` in `aws_cloudwatch_log_group`.

    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """

    id = "log-group-encryption"

    severity: Severity = Severity.LOW

    def judge(self, settings: LogGroupSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        if settings.key_id is None:
            return Fail("has no KMS key")
        return Pass(f"is encrypted with {settings.key_id}")
