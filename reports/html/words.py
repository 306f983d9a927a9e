"""The words and marks of the report, each in one place. Marks never stand without their word."""

from typing import NamedTuple

from scanner.model.finding import Severity, Status
from scanner.model.posture import AccountState
from scanner.model.reading import Outcome
from scanner.model.result import Confidence, ControlStatus, EventClass, GateVerdict, Recorded, Source

STATUSES: dict[Status, tuple[str, str]] = {
    Status.FAIL: ("failed", "A fact was read and it is not what the check asks for."),
    Status.UNKNOWN: (
        "unknown",
        "The fact could not be read, so there is no verdict. It is neither a pass nor a failure.",
    ),
    Status.PASS: ("passed", "A fact was read and it is what the check asks for."),
    Status.NOT_APPLICABLE: ("not applicable", "The question does not arise here; the finding says why."),
}
"""From the worst: the word, and what it means."""

SEVERITIES = tuple(reversed(Severity))


class StatusLook(NamedTuple):
    """How the status of a control or of its evidence is shown; `filter` selects such findings."""

    mark: str
    symbol: str
    word: str
    meaning: str = ""
    filter: str | None = None


CONTROL_LOOKS: dict[ControlStatus, StatusLook] = {
    "fail": StatusLook("f", "✕", "fail", "A check that is direct evidence failed, waived or not."),
    "unknown": StatusLook(
        "u",
        "?",
        "unknown",
        "It would pass or could, but a verdict is unknown, a check did not run, an account could not be "
        "entered, or nothing was there to judge; the control says which.",
    ),
    "pass": StatusLook(
        "p",
        "✓",
        "pass",
        "Every check that is direct evidence passed or does not apply, and at least one passed. It is "
        "evidence for a part of the control, for CloudTrail and what it uses, in the accounts and regions "
        "scanned.",
    ),
    "not_assessed": StatusLook(
        "n", "–", "not assessed by this tool", "No check is direct evidence. It counts nowhere."
    ),
}
"""From the worst."""

EVIDENCE_LOOKS: dict[str, StatusLook] = {
    "fail": StatusLook("f", "✕", "failed", filter="fail"),
    "waived": StatusLook("w", "!", "waived", filter="waived"),
    "unknown": StatusLook("u", "?", "unknown", filter="unknown"),
    "not_run": StatusLook("u", "?", "not run"),
    "pass": StatusLook("p", "✓", "passed", filter="pass"),
    "not_applicable": StatusLook("n", "–", "not applicable", filter="not_applicable"),
}
"""From the worst."""

CONFIDENCES: dict[Confidence, str] = {"high": "", "medium": "medium", "low": ""}
"""Indirect evidence stands apart, so its confidence need not be said again."""

SOURCES: dict[Source, str] = {
    "aws": "AWS's own list",
    "aws-unverified": "AWS's own list, whose number was not read again",
    "scanners": "other scanners",
    "control-text": "the text of the control",
    "secondary": "secondary literature",
    "general": "general knowledge",
    "reading": "our reading",
}
"""Who says that a check is evidence for a control."""

RECORDED: dict[Recorded, tuple[str, str]] = {
    "yes": ("yes", "Everything of this kind is recorded by at least one trail or event data store."),
    "partly": ("partly", "Some of it is recorded; what is left out is listed below the table."),
    "no": ("no", "Nothing that is working records it."),
    "unknown": ("unknown", "What records it could not be read, and nothing else decides."),
}

EVENT_CLASSES: dict[EventClass, tuple[str, str]] = {
    "management-read": ("Management reads", "Calls that look at resources (Describe, List, Get)."),
    "management-write": ("Management writes", "Calls that create, change or delete resources."),
    "global-service": ("Global services", "Events of IAM, STS and CloudFront."),
    "kms": ("KMS", "Management events of the key service; trails may exclude them."),
    "rds-data": ("RDS Data API", "Management events of the RDS Data API; trails may exclude them."),
    "s3-read": ("S3 reads", "Data events: reading objects in buckets."),
    "s3-write": ("S3 writes", "Data events: writing and deleting objects in buckets."),
    "lambda": ("Lambda", "Data events: invocations of functions."),
    "dynamodb": ("DynamoDB", "Data events: reading and writing items of tables."),
}

STATES: dict[AccountState, str] = {
    "assessed": "Everything that was asked of it was answered.",
    "partial": "It was entered, but some of it could not be read.",
    "unreachable": "It could not be entered: it has no findings, and nothing is known of it.",
    "skipped": "It was left out on purpose or because it is closed or suspended.",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.DENIED: "AWS refused: the role lacks the permission, or a policy denies it",
    Outcome.THROTTLED: "AWS asked to slow down until the retries ran out: scan again",
    Outcome.FAILED: "the call failed: the code says how",
    Outcome.REGION_DISABLED: "the region is not enabled in the account",
}

GATE: dict[GateVerdict, str] = {
    "pass": "Passed",
    "fail": "Failed",
    "incomplete": "Incomplete",
    "nothing-assessed": "Nothing assessed",
}

EXIT_CODES: tuple[tuple[str, str], ...] = (
    ("0", "The gate passed, and everything that was asked for was assessed."),
    ("1", "The gate failed: at least one open failure at or above the chosen severity."),
    ("2", "The scan did not start: arguments, configuration or credentials have to be fixed."),
    ("3", "Incomplete: an account or a fact could not be read, or a check broke."),
    ("4", "Nothing could be assessed at all."),
    ("130", "Interrupted; the run can be resumed."),
)
