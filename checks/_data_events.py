"""What the checks of data events share: judging classes of events over all regions of an account."""

from collections.abc import Iterable, Mapping

from scanner.check import Fail, Pass, Unknown, Verdict
from scanner.coverage import Answer, everywhere, s3_events
from scanner.events import EventClass
from scanner.model.arn import parse_arn
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known
from scanner.words import listed, plural


def judge_s3_events(account: Account, posture: Posture, *, read_only: bool) -> Verdict:
    """Whether reads or writes of all objects but the log bucket's own are recorded in every region."""
    verdict = judge_everywhere(account, posture, s3_events(account, posture, read_only=read_only))
    if isinstance(verdict, Pass):
        with_own = s3_events(account, posture, read_only=read_only, service_events=True)
        whole, _ = everywhere(account, posture, with_own)
        if whole != Known(value=True):
            return Pass(f"{verdict.message} (but not the events that AWS services make themselves)")
    return verdict


def judge_everywhere(account: Account, posture: Posture, wanted: EventClass) -> Verdict:
    """Whether all of the class is recorded in every region of the account."""
    complete, by_region = everywhere(account, posture, wanted)
    match complete:
        case Gap() as gap:
            return Unknown(gap)
        case Known(value=True):
            return Pass(f"{recorded_by(by_region.values())}{_scanned(account)}")
        case Known():
            failed = {region: one for region, one in by_region.items() if one.complete == Known(value=False)}
            return Fail(missing(failed, _scanned(account)))


def joined(verdicts: Mapping[str, Verdict]) -> Verdict:
    """One verdict on several things, by their names: all must pass; those that decide are named."""
    failed = {name: one.message for name, one in verdicts.items() if isinstance(one, Fail)}
    if failed:
        return Fail(_grouped(failed))
    unknown = [one for one in verdicts.values() if isinstance(one, Unknown)]
    if unknown:
        return min(unknown, key=lambda one: one.reason.order)
    return Pass(_grouped({name: one.message for name, one in verdicts.items() if isinstance(one, Pass)}))


def _grouped(messages: Mapping[str, str]) -> str:
    """`A and B: recorded by trail/one; C: recorded by trail/two`."""
    names: dict[str, list[str]] = {}
    for name, message in sorted(messages.items()):
        names.setdefault(message, []).append(name)
    return "; ".join(f"{listed(alike)}: {message}" for message, alike in names.items())


def recorded_by(answers: Iterable[Answer]) -> str:
    return f"recorded by {listed(sorted({parse_arn(arn).resource for one in answers for arn in one.by}))}"


def missing(failed: Mapping[str, Answer], remark: str = "") -> str:
    """What is not recorded, where and why; `failed` are the answers by region."""
    return f"{_holes(failed.values())} in {listed(sorted(failed))}{remark}{_why(failed)}"


def _holes(failed: Iterable[Answer]) -> str:
    return "does not record " + listed(sorted({str(hole) for one in failed for hole in one.holes}))


def _why(failed: Mapping[str, Answer]) -> str:
    troubles = sorted({trouble for one in failed.values() for trouble in one.troubles})
    return f": {listed(troubles)}" if troubles else ""


def _scanned(account: Account) -> str:
    return f" (in the {plural(len(account.judged_regions), 'region')} scanned)" if account.narrowed else ""
