"""A strict reader: what is unclear is refused with its line."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UserError
from scanner.yaml_file import MAX_BYTES, Document, read


def _read(folder: Path, content: str | bytes) -> Document:
    file = folder / "config.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(file)


def _refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(UserError) as refused:
        _read(folder, content)
    return refused.value.problem.removeprefix(f"{folder}/")


@pytest.mark.parametrize("content", ["", "# nothing but prose\n", "---\n", "{}", "\ufeff"])
def test_an_empty_file_holds_no_option(tmp_path: Path, content: str) -> None:
    assert _read(tmp_path, content).data == {}


def test_words_are_text_unless_written_exactly_like_something_else(tmp_path: Path) -> None:
    document = _read(
        tmp_path,
        """
        text: [no, yes, off, y, 0x1F, 1_000, 12:30, 2026-01-31, "true", '365', .inf, 99999999999999999999]
        booleans: [true, False]
        numbers: [365, -1, 0, 1.5, 1e3]
        nothing: [null, ~, ]
        """,
    )
    assert document.data == {
        "text": [
            "no", "yes", "off", "y", "0x1F", "1_000", "12:30", "2026-01-31", "true", "365", ".inf",
            "99999999999999999999",
        ],
        "booleans": [True, False],
        "numbers": [365, -1, 0, 1.5, 1000.0],
        "nothing": [None, None],
    }  # fmt: skip


def test_an_unquoted_account_id_with_a_leading_zero_is_refused_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        _read(tmp_path, "accounts:\n  - '112233445566'\n  - 010203040506\n")
    assert refused.value.problem.endswith(
        "config.yaml:3: accounts[1]: 010203040506 without quotes can be read as an octal number"
    )
    assert refused.value.hint == 'quote it: "010203040506"'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "config.yaml:3: a: stands here twice, first in line 1"),
        ("role:\n  name: x\n  name: y\n", "config.yaml:3: role.name: stands here twice, first in line 2"),
        ("a: &x [1]\nb: *x\n", "config.yaml:2: not clear as YAML: aliases (*name) are not supported"),
        ("a:\n  - !!int '3'\n", "config.yaml:2: a[0]: tags (tag:yaml.org,2002:int) are not supported"),
        (
            "a: !!python/object:os.system x",
            "config.yaml:1: a: tags (tag:yaml.org,2002:python/object:os.system)",
        ),
        ("a: 1\nb: c: d\n", "config.yaml:2: not clear as YAML: mapping values are not allowed here"),
        ("a: 1\n\tb: 2\n", "config.yaml:2: not clear as YAML: found character '\\t'"),
        ("a: [1\n", "config.yaml:2: not clear as YAML: expected ',' or ']'"),
        ("a: 1\n---\nb: 2\n", "config.yaml:2: not clear as YAML: but found another document"),
        ("a: 1\n? [b]\n: 2\n", "config.yaml:2: a key must be a word"),
        ("- a\n- b\n", "config.yaml:1: must hold options, one `key: value` a line, not a list"),
        (
            "\njust a word",
            "config.yaml:2: must hold options, one `key: value` a line, not only 'just a word'",
        ),
        ("a: 1\nb: \x00", "config.yaml:2: holds a character that text does not have"),
        (b"a: 1\nb: \xff\xfe", "config.yaml:2: is not text in UTF-8"),
        ("a: " + "[" * 100, "config.yaml:1: not clear as YAML: more than 32 levels deep"),
        (b"#" * (MAX_BYTES + 1), "config.yaml: is larger than 1,000,000 bytes"),
    ],
)
def test_what_is_unclear_is_refused_with_its_line(tmp_path: Path, content: str | bytes, problem: str) -> None:
    assert _refusal(tmp_path, content).startswith(problem)


def test_a_missing_file_and_a_directory_are_refused_by_name(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.yaml", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(UserError) as refused:
            read(path)
        assert refused.value.problem == f"{path}: cannot be read: {why}"


def test_each_value_knows_its_line_and_an_unknown_one_that_of_its_parent(tmp_path: Path) -> None:
    document = _read(tmp_path, "role:\n  name: x\nregions:\n  - a\n  - b\n")
    places = [document.where(key) for key in (("role", "name"), ("regions", 1), ("role", "path"), ("other",))]
    assert [place.removeprefix(f"{tmp_path}/") for place in places] == [
        "config.yaml:2: role.name",
        "config.yaml:5: regions[1]",
        "config.yaml:1: role.path",
        "config.yaml: other",
    ]


@given(st.binary(max_size=200))
def test_garbage_is_a_mapping_or_a_user_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        document = _read(folder, content)
    except UserError:
        return
    assert isinstance(document.data, dict)


FILES = ("config.example.yaml", "scanner/patterns/filters.yaml")


@pytest.mark.parametrize("file", FILES)
def test_both_parsers_read_the_same(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(__file__).parent.parent / file
    fast = read(path)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert read(path) == fast


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(codec="ascii", min_codepoint=32)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcd", min_size=1), PLAIN, max_size=4))
def test_json_is_read_as_json(tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]) -> None:
    assert _read(tmp_path_factory.getbasetemp(), json.dumps(data)).data == data
