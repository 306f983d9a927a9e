"""The check `trail-insights`."""

from scanner.check import Fail, Pass, TrailCheck, Unknown, Verdict
from scanner.coverage import selected_by_all
from scanner.events import management_events
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import Trail
from scanner.recorders import selected
from scanner.words import listed

NEEDED = {
    "ApiCallRateInsight": management_events(read_only=False),
    "ApiErrorRateInsight": management_events(),
}
"""Each type of Insights on management events, and what the trail must select of for it to see anything."""


class TrailInsights(TrailCheck):
    """Trails look for unusual rates of API calls and of errors among management events.

    Why it matters: Stolen credentials show in numbers first: a burst of calls that were never made
    before, or a row of denied ones. CloudTrail Insights learns what is usual and reports the rest.
    Insights that are switched on and whose events the trail no longer selects find nothing.

    How to fix: Switch both types of Insights on, for management events, and let the trail select
    management events (write events for the call rate). Insights are charged by the events analysed.

    - Console: CloudTrail > Trails > the trail > Insights events > Edit: both types, management events.
    - CLI: `aws cloudtrail put-insight-selectors --trail-name ARN --insight-selectors
      '[{"InsightType":"ApiCallRateInsight"},{"InsightType":"ApiErrorRateInsight"}]'`.
    - Terraform: two `insight_selector` blocks in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
    """

    id = "trail-insights"
    reads = frozenset({"cloudtrail:GetInsightSelectors"})

    severity: Severity = Severity.LOW

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the trail says it all
        effective = {kind: _effective(trail, kind) for kind in NEEDED}
        blind = [kind for kind, reading in effective.items() if reading == Known(value=False)]
        if isinstance(trail.insights, Gap):
            return Fail(_without_events(blind)) if blind else Unknown(trail.insights)
        on = {one.type for one in trail.insights.value if "Management" in one.categories}
        off = [kind for kind in NEEDED if kind not in on]
        useless = [kind for kind in blind if kind in on]
        if off or useless:
            parts = [f"does not look for {listed(off)} in management events"] if off else []
            return Fail("; ".join([*parts, *([_without_events(useless)] if useless else [])]))
        for reading in effective.values():
            reading.require()
        return Pass(f"looks for {listed(NEEDED)} in management events")


def _effective(trail: Trail, kind: str) -> Reading[bool]:
    """Whether the trail selects events that such Insights are made of."""
    selectors = selected(trail)
    return selectors if isinstance(selectors, Gap) else selected_by_all(NEEDED[kind], selectors.value)


def _without_events(kinds: list[str]) -> str:
    return f"does not select the events for {listed(kinds)}"
