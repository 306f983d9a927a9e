"""The check `global-service-events`."""

from scanner.check import AccountCheck, Fail, Pass, Unknown, Verdict
from scanner.coverage import global_answer
from scanner.model.arn import parse_arn
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known
from scanner.recorders import recorders
from scanner.words import listed


class GlobalServiceEvents(AccountCheck):
    """Events of IAM, STS and CloudFront are recorded.

    Why it matters: New users, keys, roles and policies show only in these events, and they appear in
    one region of the partition (us-east-1 on AWS). A trail of another single region never sees
    them, whatever its "include global service events" says.

    How to fix: Make the trail multi-region, or keep a trail in the partition's leader region, and
    let it include global service events and select management events.

    - CLI: `aws cloudtrail update-trail --name NAME --is-multi-region-trail --include-global-service-events`.
    - Terraform: `is_multi_region_trail = true` and `include_global_service_events = true`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
    """

    id = "global-service-events"

    severity: Severity = Severity.HIGH

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        found = recorders(account, posture)
        answer = global_answer(account, posture)
        match answer.complete:
            case Known(value=True):
                return Pass(f"recorded by {listed(parse_arn(arn).resource for arn in answer.by)}")
            case Gap() as gap:
                return Unknown(gap)
            case Known():
                pass
        blind = sorted(
            f"{one.name} is of {one.home_region} alone"
            if not one.multi_region
            else f"{one.name} leaves global service events out"
            for one in found.known
            if not one.global_events or not any(one.covers(region) for region in posture.leader_regions)
        )
        if not found.known:
            return Fail("no trail")
        if answer.troubles:
            return Fail("; ".join((*answer.troubles, *blind)))
        return Fail(
            f"does not record {listed(str(hole) for hole in answer.holes)}"
            + (f": {listed(blind)}" if blind else "")
        )
