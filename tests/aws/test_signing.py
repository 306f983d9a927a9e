"""Keys of KMS sign, on moto; what they can't sign with, and who may not use them, is told before the scan."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import Session
from moto import mock_aws

from scanner.aws import wire
from scanner.aws.clients import Clients
from scanner.aws.permissions import CALLS, GET_PUBLIC_KEY, SIGN, actions
from scanner.aws.signing import signer
from scanner.errors import UserError
from scanner.evidence.signature import fits
from tests.aws.fake import CALLER, FakeAws, Refusal, identity

KEY = f"arn:aws:kms:us-east-1:{CALLER}:key/1234abcd"
MESSAGE = b"line  manifest.json\n"


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    # libcurl would send past a mock in this process.
    monkeypatch.setattr(wire, "is_available", lambda: False)
    with mock_aws():
        session = Session()
        session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
        yield session.create_client("kms", region_name="eu-west-1")


@pytest.mark.parametrize(
    ("spec", "algorithm"),
    [
        ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256"),
        ("RSA_4096", "RSASSA_PKCS1_V1_5_SHA_256"),
        ("ECC_NIST_P256", "ECDSA_SHA_256"),
        ("ECC_NIST_P384", "ECDSA_SHA_384"),
        ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ],
)
def test_each_kind_of_key_signs_so_that_its_public_key_fits(kms: Any, spec: str, algorithm: str) -> None:
    arn = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    found = signer(arn, None, Clients(threads=1))
    assert found.signing.algorithm == algorithm
    signature = found.sign(MESSAGE)
    assert fits(found.public_key, algorithm, signature, MESSAGE)
    assert not fits(found.public_key, algorithm, signature, MESSAGE + b" ")


def test_a_key_can_be_named_by_its_alias(kms: Any) -> None:
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/audit", TargetKeyId=key)
    found = signer("alias/audit", None, Clients(threads=1))
    assert found.signing.key.endswith(key)


def test_a_key_that_does_not_sign_is_refused(aws: FakeAws) -> None:
    aws.on("GetCallerIdentity", identity(CALLER))
    aws.on("GetPublicKey", {"KeyId": KEY, "PublicKey": b"", "EncryptionAlgorithms": ["RSAES_OAEP_SHA_256"]})
    with pytest.raises(UserError, match="knows no algorithm that evidence is signed with"):
        signer(KEY, None, aws.clients)


def test_a_key_that_may_not_be_used_is_told_with_the_permission(aws: FakeAws) -> None:
    aws.on("GetCallerIdentity", identity(CALLER))
    aws.on("GetPublicKey", Refusal("AccessDeniedException"))
    with pytest.raises(UserError, match="kms:GetPublicKey was denied") as caught:
        signer(KEY, None, aws.clients)
    assert caught.value.hint is not None
    assert "kms:Sign" in caught.value.hint


def test_a_key_is_asked_in_its_own_region_with_the_line_as_it_is(aws: FakeAws) -> None:
    aws.on("GetCallerIdentity", identity(CALLER))
    aws.on("GetPublicKey", {"KeyId": KEY, "PublicKey": b"der", "SigningAlgorithms": ["ECDSA_SHA_256"]})
    aws.on("Sign", {"KeyId": KEY, "Signature": b"signature"})
    assert signer(KEY, None, aws.clients).sign(MESSAGE) == b"signature"
    call = aws.calls[-1]
    assert (call.account, call.region) == (CALLER, "us-east-1")
    assert call.params == {
        "KeyId": KEY,
        "Message": MESSAGE,
        "MessageType": "RAW",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }


def test_a_refusal_to_sign_is_an_error_of_the_user_s(aws: FakeAws) -> None:
    aws.on("GetCallerIdentity", identity(CALLER))
    aws.on("GetPublicKey", {"KeyId": KEY, "PublicKey": b"der", "SigningAlgorithms": ["ECDSA_SHA_256"]})
    aws.on("Sign", Refusal("AccessDeniedException"))
    with pytest.raises(UserError, match="kms:Sign was denied"):
        signer(KEY, None, aws.clients).sign(MESSAGE)


def test_no_policy_of_ours_grants_what_signing_takes() -> None:
    assert not {SIGN, GET_PUBLIC_KEY} & set(CALLS)
    everything = {call.action for call in CALLS} | {SIGN.action, GET_PUBLIC_KEY.action}
    assert not {"kms:Sign", "kms:GetPublicKey"} & set(actions(everything))
