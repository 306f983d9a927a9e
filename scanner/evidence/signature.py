"""Signatures of KMS keys: which algorithms are used, and whether a signature fits a public key."""

import base64
import textwrap
from collections.abc import Mapping

from scanner.errors import UserError

ALGORITHMS: Mapping[str, str] = {
    "RSASSA_PKCS1_V1_5_SHA_256": "sha256",
    "ECDSA_SHA_256": "sha256",
    "ECDSA_SHA_384": "sha384",
    "ECDSA_SHA_512": "sha512",
}
"""Those that are used, by KMS's name, with their hash; the first that a key knows is taken."""
NEEDS_EXTRA = "pip install 'trailaudit[verify]'"


def as_pem(der: bytes) -> bytes:
    """A public key (SubjectPublicKeyInfo) as text."""
    lines = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n".encode()


def fits(pem: bytes, algorithm: str, signature: bytes, message: bytes) -> bool:
    """Whether the owner of the key signed the message.

    Raises UserError where the extra `verify` isn't installed, or the text is no key for that algorithm.
    """
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UserError(
            "checking a signature needs cryptography, which is not installed", NEEDS_EXTRA
        ) from error
    kinds = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    name = ALGORITHMS.get(algorithm)
    if name is None:
        raise UserError(f"{algorithm!r} is no algorithm of signatures that this release knows")
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UserError("the public key can't be read: it is no PEM of a public key") from error
    try:
        match key:
            case rsa.RSAPublicKey() if algorithm.startswith("RSA"):
                key.verify(signature, message, PKCS1v15(), kinds[name])
            case ec.EllipticCurvePublicKey() if algorithm.startswith("ECDSA"):
                key.verify(signature, message, ec.ECDSA(kinds[name]))
            case _:
                return False
    except InvalidSignature:
        return False
    return True
