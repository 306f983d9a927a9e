"""The check `trail-log-file-validation`."""

from typing import ClassVar

from scanner.check import NO_TRAIL, Fail, Pass, TrailCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.trail import Trail


class TrailLogFileValidation(TrailCheck):
    """Trails sign the log files that they deliver.

    Why it matters: With validation on, CloudTrail writes an hourly digest file that holds the hash of
    each log file, is signed with AWS's key and names the digest before it. Only this proves that no
    log file was altered, deleted or slipped in; logs without it are weak evidence.

    How to fix: Switch log file validation on. It costs nothing beyond the storage of the digests, and
    holds for the files delivered from then on.

    - Console: CloudTrail > Trails > the trail > General details > Edit: Log file validation.
    - CLI: `aws cloudtrail update-trail --name ARN --enable-log-file-validation`.
    - Terraform: `enable_log_file_validation = true` in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
    """

    id = "trail-log-file-validation"
    without_trail: ClassVar[Verdict] = Fail(NO_TRAIL)

    severity: Severity = Severity.MEDIUM

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the trail says it all
        return Pass("signs its log files") if trail.validation else Fail("does not sign its log files")
