"""Verifications to render in tests: one with some of everything, an intact one, one that means harm."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.model.finding import Severity
from scanner.model.verification import (
    HourCounts,
    HourState,
    IntegrityCounts,
    IntegrityFinding,
    Kind,
    ProvenLane,
    Stretch,
    Verification,
)

TRAIL = "arn:aws:cloudtrail:eu-west-1:010203040506:trail/audit"
START = datetime(2026, 6, 1, tzinfo=UTC)
KEY = (
    "AWSLogs/010203040506/CloudTrail/eu-west-1/2026/06/01/"
    "010203040506_CloudTrail_eu-west-1_20260601T0305Z_9FFAD0E828D1D602.json.gz"
)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def lane(region: str = "eu-west-1", runs: Sequence[tuple[HourState, int]] = (), **changes: Any) -> ProvenLane:
    """`runs`: states and for how many hours; all of two days is proven if none is told."""
    stretches: list[Stretch] = []
    hour = 0
    counts: dict[str, int] = {}
    for state, length in runs or [(HourState.PROVEN, 48)]:
        stretches.append(Stretch(first=at(hour), last=at(hour + length), state=state))
        counts[state] = counts.get(state, 0) + length
        hour += length
    values: dict[str, Any] = {
        "account": "010203040506",
        "region": region,
        "digests": 48,
        "logs": 240,
        "proven_from": at(0),
        "proven_to": at(48),
        "oldest_proven": at(0.5),
        "hours": HourCounts.model_validate(counts),
        "calendar": tuple(stretches),
        **changes,
    }
    return ProvenLane(**values)


def finding(kind: Kind = Kind.LOG_ALTERED, **changes: Any) -> IntegrityFinding:
    values: dict[str, Any] = {
        "kind": kind,
        "severity": Severity.HIGH if kind.is_tampering else Severity.MEDIUM,
        "account": "010203040506",
        "region": "eu-west-1",
        "key": KEY,
        "first": at(3),
        "last": at(4),
        "detail": "its content is not what its digest signs",
        **changes,
    }
    return IntegrityFinding(**values)


def verification(*findings: IntegrityFinding, **changes: Any) -> Verification:
    values: dict[str, Any] = {
        "trail": TRAIL,
        "source": "s3://acme-logs",
        "start": at(0),
        "end": at(48),
        "verified_at": at(50),
        "verdict": "tampered" if findings else "intact",
        "counts": IntegrityCounts(digests=96, digests_valid=96, logs=480, logs_valid=480, bytes=31_600_000),
        "lanes": (lane(), lane("us-east-1")),
        "findings": findings,
        **changes,
    }
    return Verification(**values)


EVERYTHING = verification(
    finding(),
    finding(Kind.LOG_UNREADABLE, first=at(7), last=at(8), detail="AccessDenied"),
    finding(Kind.GAP, key=None, first=at(10), last=at(12), detail="StopLogging by eve"),
    lanes=(
        lane(
            runs=[
                (HourState.PROVEN, 3),
                (HourState.ALTERED, 1),
                (HourState.MISSING, 2),
                (HourState.PROVEN, 1),
                (HourState.UNKNOWN, 1),
                (HourState.EMPTY, 2),
                (HourState.NOT_COVERED, 2),
                (HourState.PROVEN, 36),
            ]
        ),
        lane("us-east-1", oldest_proven=None),
    ),
    unchanged_since=at(20),
)
HARM = "<script>alert(1)</script>\x1b[31m=1+1"
HOSTILE = verification(finding(detail=HARM, key=f"AWSLogs/{HARM}"))
