"""The check `trail-kms-key-rotation`."""

from checks._keys import key_of, unread
from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.key import KeyMetadata
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, first_gap
from scanner.model.trail import Trail


class TrailKmsKeyRotation(TrailCheck):
    """The KMS keys of trails are rotated automatically.

    Why it matters: Rotation bounds how much a leaked key material can decrypt, and most frameworks ask
    for it. Old material stays with the key, so that earlier log files remain readable.

    How to fix: Switch automatic rotation on; nothing in the trail has to change.

    - Console: KMS > Customer managed keys > the key > Key rotation.
    - CLI: `aws kms enable-key-rotation --key-id KEY-ARN`.
    - Terraform: `enable_key_rotation = true` in `aws_kms_key`.

    Keys with imported material or in a custom key store can't rotate by themselves: replace their
    material or key by hand.

    See: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """

    id = "trail-kms-key-rotation"
    reads = frozenset({"kms:DescribeKey", "kms:GetKeyRotationStatus"})

    severity: Severity = Severity.LOW

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        if trail.key_id is None:
            return NotApplicable("The trail has no KMS key.")
        key = key_of(trail.key_id, posture)
        if key.metadata == Known(None):
            return NotApplicable("The KMS key does not exist.")
        if key.rotation == Known(value=True):
            return Pass(f"key {trail.key_id} is rotated automatically")
        fixed = key.metadata.map(_why_fixed)
        if isinstance(fixed, Known) and fixed.value is not None:
            return NotApplicable(fixed.value)
        if key.rotation == Known(None):
            return NotApplicable("The KMS key is of a kind that cannot rotate.")
        # A key that can't rotate says that it doesn't: only both readings together make a failure.
        gaps = [one for one in (key.rotation, fixed) if isinstance(one, Gap)]
        if gaps:
            return unread(first_gap(gaps), key.owner, "the KMS key", posture)
        return Fail(f"key {trail.key_id} is not rotated automatically")


def _why_fixed(metadata: KeyMetadata | None) -> str | None:
    """Why the key can't rotate, as a sentence."""
    if metadata is None:
        return None
    if metadata.spec != "SYMMETRIC_DEFAULT":
        return f"A KMS key of the spec {metadata.spec} cannot rotate."
    if metadata.origin != "AWS_KMS":
        return f"A KMS key whose material is of the origin {metadata.origin} cannot rotate."
    if metadata.state in ("PendingDeletion", "PendingReplicaDeletion"):
        return "The KMS key is pending deletion, and until then it does not rotate."
    return None
