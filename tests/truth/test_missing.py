"""A member that an answer lacks is a gap, unless its absence is how AWS says that there is none."""

from collections.abc import Iterator
from typing import Any

import pytest

from scanner.aws.permissions import ApiCall
from tests.truth.disturb import Bench, Disturbance
from tests.truth.test_disturbed import SCANNED, asked, concerned, falsehoods
from tests.truth.worlds import World

SAYS_NONE = {
    "DescribeTrails trailList.KmsKeyId": "no key",
    "DescribeTrails trailList.CloudWatchLogsLogGroupArn": "no log group",
    "DescribeTrails trailList.CloudWatchLogsRoleArn": "no role",
    "DescribeTrails trailList.SnsTopicARN": "no topic",
    "GetTrailStatus LatestDeliveryTime": "never",
    "GetTrailStatus LatestDigestDeliveryTime": "never",
    "GetTrailStatus LatestCloudWatchLogsDeliveryTime": "never",
    "GetInsightSelectors InsightSelectors": "Insights are off",
    "GetEventDataStore KmsKeyId": "no key of its own",
    "GetBucketVersioning Status": "versioning was never on",
    "GetBucketLifecycleConfiguration Rules.Expiration": "the rule expires nothing",
    "GetBucketLifecycleConfiguration Rules.Transitions": "the rule moves nothing",
    "GetBucketLogging LoggingEnabled": "off",
    "GetObjectLockConfiguration ObjectLockConfiguration.Rule": "no default retention",
    "DescribeLogGroups logGroups.kmsKeyId": "no key",
    "DescribeLogGroups logGroups.retentionInDays": "kept forever",
    "DescribeMetricFilters metricFilters.filterPattern": "the empty pattern, which matches everything",
    "DescribeAlarms MetricAlarms.AlarmActions": "it tells nobody",
    "DescribeAlarms MetricAlarms.MetricName": "an alarm on a PromQL query",
}
"""Members, by operation and path, that AWS leaves out where there is none."""

UNTOLD = {
    "GetEventSelectors AdvancedEventSelectors.FieldSelectors.Equals": "an operator that this SDK doesn't know",
    "DescribeAlarms MetricAlarms.Threshold": "an anomaly detection band",
}
"""Members whose absence means what can't be judged: unknown, but no call failed that could be named."""

Path = tuple[str, ...]


def members(value: Any, above: Path = ()) -> Iterator[Path]:
    """The members of an answer at every depth; those of list items stand under the list."""
    match value:
        case dict():
            for name, inner in value.items():
                yield (*above, name)
                yield from members(inner, (*above, name))
        case list():
            for item in value:
                yield from members(item, above)
        case _:
            pass


def without(value: Any, path: Path) -> Any:
    """The answer without the member, in all items of the lists on the way."""
    match value:
        case dict():
            head, *rest = path
            kept = {name: inner for name, inner in value.items() if rest or name != head}
            return {
                name: without(inner, tuple(rest)) if name == head else inner for name, inner in kept.items()
            }
        case list():
            return [without(item, path) for item in value]
        case _:
            return value


def answered(call: ApiCall, world: World, bench: Bench) -> set[Path]:
    found: set[Path] = set()

    def note(_call: ApiCall, answer: Any) -> Any:
        found.update(members(answer))
        return answer

    bench.scan(world, Disturbance(call, note), checks=concerned(call))
    return found


@pytest.mark.parametrize("call", SCANNED, ids=lambda call: f"{call.service}.{call.operation}")
def test_a_member_that_is_missing_makes_no_verdict_false(call: ApiCall, bench: Bench) -> None:
    checks = concerned(call)
    found: list[str] = []
    tried: set[Path] = set()
    for world in asked(call, bench):
        before = bench.remembered(world).only(frozenset(check.id for check in checks))
        for path in sorted(answered(call, world, bench) - tried):
            tried.add(path)
            if f"{call.operation} {'.'.join(path)}" in SAYS_NONE | UNTOLD:
                continue

            def drop(_call: ApiCall, answer: Any, path: Path = path) -> Any:
                return without(answer, path)

            sight = bench.scan(world, Disturbance(call, drop), checks=checks)
            if sight.refused is None:
                found += (
                    f"{world.name}, without {'.'.join(path)}: {one}"
                    for one in falsehoods(call, before, sight)
                )
    assert found == []
