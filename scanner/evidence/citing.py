"""Which records a verdict rests on: those of the calls that its check needs, about what its subject involves.

They are at most more than decided: a check that fails on the first of two facts cites both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scanner.check import Check
from scanner.evidence.grounds import Ground, grounds, topic
from scanner.model.evidence import Record
from scanner.model.finding import Finding, Reason
from scanner.model.posture import Posture
from scanner.model.reading import Outcome
from scanner.model.result import Result

_TRAILS = frozenset(
    {"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"}
)
_STORES = frozenset({"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore"})
_REGIONS = frozenset({"account:ListRegions", "ec2:DescribeRegions"})
_LISTING = frozenset({"cloudtrail:DescribeTrails"}) | _REGIONS
_ALWAYS: Mapping[str, frozenset[str]] = {
    "trail": _TRAILS | _REGIONS,
    "bucket": _LISTING | {"s3:ListAllMyBuckets", "s3:GetBucketLocation"},
    "log group": _LISTING,
    "event data store": _STORES | _REGIONS,
    "organization": _TRAILS | {"organizations:DescribeOrganization"},
}
"""By the subject of a check: what it rests on beside its `needs`. Others rest on all that CloudTrail says."""
_READ = (Outcome.OK, Outcome.ABSENT)


def cited(result: Result, checks: Iterable[Check], posture: Posture, records: Sequence[Record]) -> Result:
    """The result with what each finding rests on."""
    needs = {
        check.id: _ALWAYS.get(check.subject, _TRAILS | _STORES | _REGIONS) | check.needs for check in checks
    }
    shelf = _Shelf(posture, records)
    findings = tuple(
        replace(finding, evidence=shelf.behind(finding, needs.get(finding.check, frozenset())))
        for finding in result.findings
    )
    used = {id_ for finding in findings for id_ in finding.evidence or ()}
    return result.model_copy(
        update={"findings": findings, "evidence": tuple(one for one in records if one.id in used)}
    )


class _Shelf:
    """The records by topic; what subjects involve is worked out once for all checks."""

    def __init__(self, posture: Posture, records: Sequence[Record]) -> None:
        self._posture = posture
        self._grounds: dict[tuple[str, str | None, str], frozenset[Ground]] = {}
        self._by_topic: dict[str, list[tuple[int, Record]]] = defaultdict(list)
        self._failed: dict[tuple[str | None, ...], list[tuple[int, Record]]] = defaultdict(list)
        for place, record in enumerate(records):
            self._by_topic[topic(record)].append((place, record))
            if record.outcome not in _READ:
                key = (record.action, record.code, record.account, record.region)
                self._failed[key].append((place, record))

    def behind(self, finding: Finding, needs: frozenset[str]) -> tuple[str, ...]:
        """The ids of what the finding rests on, in the order of the records."""
        subject = (finding.account, finding.region, finding.resource)
        if subject not in self._grounds:
            self._grounds[subject] = grounds(finding, self._posture)
        reason = finding.reason if isinstance(finding.reason, Reason) else None
        if reason is not None and reason.action is not None:
            needs |= {reason.action}
        found = {
            place: record
            for ground in self._grounds[subject]
            if ground.through is None or ground.through in needs
            for place, record in self._by_topic.get(ground.topic, ())
            if record.action in needs
        }
        if reason is not None and not any(_is_cause(record, reason) for record in found.values()):
            found.update(self._failed.get((reason.action, reason.code, reason.account, reason.region), ()))
        return tuple(record.id for _, record in sorted(found.items()))


def _is_cause(record: Record, reason: Reason) -> bool:
    return (record.action, record.code) == (reason.action, reason.code)
