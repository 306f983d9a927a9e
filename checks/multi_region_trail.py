"""The check `multi-region-trail`."""

from scanner.check import AccountCheck, Fail, NotApplicable, Pass, Unknown, Verdict
from scanner.coverage import MANAGEMENT_READ, MANAGEMENT_WRITE, unselected
from scanner.events import Hole
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, all_of, any_of, first_gap
from scanner.model.trail import AdvancedSelectors, Trail
from scanner.recorders import Recorder, recorders
from scanner.words import listed


class MultiRegionTrail(AccountCheck):
    """One multi-region trail records all management events of the account.

    Why it matters: A trail of a single region is blind to the others, where an intruder is free to
    work unseen; and a region that is enabled tomorrow is only covered by a trail that follows by
    itself. The benchmarks ask for one trail that does it all, so several partial ones that add up
    don't pass here (see region-management-events for the sum).

    How to fix: Make one trail multi-region, let it select read and write management events, and start it.

    - Console: CloudTrail > Trails > Create trail (the console makes multi-region trails only).
    - CLI: `aws cloudtrail update-trail --name NAME --is-multi-region-trail`, then
      `aws cloudtrail put-event-selectors --trail-name NAME --advanced-event-selectors
      '[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}]'` and
      `aws cloudtrail start-logging --name NAME`.
    - Terraform: `is_multi_region_trail = true` in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-multi-region-trails.html
    """

    id = "multi-region-trail"

    severity: Severity = Severity.HIGH

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        trails = {trail.arn: trail for trail in posture.trails_of(account)}
        candidates = [
            one for one in recorders(account, posture).known if one.arn in trails and one.multi_region
        ]
        enough = {one.arn: _enough(one) for one in candidates}
        match any_of(enough.values()):
            case Known(value=True):
                names = [trails[arn].name for arn, reading in enough.items() if reading == Known(value=True)]
                return Pass(f"recorded by {listed(sorted(names))}")
            case Gap() as gap:
                return Unknown(gap)
            case Known():
                return self._none(account, candidates, trails)

    def _none(self, account: Account, candidates: list[Recorder], trails: dict[str, Trail]) -> Verdict:
        # A multi-region trail shows in every region, so only an account none of whose regions
        # answered may have one that was not seen.
        if not any(isinstance(view.trails, Known) for view in account.views):
            return Unknown(first_gap(account.unlisted)) if account.unlisted else _no_region(account)
        if not trails:
            return Fail("no trail")
        if not candidates:
            regions = sorted({trail.home_region for trail in trails.values()})
            return Fail(f"has trails of single regions only ({listed(regions)})")
        return Fail("; ".join(sorted(_lack(one) for one in candidates)))


def _no_region(account: Account) -> Verdict:
    if isinstance(account.enabled_regions, Gap):
        return Unknown(account.enabled_regions)
    return NotApplicable("No region asked for is enabled here.")


def _enough(recorder: Recorder) -> Reading[bool]:
    return all_of(
        (recorder.recording, *(holes.map(lambda found: not found) for holes in _holes(recorder.selectors)))
    )


def _holes(selectors: Reading[AdvancedSelectors]) -> list[Reading[tuple[Hole, ...]]]:
    if isinstance(selectors, Gap):
        return [selectors]
    return [unselected(selectors.value, wanted) for wanted in (MANAGEMENT_READ, MANAGEMENT_WRITE)]


def _lack(recorder: Recorder) -> str:
    if recorder.trouble is not None:
        return f"{recorder.name} {recorder.trouble}"
    known = [holes.value for holes in _holes(recorder.selectors) if isinstance(holes, Known)]
    return f"{recorder.name} does not select {listed(str(hole) for holes in known for hole in holes)}"
