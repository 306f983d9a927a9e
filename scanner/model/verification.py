"""What `trailaudit verify` proved of a trail's files: exactly the published JSON."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from scanner.model.base import Frozen, Moment
from scanner.model.finding import Severity

VERIFICATION_VERSION: Literal["1"] = "1"

IntegrityVerdict = Literal["intact", "tampered", "incomplete"]


class Kind(StrEnum):
    """What is wrong. Only the first group shows that somebody altered, deleted or injected something."""

    LOG_ALTERED = "log-altered"
    LOG_MISSING = "log-missing"
    LOG_INJECTED = "log-injected"
    DIGEST_ALTERED = "digest-altered"
    DIGEST_MISSING = "digest-missing"
    DIGEST_MOVED = "digest-moved"
    DIGEST_INJECTED = "digest-injected"
    SIGNATURE_INVALID = "signature-invalid"
    CHAIN_BROKEN = "chain-broken"
    TAIL_MISSING = "tail-missing"
    """The newest digests are gone."""
    CONTAINER_ALTERED = "container-altered"
    """The content of a file is intact, its wrapping isn't: something was put after it, or cut off."""

    LOG_UNREADABLE = "log-unreadable"
    LOG_UNVERIFIABLE = "log-unverifiable"
    """The digest that should name it is bad or missing, or may still come."""
    DIGEST_UNREADABLE = "digest-unreadable"
    KEY_UNKNOWN = "key-unknown"
    HEAD_UNANCHORED = "head-unanchored"
    """The chain leads on to a digest that is out of reach, for which there are harmless reasons."""
    GAP = "gap"
    """Time that no digest covers; the detail says whether a stop explains it."""
    NO_DIGESTS = "no-digests"

    @property
    def is_tampering(self) -> bool:
        return self in _TAMPERING


_TAMPERING = frozenset(list(Kind)[: list(Kind).index(Kind.LOG_UNREADABLE)])


class HourState(StrEnum):
    """From the best to the worst: an hour is as bad as its worst minute."""

    EMPTY = "empty"
    """Proven that nothing was delivered."""
    PROVEN = "proven"
    NOT_COVERED = "not-covered"
    UNKNOWN = "unknown"
    MISSING = "missing"
    ALTERED = "altered"

    @property
    def rank(self) -> int:
        return list(HourState).index(self)


class IntegrityFinding(Frozen):
    """`key` is None where no object is meant; `first` and `last` are the time that is affected."""

    kind: Kind
    severity: Severity
    account: str
    region: str
    key: str | None = None
    first: Moment = Field(alias="from")
    last: Moment = Field(alias="to")
    detail: str

    @property
    def order(self) -> tuple[str, ...]:
        moments = (f"{self.first:%Y%m%d%H%M%S}", f"{self.last:%Y%m%d%H%M%S}")
        return (self.account, self.region, *moments, self.kind, self.key or "", self.detail)


class IntegrityCounts(Frozen):
    """`logs` are all that the digests name or that lie there for digests that are bad or missing.

    `bytes` are those of the log files that are valid, uncompressed.
    """

    digests: int = 0
    digests_valid: int = 0
    logs: int = 0
    logs_valid: int = 0
    bytes: int = 0

    def __add__(self, other: "IntegrityCounts") -> "IntegrityCounts":
        names = type(self).model_fields
        return IntegrityCounts(**{name: getattr(self, name) + getattr(other, name) for name in names})


class HourCounts(Frozen):
    """How many hours of the period are in each state."""

    proven: int = 0
    empty: int = 0
    missing: int = 0
    altered: int = 0
    unknown: int = 0
    not_covered: int = Field(default=0, alias="not-covered")


class Stretch(Frozen):
    """Whole hours in a row that are in one state."""

    first: Moment = Field(alias="from")
    last: Moment = Field(alias="to")
    state: HourState

    def hours(self) -> Iterator[datetime]:
        """Where each of them begins."""
        hour = self.first
        while hour < self.last:
            yield hour
            hour += timedelta(hours=1)


class ProvenLane(Frozen):
    """One account and region. `calendar` holds each hour of the period once, in order.

    `proven_from` and `proven_to` enclose the time that digests prove (not without holes: see the hours);
    `oldest_proven` is when the oldest log file that is valid was delivered.
    """

    account: str
    region: str
    digests: int
    logs: int
    proven_from: Moment | None = None
    proven_to: Moment | None = None
    oldest_proven: Moment | None = None
    hours: HourCounts
    calendar: tuple[Stretch, ...] = ()


class LaneOutcome(Frozen):
    """What one lane adds to a verification; lanes are proven apart, wherever there is a core."""

    lane: ProvenLane
    counts: IntegrityCounts
    findings: tuple[IntegrityFinding, ...] = ()


class Verification(Frozen):
    """One run over one trail. `verified_at` is when, `unchanged_since` the oldest proof it took from before.

    `source` is where the files were read: `s3://BUCKET/PREFIX`, or a directory. `only_accounts` and
    `only_regions` say to what the run was narrowed; empty: to nothing.
    """

    schema_version: Literal["1"] = VERIFICATION_VERSION
    trail: str
    source: str
    start: Moment
    end: Moment
    only_accounts: tuple[str, ...] = ()
    only_regions: tuple[str, ...] = ()
    verified_at: Moment
    unchanged_since: Moment | None = None
    verdict: IntegrityVerdict
    counts: IntegrityCounts
    lanes: tuple[ProvenLane, ...]
    findings: tuple[IntegrityFinding, ...] = ()

    def kinds(self) -> dict[Kind, int]:
        """How many findings there are of each kind that was found, in the order of `Kind`."""
        found = Counter(finding.kind for finding in self.findings)
        return {kind: found[kind] for kind in Kind if kind in found}

    def summary(self) -> "Verified":
        told = {name: getattr(self, name) for name in Verified.model_fields if name != "kinds"}
        kinds = tuple(KindCount(kind=kind, count=count) for kind, count in self.kinds().items())
        return Verified(**told, kinds=kinds)


class KindCount(Frozen):
    kind: Kind
    count: int


class Verified(Frozen):
    """What a posture keeps of a verification; the members mean the same there."""

    trail: str
    source: str
    start: Moment
    end: Moment
    only_accounts: tuple[str, ...] = ()
    only_regions: tuple[str, ...] = ()
    verified_at: Moment
    verdict: IntegrityVerdict
    counts: IntegrityCounts
    kinds: tuple[KindCount, ...]

    @property
    def order(self) -> tuple[datetime, datetime, datetime, str, str]:
        return (self.verified_at, self.end, self.start, self.trail, self.source)

    def repeats(self, other: "Verified") -> bool:
        """Whether it looked again at all that the other one looked at, later."""
        return (
            self.trail == other.trail
            and self.source == other.source
            and self.verified_at > other.verified_at
            and self.start <= other.start
            and self.end >= other.end
            and _as_wide(self.only_accounts, other.only_accounts)
            and _as_wide(self.only_regions, other.only_regions)
        )


def _as_wide(those: tuple[str, ...], these: tuple[str, ...]) -> bool:
    return not those or (bool(these) and set(these) <= set(those))
