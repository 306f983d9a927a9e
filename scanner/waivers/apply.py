"""Which failures a waiver excuses."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from scanner.access.globs import is_pattern, like
from scanner.model.finding import Finding, Status, Waiver
from scanner.model.waiver import WaiverNote, WaiverRule, WaiverState
from scanner.words import listed, plural

_WORDS = {Status.PASS: "passed", Status.UNKNOWN: "unknown", Status.NOT_APPLICABLE: "not applicable"}


def apply(
    findings: Sequence[Finding], waivers: Iterable[WaiverRule], today: date
) -> tuple[tuple[Finding, ...], tuple[WaiverNote, ...]]:
    """The findings, the failures among them with the waiver that excuses them; and what became of each
    waiver, sorted by id.

    Where several waivers excuse one failure, it names the one that lasts longest. `today` is in UTC.
    """
    by_check: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_check[finding.check].append(finding)
    excused: dict[str, Waiver] = {}
    notes = []
    for waiver in sorted(waivers, key=lambda one: (one.expires, one.id)):
        judged = by_check[waiver.check]
        note = _note(waiver, [one for one in judged if covers(waiver, one)], today, ran=bool(judged))
        notes.append(note)
        if note.state == "active":
            excused |= dict.fromkeys(note.findings, _short(waiver))
    return (
        tuple(replace(one, waiver=excused[one.id]) if one.id in excused else one for one in findings),
        tuple(sorted(notes, key=lambda note: note.id)),
    )


def covers(waiver: WaiverRule, finding: Finding) -> bool:
    """Whether the waiver is about this subject."""
    return (
        waiver.check == finding.check
        and _fits(waiver.scope.account, finding.account)
        and _fits(waiver.scope.region, finding.region or "")
        and _fits(waiver.scope.resource, finding.resource)
    )


def _fits(pattern: str, text: str) -> bool:
    # Most members are one of the first two, and a large organization has many findings.
    return pattern in ("*", text) or (is_pattern(pattern) and like(pattern, text))


def _short(waiver: WaiverRule) -> Waiver:
    return Waiver(**{name: getattr(waiver, name) for name in Waiver.model_fields})


def _note(waiver: WaiverRule, about: Sequence[Finding], today: date, *, ran: bool) -> WaiverNote:
    failed = tuple(one.id for one in about if one.status is Status.FAIL)
    unknown = sum(one.status is Status.UNKNOWN for one in about)
    state, detail = _outcome(waiver, about, len(failed), today, ran=ran)
    if unknown and failed:
        detail += f"; {unknown:,} unknown, which no waiver excuses"
    return WaiverNote(**dict(waiver), state=state, detail=detail, findings=failed, unknown=unknown)


def _outcome(
    waiver: WaiverRule, about: Sequence[Finding], failed: int, today: date, *, ran: bool
) -> tuple[WaiverState, str]:
    failures = plural(failed, "failure") if failed else "no failure"
    if today > waiver.expires:
        return "expired", f"ended on {waiver.expires}: {failures} left open by it"
    if today < waiver.created:
        return (
            "pending",
            f"begins on {waiver.created}: {failures} open until then",
        )
    if failed:
        return "active", f"excuses {failures}"
    if not ran:
        return "unused", "its check gave no verdict in this run"
    if not about:
        return "unused", "nothing that its check judged is in its scope"
    counts = Counter(one.status for one in about)
    found = listed(f"{count:,} {_WORDS[status]}" for status, count in sorted(counts.items()))
    excuse = ", and no waiver excuses an unknown" if counts[Status.UNKNOWN] else ""
    return "unused", f"nothing in its scope failed ({found}){excuse}"
