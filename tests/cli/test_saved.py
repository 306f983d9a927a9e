"""Saved values: what can't be read back is named with file and place."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.cli.saved import read_saved
from scanner.errors import UserError
from scanner.model.posture import Posture
from scanner.model.result import Result
from tests.build import posture


def _refusal(folder: Path, content: bytes) -> str:
    file = folder / "posture.json"
    file.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read_saved(str(file), Posture, "a saved posture")
    return refused.value.problem.removeprefix(f"{folder}/")


def _changed(**changes: object) -> bytes:
    return json.dumps({**json.loads(posture().model_dump_json()), **changes}).encode()


def test_a_posture_is_read_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "posture.json").write_text(posture().model_dump_json())
    assert read_saved(str(tmp_path / "posture.json"), Posture, "a saved posture") == posture()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "posture.json is not a saved posture: Invalid JSON: EOF while parsing"),
        (b"\x00\xff", "posture.json is not a saved posture: Invalid JSON: "),
        (b"[]", "posture.json is not a saved posture: Input should be an object"),
        (_changed(version="2"), "posture.json has version '2', this release reads another"),
        (_changed(extra=1), "posture.json is not a saved posture: Extra inputs are not permitted at extra"),
        (_changed(accounts=[{"id": "1"}]), "posture.json is not a saved posture: Field required at accounts[0].state"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, content: bytes, problem: str) -> None:
    assert _refusal(tmp_path, content).startswith(problem)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(UserError, match=r"none\.json can't be read: No such file or directory"):
        read_saved("none.json", Result, "the result of a run")


@given(st.binary(max_size=100))
def test_garbage_is_a_user_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    _refusal(tmp_path_factory.getbasetemp(), content)
