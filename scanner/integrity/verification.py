"""From lanes to the verdict on a trail."""

from collections.abc import Iterable
from datetime import datetime

from scanner.model.verification import (
    IntegrityCounts,
    IntegrityFinding,
    IntegrityVerdict,
    LaneOutcome,
    Verification,
)

INTACT, TAMPERED, INCOMPLETE, NOTHING_ASSESSED = 0, 1, 3, 4


def conclude(
    trail: str,
    outcomes: Iterable[LaneOutcome],
    *,
    source: str = "",
    start: datetime,
    end: datetime,
    verified_at: datetime,
    unchanged_since: datetime | None = None,
    only_accounts: tuple[str, ...] = (),
    only_regions: tuple[str, ...] = (),
) -> Verification:
    """The same whatever order the lanes come in. No lane at all is incomplete: nothing was proven."""
    lanes = sorted(outcomes, key=lambda outcome: (outcome.lane.account, outcome.lane.region))
    findings = sorted((finding for lane in lanes for finding in lane.findings), key=lambda each: each.order)
    return Verification(
        trail=trail,
        source=source,
        start=start,
        end=end,
        only_accounts=only_accounts,
        only_regions=only_regions,
        verified_at=verified_at,
        unchanged_since=unchanged_since,
        verdict=_verdict(findings) if lanes else "incomplete",
        counts=sum((lane.counts for lane in lanes), IntegrityCounts()),
        lanes=tuple(lane.lane for lane in lanes),
        findings=tuple(findings),
    )


def _verdict(findings: Iterable[IntegrityFinding]) -> IntegrityVerdict:
    kinds = {finding.kind for finding in findings}
    if any(kind.is_tampering for kind in kinds):
        return "tampered"
    return "incomplete" if kinds else "intact"


def exit_code(verification: Verification) -> int:
    """4: there are digests, and not one of them could be judged."""
    match verification.verdict:
        case "intact":
            return INTACT
        case "tampered":
            return TAMPERED
        case "incomplete":
            counts = verification.counts
            return NOTHING_ASSESSED if counts.digests and not counts.digests_valid else INCOMPLETE
