"""What is written from the code: docs/checks.md, docs/iam-policy.json, docs/*.schema.json and
config.example.yaml.

`python -m scanner.docs` writes them into the working directory, the repository's root.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from scanner.aws.policy import as_json
from scanner.check import Check
from scanner.config import SHARED
from scanner.frameworks import FrameworkFile, find
from scanner.model.comparison import Comparison
from scanner.model.explanation import Explanation
from scanner.model.result import CheckDoc, Result
from scanner.model.sample import Sample
from scanner.model.schema import schema_of
from scanner.model.verification import Verification
from scanner.registry import HEADINGS, checks, describe, frameworks, in_yaml
from scanner.settings import FLAGS, Role, Settings

WIDTH = 100
SCHEMAS: dict[str, type[BaseModel]] = {
    "comparison": Comparison,
    "result": Result,
    "sample": Sample,
    "verification": Verification,
}
"""What is published as JSON, by the name of its file."""
_FILE_HEAD = """\
Every option of `trailaudit scan`, at its default: keep the lines that you change, and name the
file with --config.

A flag wins over the environment, that over this file, that over the default. An option that is left
empty stays at its default. Account ids are text: they stand in quotes, or a leading zero makes them
octal numbers. Paths start from the directory that the command runs in.
"""
_FRAMEWORK_HEAD = """\
# Frameworks

Written by `python -m scanner.docs` from `checks/frameworks/`: change it there.

`trailaudit scan --framework KEY` reports what the checks say of a framework's controls. No check meets a
control alone: a pass is evidence for a part of it, for CloudTrail and what it uses, in the accounts and
regions that were scanned. A check asks for what works, not for what is set, so a control can fail here where
the framework's own test passes; notes say where the two differ.

- `pass`: every check that is direct evidence passed or does not apply, and at least one passed.
- `fail`: one of them failed, waived or not; waived failures are counted apart.
- `unknown`: otherwise. A verdict is unknown, a check did not run, an account in scope could not be entered,
  nothing was there to judge, or a check asked for other days than the control does (`--retention-for`).
- `not_assessed`: no check is direct evidence. It is listed and counts nowhere.

Each link from a check to a control has a confidence. `high`: an official page or several tools say so.
`medium`: the text of the control plainly calls for it. `low`: the evidence is indirect; it is shown and
decides nothing. Titles are not the frameworks' own text, which has owners. Only controls that bear on audit
logging are listed.

`--retention-for KEY` lets the checks ask for as many days as a framework does, and says so in their messages.
Where it names several periods the first counts. A framework whose last column is empty sets none: its
`retention` says why.
"""
_SHARED_NOTE = "also the option {} of {}"


def check_pages(installed: Sequence[type[Check]]) -> str:
    """The text of docs/checks.md."""
    docs = [describe(check) for check in installed]
    return "\n".join(_check_pages(docs)).rstrip() + "\n"


def _check_pages(docs: Sequence[CheckDoc]) -> Iterator[str]:
    yield "# Checks"
    yield ""
    yield "Written by `python -m scanner.docs` from the checks themselves: change it there."
    yield ""
    yield "Every check gives one verdict for each subject: `pass`, `fail`, `unknown` (a fact could not be"
    yield "read) or `not_applicable`. A pass means that the sentence holds. Severities and options are"
    yield "defaults; the config file changes both, under `checks:` and the check's id."
    yield ""
    yield "| check | severity | subject | a pass means |"
    yield "|---|---|---|---|"
    for doc in docs:
        yield f"| [`{doc.id}`](#{doc.id}) | {doc.severity} | {doc.subject} | {_cell(doc.title)} |"
    for doc in docs:
        yield from ("", f"## {doc.id}", "", doc.title, "")
        yield f"Severity {doc.severity}; judges each {doc.subject}."
        for heading, text in zip(HEADINGS, (doc.why, doc.fix, doc.see), strict=True):
            yield from ("", f"**{heading}.** {text}")
        if doc.options:
            yield from ("", "| option | default | meaning |", "|---|---|---|")
            for option in doc.options:
                yield f"| `{option.name}` | `{_cell(option.default)}` | {_cell(option.meaning)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def framework_page(shelf: Iterable[FrameworkFile]) -> str:
    """The text of docs/frameworks.md."""
    return "\n".join(_framework_page(shelf)) + "\n"


def _framework_page(shelf: Iterable[FrameworkFile]) -> Iterator[str]:
    yield _FRAMEWORK_HEAD
    yield "| key | framework | controls | of these not assessed | logs kept |"
    yield "|---|---|---|---|---|"
    for one in shelf:
        silent = sum(not any(link.direct for link in control.checks) for control in one.controls)
        counts = f"{len(one.controls)} | {silent}"
        yield f"| `{one.key}` | {_cell(f'{one.name}, {one.version}')} | {counts} | {_cell(_kept(one))} |"


def _kept(framework: FrameworkFile) -> str:
    """Each period that the framework sets, and where."""
    periods = []
    for one in framework.retention:
        if one.min_days is not None:
            at_hand = one.immediately_available_days
            days = f"{one.min_days:,} days" + (f", {at_hand} at hand" if at_hand else "")
            label = f", {one.label}" if one.label else ""
            periods.append(f"{days} ({one.control}{label})")
    return "; ".join(periods)


def example_config(installed: Sequence[type[Check]]) -> str:
    """The text of config.example.yaml."""
    lines = [*_comment(_FILE_HEAD), ""]
    for name, field in Settings.model_fields.items():
        if name == "role":
            lines += ["# How other accounts are entered.", "role:"]
            for part, inner in Role.model_fields.items():
                lines += _indented(_setting(("role", part), inner))
        elif name == "checks":
            lines += [*_comment(field.description or ""), "checks:"]
            for check in installed:
                lines += _indented(_check(check))
        else:
            notes = [
                _SHARED_NOTE.format(name, check.id)
                for check in installed
                if name in SHARED and name in check.model_fields
            ]
            lines += _setting((name,), field, notes)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _setting(key: tuple[str, ...], field: FieldInfo, notes: Iterable[str] = ()) -> list[str]:
    """The option with its prose, its names as flag and in the environment, and an example."""
    names = [f"{flag.name}, {flag.variable}" for flag in FLAGS if flag.key == key]
    remarks = [*names, *notes]
    text = (field.description or "") + (f" ({'; '.join(remarks)})" if remarks else "")
    lines = list(_comment(text))
    value = to_jsonable_python(field.get_default(call_default_factory=True, validated_data={}))
    if field.examples:
        lines += [f"# For example: {in_yaml(field.examples[0])}"]
    return [*lines, f"{key[-1]}: {in_yaml(value)}"]


def _check(check: type[Check]) -> list[str]:
    doc = describe(check)
    lines = [*_comment(doc.title), f"{doc.id}:", f"  severity: {doc.severity}"]
    for option in doc.options:
        if option.name not in SHARED:
            lines += _indented([*_comment(option.meaning), f"{option.name}: {option.default}"])
    return lines


def iam_policy(installed: Sequence[type[Check]]) -> str:
    """The text of docs/iam-policy.json: what all checks together need."""
    return as_json(action for check in installed for action in check.reads)


def _comment(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield "#"
        for line in textwrap.wrap(paragraph, WIDTH - 6, break_long_words=False, break_on_hyphens=False):
            yield f"# {line}"


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def main() -> None:
    installed = checks()
    Path("docs/checks.md").write_text(check_pages(installed), encoding="utf-8")
    known = {check.id for check in installed}
    shelf = [find(key, frameworks(), known) for key in frameworks()]
    Path("docs/frameworks.md").write_text(framework_page(shelf), encoding="utf-8")
    Path("docs/iam-policy.json").write_text(iam_policy(installed), encoding="utf-8")
    Path("docs/explanation.schema.json").write_text(schema_of(Explanation), encoding="utf-8")
    for name, model in SCHEMAS.items():
        Path(f"docs/{name}.schema.json").write_text(schema_of(model), encoding="utf-8")
    Path("config.example.yaml").write_text(example_config(installed), encoding="utf-8")


if __name__ == "__main__":
    main()
