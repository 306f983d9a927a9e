"""All verdicts as events of OCSF 1.3.0, class Compliance Finding, with the profile `cloud`.

An array, one event a line. The attributes are those that 1.3.0 and all later releases of version 1 have
in common, so a reader of any of them takes the file.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from reports.flat import Scene, all_findings, links
from reports.json import encoded
from reports.resources import kind_of
from reports.verdicts import note
from reports.words import is_waived, line, resource_name
from scanner.model.finding import Change, Finding, Reason, Severity, Status
from scanner.model.result import CheckDoc, Control, Framework, Report

VERSION = "1.3.0"
TEXT = 4000
"""Characters."""

_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_COMPLIANCE = {
    Status.PASS: (1, "Pass"),
    Status.UNKNOWN: (2, "Warning"),
    Status.FAIL: (3, "Fail"),
    Status.NOT_APPLICABLE: (99, "not_applicable"),
}
"""To OCSF a warning is a check that came to no result, since information is missing."""
_ACTIVITIES: dict[Change | None, tuple[int, str]] = {
    "unchanged": (2, "Update"),
    "changed": (2, "Update"),
    "reappeared": (2, "Update"),
    "lost-visibility": (2, "Update"),
    "fixed": (3, "Close"),
}
_CREATED = (1, "Create")
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_OPEN = frozenset({Status.FAIL, Status.UNKNOWN})
"""What somebody has to do something about."""
_CLASS = 2003
_AWS_ACCOUNT = 10
_RULE = 1


class OcsfRenderer:
    """A waived failure still fails, and is suppressed. Accounts without findings have an event too."""

    format: ClassVar[str] = "ocsf"
    suffix: ClassVar[str] = ".ocsf.json"

    def render(self, report: Report) -> bytes:
        scene = _Events(report)
        return encoded((scene.event(finding) for finding in all_findings(report)), depth=1)


class _Events(Scene):
    def __init__(self, report: Report) -> None:
        super().__init__(report)
        result = report.result
        self.organization = result.run.organization
        self.time = _milliseconds(result.run.seen_at)
        self.metadata = {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": {
                "name": "trailaudit",
                "uid": "trailaudit",
                "vendor_name": "trailaudit",
                "version": result.tool.version,
            },
            "correlation_uid": line(result.run.id, TEXT),
        }

    def event(self, finding: Finding) -> dict[str, Any]:
        doc = self.docs.get(finding.check)
        activity, activity_name = _ACTIVITIES.get(finding.change, _CREATED)
        severity, severity_name = _SEVERITIES[finding.severity]
        status, status_name = _SUPPRESSED if is_waived(finding) else _NEW
        account = self.account(finding)
        return {
            "activity_id": activity,
            "activity_name": activity_name,
            "category_name": "Findings",
            "category_uid": 2,
            "class_name": "Compliance Finding",
            "class_uid": _CLASS,
            "type_name": f"Compliance Finding: {activity_name}",
            "type_uid": _CLASS * 100 + activity,
            "time": self.time,
            "severity": severity_name,
            "severity_id": severity,
            "status": status_name,
            "status_id": status,
            "message": line(finding.message, TEXT),
            "metadata": {**self.metadata, "uid": finding.id},
            "cloud": self.cloud(finding, account),
            "finding_info": self.info(finding, doc),
            "compliance": _compliance(finding, self.cited.get(finding.check, ())),
            "resources": [self.resource(finding, account)],
            **({} if doc is None or finding.status not in _OPEN else {"remediation": _remediation(doc)}),
            "unmapped": _unmapped(finding),
        }

    def account(self, finding: Finding) -> dict[str, Any]:
        name = self.names.get(finding.account)
        named = {} if name is None else {"name": line(name, TEXT)}
        return {"uid": finding.account, **named, "type": "AWS Account", "type_id": _AWS_ACCOUNT}

    def cloud(self, finding: Finding, account: Mapping[str, Any]) -> dict[str, Any]:
        org = {} if self.organization is None else {"org": {"uid": line(self.organization, TEXT)}}
        region = {} if finding.region is None else {"region": finding.region}
        return {"provider": "AWS", "account": account, **org, **region}

    def info(self, finding: Finding, doc: CheckDoc | None) -> dict[str, Any]:
        first = {} if finding.first_seen is None else {"first_seen_time": _milliseconds(finding.first_seen)}
        return {
            "uid": finding.id,
            "title": line(finding.check if doc is None else doc.title, TEXT),
            "desc": line(finding.message, TEXT),
            "types": ["Software and Configuration Checks"],
            "created_time": self.time,
            **first,
            "analytic": {"uid": finding.check, "name": finding.check, "type": "Rule", "type_id": _RULE},
        }

    def resource(self, finding: Finding, account: Mapping[str, Any]) -> dict[str, Any]:
        region = {} if finding.region is None else {"region": finding.region}
        return {
            "uid": line(finding.resource, TEXT),
            "name": line(resource_name(finding), TEXT),
            "type": kind_of(finding.resource).type,
            "cloud_partition": self.partition,
            **region,
            "owner": {"account": account},
        }


def _compliance(finding: Finding, controls: tuple[tuple[Framework, Control], ...]) -> dict[str, Any]:
    status, status_name = _COMPLIANCE[finding.status]
    reason = finding.reason
    code = {"status_code": line(reason.code, TEXT)} if isinstance(reason, Reason) and reason.code else {}
    beside = note(finding)
    detail = {"status_detail": line(beside, TEXT)} if beside else {}
    return {
        "control": finding.check,
        "standards": list(dict.fromkeys(framework.name for framework, _ in controls)),
        "requirements": [f"{framework.short} {control.id}" for framework, control in controls],
        "status": status_name,
        "status_id": status,
        **code,
        **detail,
    }


def _remediation(doc: CheckDoc) -> dict[str, Any]:
    return {"desc": doc.fix or doc.title, "references": links(doc)}


def _unmapped(finding: Finding) -> dict[str, Any]:
    """Ours, for which OCSF has no attribute."""
    reason, waiver = finding.reason, finding.waiver
    missing = {}
    if isinstance(reason, Reason) and reason.action is not None:
        missing = {"missing_permission": reason.action}
    excuse = {} if waiver is None else {"waiver": waiver.model_dump(mode="json")}
    change = {} if finding.change is None else {"change": finding.change}
    return {**change, **missing, **excuse}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
