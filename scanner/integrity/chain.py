"""Which digests are CloudTrail's own, judged by their signatures and by the links between them.

A document is proven if a known key signed it, or if a proven successor holds its hash: what that vouches
for is as good as signed. The signature may lie beside the document or be quoted by its successor. Links are
followed in memory, so digests may be read in any order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from scanner.integrity.digest import Digest, KeyRing, Previous, Proof
from scanner.integrity.evidence import Circumstances, DigestSeen, DigestState, Place
from scanner.integrity.layout import HOUR, DigestKey, parse_digest_key
from scanner.model.verification import Kind

_HASH_SHOWN = 16


class Judged(NamedTuple):
    """One object that is named like a digest. `kind` is what is wrong with it, `detail` why.

    `proven` is the document where it is CloudTrail's word on this lane.
    """

    seen: DigestSeen
    proven: Digest | None
    kind: Kind | None = None
    detail: str = ""

    @property
    def first(self) -> datetime:
        """Of what it covers; where that isn't proven, of the hour before the end that its name says."""
        return self.proven.start if self.proven else self.seen.key.end - HOUR

    @property
    def last(self) -> datetime:
        return self.proven.end if self.proven else self.seen.key.end


@dataclass(frozen=True, slots=True)
class Chain:
    """All digests of a lane in order of their names, and what lies where a link leads."""

    judged: tuple[Judged, ...]
    _about: Circumstances
    _at: Mapping[Place, Judged]

    def proven(self, *, backfill: bool = False) -> list[Judged]:
        """Those that cover time for certain, oldest first."""
        found = [each for each in self.judged if each.proven and each.seen.key.backfill is backfill]
        return sorted(found, key=lambda each: (each.first, each.last, each.seen.key.text))

    def unproven(self, *, backfill: bool = False) -> list[Judged]:
        """Those that are there and prove nothing, oldest first."""
        found = [each for each in self.judged if not each.proven and each.seen.key.backfill is backfill]
        return sorted(found, key=lambda each: (each.last, each.seen.key.text))

    def target(self, link: Previous) -> Judged | None:
        return self._at.get(self._about.place(link.bucket, link.key))


def follow(seen: Iterable[DigestSeen], about: Circumstances, keys: KeyRing) -> Chain:
    """Judge each digest by itself and by its successor."""
    links = _Links(seen, about, keys)
    judged = {node.actual: links.judge(node) for node in links.nodes}
    covering = [
        (each.first, each.last) for each in judged.values() if each.proven and not each.seen.key.backfill
    ]
    for place, each in judged.items():
        if links.is_beside_the_chain(each, covering):
            judged[place] = each._replace(
                kind=Kind.DIGEST_INJECTED,
                detail="is no digest of CloudTrail's: others, that are proven, cover its time without it",
            )
    at = {place: judged[node.actual] for place, node in links.at.items()}
    return Chain(tuple(judged.values()), about, at)


class _Node(NamedTuple):
    """An object, where it lies, and where its document says that it lies."""

    seen: DigestSeen
    actual: Place
    claim: Place

    @property
    def is_moved(self) -> bool:
        return self.claim != self.actual

    @property
    def link(self) -> Previous | None:
        return self.seen.digest.previous if self.seen.digest else None

    @property
    def is_of_its_lane(self) -> bool:
        """Whether it came from another place of the same chain."""
        claimed = parse_digest_key(self.seen.digest.key) if self.seen.digest else None
        return claimed is not None and _chain_of(claimed) == _chain_of(self.seen.key)


def _chain_of(key: DigestKey) -> tuple[str | bool, ...]:
    return (key.account, key.region, key.trail, key.home, key.backfill)


class _Word(NamedTuple):
    """What a proven successor says of a digest."""

    by: DigestKey
    link: Previous

    def denies(self, seen: DigestSeen) -> bool:
        return seen.digest is None or seen.digest.sha256 != self.link.sha256


class _Links:
    def __init__(self, seen: Iterable[DigestSeen], about: Circumstances, keys: KeyRing) -> None:
        self._about = about
        self._keys = keys
        nodes = {node.actual: node for node in map(self._node, seen)}
        self.nodes = sorted(nodes.values(), key=lambda node: (node.seen.key.text, node.seen.bucket))
        self.at = self._places()
        self._signed = self._signed_places()
        self._proven = self._spread()
        self._words = dict(self._said())

    def _node(self, seen: DigestSeen) -> _Node:
        actual = self._about.place(seen.bucket, seen.key.text)
        digest = seen.digest
        return _Node(seen, actual, self._about.place(digest.bucket, digest.key) if digest else actual)

    def _places(self) -> dict[Place, _Node]:
        """What a link finds: the object in its place, else one that was moved from there, else a stranger."""
        at = {node.actual: node for node in self.nodes if not node.is_moved}
        moved = [node for node in self.nodes if node.is_moved]
        for node in moved:
            if node.is_of_its_lane:
                at.setdefault(node.claim, node)
        for node in moved:
            at.setdefault(node.actual, node)
        return at

    def _leads_to(self, link: Previous) -> Place:
        return self._about.place(link.bucket, link.key)

    def _signed_places(self) -> set[Place]:
        """Where a digest lies that a known key signed, whoever quotes the signature."""
        signed = {node.claim for node in self.nodes if node.seen.proof is Proof.VALID and self._is_held(node)}
        for node in self.nodes:
            before = self._before(node)
            if node.link is None or before is None or before.seen.digest is None or before.claim in signed:
                continue
            if self._keys.verify(before.seen.digest, node.link.signature) is Proof.VALID:
                signed.add(before.claim)
        return signed

    def _is_held(self, node: _Node) -> bool:
        """Whether it is what links to the place that its document names find."""
        return self.at.get(node.claim) is node

    def _before(self, node: _Node) -> _Node | None:
        """What lies where its predecessor should, if that says so itself."""
        found = self.at.get(self._leads_to(node.link)) if node.link else None
        return found if found and self._is_held(found) else None

    def _spread(self) -> set[Place]:
        """The signed ones, and all that these vouch for, one through the other."""
        proven: set[Place] = set()
        waiting = list(self._signed)
        while waiting:
            place = waiting.pop()
            if place not in proven:
                proven.add(place)
                node = self.at[place]
                before = self._before(node)
                if node.link and before and not _Word(node.seen.key, node.link).denies(before.seen):
                    waiting.append(before.claim)
        return proven

    def _said(self) -> Iterator[tuple[Place, _Word]]:
        for place in sorted(self._proven):
            node = self.at[place]
            if node.link:
                yield self._leads_to(node.link), _Word(node.seen.key, node.link)

    def judge(self, node: _Node) -> Judged:
        seen = node.seen
        in_place = self._is_held(node)
        word = self._words.get(node.claim if in_place else node.actual)
        denied = word is not None and word.denies(seen)
        proven = seen.digest if in_place and node.claim in self._proven and not denied else None
        if seen.state is DigestState.UNREADABLE:
            return Judged(seen, None, Kind.DIGEST_UNREADABLE, f"could not be read: {seen.detail}")
        if seen.digest and node.is_moved:
            came_from = f"s3://{seen.digest.bucket}/{seen.digest.key}"
            return Judged(seen, proven, Kind.DIGEST_MOVED, f"was moved here from {came_from}")
        if word and denied:
            return self._denied(node, word)
        if proven:
            return self._proven_by(node, proven, word)
        return _unproven(seen)

    def _denied(self, node: _Node, word: _Word) -> Judged:
        """A proven successor holds another hash."""
        expected = f"its successor {word.by.text} holds {word.link.sha256[:_HASH_SHOWN]}…"
        if (digest := node.seen.digest) is None:
            return Judged(
                node.seen, None, Kind.DIGEST_ALTERED, f"holds no digest ({node.seen.detail}); {expected}"
            )
        differs = f"SHA-256 is {digest.sha256[:_HASH_SHOWN]}…, {expected}"
        if node.claim in self._signed:
            return Judged(node.seen, None, Kind.CHAIN_BROKEN, f"is signed, but {differs}")
        return Judged(node.seen, None, Kind.DIGEST_ALTERED, differs)

    def _proven_by(self, node: _Node, digest: Digest, word: _Word | None) -> Judged:
        seen = node.seen
        quoted = word.link.signature.lower() if word else None
        wrong = seen.proof is Proof.INVALID or (
            quoted is not None and seen.signature is not None and seen.signature.lower() != quoted
        )
        if wrong:
            detail = "the signature beside it is not CloudTrail's; its successor proves the document"
            return Judged(seen, digest, Kind.SIGNATURE_INVALID, detail)
        if seen.detail:
            return Judged(seen, digest, Kind.CONTAINER_ALTERED, f"its document is proven, but {seen.detail}")
        return Judged(seen, digest)

    def is_beside_the_chain(self, judged: Judged, covering: list[tuple[datetime, datetime]]) -> bool:
        """Whether it proves nothing, no proven digest leads to it, and its time is covered without it."""
        seen = judged.seen
        if judged.proven or seen.key.backfill or seen.state is DigestState.UNREADABLE:
            return False
        if judged.kind is Kind.DIGEST_MOVED or self._about.place(seen.bucket, seen.key.text) in self._words:
            return False
        return any(first < seen.key.end <= last for first, last in covering)


def _unproven(seen: DigestSeen) -> Judged:
    """By itself; no proven successor speaks of it."""
    if seen.digest is None:
        return Judged(
            seen,
            None,
            Kind.DIGEST_UNREADABLE,
            f"holds no digest ({seen.detail}), and no proven successor tells its hash",
        )
    match seen.proof:
        case Proof.VALID | Proof.INVALID:
            return Judged(seen, None, Kind.SIGNATURE_INVALID, "its signature is not CloudTrail's")
        case Proof.UNKNOWN_KEY:
            detail = f"names the key {seen.digest.fingerprint}, which is not among the region's public keys"
            return Judged(seen, None, Kind.KEY_UNKNOWN, detail)
        case Proof.UNSIGNED:
            detail = "has lost its signature (a copy keeps no metadata), and no successor vouches for it"
            return Judged(seen, None, Kind.DIGEST_UNREADABLE, detail)
        case Proof.UNSUPPORTED:
            detail = f"is signed with {seen.digest.algorithm}, and no proven successor holds its hash"
            return Judged(seen, None, Kind.DIGEST_UNREADABLE, detail)
