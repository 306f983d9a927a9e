"""One digest file by itself."""

import gzip
import json
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UserError
from scanner.integrity.digest import (
    DigestError,
    KeyRing,
    Previous,
    Proof,
    PublicKey,
    fingerprint,
    parse_digest,
    public_key,
    signing_text,
)
from scanner.integrity.judging import proof
from tests.integrity.tree import SIGNER, delivered, digests, document, ring

REGION = "eu-west-1"
FIRST, SECOND = digests(delivered())[:2]
STORED = delivered()[SECOND]
RAW = gzip.decompress(STORED.body)
DIGEST = parse_digest(RAW)
SIGNATURE = STORED.metadata["signature"]

SAMPLE_FINGERPRINT = "8eba5db5bea9b640d1c96a77256fe7f2"
SAMPLE_VALUE = (
    "MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97"
    "mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5"
    "HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn"
    "4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB"
)
"""A key of the CloudTrail API reference, as ListPublicKeys returns it."""


def changed(**members: Any) -> bytes:
    return json.dumps(document(STORED) | members).encode()


def test_a_digest_and_its_successor_hold_one_text_for_what_both_say() -> None:
    before = parse_digest(gzip.decompress(delivered()[FIRST].body))
    signature, _ = proof(ring(), before, delivered()[FIRST].metadata)
    link = DIGEST.previous
    assert link is not None
    assert link.signature is signature
    assert link.key is before.key
    assert link.sha256 is before.sha256
    assert link.bucket is before.bucket


def test_a_document_is_read_with_its_link_and_its_log_files() -> None:
    assert (DIGEST.key, DIGEST.account, DIGEST.start, DIGEST.end) == (
        SECOND,
        "111122223333",
        datetime(2026, 6, 1, 1, 17, 28, tzinfo=UTC),
        datetime(2026, 6, 1, 2, 17, 28, tzinfo=UTC),
    )
    assert len(DIGEST.logs) == 2
    first = delivered()[FIRST]
    assert DIGEST.previous == Previous(
        "trail-logs",
        FIRST,
        parse_digest(gzip.decompress(first.body)).sha256,
        first.metadata["signature"],
    )


def test_a_starting_digest_has_no_link() -> None:
    assert parse_digest(gzip.decompress(delivered()[FIRST].body)).previous is None


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a JSON object"),
        (changed(digestS3Object="\ud800"), "has no digestS3Object"),
        (changed(digestEndTime="0001-01-01T00:00:00+14:00"), "has no digestEndTime"),
        (changed(digestEndTime=None), "has no digestEndTime"),
        (changed(digestEndTime="yesterday"), "has no digestEndTime"),
        (changed(digestEndTime="2026-06-01T02:17:28"), "tells no offset of its digestEndTime"),
        (changed(digestS3Object=7), "has no digestS3Object"),
        (changed(previousDigestSignature=None), "has no previousDigestSignature"),
        (changed(previousDigestHashAlgorithm="MD5"), "hashes with MD5, not SHA-256"),
        (changed(previousDigestHashValue="00"), "holds a hash value that isn't one"),
        (changed(logFiles=None), "has no list logFiles"),
        (changed(logFiles=["x"]), "has no list logFiles"),
        (changed(logFiles=[{"s3Bucket": "b"}]), "has no s3Object"),
    ],
)
def test_what_is_no_digest_document_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(DigestError, match=why):
        parse_digest(raw)


@given(st.binary())
def test_garbage_is_refused_and_nothing_else_happens(raw: bytes) -> None:
    with pytest.raises(DigestError):
        parse_digest(raw)


@given(st.none() | st.integers() | st.text(st.characters()) | st.lists(st.text()), st.data())
def test_a_member_of_any_other_kind_is_refused_or_read_and_nothing_else_happens(
    value: Any, data: Any
) -> None:
    member = data.draw(st.sampled_from(sorted(document(STORED))))
    with suppress(DigestError):
        assert ring().verify(parse_digest(changed(**{member: value})), SIGNATURE) is not Proof.VALID


def test_the_signed_text_quotes_the_document_and_ends_without_a_line_end() -> None:
    assert DIGEST.previous is not None
    assert signing_text(DIGEST).decode().split("\n") == [
        "2026-06-01T02:17:28Z",
        f"trail-logs/{SECOND}",
        DIGEST.sha256,
        DIGEST.previous.signature,
    ]


def test_the_signed_text_of_a_starting_digest_says_null() -> None:
    assert signing_text(parse_digest(gzip.decompress(delivered()[FIRST].body))).endswith(b"\nnull")


@pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
def test_a_signature_is_proven_by_a_key_in_either_encoding(form: PublicFormat) -> None:
    der = SIGNER.der(REGION, form)
    document = DIGEST._replace(fingerprint=fingerprint(der))
    text = signing_text(document)
    assert (
        KeyRing([PublicKey(fingerprint(der), der)]).verify(document, SIGNER.sign(REGION, text)) is Proof.VALID
    )


def test_a_signature_in_capitals_is_the_same() -> None:
    assert ring().verify(DIGEST, SIGNATURE.upper()) is Proof.VALID


@pytest.mark.parametrize("signature", ["", "zz", SIGNATURE[:-2], "00" * 256, SIGNATURE[2:] + "00", "é"])
def test_another_signature_is_invalid(signature: str) -> None:
    assert ring().verify(DIGEST, signature) is Proof.INVALID


@pytest.mark.parametrize("member", ["bucket", "key", "signed_end", "sha256"])
def test_everything_that_is_signed_counts(member: str) -> None:
    forged: dict[str, Any] = {member: "0" * 64}
    assert ring().verify(DIGEST._replace(**forged), SIGNATURE) is Proof.INVALID


def test_a_lost_signature_an_unknown_key_and_another_algorithm_are_told_apart() -> None:
    keys = ring()
    assert keys.verify(DIGEST, None) is Proof.UNSIGNED
    assert KeyRing([]).verify(DIGEST, SIGNATURE) is Proof.UNKNOWN_KEY
    assert keys.verify(DIGEST._replace(algorithm="SHA512withRSA"), SIGNATURE) is Proof.UNSUPPORTED


def test_a_fingerprint_is_the_md5_of_the_encoded_key() -> None:
    key = public_key({"Fingerprint": SAMPLE_FINGERPRINT, "Value": SAMPLE_VALUE})
    assert SAMPLE_FINGERPRINT in KeyRing([key])


def test_keys_are_read_as_boto3_and_as_the_command_line_tell_them() -> None:
    entry = SIGNER.public_keys(REGION)[0]
    assert public_key(entry) == public_key({**entry, "Value": b64encode(entry["Value"]).decode()})


def test_a_signature_counts_whenever_its_key_was_valid() -> None:
    """As with AWS's own validator, which looks a key up by its fingerprint alone."""
    long_ago = dict.fromkeys(("ValidityStartTime", "ValidityEndTime"), datetime(2020, 1, 1, tzinfo=UTC))
    keys = KeyRing([public_key({**SIGNER.public_keys(REGION)[0], **long_ago})])
    assert keys.verify(DIGEST, SIGNATURE) is Proof.VALID


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({}, "needs a Fingerprint"),
        ({"Fingerprint": "00", "Value": "?"}, "needs a Fingerprint"),
        ({"Fingerprint": "00", "Value": SAMPLE_VALUE}, f"its value has the fingerprint {SAMPLE_FINGERPRINT}"),
        ({"Fingerprint": fingerprint(b"x"), "Value": b"x"}, "is no DER public key"),
    ],
)
def test_a_key_that_is_none_is_named(entry: dict[str, Any], problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        KeyRing([public_key(entry)])


def test_a_key_of_another_kind_is_named() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(UserError, match="is no RSA key"):
        KeyRing([PublicKey(fingerprint(der), der)])
