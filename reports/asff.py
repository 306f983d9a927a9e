"""All verdicts in AWS's Security Finding Format, as Security Hub imports them.

An array, one finding a line; BatchImportFindings takes a hundred of them at a time, in the account and
region of each. The limits of length are Security Hub's. A verdict on a whole account has no region: it is
filed in the one that records global events.
"""

from typing import Any, ClassVar

from reports.flat import Scene, all_findings, links
from reports.json import encoded
from reports.resources import ACCOUNT, kind_of
from reports.verdicts import note
from reports.words import is_waived, line, shorten
from scanner.asff import CHECK, GENERATOR, NEW, RESOLVED, RESOURCE, SUPPRESSED, WAIVER, product_arn
from scanner.model.arn import LEADER_REGIONS
from scanner.model.base import iso
from scanner.model.finding import Finding, Reason, Severity, Status
from scanner.model.result import CheckDoc, Report

MOST_REQUIREMENTS = 32

_LABELS = {
    Severity.INFO: "INFORMATIONAL",
    Severity.LOW: "LOW",
    Severity.MEDIUM: "MEDIUM",
    Severity.HIGH: "HIGH",
    Severity.CRITICAL: "CRITICAL",
}
_COMPLIANCE = {
    Status.PASS: "PASSED",
    Status.FAIL: "FAILED",
    Status.UNKNOWN: "WARNING",
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}
"""A warning lacks information; not available is, among others, what a check does not apply to."""
_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-us-iso", "aws-us-iso-b"})
"""Those that the format has a word for."""
_TYPES = ["Software and Configuration Checks/AWS Security Best Practices"]


class AsffRenderer:
    """A waived failure is suppressed, a pass resolved. Accounts without findings have a finding too."""

    format: ClassVar[str] = "asff"
    suffix: ClassVar[str] = ".asff.json"

    def render(self, report: Report) -> bytes:
        scene = _Findings(report)
        return encoded((scene.finding(finding) for finding in all_findings(report)), depth=1)


class _Findings(Scene):
    def __init__(self, report: Report) -> None:
        super().__init__(report)
        result = report.result
        self.region = LEADER_REGIONS.get(self.partition, LEADER_REGIONS["aws"])[0]
        self.seen, self.finished = iso(result.run.seen_at), iso(result.run.finished)

    def finding(self, finding: Finding) -> dict[str, Any]:
        doc = self.docs.get(finding.check)
        region = finding.region or self.region
        first = self.seen if finding.first_seen is None else iso(finding.first_seen)
        is_open = finding.status in (Status.FAIL, Status.UNKNOWN)
        label = _LABELS[finding.severity] if is_open else "INFORMATIONAL"
        severity = {"Label": label, "Original": finding.severity.value}
        name = self.names.get(finding.account)
        return {
            "SchemaVersion": "2018-10-08",
            "Id": finding.id,
            "ProductArn": product_arn(self.partition, region, finding.account),
            "ProductName": "trailaudit",
            "CompanyName": "trailaudit",
            "Region": region,
            "GeneratorId": _said(f"{GENERATOR}{finding.check}", 512),
            "AwsAccountId": finding.account,
            **({} if not name else {"AwsAccountName": _said(name, 50)}),
            "Types": _TYPES,
            "FirstObservedAt": first,
            "LastObservedAt": self.seen,
            "CreatedAt": first,
            "UpdatedAt": self.finished,
            "Severity": severity,
            "Title": _said(finding.check if doc is None else doc.title, 256),
            "Description": _said(finding.message, 1024),
            **({"Remediation": {"Recommendation": _recommendation(doc)}} if doc and is_open else {}),
            "ProductFields": _product_fields(finding),
            "Resources": [self.resource(finding, region)],
            "Compliance": self.compliance(finding),
            "Workflow": {"Status": _workflow(finding)},
            "RecordState": "ACTIVE",
            **self.excuse(finding),
            "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
        }

    def resource(self, finding: Finding, region: str) -> dict[str, str]:
        kind = kind_of(finding.resource)
        number = f"AWS::::Account:{finding.account}" if kind is ACCOUNT else finding.resource
        known = {"Partition": self.partition} if self.partition in _PARTITIONS else {}
        return {"Type": kind.asff, "Id": shorten(number, 512) or "-", **known, "Region": region}

    def compliance(self, finding: Finding) -> dict[str, Any]:
        reason = finding.reason
        why: dict[str, Any] = {}
        if isinstance(reason, Reason):
            detail = _said(note(finding) or reason.detail, 1024)
            why = {
                "StatusReasons": [{"ReasonCode": _said(reason.code or "Unknown", 100), "Description": detail}]
            }
        requirements = [f"{framework.short} {one.id}" for framework, one in self.cited.get(finding.check, ())]
        related = [_said(text, 64) for text in requirements[:MOST_REQUIREMENTS]]
        return {
            "Status": _COMPLIANCE[finding.status],
            **({"RelatedRequirements": related} if related else {}),
            **why,
        }

    def excuse(self, finding: Finding) -> dict[str, Any]:
        if finding.waiver is None:
            return {}
        told = {"Text": _said(note(finding), 512), "UpdatedBy": _said(finding.waiver.owner, 512)}
        return {"Note": {**told, "UpdatedAt": self.finished}}


def _said(text: str, limit: int) -> str:
    """A line that says something: Security Hub takes no empty text."""
    return line(text, limit).strip() or "-"


def _workflow(finding: Finding) -> str:
    if is_waived(finding):
        return SUPPRESSED
    return RESOLVED if finding.status is Status.PASS else NEW


def _recommendation(doc: CheckDoc) -> dict[str, str]:
    url = {"Url": link} if (link := next(iter(links(doc)), None)) else {}
    return {"Text": _said(doc.fix or doc.title, 512), **url}


def _product_fields(finding: Finding) -> dict[str, str]:
    fields = {CHECK: finding.check, RESOURCE: finding.resource}
    reason = finding.reason
    if isinstance(reason, Reason) and reason.action is not None:
        fields["trailaudit/MissingPermission"] = reason.action
    if finding.change is not None:
        fields["trailaudit/Change"] = finding.change
    if finding.waiver is not None:
        fields[WAIVER] = finding.waiver.id
    return {name: _said(text, 2048) for name, text in fields.items()}
