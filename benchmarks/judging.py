"""How a scan took what went wrong, told from its result, its posture and the log of the fake.

Complaints are lines of text; none means that all is well.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from math import inf
from typing import Any, NamedTuple

from benchmarks.faults import Entry, Place
from scanner.aws.pace import SHARE, quota
from scanner.aws.permissions import ApiCall
from scanner.model.arn import parse_arn
from scanner.model.finding import Status
from scanner.model.posture import Posture
from scanner.model.reading import Known, Outcome
from scanner.model.result import Result

LAG = 0.2
"""Seconds by which a call may arrive nearer to the one before it than they were sent."""


Counted = tuple[str, str, str]
"""Account, region, action."""


class Limit(NamedTuple):
    """How often a scan may call one API of one account and region."""

    interval: float
    """Seconds between calls in the long run."""
    at_once: int


def limit(service: str, action: str) -> Limit | None:
    """As `scanner/aws/quotas.yaml` and the default share say; None: as often as it likes."""
    name = (service, action)
    if action == "GetAccountPublicAccessBlock":
        name = ("s3control", "GetPublicAccessBlock")
    found = quota(ApiCall(*name, action="", why=""))
    if found is None:
        return None
    share = found.share or SHARE
    return Limit(1 / (found.rate * share), max(1, int(found.burst * share)))


def headway(times: Iterable[float], allowed: Limit) -> float:
    """Seconds by which the calls were ahead of the limit at most, over all windows; 0: it was kept."""
    worst, free_at = 0.0, -inf
    for time in sorted(times):
        worst = max(worst, free_at - allowed.interval * (allowed.at_once - 1) - time)
        free_at = max(free_at, time) + allowed.interval
    return worst


class Paces(NamedTuple):
    headway: float
    """Of the API of an account and region that was called too often by most."""
    least: float
    """Seconds that the calls of the busiest one take at that rate."""


def paces(log: Iterable[Entry]) -> Paces:
    times: dict[Place, list[float]] = defaultdict(list)
    for call in log:
        times[call.account, call.region, call.service, call.action].append(call.at)
    limited = [(found, allowed) for place, found in times.items() if (allowed := limit(*place[2:]))]
    return Paces(
        max(headway(found, allowed) for found, allowed in limited),
        max((len(found) - allowed.at_once) * allowed.interval for found, allowed in limited),
    )


def wrong_credentials(log: Iterable[Entry], caller: str, shared: Collection[str] = ()) -> list[Entry]:
    """Calls with credentials of another account than the one they are about.

    Only the caller enters accounts and asks Organizations; things of `shared` accounts (an organization
    trail) are anybody's business; a session that isn't what it was asked for is only asked who it is.
    """

    def is_wrong(call: Entry) -> bool:
        if call.action == "AssumeRole" or call.service == "organizations":
            return call.account != caller
        if call.account != call.owner:
            return call.action != "GetCallerIdentity"
        return call.subject not in ("", call.account, *shared)

    return [call for call in log if is_wrong(call)]


def stale(account: str, log: Iterable[Entry]) -> Iterator[str]:
    """Calls with the account's first session but to see whose it is: it was near its end when it came."""
    keys = list(dict.fromkeys(call.key for call in log if call.owner == account))
    if len(keys) != 2:
        yield f"{account} was read with {len(keys)} sessions, not two"
    for call in log:
        if call.owner == account and call.key == keys[0] and call.action != "GetCallerIdentity":
            yield f"{account} was asked {call.action} with a session that had to be renewed"


def misattributed(posture: Posture, shared: Collection[str]) -> Iterator[str]:
    """Where the posture says something of one account that is another's."""
    for account in posture.accounts:
        for view in account.views:
            for arn in view.trails.value if isinstance(view.trails, Known) else ():
                if parse_arn(arn).account not in (account.id, *shared):
                    yield f"{account.id} sees {arn} in {view.region}"
        for gap in refusals(account.model_dump(mode="json")):
            if gap["account"] not in (None, account.id):
                yield f"{account.id} lacks what {gap['account']} refused: {gap['detail']}"
    for bucket in posture.buckets:
        if isinstance(bucket.owner, Known) and bucket.owner.value not in bucket.name:
            yield f"{bucket.owner.value} is said to own {bucket.name}"


def miscounted(posture: Posture, log: Iterable[Entry]) -> Iterator[str]:
    """Where the posture counts other readings of CloudTrail than there were answers to those sessions.

    CloudTrail's calls name no account, so only a credential says whom they are about. Holds where each
    reading is one page.
    """
    answered: Counter[Counted] = Counter(
        (call.owner, call.region, f"cloudtrail:{call.action}")
        for call in log
        if call.service == "cloudtrail" and not call.fault
    )
    counted: Counter[Counted] = Counter()
    for one in posture.calls:
        if one.action.startswith("cloudtrail:") and one.outcome in (Outcome.OK, Outcome.ABSENT):
            counted[one.account, one.region or "", one.action] += one.count
    for place in sorted(answered.keys() | counted.keys()):
        if answered[place] != counted[place]:
            yield f"{' '.join(place)}: {answered[place]} answers, {counted[place]} readings"


def refusals(told: Any) -> Iterator[dict[str, Any]]:
    """The gaps in a piece of a posture's JSON."""
    if isinstance(told, dict):
        if "outcome" in told and "detail" in told:
            yield told
        told = list(told.values())
    if isinstance(told, list):
        for inner in told:
            yield from refusals(inner)


def complete(result: Result) -> set[str]:
    """The accounts of which everything was read and no verdict is unknown."""
    unknown = {finding.account for finding in result.findings if finding.status is Status.UNKNOWN}
    return {account.id for account in result.scope.accounts if account.state == "assessed"} - unknown


def unexplained(result: Result, posture: Posture, expected: dict[str, str]) -> Iterator[str]:
    """Accounts that lack the cause that they should have: `expected` holds a part of it for each.

    A reading that failed where the others decide makes no verdict unknown: the posture alone tells of it.
    """
    told: dict[str, set[str]] = defaultdict(set)
    for gap in refusals(posture.model_dump(mode="json")):
        told[gap["account"]].add(f"code={gap['code']!r}")
    for account in result.scope.accounts:
        told[account.id].add(account.reason or "")
    for finding in result.findings:
        if finding.status is Status.UNKNOWN:
            told[finding.account].add(str(finding.reason))
            if not finding.reason:
                yield f"{finding.account} {finding.check} is unknown without a cause"
    for id_, cause in expected.items():
        if not any(cause in text for text in told[id_]):
            yield f"{id_} should be incomplete for {cause}: {sorted(told[id_])[:2]}"


def invented(result: Result, posture: Posture) -> Iterator[str]:
    """Verdicts on accounts that nobody could enter."""
    closed = {account.id for account in posture.accounts if not account.reachable}
    for finding in result.findings:
        if finding.account in closed and finding.status in (Status.PASS, Status.FAIL):
            yield f"{finding.account} {finding.check}: {finding.status}, though nobody could enter"


def unequal(accounts: Collection[str], log: Iterable[Entry]) -> Iterator[str]:
    """Accounts of which something else was asked than of the others, where all are alike."""
    asked: dict[str, Counter[Counted]] = {account: Counter() for account in accounts}
    for call in log:
        if call.account in asked:
            asked[call.account][call.region, call.service, call.action] += 1
    usual, _ = Counter(frozenset(counts.items()) for counts in asked.values()).most_common(1)[0]
    for account, counts in asked.items():
        if counts.items() != usual:
            yield f"{account} was asked {counts.total()} times, others {sum(count for _, count in usual)}"
