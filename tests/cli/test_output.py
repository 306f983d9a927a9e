"""Files are whole or as they were."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from scanner.cli.output import require_writable, write
from scanner.errors import UserError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_file_has_the_mode_that_the_umask_leaves(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        write("report", b"new")
    finally:
        os.umask(before)
    assert (folder / "report").read_bytes() == b"new"
    assert stat.S_IMODE((folder / "report").stat().st_mode) == 0o640


def test_a_file_that_is_replaced_keeps_its_mode(folder: Path) -> None:
    (folder / "report").write_bytes(b"old and longer")
    (folder / "report").chmod(0o604)
    write("report", b"new")
    assert (folder / "report").read_bytes() == b"new"
    assert stat.S_IMODE((folder / "report").stat().st_mode) == 0o604


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "real").write_bytes(b"old")
    (folder / "link").symlink_to("real")
    write("link", b"new")
    assert (folder / "link").is_symlink()
    assert (folder / "real").read_bytes() == b"new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    write(os.devnull, b"gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(descriptor: int) -> None:  # noqa: ARG001
        raise error

    (folder / "report").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    expected: Any = UserError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write("report", b"new")
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("report", b"old")]


def test_a_place_that_cannot_be_written_is_refused_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "directory").mkdir()
    (folder / "file").touch()
    problems: list[str] = []
    for path in ("directory", "none/report", "file/report"):
        with pytest.raises(UserError) as refused:
            require_writable(path)
        problems.append(refused.value.problem)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UserError, match="report can't be written: permission denied"):
        require_writable("report")
    assert problems == [
        "directory is a directory",
        f"none/report can't be written: there is no directory {folder}/none",
        f"file/report can't be written: there is no directory {folder}/file",
    ]


def test_a_place_that_can_be_written_is_left_as_it_is(folder: Path) -> None:
    for path in ("report", os.devnull):
        require_writable(path)
    assert list(folder.iterdir()) == []
