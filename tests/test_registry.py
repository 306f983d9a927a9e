"""Plugins come in by entry point; a broken one is named."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field, PositiveInt

from scanner import registry
from scanner.check import Check, Subject, Verdict
from scanner.errors import UserError
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.result import CheckDoc, OptionDoc

CHECK = """
from scanner.check import AccountCheck, Pass
from scanner.model.finding import Severity


class Base(AccountCheck):
    severity: Severity = Severity.LOW


class {name}(Base):
    id = "{id}"

    def judge(self, account, posture, /):
        return Pass("fine")
"""


class Plugin:
    """A package of checks in a directory of its own, and what the entry points say."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = f"plugin_{folder.name.replace('-', '_')}"
        self.folder = folder / self.name
        self.folder.mkdir()
        (self.folder / "__init__.py").touch()
        self.entries = [EntryPoint("acme", self.name, registry.CHECKS)]
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setattr(
            registry, "entry_points", lambda group: [e for e in self.entries if e.group == group]
        )

    def module(self, name: str, text: str) -> None:
        (self.folder / f"{name}.py").write_text(text)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    return Plugin(tmp_path, monkeypatch)


def test_each_module_of_a_plugin_s_package_brings_its_check(plugin: Plugin) -> None:
    plugin.module("b_check", CHECK.format(name="BCheck", id="b-check"))
    plugin.module("a_check", CHECK.format(name="ACheck", id="a-check"))
    plugin.module("_shared", "HELP = 1")
    (plugin.folder / "data").mkdir()
    (plugin.folder / "data" / "__init__.py").touch()
    assert [(check.id, check.__name__) for check in registry.checks()] == [
        ("a-check", "ACheck"),
        ("b-check", "BCheck"),
    ]


def test_a_plugin_that_cannot_be_imported_is_named_with_the_error(plugin: Plugin) -> None:
    plugin.module("broken", "import no_such_library")
    with pytest.raises(UserError) as refused:
        registry.checks()
    assert refused.value.problem == (
        f"{plugin.name} cannot be loaded: {plugin.name}.broken: "
        "ModuleNotFoundError: No module named 'no_such_library'"
    )


def test_a_package_that_is_not_there_is_named(plugin: Plugin) -> None:
    plugin.entries = [EntryPoint("acme", "no_such_package", registry.CHECKS)]
    with pytest.raises(UserError, match="no_such_package cannot be loaded"):
        registry.checks()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "none"),
        (CHECK.format(name="One", id="one") + CHECK.format(name="Two", id="two"), "One, Two"),
    ],
)
def test_a_module_without_exactly_one_check_is_refused(plugin: Plugin, text: str, found: str) -> None:
    plugin.module("odd", text)
    with pytest.raises(UserError, match=f"must define one check, it defines {found}"):
        registry.checks()


def test_two_checks_of_one_id_are_refused(plugin: Plugin) -> None:
    plugin.module("first", CHECK.format(name="First", id="same"))
    plugin.module("second", CHECK.format(name="Second", id="same"))
    with pytest.raises(UserError, match="the check same is installed twice"):
        registry.checks()


def test_a_format_is_loaded_only_when_it_is_asked_for(plugin: Plugin) -> None:
    plugin.module("text", "class Text:\n    format = 'text'\n")
    plugin.entries = [
        EntryPoint("text", f"{plugin.name}.text:Text", registry.REPORTS),
        EntryPoint("broken", "no_such_package:Broken", registry.REPORTS),
    ]
    assert sorted(registry.renderers()) == ["broken", "text"]
    assert registry.renderer("text").format == "text"
    with pytest.raises(UserError, match="no_such_package:Broken cannot be loaded"):
        registry.renderer("broken")


def test_a_format_without_its_extra_says_how_to_install_it(plugin: Plugin) -> None:
    metadata = plugin.folder.parent / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\nProvides-Extra: fancy\n"
    )
    (metadata / "entry_points.txt").write_text(
        f"[{registry.REPORTS}]\nfancy = {plugin.name}.fancy:Fancy\nplain = {plugin.name}.fancy:Fancy\n"
    )
    plugin.module("fancy", "import no_such_library\n")
    plugin.entries = list(PathDistribution(metadata).entry_points)
    with pytest.raises(UserError, match="the report format fancy needs no_such_library") as refused:
        registry.renderer("fancy")
    assert refused.value.hint == "pip install 'acme[fancy]'"
    with pytest.raises(UserError, match="cannot be loaded"):
        registry.renderer("plain")


def test_what_a_format_says_of_its_own_needs_is_told_as_it_is(plugin: Plugin) -> None:
    text = "from scanner.errors import UserError\nraise UserError('paper needs ink', hint='buy some')\n"
    plugin.module("paper", text)
    plugin.entries = [EntryPoint("paper", f"{plugin.name}.paper:Paper", registry.REPORTS)]
    with pytest.raises(UserError, match="paper needs ink") as refused:
        registry.renderer("paper")
    assert refused.value.hint == "buy some"


def test_an_unknown_format_is_refused_with_the_nearest(plugin: Plugin) -> None:
    plugin.entries = [EntryPoint("junit", "reports.junit:J", registry.REPORTS)]
    with pytest.raises(UserError, match="unknown report format 'junt'") as refused:
        registry.renderer("junt")
    assert refused.value.hint == "did you mean junit?"


def test_two_formats_of_one_name_are_refused(plugin: Plugin) -> None:
    plugin.entries = [EntryPoint("text", f"{name}:Text", registry.REPORTS) for name in ("one", "two")]
    with pytest.raises(UserError, match="the report format text is installed twice: one:Text and two:Text"):
        registry.renderers()


class Documented(Check):
    """Things are
    as they should be.

    Why it matters: One line
    and another.

    A second paragraph.

    How to fix: Do it.

    - Console: here
      and there.
    - CLI:

          aws do --it

    See: https://docs.aws.amazon.com/one
    https://docs.aws.amazon.com/two
    """

    id = "documented"
    subject: ClassVar[str] = "account"

    severity: Severity = Severity.HIGH
    days: PositiveInt = Field(365, description="How long.")
    names: frozenset[str] = Field(frozenset({"a b"}), description="Which.")

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:  # noqa: ARG002
        return iter(())


def test_the_prose_of_a_check_comes_from_its_docstring_and_its_fields() -> None:
    assert registry.describe(Documented) == CheckDoc(
        id="documented",
        title="Things are as they should be.",
        severity=Severity.HIGH,
        subject="account",
        why="One line and another.\n\nA second paragraph.",
        fix="Do it.\n\n- Console: here and there.\n- CLI:\n\n      aws do --it",
        see="https://docs.aws.amazon.com/one\nhttps://docs.aws.amazon.com/two",
        options=(
            OptionDoc(name="days", default="365", meaning="How long."),
            OptionDoc(name="names", default='["a b"]', meaning="Which."),
        ),
    )


def test_an_instance_is_described_with_its_own_severity() -> None:
    assert registry.describe(Documented(severity=Severity.LOW)).severity is Severity.LOW


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (365, "365"), ("any", "any"), ("true", '"true"'), ("-", '"-"'), ([], "[]"), ({"a": ["b"]}, "{a: [b]}")],
)  # fmt: skip
def test_a_default_is_shown_as_one_writes_it_in_the_file(value: object, text: str) -> None:
    assert registry.in_yaml(value) == text


def test_listing_the_checks_loads_no_sdk_and_no_report() -> None:
    program = (
        "import sys\nfrom scanner import registry\nregistry.checks()\nregistry.renderers()\n"
        "print([name for name in ('boto3', 'botocore', 'jinja2', 'rich', 'reports') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def _shelf(folder: Path, name: str, *keys: str) -> EntryPoint:
    package = folder / name
    package.mkdir()
    (package / "__init__.py").touch()
    for key in keys:
        (package / f"{key}.yaml").touch()
    return EntryPoint(name, name, registry.FRAMEWORKS)


def test_each_yaml_file_of_a_plugin_s_package_is_a_framework_named_as_its_key(
    plugin: Plugin, tmp_path: Path
) -> None:
    plugin.entries = [_shelf(tmp_path, "shelf_a", "b", "a"), _shelf(tmp_path, "shelf_b", "c")]
    assert registry.frameworks() == {
        "a": tmp_path / "shelf_a/a.yaml",
        "b": tmp_path / "shelf_a/b.yaml",
        "c": tmp_path / "shelf_b/c.yaml",
    }
    assert list(registry.frameworks()) == ["a", "b", "c"]


def test_a_framework_that_is_installed_twice_is_refused(plugin: Plugin, tmp_path: Path) -> None:
    plugin.entries = [_shelf(tmp_path, "shelf_c", "a"), _shelf(tmp_path, "shelf_d", "a")]
    with pytest.raises(UserError) as refused:
        registry.frameworks()
    assert refused.value.problem == (
        f"the framework a is installed twice: {tmp_path}/shelf_c/a.yaml and {tmp_path}/shelf_d/a.yaml"
    )
