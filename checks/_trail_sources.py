"""What the checks of policies that let CloudTrail in share: for whose trails they do."""

from collections.abc import Sequence

from scanner.access import ServiceGrant
from scanner.model.reading import Gap, Known, Reading, first_gap
from scanner.words import listed


def unbound(grants: Sequence[ServiceGrant]) -> Reading[tuple[str, ...]]:
    """The statements that let CloudTrail in for anybody's trail; a gap where none does but one may."""
    sure = [grant for grant in grants if grant.granted == Known(value=True)]
    found = tuple(grant.statement for grant in sure if grant.bound == Known(value=False))
    if found:
        return Known(found)
    # Whether a bound statement lets CloudTrail in at all decides nothing here.
    gaps = [
        gap
        for grant in grants
        if grant.bound != Known(value=True)
        for gap in (grant.granted, grant.bound)
        if isinstance(gap, Gap)
    ]
    return first_gap(gaps) if gaps else Known(())


def only(grants: Sequence[ServiceGrant]) -> str:
    """How far grants that are bound go, in words that follow "lets CloudTrail write"."""
    bounds = sorted({str(bound) for grant in grants for bound in grant.bounds})
    return f"only with {listed(bounds)}" if bounds else "only where no Deny stops it"
