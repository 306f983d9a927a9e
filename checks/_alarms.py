"""What the alarm checks share: the chain from a trail to a person, tried on the events of one alarm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from scanner.alarms import (
    HOLDS,
    Break,
    Link,
    Wired,
    broken,
    delivers,
    group_name,
    in_series,
    records,
    wiring,
    without_wildcard,
)
from scanner.check import AccountCheck, Fail, NotApplicable, Pass, Unknown, Verdict, out_of_scope
from scanner.events import EventClass
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, first_gap
from scanner.model.trail import Trail
from scanner.patterns import Judgement, Missed, describe, harmless_samples, judge, parse
from scanner.words import listed

Breaks = tuple[Break, ...]
Accounts = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Chain:
    """What comes of the events by one trail: where the chain is broken (nowhere: it works)."""

    breaks: Reading[Breaks]
    alarms: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()
    """Ordinary events that go off as well."""


class AlarmCheck(AccountCheck):
    """The whole chain works for the events of the alarm with the check's id."""

    reads = frozenset(
        {"logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms", "sns:ListSubscriptionsByTopic"}
    )

    also_recorded: ClassVar[tuple[EventClass, ...]] = ()
    """Events that a trail may leave out while it records all management events otherwise."""
    events: ClassVar[str] = ""
    """What the events are called together, where their names are only examples."""
    benchmark_sees_all: ClassVar[bool] = False
    """A version of the benchmark has a filter that counts nearly every event."""

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        trails = posture.trails_of(account)
        if not trails:
            return _without_trail(account)
        chains = [self._chain(trail, account, posture) for trail in trails]
        working = [chain for chain in chains if chain.breaks == Known(())]
        if working:
            return Pass(_praise(working))
        if gaps := [chain.breaks for chain in chains if isinstance(chain.breaks, Gap)]:
            return Unknown(first_gap(gaps))
        return Fail(_furthest([chain.breaks.require() for chain in chains]))

    def _chain(self, trail: Trail, account: Account, posture: Posture) -> Chain:
        start = records(trail, account, posture, self.also_recorded)
        if posture.in_scope(trail.owner):
            start = in_series((start, delivers(trail, posture)))
        else:
            start = in_series((start, out_of_scope(posture, trail.owner, "the organization trail").reason))
        if start != HOLDS or trail.log_group_arn is None:
            return Chain(start.map(_only))
        arn = without_wildcard(trail.log_group_arn)
        name = group_name(arn)
        match wiring(arn, posture):
            case Gap() as gap:
                return Chain(gap)
            case Known(None):
                return Chain(Known((Break(Link.LOG_GROUP, f"log group {name} does not exist"),)))
            case Known(filters):
                return self._through(filters or (), name, _accounts(trail, filters or ()))

    def _through(self, filters: Iterable[Wired], group: str, accounts: Accounts) -> Chain:
        concerned = [one for one in map(self._unless_deafening, filters) if self._sees(one, accounts)]
        working = [one for one in concerned if one.state == HOLDS]
        sure = seen(_patterns(working), self.id, accounts)
        if sure.complete == Known(value=True):
            enough = self._complete(working, (), accounts) or working
            alarms = {alarm for one in enough for alarm in one.alarms}
            return Chain(
                Known(()), tuple(sorted(alarms)), seen(_patterns(enough), self.id, accounts).fires_on
            )
        possible = [one for one in concerned if one.state == HOLDS or isinstance(one.state, Gap)]
        hoped = seen(_patterns(possible), self.id, accounts)
        if hoped.complete != Known(value=False):
            gaps = [one.state for one in possible if isinstance(one.state, Gap)]
            return Chain(first_gap([*gaps, *([hoped.gap] if hoped.gap else [])]))
        useless = [one for one in concerned if one not in possible]
        helpful = self._complete(useless, possible, accounts) or [
            one
            for one in useless
            if seen(_patterns([*possible, one]), self.id, accounts).missed != hoped.missed
        ]
        breaks = [break_ for one in helpful for break_ in one.state.map(_only).require()]
        missed = seen(_patterns(concerned), self.id, accounts).missed
        if missed or not breaks:
            words = self._describe(missed or hoped.missed, accounts)
            breaks.append(Break(Link.FILTER, f"no metric filter of log group {group} sees {words}"))
        return Chain(Known(tuple(dict.fromkeys(breaks))))

    def _describe(self, missed: tuple[Missed, ...], accounts: Accounts) -> str:
        everything = missed == seen((), self.id, accounts).missed
        return self.events if self.events and everything else describe(missed)

    def _complete(self, filters: Iterable[Wired], others: Sequence[Wired], accounts: Accounts) -> list[Wired]:
        """Those of the filters that see, alone or with all the others, every event."""
        return [
            one
            for one in filters
            if seen(_patterns([*others, one]), self.id, accounts).complete == Known(value=True)
        ]

    def _sees(self, one: Wired, accounts: Accounts) -> bool:
        """Whether the filter sees, or may see, any of the events."""
        judgement = seen((one.filter.pattern,), self.id, accounts)
        return bool(judgement.undecided) or judgement.missed != seen((), self.id, accounts).missed

    def _unless_deafening(self, one: Wired) -> Wired:
        """A filter that counts everything keeps its alarm on all the time: nobody learns anything by it."""
        if self.benchmark_sees_all:
            return one
        everything = {sample.name for sample in harmless_samples(self.id)}
        if not everything <= set(seen((one.filter.pattern,), self.id, None).fires_on):
            return one
        words = f"metric filter {one.filter.name} counts nearly every event"
        return Wired(one.filter, broken(Link.FILTER, words))


@lru_cache(maxsize=65536)
def seen(patterns: tuple[str, ...], alarm: str, accounts: Accounts) -> Judgement:
    """What the patterns make of the events of an alarm; the same patterns come up in many accounts."""
    return judge([parse(text) for text in patterns], alarm, accounts)


def _patterns(filters: Iterable[Wired]) -> tuple[str, ...]:
    return tuple(sorted({one.filter.pattern for one in filters}))


def _accounts(trail: Trail, filters: Iterable[Wired]) -> Accounts:
    """Whose events reach the log group, where that matters: a filter names the trail's only account."""
    named = any(trail.owner in one.filter.pattern for one in filters)
    return (trail.owner,) if named and not trail.organization else None


def _only(found: Break | None) -> Breaks:
    return () if found is None else (found,)


def _praise(working: Sequence[Chain]) -> str:
    alarms = sorted({alarm for chain in working for alarm in chain.alarms})
    ordinary = sorted({name for chain in working for name in chain.ordinary})
    remark = f" (which goes off at ordinary events too: {listed(ordinary)})" if ordinary else ""
    return f"watched by {listed(alarms)}{remark}"


def _furthest(found: Sequence[Breaks]) -> str:
    """The breaks of the trails by which the events come furthest."""
    reach = max(max(one.link for one in breaks) for breaks in found)
    words = {one.words for breaks in found if max(one.link for one in breaks) == reach for one in breaks}
    return "; ".join(sorted(words))


def _without_trail(account: Account) -> Verdict:
    # A multi-region trail shows in every region: one that answered is enough to know that there is none.
    if any(isinstance(view.trails, Known) for view in account.views):
        return Fail("no trail")
    if account.unlisted:
        return Unknown(first_gap(account.unlisted))
    if isinstance(account.enabled_regions, Gap):
        return Unknown(account.enabled_regions)
    return NotApplicable("No region asked for is enabled here.")
