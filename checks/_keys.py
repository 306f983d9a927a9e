"""What the checks of trails' KMS keys share."""

from scanner.check import Unknown, out_of_scope
from scanner.model.posture import Posture
from scanner.model.reading import Gap


def unread(gap: Gap, owner: str | None, thing: str, posture: Posture) -> Unknown:
    """The gap, but where the owner wasn't scanned, that: it is what a person can change."""
    return Unknown(gap) if owner is None or posture.in_scope(owner) else out_of_scope(posture, owner, thing)
