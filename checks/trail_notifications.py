"""The check `trail-notifications`."""

from scanner.check import Fail, Pass, TrailCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.trail import Trail
from scanner.recorders import stopped
from scanner.words import span


class TrailNotifications(TrailCheck):
    """Trails announce each log file on an SNS topic, and the last announcement went through.

    Why it matters: Whatever takes log files up as they come (a SIEM, a function that loads them) waits for
    these messages. Where they fail nothing else does: the files lie in the bucket and nobody looks.

    How to fix: Give the trail a topic whose policy lets cloudtrail.amazonaws.com publish, for an
    organization trail on behalf of the members too. AuthorizationError means that this policy or that
    of the topic's KMS key forbids it. A stopped trail must be started.

    - Console: CloudTrail > Trails > the trail > General details > Edit: SNS notification delivery.
    - CLI: `aws cloudtrail update-trail --name ARN --sns-topic-name TOPIC-ARN`.
    - Terraform: `sns_topic_name` in `aws_cloudtrail`.

    Where files are taken up in another way (S3 event notifications, CloudWatch Logs), skip this check.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-permissions-for-sns-notifications.html
    """

    id = "trail-notifications"

    severity: Severity = Severity.LOW

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if trail.topic_arn is None:
            return Fail("has no SNS topic")
        status = trail.status.require()
        if (standstill := stopped(status)) is not None:
            return Fail(standstill)
        if status.notification_error:
            return Fail(f"cannot notify {trail.topic_arn} ({status.notification_error})")
        if status.notified is None:
            return Pass(f"notifies {trail.topic_arn}, where it has had nothing to announce yet")
        return Pass(f"notified {trail.topic_arn} {span(posture.taken_at - status.notified)} ago")
