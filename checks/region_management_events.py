"""The check `region-management-events`."""

from scanner.check import Fail, Pass, RegionCheck, Unknown, Verdict
from scanner.coverage import MANAGEMENT_READ, MANAGEMENT_WRITE, answer
from scanner.model.arn import parse_arn
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, all_of
from scanner.recorders import Recorder, recorders
from scanner.words import listed


class RegionManagementEvents(RegionCheck):
    """Management reads and writes of the region are recorded.

    Why it matters: Without them nobody can say who created, changed or deleted what, or who looked
    around before. Everything that records counts together here: several trails, the organization's
    trail, event data stores. A trail that is stopped or can't deliver counts for nothing, however
    well it is configured.

    How to fix: Let a multi-region trail select all management events, or mend the one that the
    message names.

    - Console: CloudTrail > Trails > the trail > Management events > Edit: Read and Write.
    - CLI: `aws cloudtrail get-trail-status --name ARN` shows a stop or a delivery error;
      `aws cloudtrail start-logging --name ARN` starts it.
    - Terraform: leave `event_selector` out of `aws_cloudtrail`, or set `read_write_type = "All"` and
      `include_management_events = true`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """

    id = "region-management-events"

    severity: Severity = Severity.HIGH

    def judge(self, account: Account, region: str, posture: Posture, /) -> Verdict:
        found = recorders(account, posture)
        covering, unseen = found.covering(region), found.unseen(region)
        read = answer(covering, unseen, MANAGEMENT_READ)
        write = answer(covering, unseen, MANAGEMENT_WRITE)
        match all_of((read.complete, write.complete)):
            case Gap() as gap:
                return Unknown(gap)
            case Known(value=True):
                names = sorted({parse_arn(arn).resource for arn in (*read.by, *write.by)})
                return Pass(f"recorded by {listed(names)}")
            case Known():
                failed = [one for one in (read, write) if one.complete == Known(value=False)]
                holes = sorted({str(hole) for one in failed for hole in one.holes})
                return Fail(f"does not record {listed(holes)}: {_why(covering)}")


def _why(covering: tuple[Recorder, ...]) -> str:
    """What keeps each thing that covers the region from recording them: its state, else its selectors."""
    if not covering:
        return "no trail covers the region"
    if not any(one.trouble for one in covering):
        return "what covers the region does not select them"
    return listed(sorted(f"{one.name} {one.trouble or 'does not select them'}" for one in covering))
