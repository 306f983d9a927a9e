"""What was proven, kept on disk."""

import gzip
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import UserError
from scanner.integrity.digest import parse_digest
from scanner.integrity.journal import BATCH, FILE, Journal, Row, prepare, proven_log
from tests.integrity.tree import delivered, digests

SCOPE = {"trail": "arn:aws:cloudtrail:eu-west-1:111111111111:trail/audit", "bucket": "acme-logs"}
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


STARTING, NEXT = (parse_digest(gzip.decompress(delivered()[key].body)) for key in digests(delivered())[:2])


def row(key: str = "digest") -> Row:
    logs = (proven_log("etag", 8_300, 65_800), None)
    return Row(key, "abc", 700, NEXT, signature="0f", signed=True, modified=AT, proven=AT, logs=logs)


LATER = Row("digest", "new", 1, STARTING, signature=None, signed=False, modified=AT, proven=AT, logs=())


def test_a_row_is_read_back_as_it_was_put(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with Journal(tmp_path) as journal:
        journal.put(row())
    with Journal(tmp_path) as journal:
        assert journal.get("digest") == row()
        assert journal.get("another") is None


def test_a_later_row_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with Journal(tmp_path) as journal:
        journal.put(row())
        journal.flush()
        journal.put(LATER)
        journal.flush()
        assert journal.get("digest") == LATER


def test_rows_that_were_fetched_ahead_are_those_that_are_there(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with Journal(tmp_path) as journal:
        for key in ("a", "b", "d", "e"):
            journal.put(row(key))
        journal.flush()
        journal.look_ahead(["b", "c", "d"])
        assert [journal.get(key) for key in "abcd"] == [row("a"), row("b"), None, row("d")]
        journal.look_ahead([])
        assert journal.get("b") == row("b")


def test_what_was_put_counts_more_than_what_was_fetched_ahead(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with Journal(tmp_path) as journal:
        journal.put(row())
        journal.flush()
        journal.look_ahead(["digest"])
        journal.put(LATER)
        journal.flush()
        assert journal.get("digest") == LATER


def test_a_crash_loses_a_batch_at_most(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    crashed = Journal(tmp_path)
    for number in range(BATCH + 1):
        crashed.put(row(str(number)))
    with Journal(tmp_path) as journal:
        assert journal.get(str(BATCH - 1)) is not None
        assert journal.get(str(BATCH)) is None


def test_an_interrupted_run_keeps_what_it_has_proven(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    journal = Journal(tmp_path)
    journal.put(row())
    journal.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    with Journal(tmp_path) as journal:
        assert journal.get("digest") == row()


def test_a_log_file_is_the_same_while_its_etag_and_size_are() -> None:
    log = proven_log("etag", 8_300, 65_800)
    assert log.is_("etag", 8_300)
    assert not log.is_("other", 8_300)
    assert not log.is_("etag", 8_301)


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    prepare(tmp_path / "new", SCOPE, resume=False)
    with Journal(tmp_path / "new") as journal:
        journal.put(row())
        journal.flush()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}


def test_an_earlier_run_is_only_gone_on_with_when_asked_to(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with pytest.raises(UserError, match="holds an earlier run"):
        prepare(tmp_path, SCOPE, resume=False)
    prepare(tmp_path, SCOPE, resume=True)


def test_to_resume_what_never_began_is_to_begin(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=True)
    with Journal(tmp_path) as journal:
        assert journal.get("digest") is None


def test_a_run_about_something_else_is_refused(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with pytest.raises(UserError, match="is of another bucket: 'acme-logs', not 'other'"):
        prepare(tmp_path, {**SCOPE, "bucket": "other"}, resume=True)


def test_a_run_of_another_version_is_refused(tmp_path: Path) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("update scope set value = '0' where name = 'version'")
    connection.close()
    with pytest.raises(UserError, match="is of another version: '0', not '2'"):
        prepare(tmp_path, SCOPE, resume=True)


def test_a_file_that_nothing_was_written_to_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    prepare(tmp_path, SCOPE, resume=True)
    with Journal(tmp_path) as journal:
        journal.put(row())
    prepare(tmp_path, SCOPE, resume=True)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(UserError, match="is damaged"):
        prepare(tmp_path, SCOPE, resume=True)


@pytest.mark.parametrize(
    "damage",
    ["digest = replace(digest, '2026', '2027')", "signature = null", "signed = 0", "logs = zeroblob(64)"],
)
def test_a_row_that_is_damaged_proves_nothing(tmp_path: Path, damage: str) -> None:
    prepare(tmp_path, SCOPE, resume=False)
    with Journal(tmp_path) as journal:
        journal.put(row())
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute(f"update digest set {damage}")
    connection.close()
    with Journal(tmp_path) as journal:
        assert journal.get("digest") is None


def test_a_folder_that_can_t_be_made_is_a_thing_to_put_right(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't be written"):
        prepare(tmp_path / "file" / "run", SCOPE, resume=False)
