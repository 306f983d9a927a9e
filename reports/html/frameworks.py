"""Frameworks: what the checks say of each control, with the way to every finding behind it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.html.text import findings_link, number
from reports.html.words import CONFIDENCES, CONTROL_LOOKS, EVIDENCE_LOOKS, SOURCES, StatusLook
from scanner.model.result import Control, Evidence, Framework, Result, RetentionPeriod
from scanner.words import plural

OPEN = 2
"""Up to so many frameworks are laid open at once."""


@dataclass(frozen=True)
class Proof:
    """One check as evidence."""

    check: str
    link: str | None
    """To its findings; None where it did not run."""
    counts: str
    remark: str
    """How sure the link between check and control is, where that isn't plain."""
    sources: str


@dataclass(frozen=True)
class Group:
    """The evidence of one status."""

    look: StatusLook
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Row:
    control: Control
    look: StatusLook
    asked: str
    """How the framework classes the control."""
    direct: tuple[Group, ...]
    indirect: tuple[Group, ...]


@dataclass(frozen=True)
class Block:
    framework: Framework
    counts: tuple[tuple[str, int], ...]
    """Controls by status, in words."""
    retention: tuple[tuple[str, str], ...]
    """What it says of how long logs are kept: the control, and the sentence."""
    assessed: tuple[Row, ...]
    not_assessed: tuple[Row, ...]
    open: bool


def blocks(result: Result) -> tuple[Block, ...]:
    return tuple(_block(framework, is_open=len(result.frameworks) <= OPEN) for framework in result.frameworks)


def _block(framework: Framework, *, is_open: bool) -> Block:
    counts = Counter(control.status for control in framework.controls)
    rows = [_row(control) for control in framework.controls]
    return Block(
        framework=framework,
        counts=tuple((look.word, counts[status]) for status, look in CONTROL_LOOKS.items() if counts[status]),
        retention=tuple((one.control or "", _kept(one)) for one in framework.retention),
        assessed=tuple(row for row in rows if row.control.status != "not_assessed"),
        not_assessed=tuple(row for row in rows if row.control.status == "not_assessed"),
        open=is_open,
    )


def _kept(period: RetentionPeriod) -> str:
    """The period with its force, as in: 365 days, 90 of them at hand (requirement)."""
    if period.min_days is None:
        return f"No period ({period.force}). {period.note}"
    days = plural(period.min_days, "day")
    if period.immediately_available_days is not None:
        days += f", {period.immediately_available_days} of them at hand"
    label = f", {period.label}" if period.label else ""
    return f"{days} ({period.force}{label}). {period.note}"


def _row(control: Control) -> Row:
    level = [] if control.level is None else [f"level {control.level}"]
    assessment = [] if control.assessment is None else [control.assessment]
    return Row(
        control=control,
        look=CONTROL_LOOKS[control.status],
        asked=", ".join((*level, *assessment)),
        direct=tuple(_groups(one for one in control.evidence if one.direct)),
        indirect=tuple(_groups(one for one in control.evidence if not one.direct)),
    )


def _groups(evidence: Iterable[Evidence]) -> Iterator[Group]:
    """By status, from the worst; the checks in their order."""
    several = tuple(evidence)
    for key, look in EVIDENCE_LOOKS.items():
        proofs = tuple(_proof(one, look) for one in several if _key(one) == key)
        if proofs:
            yield Group(look, proofs)


def _key(evidence: Evidence) -> str:
    """A failing check whose failures are all excused is shown apart."""
    return "waived" if evidence.status == "fail" and not evidence.fail else evidence.status


def _proof(evidence: Evidence, look: StatusLook) -> Proof:
    run = evidence.status != "not_run"
    link = findings_link(check=evidence.check) if run else None
    if run and look.filter and evidence.reason is None:
        link = findings_link(check=evidence.check, status=look.filter)
    remarks = [evidence.reason, CONFIDENCES[evidence.confidence]]
    if "aws-unverified" in evidence.sources:
        remarks.append("AWS number not verified")
    return Proof(
        check=evidence.check,
        link=link,
        counts=_counts(evidence) if run else "",
        remark="; ".join(remark for remark in remarks if remark),
        sources=", ".join(SOURCES[source] for source in evidence.sources),
    )


def _counts(evidence: Evidence) -> str:
    """How many of its verdicts have the status that decides, as in `1 of 3`."""
    every = evidence.passed + evidence.fail + evidence.unknown + evidence.not_applicable + evidence.waived
    found = {
        "fail": evidence.fail + evidence.waived,
        "unknown": evidence.unknown,
        "pass": evidence.passed,
        "not_applicable": evidence.not_applicable,
    }
    decisive = found.get(evidence.status, 0)
    if evidence.reason is not None or decisive == every:
        return number(every)
    return f"{number(decisive)} of {number(every)}"
