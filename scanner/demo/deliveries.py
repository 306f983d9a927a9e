"""What CloudTrail would have delivered: log files, and the digest files that sign them.

The keys are made here, so no one but this world trusts them. AWS's own validator accepts the trees that
come out.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scanner.integrity.digest import HASHED_WITH, SIGNED_WITH, fingerprint
from scanner.integrity.layout import HOUR, Lane, digest_key, log_prefix
from scanner.model.base import iso

_START = datetime(2026, 6, 1, 0, 17, 28, tzinfo=UTC)
_DELAY = timedelta(minutes=3)
_VALIDITY = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Stored:
    """One object of a bucket."""

    body: bytes
    metadata: Mapping[str, str]
    modified: datetime


Tree = dict[str, Stored]
"""A bucket: its objects by key."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Logging was stopped between two hours of the delivery, counted from its start."""

    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a trail delivered. `start` begins the first digest, which is a starting one.

    `logs` are the log files of an hour; hours in `quiet` have none, those in `late` have one that only a
    backfill digest names. `accounts` is the owner alone, or all members of an organization trail.
    """

    bucket: str = "trail-logs"
    prefix: str = ""
    organization: str | None = None
    accounts: tuple[str, ...] = ("111122223333",)
    trail: str = "main"
    home: str = "eu-west-1"
    regions: tuple[str, ...] = ("eu-west-1",)
    start: datetime = _START
    hours: int = 6
    logs: int = 2
    records: int = 3
    quiet: frozenset[int] = frozenset()
    late: frozenset[int] = frozenset()
    pauses: tuple[Pause, ...] = ()

    @property
    def end(self) -> datetime:
        """When the last digest ends."""
        return self.start + self.hours * HOUR

    @property
    def owner(self) -> str:
        return self.accounts[0]

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudtrail:{self.home}:{self.owner}:trail/{self.trail}"

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return tuple(Lane(account, region) for account in self.accounts for region in self.regions)


@dataclass(slots=True)
class Signer:
    """One key pair a region, made when first asked for."""

    _pairs: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)

    def pair(self, region: str) -> rsa.RSAPrivateKey:
        if region not in self._pairs:
            self._pairs[region] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return self._pairs[region]

    def der(self, region: str, form: PublicFormat = PublicFormat.PKCS1) -> bytes:
        return self.pair(region).public_key().public_bytes(Encoding.DER, form)

    def fingerprint(self, region: str) -> str:
        return fingerprint(self.der(region))

    def sign(self, region: str, text: bytes) -> str:
        return self.pair(region).sign(text, padding.PKCS1v15(), SHA256()).hex()

    def public_keys(self, region: str, around: datetime = _START) -> list[dict[str, Any]]:
        """PublicKeyList as boto3 returns it from the region."""
        return [
            {
                "Value": self.der(region),
                "Fingerprint": self.fingerprint(region),
                "ValidityStartTime": around - _VALIDITY,
                "ValidityEndTime": around + _VALIDITY,
            }
        ]


def deliver(delivery: Delivery, signer: Signer) -> Tree:
    """Everything that lies in the bucket afterwards, in the order of delivery within each lane."""
    return {
        key: stored for lane in delivery.lanes for key, stored in _Chain(delivery, signer, lane).objects()
    }


@dataclass(slots=True)
class _Link:
    """What a digest must know of the one before it."""

    key: str
    sha256: str
    signature: str


class _Chain:
    def __init__(self, delivery: Delivery, signer: Signer, lane: Lane) -> None:
        self._delivery = delivery
        self._signer = signer
        self._lane = lane

    def objects(self) -> Iterator[tuple[str, Stored]]:
        last: _Link | None = None
        last_backfill: _Link | None = None
        for number, (start, end, starting) in enumerate(periods(self._delivery)):
            hour = int((start - self._delivery.start) / HOUR)
            count = 0 if hour in self._delivery.quiet else self._delivery.logs
            logs = [self._log(start, end, number, each, count) for each in range(count)]
            yield from logs
            last, digest = self._digest(start, end, logs, None if starting else last)
            yield last.key, digest
            if hour in self._delivery.late:
                log = self._log(start, end, number, count, count + 1)
                last_backfill, digest = self._digest(start, end, [log], last_backfill, backfill=True)
                yield log
                yield last_backfill.key, digest

    def _log(
        self, start: datetime, end: datetime, period: int, number: int, count: int
    ) -> tuple[str, Stored]:
        stamp = start + (end - start) * (number + 0.5) / count
        name = f"{self._lane.account}/{self._lane.region}/{self._delivery.trail}/{period}/{number}"
        lot = hashlib.sha256(name.encode()).hexdigest()
        folder = log_prefix(
            self._delivery.prefix,
            self._delivery.organization,
            self._lane.account,
            self._lane.region,
            stamp.date(),
        )
        key = (
            f"{folder}{self._lane.account}_CloudTrail_{self._lane.region}_{stamp:%Y%m%dT%H%MZ}"
            f"_{lot[:16].upper()}.json.gz"
        )
        records = [
            {
                "eventVersion": "1.11",
                "eventTime": iso(stamp - timedelta(minutes=5)),
                "eventSource": "sts.amazonaws.com",
                "eventName": "GetCallerIdentity",
                "awsRegion": self._lane.region,
                "recipientAccountId": self._lane.account,
                "eventID": hashlib.sha256(f"{name}/{each}".encode()).hexdigest()[:32],
            }
            for each in range(self._delivery.records)
        ]
        body = gzip.compress(json.dumps({"Records": records}).encode(), mtime=0)
        return key, Stored(body, {}, stamp.replace(second=0) + timedelta(seconds=20))

    def _digest(
        self,
        start: datetime,
        end: datetime,
        logs: list[tuple[str, Stored]],
        previous: _Link | None,
        *,
        backfill: bool = False,
    ) -> tuple[_Link, Stored]:
        delivery = self._delivery
        key = digest_key(
            delivery.prefix,
            delivery.organization,
            self._lane,
            trail=delivery.trail,
            home=delivery.home,
            end=end,
        )
        if backfill:
            key = key.replace(".json.gz", "_backfill.json.gz")
        document = {
            "awsAccountId": self._lane.account,
            "digestStartTime": iso(start),
            "digestEndTime": iso(end),
            "digestS3Bucket": delivery.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": self._signer.fingerprint(self._lane.region),
            "digestSignatureAlgorithm": SIGNED_WITH,
            "newestEventTime": iso(end - timedelta(minutes=10)) if logs else None,
            "oldestEventTime": iso(start) if logs else None,
            "previousDigestS3Bucket": delivery.bucket if previous else None,
            "previousDigestS3Object": previous.key if previous else None,
            "previousDigestHashValue": previous.sha256 if previous else None,
            "previousDigestHashAlgorithm": HASHED_WITH if previous else None,
            "previousDigestSignature": previous.signature if previous else None,
            "logFiles": [
                {
                    "s3Bucket": delivery.bucket,
                    "s3Object": name,
                    "hashValue": hashlib.sha256(gzip.decompress(log.body)).hexdigest(),
                    "hashAlgorithm": HASHED_WITH,
                    "newestEventTime": iso(end - timedelta(minutes=10)),
                    "oldestEventTime": iso(start),
                }
                for name, log in logs
            ],
        }
        raw = json.dumps(document).encode()
        metadata = sign(document, raw, self._signer, self._lane.region)
        if backfill:
            metadata["backfill-generation-timestamp"] = iso(end + HOUR)
        link = _Link(key, hashlib.sha256(raw).hexdigest(), metadata["signature"])
        return link, Stored(gzip.compress(raw, mtime=0), metadata, end + (HOUR if backfill else _DELAY))


def sign(document: Mapping[str, Any], raw: bytes, signer: Signer, region: str) -> dict[str, str]:
    """The metadata of the digest whose document these bytes are."""
    text = "\n".join(
        (
            document["digestEndTime"],
            f"{document['digestS3Bucket']}/{document['digestS3Object']}",
            hashlib.sha256(raw).hexdigest(),
            document["previousDigestSignature"] or "null",
        )
    )
    return {"signature": signer.sign(region, text.encode()), "signature-algorithm": SIGNED_WITH}


def periods(delivery: Delivery) -> Iterator[tuple[datetime, datetime, bool]]:
    """What each digest of a lane covers, and whether it is a starting one.

    A pause ends a digest early, and the first one after it runs to the end of its hour.
    """
    starting = True
    for number in range(delivery.hours):
        first, last = float(number), float(number + 1)
        for pause in delivery.pauses:
            if pause.first <= first < pause.last:
                first, starting = min(pause.last, last), True
            elif first < pause.first < last:
                yield (*_hours(delivery, first, pause.first), starting)
                first, starting = min(pause.last, last), True
        if first < last:
            yield (*_hours(delivery, first, last), starting)
            starting = False


def _hours(delivery: Delivery, first: float, last: float) -> tuple[datetime, datetime]:
    return delivery.start + first * HOUR, delivery.start + last * HOUR
