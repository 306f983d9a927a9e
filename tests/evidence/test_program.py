"""Which program judged."""

import json
import sys
from pathlib import Path

import pytest

from scanner.evidence import describe_program
from scanner.evidence.program import _hash_of
from scanner.model.result import Rule
from scanner.registry import checks
from tests.reports.sample import report

CHECKS = tuple(kind.model_validate({}) for kind in checks())
RESULT = report().result


def test_the_program_is_told_by_version_code_and_rules() -> None:
    told = json.loads(describe_program(RESULT, CHECKS))
    assert told["name"] == "trailaudit"
    assert set(told["code"]) == {"scanner", "checks"}
    assert describe_program(RESULT, CHECKS) == describe_program(RESULT, CHECKS)


def test_another_option_is_another_hash_of_the_rules() -> None:
    rule = Rule(id="bucket-retention", severity=CHECKS[0].severity, options={"min_days": 365})
    hashes = {
        json.loads(describe_program(RESULT.model_copy(update={"rules": rules}), CHECKS))["rules"]
        for rules in ((), (rule,), (rule.model_copy(update={"options": {"min_days": 30}}),))
    }
    assert len(hashes) == 3


def test_another_letter_of_code_is_another_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "acme_rules"
    package.mkdir()
    (package / "__init__.py").touch()
    found = set()
    for text in ("a = 1\n", "a = 2\n"):
        (package / "check.py").write_text(text)
        found.add(_hash_of("acme_rules"))
        sys.modules.pop("acme_rules", None)
    assert len(found) == 2
