"""What the checks of trails' KMS keys share."""

from scanner.check import Unknown, out_of_scope
from scanner.model.key import Key
from scanner.model.posture import Posture
from scanner.model.reading import Gap, not_read


def key_of(key_id: str, posture: Posture) -> Key:
    """The key that a trail names; all gaps where no check of the scan needed it."""
    unread_key = Key(
        id=key_id,
        metadata=not_read("kms:DescribeKey"),
        policy=not_read("kms:GetKeyPolicy"),
        rotation=not_read("kms:GetKeyRotationStatus"),
    )
    return posture.key(key_id) or unread_key


def unread(gap: Gap, owner: str | None, thing: str, posture: Posture) -> Unknown:
    """The gap, but where the owner wasn't scanned, that: it is what a person can change."""
    return Unknown(gap) if owner is None or posture.in_scope(owner) else out_of_scope(posture, owner, thing)
