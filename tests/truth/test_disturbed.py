"""No call that fails makes a verdict false: it becomes `unknown` and names the call, or it is known anyway.

Each call of a scan (from `permissions.CALLS`, by what the checks need) is denied, throttled for good, and answered with less than was
promised, in worlds that make it. The verdicts of checks that don't rest on it must not change at all.
"""

from collections.abc import Iterator

import pytest

from scanner.aws import permissions
from scanner.aws.permissions import CALLS, ApiCall, actions
from scanner.check import Check
from scanner.model.finding import Finding, Reason, Status
from scanner.scan import needs
from tests.truth.disturb import (
    CHECKS,
    RESTS_ON,
    Bench,
    Change,
    Disturbance,
    Key,
    Sight,
    cut,
    denied,
    emptied,
    hollowed,
    reread,
    throttled,
)
from tests.truth.worlds import HEALTHY, NEGLECTED, WORLDS, World, otherwise

SCANNED = tuple(call for call in CALLS if call.action in actions(needs(CHECKS)))
each_call = pytest.mark.parametrize("call", SCANNED, ids=lambda call: f"{call.service}.{call.operation}")
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)

SPOKEN_FOR = {permissions.DESCRIBE_REGIONS: permissions.LIST_REGIONS}
"""Calls that stand in for another one: what is named is the one that everybody should grant."""

LETS_NOTHING_OPEN = {
    permissions.LIST_BUCKETS: "S3 confirms the owner of a bucket to each account that asks for its own",
    permissions.LIST_REGIONS: "ec2:DescribeRegions tells the same",
}
"""Calls whose denial alone leaves no verdict unknown, and why."""

MEANS_NONE: dict[tuple[ApiCall, Change], str] = {
    (permissions.GET_BUCKET_VERSIONING, emptied): "S3 says so where versioning was never on",
    (permissions.GET_BUCKET_LOGGING, emptied): "S3 says so where access logging is off",
    (permissions.GET_BUCKET_LOCATION, hollowed): "S3 says so of us-east-1",
}
"""Answers without members that are whole answers. (One without a body is refused before it is parsed.)"""


NO_SCAN_TELLS = {"digest-chain": "it judges what `verify` found"}
"""Checks that need more than a scan of AWS to pass, and what."""


def asked(call: ApiCall, bench: Bench) -> list[World]:
    """The worlds whose scan makes the call; the special ones only for what the others don't ask."""
    found = [
        world
        for world in WORLDS
        if any(place[:2] == (call.service, call.operation) for place in bench.remembered(world).places)
    ]
    return [world for world in found if world in (HEALTHY, NEGLECTED)] or found


def disturbances(call: ApiCall, world: World, bench: Bench) -> Iterator[Disturbance]:
    """Everywhere; where several accounts or regions are asked, in one of them alone too."""
    # A call that is throttled for good or cut leaves the gap that a denial leaves: once is enough to see that.
    first = world == asked(call, bench)[0]
    changes = (denied, throttled, emptied, hollowed, cut) if first else (denied, emptied)
    yield from (Disturbance(call, change) for change in changes)
    places = [
        place for place in bench.remembered(world).places if place[:2] == (call.service, call.operation)
    ]
    accounts = sorted({place[2] for place in places})
    if len(accounts) > 1:
        yield from (Disturbance(call, denied, account=account) for account in accounts)
    regions = sorted({place[3] for place in places})
    if len(regions) > 1:
        yield Disturbance(call, throttled, region=regions[-1])


def names(finding: Finding, call: ApiCall) -> bool:
    """Whether it is unknown because of the call."""
    return (
        finding.status is Status.UNKNOWN
        and isinstance(finding.reason, Reason)
        and finding.reason.action in (call.action, SPOKEN_FOR.get(call, call).action)
    )


def falsehoods(call: ApiCall, before: dict[Key, Finding], after: Sight) -> Iterator[str]:
    """What a scan says that it should not, as it didn't get an answer that another scan got."""
    # Without an account everything of it must be read in other ways, which may fail in their own.
    lost = call.action in after.unreachable.values()
    for key, one in before.items():
        other = after.findings.get(key) or _refiled(one, call, after)
        rests = call.action in RESTS_ON[one.check]
        if other is None:
            if not (lost and one.account in after.unreachable):
                yield f"{key}: {one.status} vanished"
        elif other.status is not one.status and not (rests and _admits(other, call, lost=lost)):
            yield f"{key}: {one.status} ({one.message}) became {other.status} ({other.message})"
    told = {(one.check, one.resource, one.status) for one in before.values()}
    for key, other in after.findings.items():
        if key in before or (other.check, other.resource, other.status) in told:
            continue
        if not _admits(other, call, lost=lost):
            yield f"{key}: {other.status} ({other.message}) came from nowhere"


def _admits(finding: Finding, call: ApiCall, *, lost: bool) -> bool:
    return names(finding, call) or (lost and finding.status is Status.UNKNOWN)


def _refiled(one: Finding, call: ApiCall, after: Sight) -> Finding | None:
    """What stands for a finding that is gone: of the same subject, filed elsewhere (under no region, under
    another account), or of an account whose subjects could not be seen.
    """
    alike = [other for other in after.findings.values() if other.check == one.check]
    same = [other for other in alike if other.resource == one.resource and other.account == one.account]
    subject = [other for other in alike if other.resource == one.resource and names(other, call)]
    account = [other for other in alike if other.account == one.account and names(other, call)]
    return next(iter([*same, *subject, *account]), None)


def concerned(call: ApiCall) -> tuple[Check, ...]:
    return tuple(check for check in CHECKS if call.action in RESTS_ON[check.id])


@each_call
def test_a_call_that_fails_makes_no_verdict_false(call: ApiCall, bench: Bench) -> None:
    worlds = asked(call, bench)
    assert worlds, f"no world of tests/truth/worlds.py makes a scan call {call.operation}: let one do so"
    checks = concerned(call)
    found: list[str] = []
    for world in worlds:
        whole = bench.remembered(world)
        for disturbance in disturbances(call, world, bench):
            if (call, disturbance.change) in MEANS_NONE:
                continue
            # Once with all checks, to see that the others stay as they are; then with those that may change.
            everything = disturbance == Disturbance(call, denied)
            sight = (
                bench.remembered(world, disturbance)
                if everything
                else bench.scan(world, disturbance, checks=checks)
            )
            before = whole.findings if everything else whole.only(frozenset(check.id for check in checks))
            assert sight.met, f"{disturbance} disturbed nothing"
            if sight.refused is None:
                found += (f"{world.name}, {disturbance}: {one}" for one in falsehoods(call, before, sight))
            elif call.action not in sight.refused:
                found.append(f"{world.name}, {disturbance}: refused without naming it: {sight.refused}")
    assert found == []


@each_call
def test_a_call_that_is_denied_leaves_a_verdict_unknown(call: ApiCall, bench: Bench) -> None:
    sights = (bench.remembered(world, Disturbance(call, denied)) for world in (*asked(call, bench), *WORLDS))
    heard = any(
        sight.refused is not None
        or call.action in sight.unreachable.values()
        or any(names(one, call) for one in sight.findings.values())
        for sight in sights
    )
    assert heard is (call not in LETS_NOTHING_OPEN), (
        f"no verdict becomes unknown without {call.action}: a check swallows the gap, or the call is useless. "
        "Where something else tells the same, say so in LETS_NOTHING_OPEN"
    )


@each_call
def test_what_is_known_without_an_answer_is_the_same_whatever_the_answer(call: ApiCall, bench: Bench) -> None:
    found: list[str] = []
    for world in asked(call, bench):
        other = otherwise(world, call.operation)
        if other is None:
            continue
        sight = bench.remembered(world, Disturbance(call, denied))
        answered = bench.scan(other, checks=concerned(call)).findings
        found += (
            f"{world.name}: {key}: {one.status} ({one.message}) without an answer, "
            f"but {answered[key].status} ({answered[key].message}) with another one"
            for key, one in sight.findings.items()
            if key in answered and one.status not in (Status.UNKNOWN, answered[key].status)
        )
    assert found == []


@each_check
@pytest.mark.parametrize("world", [HEALTHY, NEGLECTED], ids=lambda world: world.name)
def test_a_scan_for_one_check_alone_gives_the_same_verdicts(check: Check, world: World, bench: Bench) -> None:
    alone = bench.scan(world, checks=(check,)).findings
    among_others = bench.remembered(world).only(frozenset({check.id}))
    assert {key: one.status for key, one in alone.items()} == {
        key: one.status for key, one in among_others.items()
    }


def test_the_healthy_organization_passes_every_check(bench: Bench) -> None:
    findings = bench.remembered(HEALTHY).findings.values()
    assert [one for one in findings if one.status in (Status.FAIL, Status.UNKNOWN)] == []
    passed = {one.check for one in findings if one.status is Status.PASS}
    assert {check.id for check in CHECKS} - passed == set(NO_SCAN_TELLS)


def test_the_neglected_organization_has_few_unknowns_and_fails_most_checks(bench: Bench) -> None:
    findings = bench.remembered(NEGLECTED).findings.values()
    assert [one for one in findings if one.status is Status.UNKNOWN] == []
    failed = {one.check for one in findings if one.status is Status.FAIL}
    assert len(failed) > 0.75 * len(CHECKS)


@pytest.mark.parametrize(
    # The SDK has a parser of its own for the one left out.
    "call",
    [call for call in SCANNED if call is not permissions.GET_BUCKET_LOCATION],
    ids=lambda call: call.operation,
)
def test_what_the_script_says_the_service_can_say(call: ApiCall, bench: Bench) -> None:
    for world in asked(call, bench)[:1]:
        sight = bench.scan(world, Disturbance(call, reread), checks=concerned(call))
        before = bench.remembered(world).only(frozenset(check.id for check in concerned(call)))
        assert {key: one.status for key, one in sight.findings.items()} == {
            key: one.status for key, one in before.items()
        }
