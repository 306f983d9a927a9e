"""The check `event-data-store-encryption`."""

from scanner.check import Fail, Pass, StoreCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.store import StoreSettings


class EventDataStoreEncryption(StoreCheck):
    """Event data stores are encrypted with a customer managed key.

    Why it matters: Without one, AWS encrypts with a key of its own, and whoever may query the store reads
    the events. A key of your own is a second lock, whose use is itself recorded.

    How to fix: Name a KMS key. That can't be taken back: a key can neither be removed nor exchanged later,
    and a store whose key is disabled takes nothing in.

    - Console: CloudTrail > Lake > Event data stores > the store > General details > Edit: Encryption.
    - CLI, in its region: `aws cloudtrail update-event-data-store --event-data-store ARN
      --kms-key-id KEY-ARN`.
    - Terraform: `kms_key_id` in `aws_cloudtrail_event_data_store`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html
    """

    id = "event-data-store-encryption"

    severity: Severity = Severity.LOW

    def judge(self, settings: StoreSettings, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the shape of judges
        if settings.key_id is None:
            return Fail("has no KMS key of its own")
        if "alias/aws/" in settings.key_id:
            return Fail(f"is encrypted with {settings.key_id}, which AWS manages")
        return Pass(f"is encrypted with {settings.key_id}")
