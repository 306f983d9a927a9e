"""Trees of delivered files: that they are what CloudTrail delivers."""

import gzip
import hashlib
import json
from itertools import pairwise
from typing import Any

from scanner.demo.deliveries import Delivery, Pause, Signer, Stored, deliver, periods
from scanner.integrity.layout import HOUR, parse_digest_key, parse_log_key
from tests.integrity.tree import SIGNER, delivered, digests, document, logs

SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What PKCS #1 puts before a SHA-256 (RFC 8017, section 9.2)."""


def recovered(stored: Stored, signer: Signer, region: str) -> bytes:
    """What the signature of a digest says, by arithmetic alone."""
    public = signer.pair(region).public_key().public_numbers()
    number = pow(int(stored.metadata["signature"], 16), public.e, public.n)
    return number.to_bytes(256, "big")


def signed(stored: Stored) -> bytes:
    """What it should say of the document, by the User Guide."""
    told = document(stored)
    text = (
        f"{told['digestEndTime']}\n{told['digestS3Bucket']}/{told['digestS3Object']}\n"
        f"{hashlib.sha256(gzip.decompress(stored.body)).hexdigest()}\n"
        f"{told['previousDigestSignature'] or 'null'}"
    )
    info = SHA256_INFO + hashlib.sha256(text.encode()).digest()
    return b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info


def test_every_digest_is_signed_as_the_user_guide_says() -> None:
    tree = delivered(Delivery(late=frozenset({1})))
    for key in [*digests(tree), *digests(tree, backfill=True)]:
        assert recovered(tree[key], SIGNER, "eu-west-1") == signed(tree[key])


def test_each_digest_holds_the_signature_and_hash_of_the_one_before() -> None:
    tree = delivered()
    for before, after in pairwise(digests(tree)):
        told = document(tree[after])
        assert told["previousDigestS3Object"] == before
        assert told["previousDigestSignature"] == tree[before].metadata["signature"]
        sha256 = hashlib.sha256(gzip.decompress(tree[before].body)).hexdigest()
        assert told["previousDigestHashValue"] == sha256


def test_every_log_file_is_named_once() -> None:
    tree = delivered(Delivery(late=frozenset({1}), quiet=frozenset({2})))
    named = [
        file["s3Object"]
        for key in [*digests(tree), *digests(tree, backfill=True)]
        for file in document(tree[key])["logFiles"]
    ]
    assert sorted(named) == sorted(logs(tree))


def test_a_log_file_holds_records() -> None:
    tree = delivered()
    told: dict[str, Any] = json.loads(gzip.decompress(tree[logs(tree)[0]].body))
    assert len(told["Records"]) == Delivery().records


def test_objects_are_written_minutes_after_what_they_are_about() -> None:
    for name, stored in delivered().items():
        digest, log = parse_digest_key(name), parse_log_key(name)
        moment = digest.end if digest else log.stamp if log else None
        assert moment is not None
        assert 0 <= (stored.modified - moment).total_seconds() < 600


def test_a_pause_ends_a_chain_and_another_begins() -> None:
    start = Delivery().start
    assert [
        ((first - start) / HOUR, (last - start) / HOUR, starting)
        for first, last, starting in periods(Delivery(hours=4, pauses=(Pause(1.5, 2.25),)))
    ] == [(0, 1, True), (1, 1.5, False), (2.25, 3, True), (3, 4, False)]


def test_an_organization_s_trail_has_a_lane_for_each_member_and_region() -> None:
    delivery = Delivery(
        organization="o-a1b2c3d4e5",
        accounts=("111122223333", "444455556666"),
        regions=("eu-west-1", "us-east-1"),
        hours=1,
    )
    tree = deliver(delivery, SIGNER)
    assert {key.lane for name in tree if (key := parse_digest_key(name))} == set(delivery.lanes)
    assert all("/o-a1b2c3d4e5/" in name for name in tree)


def test_the_same_delivery_has_the_same_files_under_whatever_keys() -> None:
    tree = deliver(Delivery(hours=1), Signer())
    again = deliver(Delivery(hours=1), Signer())
    assert list(tree) == list(again)
    assert [tree[key] for key in logs(tree)] == [again[key] for key in logs(again)]
