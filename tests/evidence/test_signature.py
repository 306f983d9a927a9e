"""A signature fits one key, one algorithm and one message."""

import sys

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scanner.errors import UserError
from scanner.evidence.signature import as_pem, fits

RSA = rsa.generate_private_key(65537, 2048)
CURVES: dict[str, tuple[ec.EllipticCurvePrivateKey, hashes.HashAlgorithm]] = {
    "ECDSA_SHA_256": (ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()),
    "ECDSA_SHA_384": (ec.generate_private_key(ec.SECP384R1()), hashes.SHA384()),
    "ECDSA_SHA_512": (ec.generate_private_key(ec.SECP521R1()), hashes.SHA512()),
}
SIGNATURES: dict[str, tuple[rsa.RSAPublicKey | ec.EllipticCurvePublicKey, bytes]] = {
    "RSASSA_PKCS1_V1_5_SHA_256": (RSA.public_key(), RSA.sign(b"message", PKCS1v15(), hashes.SHA256())),
}
SIGNATURES |= {
    name: (key.public_key(), key.sign(b"message", ec.ECDSA(kind))) for name, (key, kind) in CURVES.items()
}


def pem(algorithm: str) -> bytes:
    return SIGNATURES[algorithm][0].public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("algorithm", SIGNATURES)
def test_what_was_signed_fits_and_nothing_else(algorithm: str) -> None:
    signature = SIGNATURES[algorithm][1]
    assert fits(pem(algorithm), algorithm, signature, b"message")
    assert not fits(pem(algorithm), algorithm, signature, b"messagE")
    assert not fits(pem(algorithm), algorithm, b"garbage", b"message")
    for other in SIGNATURES.keys() - {algorithm}:
        assert not fits(pem(other), algorithm, signature, b"message")
        assert not fits(pem(algorithm), other, signature, b"message")


def test_a_public_key_becomes_the_pem_that_everybody_writes() -> None:
    key = RSA.public_key()
    assert as_pem(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) == pem(
        "RSASSA_PKCS1_V1_5_SHA_256"
    )


def test_a_key_of_another_kind_signed_nothing() -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert not fits(text, "ECDSA_SHA_256", b"garbage", b"message")


def test_an_algorithm_that_is_not_known_is_refused() -> None:
    with pytest.raises(UserError, match="'MD5' is no algorithm"):
        fits(pem("ECDSA_SHA_256"), "MD5", b"", b"")


def test_text_that_is_no_key_is_refused() -> None:
    with pytest.raises(UserError, match="can't be read"):
        fits(b"-----BEGIN NOTHING-----", "ECDSA_SHA_256", b"", b"")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(UserError, match="needs cryptography") as caught:
        fits(pem("ECDSA_SHA_256"), "ECDSA_SHA_256", b"", b"")
    assert caught.value.hint == "pip install 'trailaudit[verify]'"
