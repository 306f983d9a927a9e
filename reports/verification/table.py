"""The verification for a person at a terminal: what is wrong, the hours of each lane, the verdict."""

from collections.abc import Iterator
from typing import ClassVar

from reports.terminal import COLOURS, DEFAULT_WIDTH, MESSAGE, NAME, ROWS, Page, page_of
from reports.verification.words import (
    HOURS,
    VERDICTS,
    file_name,
    narrowed,
    period,
    size_words,
    worst_first,
)
from reports.words import counted, fit, line, wrap
from scanner.model.base import iso
from scanner.model.verification import IntegrityFinding, IntegrityVerdict, ProvenLane, Verification

VERDICT_COLOURS: dict[IntegrityVerdict, str] = {"intact": "green", "tampered": "red", "incomplete": "yellow"}


class TableRenderer:
    """The last line is the verdict's."""

    format: ClassVar[str] = "table"
    suffix: ClassVar[str] = ".txt"

    def render(self, verification: Verification) -> bytes:
        return self.to_terminal(verification, width=DEFAULT_WIDTH, colour=False).encode()

    def to_terminal(self, verification: Verification, *, width: int, colour: bool) -> str:
        page = page_of(width, colour=colour)
        sections = (_head, _findings, _hours, _counts, _end)
        blocks = ["\n".join(section(page, verification)) for section in sections]
        return "\n\n".join(block for block in blocks if block) + "\n"


def _head(page: Page, verification: Verification) -> Iterator[str]:
    yield fit(verification.trail, page.width)
    yield wrap(line(f"read from {verification.source}{narrowed(verification)}", MESSAGE), page.width)
    words = f"{period(verification.start, verification.end)}, {counted(len(verification.lanes), 'lane')}"
    yield fit(words, page.width)
    if verification.unchanged_since is not None:
        since = f"{verification.unchanged_since:%Y-%m-%d %H:%M} UTC"
        yield wrap(
            f"What an earlier run had proven, at the earliest at {since}, was not read again: by ETag and "
            "size, S3 says that it is unchanged (--recheck reads everything).",
            page.width,
        )


def _findings(page: Page, verification: Verification) -> Iterator[str]:
    found = worst_first(verification.findings)
    if not found:
        return
    yield page.heading(f"{counted(len(found), 'finding')}, worst first")
    rows = [_finding(page, one) for one in found[:ROWS]]
    yield page.grid(("severity", "kind and place", "object, time and reason"), rows)
    if len(found) > ROWS:
        left = counted(len(found) - ROWS, "more finding")
        yield f"… and {left} (use --output html or json)"


def _finding(page: Page, finding: IntegrityFinding) -> tuple[str, str, str]:
    place = f"{finding.account} {finding.region}"
    room = page.width - len("severity") - 2 - max(len(place), len(finding.kind)) - 2
    lines = [
        *([fit(file_name(finding.key), room)] if finding.key else []),
        fit(period(finding.first, finding.last), room),
        wrap(line(finding.detail, MESSAGE), room),
    ]
    severity = page.paint(finding.severity.value, COLOURS[finding.severity])
    return severity, f"{finding.kind}\n{fit(place, NAME)}", "\n".join(lines)


def _hours(page: Page, verification: Verification) -> Iterator[str]:
    lanes = sorted(verification.lanes, key=_goodness)
    if not lanes:
        return
    yield page.heading("Hours of the period, by account and region")
    headings = ("account", "region", *(look.word.replace(" ", "\n") for look in HOURS))
    rows = [_lane(lane) for lane in lanes[:ROWS]]
    yield page.grid(headings, rows, ("left", "left", *["right"] * len(HOURS)))
    if len(lanes) > ROWS:
        left = counted(len(lanes) - ROWS, "more lane")
        yield f"… and {left} (use --output html or json)"


def _goodness(lane: ProvenLane) -> tuple[int, str, str]:
    hours = lane.hours
    bad = hours.altered + hours.missing + hours.unknown + hours.not_covered
    return (-bad, lane.account, lane.region)


def _lane(lane: ProvenLane) -> tuple[str, ...]:
    return (lane.account, lane.region, *(f"{look.count(lane.hours):,}" for look in HOURS))


def _counts(page: Page, verification: Verification) -> Iterator[str]:
    counts = verification.counts
    yield wrap(
        f"Digests valid: {counts.digests_valid:,} of {counts.digests:,}. Log files valid: "
        f"{counts.logs_valid:,} of {counts.logs:,} ({size_words(counts.bytes)} uncompressed)."
        f"{_oldest(verification)}",
        page.width,
    )


def _oldest(verification: Verification) -> str:
    """How far back the proof reaches: the real retention, as far as the period goes."""
    found = [lane.oldest_proven for lane in verification.lanes if lane.oldest_proven]
    return f" The oldest is of {iso(min(found))}." if found else ""


def _end(page: Page, verification: Verification) -> Iterator[str]:
    words = f"Verdict: {verification.verdict}: {VERDICTS[verification.verdict]}"
    yield page.paint(wrap(words, page.width), VERDICT_COLOURS[verification.verdict], bold=True)
