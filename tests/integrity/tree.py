"""Delivery trees, the ways to tamper with one, and a run over it without any I/O."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from scanner.demo.deliveries import Delivery, Signer, Stored, Tree, deliver, sign
from scanner.integrity.digest import DigestError, KeyRing, parse_digest, public_key
from scanner.integrity.evidence import (
    Circumstances,
    DigestSeen,
    LogSeen,
    LogState,
    Tally,
    malformed,
    read,
    unreadable,
)
from scanner.integrity.lane import conclude_lane
from scanner.integrity.layout import HOUR, Lane, parse_digest_key, parse_log_key
from scanner.integrity.reconcile import Reconciliation
from scanner.model.verification import LaneOutcome

DAY = timedelta(days=1)
SIGNER = Signer()
"""One for all tests: a key pair takes a tenth of a second."""


@cache
def delivered(delivery: Delivery = Delivery()) -> Mapping[str, Stored]:  # noqa: B008 - frozen
    """A blameless tree."""
    return deliver(delivery, SIGNER)


def tree(delivery: Delivery | None = None) -> Tree:
    """A blameless tree to tamper with."""
    return dict(delivered(delivery or Delivery()))


def ring(region: str = "eu-west-1", signer: Signer = SIGNER) -> KeyRing:
    return KeyRing(map(public_key, signer.public_keys(region)))


def digests(tree: Mapping[str, Stored], *, backfill: bool = False) -> list[str]:
    """The keys of digests, oldest first."""
    found = [key for name in tree if (key := parse_digest_key(name)) and key.backfill is backfill]
    return [key.text for key in sorted(found, key=lambda key: key.end)]


def logs(tree: Mapping[str, Stored]) -> list[str]:
    """The keys of log files, oldest first."""
    found = [key for name in tree if (key := parse_log_key(name))]
    return [key.text for key in sorted(found, key=lambda key: key.stamp)]


def document(stored: Stored) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(gzip.decompress(stored.body))
    return loaded


def rewritten(stored: Stored, document: Mapping[str, Any]) -> Stored:
    """With another document and the old signature."""
    return replace(stored, body=gzip.compress(json.dumps(document).encode(), mtime=0))


def resigned(document: Mapping[str, Any], signer: Signer, region: str, modified: datetime) -> Stored:
    raw = json.dumps(document).encode()
    return Stored(gzip.compress(raw, mtime=0), sign(document, raw, signer, region), modified)


def redeliver(tree: Tree, first: str, changes: Mapping[str, Any], signer: Signer = SIGNER) -> None:
    """That digest with other members, and its successors anew: as CloudTrail would have signed them then."""
    names = [key for key in digests(tree) if key >= first]
    for key in names:
        parsed = parse_digest_key(key)
        assert parsed
        told = {**document(tree[key]), **changes}
        tree[key] = resigned(told, signer, parsed.region, tree[key].modified)
        raw = gzip.decompress(tree[key].body)
        changes = {
            "previousDigestHashValue": hashlib.sha256(raw).hexdigest(),
            "previousDigestSignature": tree[key].metadata["signature"],
        }
        signer = SIGNER


@dataclass(frozen=True)
class Run:
    """What `trailaudit verify` would do to a tree.

    `faults` are keys that can't be read, with their cause; `under` is where a copy lies in its bucket.
    """

    tree: Mapping[str, Stored]
    delivery: Delivery = field(default_factory=Delivery)
    faults: Mapping[str, str] = field(default_factory=dict)
    keys: KeyRing = field(default_factory=ring)
    order: Callable[[Iterable[str]], Iterable[str]] = sorted
    under: str = ""

    def about(self, **changes: Any) -> Circumstances:
        delivery = self.delivery
        midnight = delivery.start.replace(hour=0, minute=0, second=0)
        known = Circumstances(
            lane=delivery.lanes[0],
            start=delivery.start,
            end=delivery.end,
            now=delivery.end + 2 * DAY,
            listed_from=midnight,
            listed_to=midnight + 30 * DAY,
            off_known_from=delivery.start - 30 * DAY,
            shared=False,
            validating=True,
        )
        return replace(known, **changes)

    def prove(self, **changes: Any) -> LaneOutcome:
        about = self.about(**changes)
        reconciliation = Reconciliation()
        return conclude_lane(about, self.seen(about, reconciliation), self.keys, reconciliation)

    def seen(self, about: Circumstances, reconciliation: Reconciliation) -> list[DigestSeen]:
        """The digests of the lane, and all log files of it reconciled."""
        seen = []
        for name in self.order(self.tree):
            key = parse_digest_key(name)
            if key and key.lane == about.lane and key.trail == self.delivery.trail:
                seen.append(self._digest(name, reconciliation))
            elif "/CloudTrail/" in name and _lane_of(name) == about.lane:
                reconciliation.listed(name.removeprefix(self.under), self.tree[name].modified)
        return seen

    def _digest(self, name: str, reconciliation: Reconciliation) -> DigestSeen:
        stored, bucket = self.tree[name], self.delivery.bucket
        key = parse_digest_key(name)
        assert key
        if name in self.faults:
            return unreadable(key, bucket, self.faults[name], stored.modified)
        try:
            digest = parse_digest(gzip.decompress(stored.body))
        except (DigestError, OSError, EOFError, zlib.error) as error:
            return malformed(key, bucket, str(error), stored.modified)
        signature = stored.metadata.get("signature")
        logs = []
        for log in digest.logs:
            seen = self._log(log.key, log.sha256)
            reconciliation.named(log.key, present=seen.state is not LogState.MISSING)
            logs.append(seen)
        bad = [seen for seen in logs if seen.state is not LogState.VALID]
        size = sum(seen.size for seen in logs if seen.state is LogState.VALID)
        tally = Tally.of([seen.key for seen in logs], bad, size)
        proof = self.keys.verify(digest, signature)
        return read(
            key, bucket, digest, signature=signature, proof=proof, tally=tally, modified=stored.modified
        )

    def _log(self, key: str, sha256: str) -> LogSeen:
        if key in self.faults:
            return LogSeen(key, LogState.UNREADABLE, self.faults[key])
        if self.under + key not in self.tree:
            return LogSeen(key, LogState.MISSING)
        inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            raw = inflate.decompress(self.tree[self.under + key].body)
        except zlib.error as error:
            return LogSeen(key, LogState.ALTERED, str(error))
        if hashlib.sha256(raw).hexdigest() != sha256:
            return LogSeen(key, LogState.ALTERED)
        whole = inflate.eof and not inflate.unused_data
        return LogSeen(key, LogState.VALID if whole else LogState.CONTAINER, size=len(raw))


def _lane_of(name: str) -> Lane:
    parts = name.split("/")
    at = parts.index("CloudTrail")
    return Lane(parts[at - 1], parts[at + 1])


def prove(tree: Mapping[str, Stored], delivery: Delivery | None = None, **changes: Any) -> LaneOutcome:
    return Run(tree, delivery or Delivery()).prove(**changes)


def kinds(outcome: LaneOutcome) -> list[str]:
    return [str(found.kind) for found in outcome.findings]


def hours(outcome: LaneOutcome) -> dict[str, int]:
    """How many hours of the period are in which state, without those that none is in."""
    return {state: count for state, count in outcome.lane.hours.model_dump(by_alias=True).items() if count}


def found(outcome: LaneOutcome) -> list[tuple[str, str | None]]:
    """Kind and key of each finding."""
    return [(str(each.kind), each.key) for each in outcome.findings]


# Tampering: each takes a tree and changes it in place, `at` says which digest or log file, oldest first.


def alter_log(tree: Tree, at: int) -> str:
    key = logs(tree)[at]
    raw = gzip.decompress(tree[key].body).replace(b"GetCallerIdentity", b"GetCallerIdentitx")
    tree[key] = replace(tree[key], body=gzip.compress(raw, mtime=0))
    return key


def garble_log(tree: Tree, at: int) -> str:
    key = logs(tree)[at]
    tree[key] = replace(tree[key], body=b"not a gzip file")
    return key


def append_to_log(tree: Tree, at: int) -> str:
    """A second member of the same gzip file: many readers take it for part of the log."""
    key = logs(tree)[at]
    tree[key] = replace(tree[key], body=tree[key].body + gzip.compress(b'{"Records": []}'))
    return key


def rewrap_log(tree: Tree, at: int) -> str:
    """Compressed anew: what CloudTrail signs is the content."""
    key = logs(tree)[at]
    tree[key] = replace(tree[key], body=gzip.compress(gzip.decompress(tree[key].body), 1, mtime=7))
    return key


def delete_log(tree: Tree, at: int) -> str:
    key = logs(tree)[at]
    del tree[key]
    return key


def inject_log(tree: Tree, at: int) -> str:
    """Beside another one, named as CloudTrail would."""
    key = logs(tree)[at]
    forged = key.replace(key[-24:-8], "0123456789ABCDEF")
    tree[forged] = tree[key]
    return forged


def delete_digest(tree: Tree, at: int) -> str:
    key = digests(tree)[at]
    del tree[key]
    return key


def alter_digest(tree: Tree, at: int) -> str:
    """Its document no longer names its first log file, or names one more."""
    key = digests(tree)[at]
    changed = document(tree[key])
    changed["logFiles"] = changed["logFiles"][1:]
    changed["newestEventTime"] = "2000-01-01T00:00:00Z"
    tree[key] = rewritten(tree[key], changed)
    return key


def garble_digest(tree: Tree, at: int) -> str:
    key = digests(tree)[at]
    tree[key] = replace(tree[key], body=b"\x00" * 1000)
    return key


def alter_signature(tree: Tree, at: int) -> str:
    key = digests(tree)[at]
    signature = tree[key].metadata["signature"]
    flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
    tree[key] = replace(tree[key], metadata={**tree[key].metadata, "signature": flipped})
    return key


def drop_signature(tree: Tree, at: int) -> str:
    key = digests(tree)[at]
    tree[key] = replace(tree[key], metadata={})
    return key


def move_digest(tree: Tree, at: int) -> str:
    """To a name one second later."""
    key = digests(tree)[at]
    parsed = parse_digest_key(key)
    assert parsed
    moved = key.replace(f"{parsed.end:%H%M%S}Z", f"{parsed.end + timedelta(seconds=1):%H%M%S}Z")
    tree[moved] = tree.pop(key)
    return moved


def copy_digest(tree: Tree, at: int) -> str:
    key = digests(tree)[at]
    moved = move_digest(tree, at)
    tree[key] = tree[moved]
    return moved


def forge_digest(tree: Tree, at: int, signer: Signer) -> str:
    """Somebody else's key signs a document that names a log file less."""
    key = digests(tree)[at]
    forged = document(tree[key])
    parsed = parse_digest_key(key)
    assert parsed
    forged["logFiles"] = forged["logFiles"][1:]
    forged["digestPublicKeyFingerprint"] = signer.fingerprint(parsed.region)
    tree[key] = resigned(forged, signer, parsed.region, tree[key].modified)
    return key


def inject_digest(tree: Tree, at: int) -> str:
    """A digest that names itself, half an hour before another one, and that nobody signed."""
    key = digests(tree)[at]
    parsed = parse_digest_key(key)
    assert parsed
    forged = document(tree[key])
    end = parsed.end - HOUR / 2
    name = key.replace(f"{parsed.end:%H%M%S}Z", f"{end:%H%M%S}Z")
    assert f"{end:%Y%m%d}" == f"{parsed.end:%Y%m%d}"
    forged["digestS3Object"] = name
    tree[name] = rewritten(tree[key], forged)
    return name


TAMPERINGS: dict[str, Callable[[Tree, int], str]] = {
    "alter_log": alter_log,
    "garble_log": garble_log,
    "append_to_log": append_to_log,
    "delete_log": delete_log,
    "inject_log": inject_log,
    "delete_digest": delete_digest,
    "alter_digest": alter_digest,
    "garble_digest": garble_digest,
    "alter_signature": alter_signature,
    "move_digest": move_digest,
    "copy_digest": copy_digest,
    "inject_digest": inject_digest,
}
