"""A digest while its log files are looked at, one by one, in any order."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from scanner.integrity.digest import Digest, Proof
from scanner.integrity.evidence import DigestSeen, LogSeen, LogState, Tally, read
from scanner.integrity.journal import ProvenLog, Row
from scanner.integrity.layout import DigestKey
from scanner.integrity.objects import Listed


@dataclass(slots=True, eq=False)
class Pending:
    key: DigestKey
    digest: Digest
    signature: str | None
    proof: Proof
    modified: datetime | None
    row: Row | None
    """To be kept in the journal, with what it says of log files replaced; None: not to be kept."""
    container: str = ""
    """What is wrong with the digest's own."""
    trusted: bool = False
    """The row is an earlier run's."""
    left: int = field(init=False)
    """Log files that are still to be looked at."""
    proven: list[ProvenLog | None] = field(init=False)
    """What the journal is to keep of the log files, in their order."""
    _size: int = 0
    _bad: list[LogSeen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = len(self.digest.logs)
        self.proven = [None] * self.left

    def before(self, at: int) -> ProvenLog | None:
        """What an earlier run has proven of a log file."""
        logs = self.row.logs if self.trusted and self.row else ()
        return logs[at] if logs else None

    def unchanged(self, at: int, proven: ProvenLog) -> None:
        """A log file is still the object that an earlier run has proven."""
        self.left -= 1
        self._size += proven.size
        self.proven[at] = proven

    def settle(self, at: int, seen: LogSeen, proven: ProvenLog | None) -> None:
        """A log file was read, or not. `proven` is kept of it."""
        self.left -= 1
        self.proven[at] = proven
        if seen.state is LogState.VALID:
            self._size += seen.size
        else:
            self._bad.append(seen)

    def tally(self, keys: list[str]) -> Tally:
        """Of all its log files, which lie under these keys."""
        return Tally.of(keys, self._bad, self._size)

    def seen(self, bucket: str, tally: Tally | None) -> DigestSeen:
        return read(
            self.key,
            bucket,
            self.digest,
            signature=self.signature,
            proof=self.proof,
            tally=tally,
            modified=self.modified,
            container=self.container,
        )

    def to_keep(self, tally: Tally | None) -> Row | None:
        """The row that the journal lacks."""
        if self.row is None:
            return None
        logs = tuple(self.proven)
        if self.trusted and (tally is None or logs == self.row.logs):
            return None
        return self.row._replace(logs=logs)


class Named(NamedTuple):
    """A log file as a digest names it; `at` is its place there, `listed` the object as it was listed."""

    pending: Pending
    at: int
    key: str
    bucket: str
    sha256: str
    listed: Listed | None = None
