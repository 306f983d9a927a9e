"""Which program judged, so exactly that a changed check shows."""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from scanner.check import Check
from scanner.model.result import Result

_CODE = frozenset({".py", ".yaml"})


def describe_program(result: Result, checks: Iterable[Check]) -> bytes:
    """The content of tool.json. `rules` is the SHA-256 of `code` and of the result's rules: it changes with
    the code and with options.
    """
    packages = sorted({"scanner", *(type(check).__module__.partition(".")[0] for check in checks)})
    code = {package: _hash_of(package) for package in packages}
    rules = [rule.model_dump(mode="json") for rule in result.rules]
    text = json.dumps({"code": code, "rules": rules}, sort_keys=True, separators=(",", ":"))
    told = {
        **result.tool.model_dump(),
        "python": platform.python_version(),
        "botocore": version("botocore"),
        "code": code,
        "rules": hashlib.sha256(text.encode()).hexdigest(),
    }
    return (json.dumps(told, indent=1) + "\n").encode()


def _hash_of(package: str) -> str:
    """Of the paths of its files with their SHA-256, sorted."""
    spec = find_spec(package)
    folders = list((spec.submodule_search_locations if spec is not None else None) or ())
    lines = sorted(
        f"{path.relative_to(folder).as_posix()}  {hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        for folder in folders
        for path in Path(folder).rglob("*")
        if path.suffix in _CODE
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
