"""What is written from the code is what the code says now."""

import json
import re
from pathlib import Path

from click.testing import CliRunner

from scanner.cli import main
from scanner.config import SHARED, load
from scanner.docs import check_pages, example_config, framework_page, iam_policy
from scanner.frameworks import find
from scanner.model.explanation import Explanation
from scanner.model.schema import schema_of
from scanner.registry import checks, frameworks, renderers
from scanner.settings import Role, Settings
from scanner.yaml_file import read

ROOT = Path(__file__).parent.parent
STALE = "run `python -m scanner.docs`"


def test_docs_checks_md_is_up_to_date() -> None:
    assert (ROOT / "docs/checks.md").read_text() == check_pages(checks()), STALE


def test_docs_frameworks_md_is_up_to_date() -> None:
    known = {check.id for check in checks()}
    shelf = [find(key, frameworks(), known) for key in frameworks()]
    assert (ROOT / "docs/frameworks.md").read_text() == framework_page(shelf), STALE


def test_config_example_yaml_is_up_to_date() -> None:
    assert (ROOT / "config.example.yaml").read_text() == example_config(checks()), STALE


def test_docs_iam_policy_json_is_up_to_date() -> None:
    assert (ROOT / "docs/iam-policy.json").read_text() == iam_policy(checks()), STALE


def test_docs_explanation_schema_json_is_up_to_date() -> None:
    assert (ROOT / "docs/explanation.schema.json").read_text() == schema_of(Explanation), STALE


def test_the_policy_grants_nothing_that_writes() -> None:
    statements = json.loads(iam_policy(checks()))["Statement"]
    verbs = {action.split(":")[1] for statement in statements for action in statement["Action"]}
    assert {verb for verb in verbs if not re.match("Get|List|Describe|Lookup", verb)} == {"AssumeRole"}


def test_the_readme_shows_the_help_as_it_is() -> None:
    shown = CliRunner().invoke(main, ["--help"], terminal_width=78).output
    assert shown in (ROOT / "README.md").read_text(), "copy `trailaudit --help` into README.md"


def test_the_example_changes_nothing() -> None:
    example = load({"config": str(ROOT / "config.example.yaml")}, {}, checks(), renderers())
    default = load({}, {}, checks(), renderers())
    assert example.checks == default.checks
    assert example.settings.model_copy(update={"checks": {}}) == default.settings


def test_every_option_stands_in_the_example() -> None:
    data = read(ROOT / "config.example.yaml").data
    assert list(data) == list(Settings.model_fields)
    assert list(data["role"]) == list(Role.model_fields)
    assert {name: set(options) for name, options in data["checks"].items()} == {
        check.id: set(check.model_fields) - set(SHARED) for check in checks()
    }
