"""How a subject stands in a run, and how two standings differ."""

from scanner.model.comparison import Kind, Standing
from scanner.model.finding import Finding, Status

_STANDINGS: dict[Status, Standing] = {
    Status.PASS: "pass",
    Status.FAIL: "fail",
    Status.UNKNOWN: "unknown",
    Status.NOT_APPLICABLE: "not_applicable",
}


def standing(finding: Finding | None) -> Standing | None:
    """None where there is no verdict."""
    if finding is None:
        return None
    if finding.status is Status.FAIL and finding.waiver is not None:
        return "waived"
    return _STANDINGS[finding.status]


def fails(one: Standing | None) -> bool:
    """Whether it is a failure, open or waived."""
    return one in ("fail", "waived")


def difference(before: Standing | None, after: Standing | None, *, paused: bool) -> Kind | None:
    """What became of a subject; None where it stands as it stood. `paused`: it failed once, then did not."""
    if before == after:
        return None
    if fails(after):
        if before == "waived":
            return "waiver-ended"
        if before == "fail":
            return "waived"
        return "reappeared" if paused else "new"
    if after is None:
        return "gone"
    if before is None:
        return "appeared"
    if after == "unknown":
        return "lost-visibility"
    return "fixed" if after == "pass" and fails(before) else "changed"
