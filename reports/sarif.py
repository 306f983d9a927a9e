"""The open failures as SARIF 2.1.0, as GitHub's code scanning takes it.

GitHub makes an alert of every result, so only open failures are results. What could not be read, and what
else is no failure but must not be lost, are notifications of the tool; GitHub shows them on its tool status
page. Other programs find all verdicts in the JSON.

A setting in AWS has no line of code, and GitHub wants one: results point at the first line of
`trailaudit.yaml`, the config file of a repository that scans, whether there is one or not.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reports.flat import links
from reports.json import encoded
from reports.verdicts import Missing, missing, worst_first
from reports.words import counted, is_waived, line, resource_name
from scanner.model.base import iso
from scanner.model.finding import Change, Finding, Severity, Status
from scanner.model.result import CheckDoc, Report
from scanner.words import listed

MOST_RESULTS = 25_000
"""Of a run, on GitHub; the worst ones stay."""
MESSAGE, RESOURCE, PROSE, HELP = 1000, 1000, 1000, 20_000
"""Characters."""
ARTIFACT = "trailaudit.yaml"

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""`security-severity`: GitHub calls more than 9 critical, from 7 high, from 4 medium, the rest low."""
_SINCE: dict[Change, str] = {
    "new": "new",
    "reappeared": "new",
    "unchanged": "unchanged",
    "changed": "updated",
}
_NOTIFICATIONS = {
    "unknown": "Verdicts are unknown, since a fact could not be read.",
    "account-not-entered": "An account could not be entered: it has no results.",
    "waived": "Failures are waived: they are no results.",
    "cut": "There are more failures than a run may have results.",
}
_EMBEDDED = re.compile(r"\](?=\()")


class SarifRenderer:
    """One run with one invocation; rules carry the prose of the checks."""

    format: ClassVar[str] = "sarif"
    suffix: ClassVar[str] = ".sarif"

    def render(self, report: Report) -> bytes:
        result = report.result
        failures = [
            finding
            for finding in worst_first(result.findings)
            if finding.status is Status.FAIL and not is_waived(finding)
        ]
        rules = _rules(report)
        numbers = {rule["id"]: number for number, rule in enumerate(rules)}
        run = {
            "tool": {
                "driver": {
                    "name": "trailaudit",
                    "version": result.tool.version,
                    "rules": rules,
                    "notifications": [
                        {"id": name, "shortDescription": {"text": words}}
                        for name, words in _NOTIFICATIONS.items()
                    ],
                }
            },
            "automationDetails": {"id": "trailaudit/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [_invocation(report, len(failures))],
            "results": [_result(finding, numbers) for finding in failures[:MOST_RESULTS]],
        }
        return encoded({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, depth=4)


def _rules(report: Report) -> list[dict[str, Any]]:
    """One for each check that is described or failed, by id."""
    rules = {doc.id: _rule(doc) for doc in report.checks}
    for finding in report.result.findings:
        rules.setdefault(finding.check, {"id": finding.check})
    return [rule for _, rule in sorted(rules.items())]


def _rule(doc: CheckDoc) -> dict[str, Any]:
    paragraphs = {"Why it matters": doc.why, "How to fix": doc.fix, "See": doc.see}
    told = {heading: text for heading, text in paragraphs.items() if text}
    rule = {
        "id": doc.id,
        "shortDescription": {"text": line(doc.title, PROSE)},
        "fullDescription": {"text": line(doc.why or doc.title, PROSE)},
        "help": {
            "text": "\n\n".join(f"{heading}: {text}" for heading, text in told.items())[:HELP] or doc.title,
            "markdown": "\n\n".join(f"**{heading}.** {text}" for heading, text in told.items())[:HELP],
        },
        "defaultConfiguration": {"level": _LEVELS[doc.severity]},
        "properties": {
            "security-severity": _SCORES[doc.severity],
            "precision": "very-high",
            "tags": ["security", "aws", "cloudtrail"],
        },
    }
    return {**rule, "helpUri": found[0]} if (found := links(doc)) else rule


def _result(finding: Finding, numbers: Mapping[str, int]) -> dict[str, Any]:
    where = finding.account if finding.region is None else f"{finding.account} {finding.region}"
    words = f"{resource_name(finding)[:RESOURCE]} ({where}) {finding.message}"
    physical = {
        "artifactLocation": {"uri": ARTIFACT, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    logical = {"fullyQualifiedName": line(finding.resource, RESOURCE), "kind": "resource"}
    since = {} if finding.change is None else {"baselineState": _SINCE.get(finding.change, "new")}
    return {
        "ruleId": finding.check,
        "ruleIndex": numbers[finding.check],
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(words)},
        "locations": [{"physicalLocation": physical, "logicalLocations": [logical]}],
        # GitHub knows an alert again by the first of the two, whatever it is a hash of.
        "partialFingerprints": {"primaryLocationLineHash": finding.id, "findingId/v1": finding.id},
        **since,
        "properties": {
            "account": finding.account,
            "region": finding.region,
            "severity": finding.severity.value,
        },
    }


def _text(words: str) -> str:
    """A message; brackets before parentheses would be a link."""
    return _EMBEDDED.sub("] ", line(words, MESSAGE))


def _invocation(report: Report, failures: int) -> dict[str, Any]:
    result = report.result
    return {
        "executionSuccessful": result.gate.verdict in ("pass", "fail"),
        "exitCode": result.gate.code,
        "exitCodeDescription": _text(": ".join((result.gate.verdict, "; ".join(result.gate.reasons)))),
        "startTimeUtc": iso(result.run.started),
        "endTimeUtc": iso(result.run.finished),
        "toolExecutionNotifications": list(_notifications(report, failures)),
    }


def _notifications(report: Report, failures: int) -> Iterator[dict[str, Any]]:
    result = report.result
    for account in result.scope.accounts:
        if account.state == "unreachable":
            words = account.reason or "no reason given"
            yield _notification("account-not-entered", "error", f"{account.id} could not be entered: {words}")
    for group in missing(result):
        yield _notification("unknown", "warning", _unknown(group))
    if result.summary.waived:
        words = counted(result.summary.waived, "failure")
        yield _notification("waived", "note", f"{words} waived: see the JSON report")
    if failures > MOST_RESULTS:
        words = f"{failures:,} failures, of which the {MOST_RESULTS:,} worst are here: see the JSON report"
        yield _notification("cut", "error", words)


def _unknown(group: Missing) -> str:
    what = group.meaning if group.action is None else group.action
    code = "" if group.code is None else f" ({group.code})"
    accounts, checks = listed(group.accounts), listed(group.checks)
    return f"{counted(len(group.findings), 'verdict')} unknown: {what}{code}; in {accounts}; of {checks}"


def _notification(name: str, level: str, words: str) -> dict[str, Any]:
    descriptor = {"id": name, "index": list(_NOTIFICATIONS).index(name)}
    return {"descriptor": descriptor, "level": level, "message": {"text": _text(words)}}
