"""What an object that was read says of itself: a digest document or none, the named log file or another."""

import sys
from collections.abc import Mapping

from scanner.integrity.digest import Digest, DigestError, KeyRing, Proof, parse_digest
from scanner.integrity.evidence import DigestSeen, LogSeen, LogState, malformed, unreadable
from scanner.integrity.journal import Row
from scanner.integrity.layout import DigestKey
from scanner.integrity.objects import Container, Got, Outcome

SIGNATURE = "signature"
"""The user metadata that holds a digest's signature, in hex."""


def document(key: DigestKey, bucket: str, got: Got) -> Digest | DigestSeen:
    """The digest, or what is to be said of an object that holds none."""
    if got.outcome is Outcome.MISSING:
        return unreadable(key, bucket, "vanished after it was listed", got.last_modified)
    if got.outcome is not Outcome.OK or got.container is Container.OVERSIZE:
        return unreadable(key, bucket, got.detail, got.last_modified)
    if got.body is None:
        return malformed(key, bucket, got.detail, got.last_modified)
    try:
        return parse_digest(got.body)
    except DigestError as error:
        return malformed(key, bucket, str(error), got.last_modified)


def proof(ring: KeyRing, digest: Digest, metadata: Mapping[str, str]) -> tuple[str | None, Proof]:
    """The signature that lies beside a digest, and what it shows."""
    signature = metadata.get(SIGNATURE)
    if signature is not None:
        signature = sys.intern(signature)  # its successor quotes it
    return signature, ring.verify(digest, signature)


def proof_of_row(ring: KeyRing, row: Row) -> Proof:
    """What an earlier run has proven of a signature holds while the key does; the rest is tried again."""
    if row.signed and row.digest.fingerprint in ring:
        return Proof.VALID
    return ring.verify(row.digest, row.signature)


def log_seen(key: str, sha256: str, got: Got) -> LogSeen:
    """What came of a log file whose content must have this hash."""
    match got.outcome:
        case Outcome.OK:
            return _content(key, sha256, got)
        case Outcome.MISSING:
            return LogSeen(key, LogState.MISSING)
        case _:
            return LogSeen(key, LogState.UNREADABLE, got.detail)


def _content(key: str, sha256: str, got: Got) -> LogSeen:
    if got.container is Container.OVERSIZE:
        return LogSeen(key, LogState.UNREADABLE, got.detail)
    if got.sha256 is None:
        return LogSeen(key, LogState.ALTERED, got.detail)
    if got.sha256 != sha256:
        return LogSeen(key, LogState.ALTERED, f"SHA-256 differs: {got.sha256}, the digest says {sha256}")
    if got.container is not Container.WHOLE:
        return LogSeen(key, LogState.CONTAINER, got.detail, got.size)
    return LogSeen(key, LogState.VALID, size=got.size)
