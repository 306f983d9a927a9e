"""What the checks of S3 data events share: judging one class of events over all regions of an account."""

from collections.abc import Iterable

from scanner.check import Fail, Pass, Unknown, Verdict
from scanner.coverage import Answer, everywhere, s3_events
from scanner.model.arn import parse_arn
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known
from scanner.recorders import recorders
from scanner.words import listed, plural


def judge_s3_events(account: Account, posture: Posture, *, read_only: bool) -> Verdict:
    """Whether reads or writes of all objects but the log bucket's own are recorded in every region."""
    found = recorders(account, posture)
    wanted = s3_events(account, posture, read_only=read_only)
    complete, by_region = everywhere(account, posture, wanted, found)
    match complete:
        case Gap() as gap:
            return Unknown(gap)
        case Known(value=True):
            with_own = s3_events(account, posture, read_only=read_only, service_events=True)
            whole, _ = everywhere(account, posture, with_own, found)
            remark = (
                ""
                if whole == Known(value=True)
                else " (but not the events that AWS services make themselves)"
            )
            names = sorted({parse_arn(arn).resource for one in by_region.values() for arn in one.by})
            return Pass(f"recorded by {listed(names)}{_scanned(account)}{remark}")
        case Known():
            failed = {region: one for region, one in by_region.items() if one.complete == Known(value=False)}
            return Fail(
                _holes(failed.values()) + f" in {listed(sorted(failed))}{_scanned(account)}{_why(failed)}"
            )


def _holes(failed: Iterable[Answer]) -> str:
    return "does not record " + listed(sorted({str(hole) for one in failed for hole in one.holes}))


def _why(failed: dict[str, Answer]) -> str:
    troubles = sorted({trouble for one in failed.values() for trouble in one.troubles})
    return f": {listed(troubles)}" if troubles else ""


def _scanned(account: Account) -> str:
    return f" (in the {plural(len(account.judged_regions), 'region')} scanned)" if account.narrowed else ""
