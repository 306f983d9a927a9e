"""What a run has seen of a lane: small values that may come in any order, from any process.

Of a digest's log files only the count and the bad ones are kept, so that memory doesn't grow with them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from scanner.integrity.digest import Digest, Proof
from scanner.integrity.history import Off
from scanner.integrity.layout import DigestKey, Lane, log_stamp, relative

Place = tuple[str, str]
"""Bucket and key; of a copy, no bucket and the key without its prefix."""


class LogState(StrEnum):
    VALID = "valid"
    ALTERED = "altered"
    """Its content isn't what the digest says, or can't be got out of its container."""
    CONTAINER = "container"
    """Its content is what the digest says, its container is damaged or holds more."""
    MISSING = "missing"
    UNREADABLE = "unreadable"
    """Denied, archived, throttled, vanished while the run went on: no word on its content."""


@dataclass(frozen=True, slots=True)
class LogSeen:
    """What came of a log file that a digest names. `size` is in bytes, uncompressed."""

    key: str
    state: LogState
    detail: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The log files of one digest. `bad` aren't valid; `oldest` is the first stamp of those that are."""

    count: int = 0
    valid: int = 0
    size: int = 0
    oldest: datetime | None = None
    bad: tuple[LogSeen, ...] = ()

    @classmethod
    def of(cls, keys: Collection[str], bad: Collection[LogSeen], size: int) -> "Tally":
        """Of log files that were all looked at; `size` is of the valid ones, in bytes."""
        amiss = {seen.key for seen in bad}
        # Names of one lane are in the order of their stamps: mostly the first one is all that is parsed.
        good = sorted((key for key in keys if key not in amiss), key=relative)
        oldest = next((stamp for key in good if (stamp := stamp_of(key))), None)
        return cls(len(keys), len(keys) - len(bad), size, oldest, tuple(bad))


def stamp_of(key: str) -> datetime | None:
    """When the log file was delivered, as its name says; None: the name isn't CloudTrail's."""
    return log_stamp(key)


class DigestState(StrEnum):
    READ = "read"
    MALFORMED = "malformed"
    """Read completely, and no digest document."""
    UNREADABLE = "unreadable"
    """Denied, archived, throttled, vanished, too large: no word on its content."""


class DigestSeen(NamedTuple):
    """One object that is named like a digest file of the trail; made by the functions below.

    `digest` is without its log files, `named` is how many they are. `tally` is None where they weren't
    looked at. `detail` says why there is no digest, or what is wrong with the container of one.
    """

    key: DigestKey
    bucket: str
    state: DigestState
    digest: Digest | None = None
    named: int = 0
    signature: str | None = None
    proof: Proof = Proof.UNSIGNED
    tally: Tally | None = None
    modified: datetime | None = None
    detail: str = ""


def read(
    key: DigestKey,
    bucket: str,
    digest: Digest,
    *,
    signature: str | None,
    proof: Proof,
    tally: Tally | None,
    modified: datetime | None = None,
    container: str = "",
) -> DigestSeen:
    """`signature` is that of the metadata, `proof` what `KeyRing.verify` says of it.

    `container` says what is wrong with the wrapping of a document that could be read all the same.
    """
    return DigestSeen(
        key,
        bucket,
        DigestState.READ,
        digest._replace(logs=()),
        len(digest.logs),
        signature,
        proof,
        tally,
        modified,
        container,
    )


def malformed(key: DigestKey, bucket: str, detail: str, modified: datetime | None = None) -> DigestSeen:
    """`detail` goes on from "the object": `is not JSON`."""
    return DigestSeen(key, bucket, DigestState.MALFORMED, detail=detail, modified=modified)


def unreadable(key: DigestKey, bucket: str, detail: str, modified: datetime | None = None) -> DigestSeen:
    """`detail` is the cause, as it is said of log files too: `AccessDenied`, `archived in GLACIER`."""
    return DigestSeen(key, bucket, DigestState.UNREADABLE, detail=detail, modified=modified)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a lane apart from its objects. `now` is when the run began, before it listed anything.

    `copied`: the files lie elsewhere than where they were delivered, perhaps not all of them.
    `listed_from` and `listed_to`: digests that end in between were listed, all of them. `delivered` is
    LatestDigestDeliveryTime, where it speaks of this very lane. `off` is when digests weren't meant to
    come, complete from `off_known_from` on (None: not known). `shared`: another trail, or one without
    validation, delivers log files into the same folder (None: not known). `validating`: log file validation
    is on at present. The two `…_expire` are the age from which lifecycle rules may have deleted a file
    (None: none does, as far as is known); `rules_unknown` says why those rules can't be told.
    """

    lane: Lane
    start: datetime
    end: datetime
    now: datetime
    listed_from: datetime
    listed_to: datetime
    copied: bool = False
    delivered: datetime | None = None
    off: tuple[Off, ...] = ()
    off_known_from: datetime | None = None
    shared: bool | None = None
    validating: bool | None = None
    digests_expire: timedelta | None = None
    logs_expire: timedelta | None = None
    rules_unknown: str = ""

    def place(self, bucket: str, key: str) -> Place:
        return ("", relative(key)) if self.copied else (bucket, key)

    def covers(self, first: datetime, last: datetime) -> bool:
        """Whether some of that time lies in the period."""
        return first < self.end and last > self.start

    def expired(self, moment: datetime, age: timedelta | None) -> bool:
        """Whether a file of that moment may be gone by a lifecycle rule."""
        return age is not None and self.now - moment >= age

    @property
    def so_old(self) -> str:
        """How a file of an `expired` moment is spoken of; the sentence may end with it."""
        why = f" (which there are is not known: {self.rules_unknown})" if self.rules_unknown else ""
        return f"so old that lifecycle rules may have deleted it{why}"
