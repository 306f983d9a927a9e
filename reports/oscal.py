"""The result as OSCAL assessment results (NIST), version 1.1: observations, and findings on controls.

Every verdict is an observation on an inventory item. A control that checks say something about is a finding
whose target is its objective, named as the framework's key and the control's id. OSCAL knows no third state
beside `satisfied` and `not-satisfied`: what could not be determined is the second one with the reason
`other`, and what no check assesses is no finding. All identifiers follow from the run and what they name,
so the same report gives the same bytes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from reports.flat import all_findings, docs
from reports.gfm import escaped
from reports.json import encoded
from reports.resources import kind_of
from reports.verdicts import note, worst_first
from reports.words import counted, is_waived, line, shorten
from scanner.model.base import iso
from scanner.model.finding import Finding
from scanner.model.result import Control, ControlStatus, Framework, Report, Result

VERSION = "1.1.3"
NAMESPACE = "urn:x-trailaudit:oscal"
"""Of the properties that are ours."""
MOST_RELATED = 1000
"""Observations that one finding refers to, the worst first."""
TEXT = 4000
"""Characters."""

_ROOT = uuid5(NAMESPACE_URL, NAMESPACE)
_STATES: dict[ControlStatus, tuple[str, str]] = {
    "pass": ("satisfied", "pass"),
    "fail": ("not-satisfied", "fail"),
    "unknown": ("not-satisfied", "other"),
}
_PART = "Checks are evidence for a part of a control; none meets it alone."
_NO_TOKEN = re.compile(r"[^A-Za-z0-9._-]")


class OscalRenderer:
    """One result, that of the run."""

    format: ClassVar[str] = "oscal"
    suffix: ClassVar[str] = ".oscal.json"

    def render(self, report: Report) -> bytes:
        run = report.result.run
        name = partial(_uuid, uuid5(_ROOT, _encodable(f"{run.id} {iso(run.finished)}")))
        plan = name("plan")
        document = {
            "uuid": name("assessment results"),
            "metadata": {
                "title": "Audit of AWS CloudTrail",
                "last-modified": iso(run.finished),
                "version": _said(run.id),
                "oscal-version": VERSION,
                "props": [_prop("tool", f"trailaudit {report.result.tool.version}")],
            },
            "import-ap": {"href": f"#{plan}"},
            "results": [_Scene(report, name).result()],
            "back-matter": {
                "resources": [
                    {
                        "uuid": plan,
                        "title": "Plan of the assessment",
                        "description": "There is no document. The catalogue of checks says what each asks.",
                    }
                ]
            },
        }
        return encoded({"assessment-results": document}, depth=5)


class _Scene:
    """What the parts of one result refer to."""

    def __init__(self, report: Report, name: "partial[str]") -> None:
        self.report = report
        self.name = name
        self.findings = all_findings(report)
        self.tool = name("tool")
        self.docs = docs(report)

    def result(self) -> dict[str, Any]:
        result = self.report.result
        gate = result.gate
        reasons = f": {'; '.join(gate.reasons)}" if gate.reasons else ""
        findings = list(self.controls())
        return {
            "uuid": self.name("result"),
            "title": "Result of one run",
            "description": _prose(f"{gate.verdict}, exit code {gate.code}{reasons}"),
            "start": iso(result.run.started),
            "end": iso(result.run.finished),
            "props": [_prop("caller", result.run.caller), _prop("gate", gate.verdict)],
            "local-definitions": {
                **({"inventory-items": self.items()} if self.findings else {}),
                "assessment-assets": self.assets(),
            },
            "reviewed-controls": {"control-selections": _selections(result)},
            **({"observations": map(self.observation, self.findings)} if self.findings else {}),
            **({"findings": findings} if findings else {}),
        }

    def assets(self) -> dict[str, Any]:
        component = {
            "uuid": self.tool,
            "type": "software",
            "title": "trailaudit",
            "description": "Reads the configuration of AWS CloudTrail and judges it.",
            "status": {"state": "operational"},
        }
        uses = [{"component-uuid": self.tool}]
        platform = {"uuid": self.name("platform"), "title": "trailaudit", "uses-components": uses}
        return {"components": [component], "assessment-platforms": [platform]}

    def items(self) -> Iterator[dict[str, Any]]:
        """Each subject once."""
        for place in sorted({_place(finding) for finding in self.findings}):
            account, region, resource = place
            yield {
                "uuid": self.name("item", *place),
                "description": _prose(resource),
                "props": [
                    {"name": "asset-id", "value": _said(resource)},
                    _prop("type", kind_of(resource).type),
                    _prop("account", account),
                    *([_prop("region", region)] if region else []),
                ],
            }

    def observation(self, finding: Finding) -> dict[str, Any]:
        doc = self.docs.get(finding.check)
        beside = note(finding)
        return {
            "uuid": self.name("observation", finding.id),
            "title": _prose(finding.check if doc is None else doc.title),
            "description": _prose(finding.message),
            "props": [
                _prop("check", finding.check),
                _prop("verdict", "waived" if is_waived(finding) else finding.status.value),
                _prop("severity", finding.severity.value),
                _prop("finding-id", finding.id),
                *([] if finding.change is None else [_prop("change", finding.change)]),
            ],
            "methods": ["TEST"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self.tool}]}],
            "subjects": [
                {"subject-uuid": self.name("item", *_place(finding)), "type": "inventory-item"},
            ],
            "collected": iso(self.report.result.run.seen_at),
            **({"remarks": _prose(beside)} if beside else {}),
        }

    def controls(self) -> Iterator[dict[str, Any]]:
        by_check: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in worst_first(self.findings):
            by_check[finding.check].append(finding)
        for framework, control in _assessed(self.report.result):
            checks = [link.check for link in control.evidence if link.direct]
            related = worst_first(finding for check in checks for finding in by_check[check])
            yield self.control(framework, control, related)

    def control(self, framework: Framework, control: Control, related: Sequence[Finding]) -> dict[str, Any]:
        state, reason = _STATES[control.status]
        why = f"{control.reason}. " if control.reason else ""
        observed = [{"observation-uuid": self.name("observation", one.id)} for one in related[:MOST_RELATED]]
        left = len(related) - MOST_RELATED
        more = {"remarks": f"{counted(left, 'more observation')} left out, the mildest."} if left > 0 else {}
        return {
            "uuid": self.name("control", framework.key, control.id),
            "title": _prose(f"{framework.short} {control.id}"),
            "description": _prose(control.title),
            "target": {
                "type": "objective-id",
                "target-id": _objective(framework, control),
                "status": {"state": state, "reason": reason, "remarks": _prose(f"{why}{_PART}")},
            },
            **({"related-observations": observed} if observed else {}),
            **more,
        }


def _selections(result: Result) -> list[dict[str, Any]]:
    """The controls with a verdict, framework by framework; OSCAL wants a selection where there is none."""
    chosen: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for framework, control in _assessed(result):
        chosen[framework.name].append({"control-id": _objective(framework, control)})
    if not chosen:
        return [{"description": "No framework was asked for.", "include-all": {}}]
    return [{"description": _prose(name), "include-controls": ids} for name, ids in chosen.items()]


def _assessed(result: Result) -> Iterator[tuple[Framework, Control]]:
    for framework in result.frameworks:
        for control in framework.controls:
            if control.status in _STATES:
                yield framework, control


def _objective(framework: Framework, control: Control) -> str:
    """A token of OSCAL; it begins with a letter, as the key does."""
    return _NO_TOKEN.sub("-", f"{framework.key}-{control.id}")


def _place(finding: Finding) -> tuple[str, str, str]:
    return (finding.account, finding.region or "", finding.resource)


def _uuid(within: UUID, *parts: str) -> str:
    return str(uuid5(within, _encodable("\n".join(parts))))


def _encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": _said(value)}


def _said(text: str) -> str:
    """A line that says something: a value of OSCAL is neither empty nor has it space around it."""
    return shorten(text, TEXT).strip() or "-"


def _prose(text: str) -> str:
    """The same where OSCAL reads Markdown."""
    return escaped(line(text, TEXT)).strip() or "-"
