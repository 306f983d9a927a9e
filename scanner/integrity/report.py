"""How findings are made: their severity, and the time that they are about."""

from collections.abc import Mapping
from datetime import datetime

from scanner.integrity.evidence import Circumstances
from scanner.model.finding import Severity
from scanner.model.verification import IntegrityFinding, Kind

_MILDER: Mapping[Kind, Severity] = {
    Kind.CONTAINER_ALTERED: Severity.MEDIUM,
    Kind.HEAD_UNANCHORED: Severity.LOW,
}


def finding(
    about: Circumstances,
    kind: Kind,
    detail: str,
    *,
    first: datetime,
    last: datetime,
    key: str | None = None,
    severity: Severity | None = None,
) -> IntegrityFinding:
    return IntegrityFinding(
        kind=kind,
        severity=severity or _MILDER.get(kind, Severity.HIGH if kind.is_tampering else Severity.MEDIUM),
        account=about.lane.account,
        region=about.lane.region,
        key=key,
        first=first,
        last=last,
        detail=detail,
    )
