"""One digest file: what it says, and whether CloudTrail signed it.

Hashes are taken of the bytes as they were before compression; the document is never written anew.
Source: the CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of
CloudTrail log file integrity validation".
"""

import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.errors import UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

SIGNED_WITH = "SHA256withRSA"
HASHED_WITH = "SHA-256"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DigestError(ValueError):
    """These bytes are no digest document; the message says why."""


class LogFile(NamedTuple):
    """A log file as a digest names it; `sha256` is of its uncompressed bytes, in lower case."""

    bucket: str
    key: str
    sha256: str


class Previous(NamedTuple):
    """The predecessor as its successor's signature covers it."""

    bucket: str
    key: str
    sha256: str
    signature: str


class Digest(NamedTuple):
    """A digest document. Times are of delivery, not of events; `sha256` is of the document's own bytes.

    `signed_end` is digestEndTime letter by letter, as it was signed. `previous` is None in a starting
    digest: the first one after validation was switched on or logging started.
    """

    account: str
    bucket: str
    key: str
    start: datetime
    end: datetime
    signed_end: str
    fingerprint: str
    algorithm: str
    previous: Previous | None
    logs: tuple[LogFile, ...]
    sha256: str


def parse_digest(raw: bytes) -> Digest:
    """Of the uncompressed document; raises DigestError."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DigestError("is not JSON") from error
    if not isinstance(document, dict):
        raise DigestError("is not a JSON object")
    return Digest(
        account=_shared(document, "awsAccountId"),
        bucket=_shared(document, "digestS3Bucket"),
        key=_shared(document, "digestS3Object"),
        start=_time(document, "digestStartTime"),
        end=_time(document, "digestEndTime"),
        signed_end=_text(document, "digestEndTime"),
        fingerprint=sys.intern(_text(document, "digestPublicKeyFingerprint").lower()),
        algorithm=_shared(document, "digestSignatureAlgorithm"),
        previous=_previous(document),
        logs=_logs(document),
        sha256=sys.intern(hashlib.sha256(raw).hexdigest()),
    )


def _text(document: Mapping[str, Any], member: str) -> str:
    """Refuses half a surrogate pair, too: JSON can hold it, and no text that was signed can."""
    value = document.get(member)
    if not isinstance(value, str) or not value or not _is_unicode(value):
        raise DigestError(f"has no {member}")
    return value


def _shared(document: Mapping[str, Any], member: str) -> str:
    """A text that other digests hold too, kept once: a third of what a run would remember of each."""
    return sys.intern(_text(document, member))


def _is_unicode(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _time(document: Mapping[str, Any], member: str) -> datetime:
    try:
        time = datetime.fromisoformat(_text(document, member))
        moment = time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DigestError(f"has no {member}") from error
    if time.tzinfo is None:
        raise DigestError(f"tells no offset of its {member}")
    return moment


_PREVIOUS = ("S3Bucket", "S3Object", "HashValue", "Signature")


def _previous(document: Mapping[str, Any]) -> Previous | None:
    """All members or none: half a link is no link, and no start of a chain either."""
    if all(document.get(f"previousDigest{member}") is None for member in _PREVIOUS):
        return None
    bucket, key, sha256, signature = (_shared(document, f"previousDigest{member}") for member in _PREVIOUS)
    algorithm = document.get("previousDigestHashAlgorithm")
    return Previous(bucket, key, sys.intern(_hash(sha256, algorithm)), signature)


def _logs(document: Mapping[str, Any]) -> tuple[LogFile, ...]:
    files = document.get("logFiles")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise DigestError("has no list logFiles")
    return tuple(
        LogFile(
            _text(file, "s3Bucket"),
            _text(file, "s3Object"),
            _hash(_text(file, "hashValue"), file.get("hashAlgorithm")),
        )
        for file in files
    )


def _hash(value: str, algorithm: object) -> str:
    if algorithm != HASHED_WITH:
        raise DigestError(f"hashes with {algorithm}, not {HASHED_WITH}")
    if not _SHA256.fullmatch(lower := value.lower()):
        raise DigestError("holds a hash value that isn't one")
    return lower


def signing_text(digest: Digest) -> bytes:
    """What the signature covers."""
    before = digest.previous.signature if digest.previous else "null"
    return f"{digest.signed_end}\n{digest.bucket}/{digest.key}\n{digest.sha256}\n{before}".encode()


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of ListPublicKeys. `der` is Value: PKCS #1 or SubjectPublicKeyInfo; the fingerprint its MD5.

    Its validity isn't kept: it says which keys to ask for, and takes nothing from a signature. Digests come
    hours after the time that they are about, backfill digests a day, and AWS documents no moment that must be
    in it; its own validator looks a key up by the fingerprint alone.
    """

    fingerprint: str
    der: bytes


class Proof(StrEnum):
    """What the signature that lies beside a digest shows by itself."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN_KEY = "unknown-key"
    UNSIGNED = "unsigned"
    """Its metadata is lost, as in a copy; only a successor can vouch for it."""
    UNSUPPORTED = "unsupported"
    """Signed with another algorithm than CloudTrail's of today."""


class KeyRing:
    """The public keys of one region, by fingerprint. Made once, read by all digests."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        """Raises UserError where a key isn't the one that its fingerprint says, or no RSA key."""
        self._keys = {key.fingerprint.lower(): _load(key) for key in keys}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint.lower() in self._keys

    def verify(self, digest: Digest, signature: str | None) -> Proof:
        """`signature` is the object's metadata of that name, in hex; None: it has none."""
        if digest.algorithm != SIGNED_WITH:
            return Proof.UNSUPPORTED
        if signature is None:
            return Proof.UNSIGNED
        if (key := self._keys.get(digest.fingerprint)) is None:
            return Proof.UNKNOWN_KEY
        return Proof.VALID if _is_signed(key, signature, signing_text(digest)) else Proof.INVALID


def _is_signed(key: "RSAPublicKey", signature: str, text: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    try:
        key.verify(binascii.unhexlify(signature), text, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _load(key: PublicKey) -> "RSAPublicKey":
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UserError(
            "`trailaudit verify` needs the package cryptography",
            hint="pip install 'trailaudit[verify]'",
        ) from error
    if fingerprint(key.der) != key.fingerprint.lower():
        raise UserError(
            f"public key {key.fingerprint}: its value has the fingerprint {fingerprint(key.der)}",
            hint="take the keys from `aws cloudtrail list-public-keys` as they are",
        )
    try:
        loaded = load_der_public_key(key.der)
    except ValueError as error:
        raise UserError(f"public key {key.fingerprint}: its value is no DER public key") from error
    if not isinstance(loaded, RSAPublicKey):
        raise UserError(f"public key {key.fingerprint}: is no RSA key")
    return loaded


def fingerprint(der: bytes) -> str:
    """As CloudTrail's: a name, not a proof."""
    return hashlib.md5(der, usedforsecurity=False).hexdigest()


def public_key(entry: Mapping[str, Any]) -> PublicKey:
    """From an entry of ListPublicKeys: boto3's (bytes) or the AWS CLI's JSON (base64).

    Raises UserError.
    """
    value, name = entry.get("Value"), entry.get("Fingerprint")
    if isinstance(value, str):
        try:
            value = base64.b64decode(value, validate=True)
        except binascii.Error:
            value = None
    if not isinstance(value, bytes) or not isinstance(name, str):
        raise UserError(
            "a public key needs a Fingerprint and a Value in base64",
            hint="take the keys from `aws cloudtrail list-public-keys` as they are",
        )
    return PublicKey(name, value)
