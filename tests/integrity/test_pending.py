"""A digest while its log files are looked at."""

import gzip
from datetime import UTC, datetime

from scanner.integrity.digest import Proof, parse_digest
from scanner.integrity.evidence import LogSeen, LogState, stamp_of
from scanner.integrity.journal import ProvenLog, Row, proven_log
from scanner.integrity.layout import parse_digest_key
from scanner.integrity.pending import Pending
from tests.integrity.tree import delivered, digests

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = digests(delivered())[1]
DIGEST = parse_digest(gzip.decompress(delivered()[KEY].body))
FIRST, SECOND = (log.key for log in DIGEST.logs)
PROVEN = proven_log("etag", 8_300, 65_800)


def pending(*logs: ProvenLog | None, trusted: bool = False) -> Pending:
    key = parse_digest_key(KEY)
    assert key
    row = Row(KEY, "etag", 700, DIGEST, signature="0f", signed=True, modified=AT, proven=AT, logs=logs)
    return Pending(key, DIGEST, "0f", Proof.VALID, AT, row, trusted=trusted)


def test_log_files_are_counted_in_whatever_order_they_come() -> None:
    one = pending()
    one.settle(1, LogSeen(SECOND, LogState.ALTERED, "differs"), None)
    assert one.left == 1
    one.settle(0, LogSeen(FIRST, LogState.VALID, size=65_800), PROVEN)
    tally = one.tally([FIRST, SECOND])
    assert (one.left, tally.count, tally.valid, tally.size) == (0, 2, 1, 65_800)
    assert (tally.oldest, [seen.key for seen in tally.bad]) == (stamp_of(FIRST), [SECOND])
    kept = one.to_keep(tally)
    assert kept is not None
    assert kept.logs == (PROVEN, None)


def test_only_an_earlier_run_has_proven_anything_before() -> None:
    assert pending(PROVEN, None, trusted=True).before(0) == PROVEN
    assert pending(PROVEN, None, trusted=True).before(1) is None
    assert pending().before(0) is None


def test_a_row_that_says_the_same_is_not_written_again() -> None:
    one = pending(PROVEN, PROVEN, trusted=True)
    one.unchanged(0, PROVEN)
    one.unchanged(1, PROVEN)
    assert one.to_keep(one.tally([FIRST, SECOND])) is None


def test_a_digest_whose_log_files_were_not_looked_at_keeps_an_earlier_run_s_row() -> None:
    assert pending(PROVEN, PROVEN, trusted=True).to_keep(None) is None
    kept = pending().to_keep(None)
    assert kept is not None
    assert kept.logs == (None, None)
