"""The file of a run: made once, for its owner only, and gone on with where it is about the same."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import run_file
from scanner.errors import UserError
from scanner.run_file import opened, prepare, transaction

SCHEMA = "create table answer (told text); create table session (role text);"
SCOPE = {"version": "1", "choice of accounts": '["111111111111"]'}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of a run that was begun."""
    path = tmp_path / "run" / "scan.sqlite"
    prepare(path, SCHEMA, SCOPE, resume=False, facts={"started": "then"})
    return path


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file, "_ALONE", 0)


def refusal(path: Path, *, resume: bool = True, accounts: str = SCOPE["choice of accounts"]) -> str:
    scope = SCOPE | {"choice of accounts": accounts}
    with pytest.raises(UserError) as refused:
        prepare(path, SCHEMA, scope, resume=resume, facts={"started": "now"})
    assert refused.value.hint
    return refused.value.problem.removeprefix(f"{path} ")


@contextlib.contextmanager
def changed(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_facts_are_those_of_the_first_run(file: Path) -> None:
    assert prepare(file, SCHEMA, SCOPE, resume=True, facts={"started": "now"}) == SCOPE | {"started": "then"}


def test_an_earlier_run_is_not_gone_on_with_unasked(file: Path) -> None:
    assert refusal(file, resume=False) == "holds an earlier run"


def test_to_resume_what_never_began_is_to_begin(tmp_path: Path) -> None:
    told = prepare(tmp_path / "scan.sqlite", SCHEMA, SCOPE, resume=True, facts={"started": "now"})
    assert told["started"] == "now"


def test_a_run_that_ended_before_its_first_row_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "scan.sqlite"
    path.touch()
    assert prepare(path, SCHEMA, SCOPE, resume=True, facts={"started": "now"})["started"] == "now"


def test_the_file_is_for_its_owner_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "new" / "scan.sqlite"
        prepare(path, SCHEMA, SCOPE, resume=False)
        with contextlib.closing(opened(path)) as connection:
            connection.execute("insert into answer values ('x')")
            modes = {found.name: mode(found) for found in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("scan.sqlite", "scan.sqlite-wal", "scan.sqlite-shm"), 0o600)
    assert mode(path.parent) == 0o700


def test_a_directory_that_was_there_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    prepare(tmp_path / "shared" / "scan.sqlite", SCHEMA, SCOPE, resume=False)
    assert mode(tmp_path / "shared") == 0o755
    assert mode(tmp_path / "shared" / "scan.sqlite") == 0o600


def test_a_run_about_something_else_is_named_with_both(file: Path) -> None:
    assert refusal(file, accounts='["222222222222"]') == (
        "is of another choice of accounts: '[\"111111111111\"]', not '[\"222222222222\"]'"
    )


def test_a_long_scope_is_quoted_in_part(file: Path) -> None:
    problem = refusal(file, accounts="1" * 5000)
    assert len(problem) < 300
    assert problem.endswith("…")


def test_a_run_of_another_version_is_told_as_that_whatever_its_tables_are(file: Path) -> None:
    with pytest.raises(UserError, match="is of another version: '1', not '2'"):
        prepare(file, "create table other (x);", SCOPE | {"version": "2"}, resume=True)


@pytest.mark.parametrize("table", ["answer", "session", "scope"])
def test_a_table_that_is_missing_is_damage(file: Path, table: str) -> None:
    with changed(file) as connection:
        connection.execute(f"drop table {table}")
    problem = refusal(file)
    assert problem.startswith("is damaged: ")
    assert table in problem


def test_a_fact_that_is_missing_is_damage(file: Path) -> None:
    with changed(file) as connection:
        connection.execute("delete from scope where name = 'started'")
    assert refusal(file) == "is damaged: it doesn't tell its started"


def test_garbage_is_damage(file: Path) -> None:
    file.write_bytes(os.urandom(8192))
    assert refusal(file) == "is damaged: file is not a database"


def test_a_file_that_lost_its_middle_is_damaged(file: Path) -> None:
    with changed(file) as connection:
        connection.executemany("insert into answer values (?)", [("x" * 500,) for _ in range(100)])
        connection.execute("pragma journal_mode = delete")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    assert refusal(file).startswith("is damaged: ")


def test_a_file_where_the_directory_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    problem = refusal(tmp_path / "run" / "scan.sqlite", resume=False)
    assert problem == f"can't be written: {tmp_path / 'run'} is no directory"
    assert refusal(tmp_path / "run" / "deeper" / "scan.sqlite") == "can't be written: Not a directory"


def test_a_directory_where_the_file_should_be_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "scan.sqlite").mkdir()
    assert refusal(tmp_path / "scan.sqlite") == "can't be opened or written: unable to open database file"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_that_nothing_may_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    assert refusal(tmp_path / "closed" / "scan.sqlite") == "can't be written: Permission denied"


def test_a_full_disk_at_the_very_beginning_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = run_file.opened

    def full(path: Path) -> sqlite3.Connection:
        connection = real(path)
        connection.execute("pragma max_page_count = 2")
        return connection

    monkeypatch.setattr(run_file, "opened", full)
    assert refusal(tmp_path / "scan.sqlite") == "can't be written: database or disk is full"
    monkeypatch.undo()
    assert prepare(tmp_path / "scan.sqlite", SCHEMA, SCOPE, resume=True) == SCOPE


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_works(file: Path) -> None:
    with contextlib.closing(opened(file)) as connection:
        connection.execute("pragma max_page_count = 6")
        rows = [("first",), ("x" * 50_000,)]
        with pytest.raises(sqlite3.OperationalError, match="full"), transaction(connection):
            connection.executemany("insert into answer values (?)", rows)
        with transaction(connection):
            connection.execute("insert into answer values ('next')")
        assert connection.execute("select told from answer").fetchall() == [("next",)]


def test_a_process_that_is_interrupted_in_a_transaction_leaves_nothing_of_it(file: Path) -> None:
    with contextlib.closing(opened(file)) as connection:

        def interrupted() -> Iterator[tuple[str]]:
            yield ("half",)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), transaction(connection):
            connection.executemany("insert into answer values (?)", interrupted())
        assert connection.execute("select count(*) from answer").fetchone() == (0,)


def test_a_file_that_is_open_for_one_alone_is_refused_to_others(file: Path) -> None:
    with contextlib.closing(opened(file, alone=True)):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            opened(file, alone=True)
        assert refusal(file) == "is in use by another run"
    with contextlib.closing(opened(file, alone=True)):
        pass


def test_a_file_that_is_not_locked_is_shared(file: Path) -> None:
    with contextlib.closing(opened(file)) as one, contextlib.closing(opened(file)) as other:
        one.execute("insert into answer values ('x')")
        assert other.execute("select told from answer").fetchall() == [("x",)]
