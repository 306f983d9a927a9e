"""Whether a group's filters see, between them, every event that an alarm is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.model.reading import Gap, Known, Reading, any_of, first_gap
from scanner.patterns.evaluate import Event, evaluate
from scanner.patterns.filters import filter_of
from scanner.patterns.pattern import And, Compare, Exists, Number, Operator, Or, Pattern, spelled
from scanner.patterns.samples import ACCOUNTS, Sample, harmless_samples, required_samples, with_field
from scanner.words import listed


class Missed(NamedTuple):
    """An event that no filter sees."""

    event: str
    when: str = ""
    """Where only some are missed: `by root`; `except where $.awsRegion is eu-west-1`. Empty: all are."""
    since: str | None = None
    """The first CIS version that asks for it, where older ones don't."""

    def __str__(self) -> str:
        asked = f" (which CIS asks for since {self.since})" if self.since else ""
        return " ".join(part for part in (f"{self.event}{asked}", self.when) if part)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the filters make of the events; each part in the order of the samples."""

    missed: tuple[Missed, ...] = ()
    undecided: tuple[Missed, ...] = ()
    """Those that hang on a pattern that isn't understood."""
    gap: Gap | None = None
    """Why they do."""
    fires_on: tuple[str, ...] = ()
    """Ordinary events that are counted too: a remark, no failure."""

    @property
    def complete(self) -> Reading[bool]:
        """Whether every event is seen: false where one is surely missed, whatever else isn't clear."""
        if self.missed:
            return Known(value=False)
        return self.gap or Known(value=True)


def judge(
    patterns: Sequence[Reading[Pattern]], alarm_id: str, accounts: Sequence[str] | None = None
) -> Judgement:
    """Try the alarm's events on patterns (as `parse` read them) that lead to the same alarm.

    `accounts` are those whose events reach the log group, where that is known: a filter that names them all
    isn't narrowed. Raises KeyError for an id that isn't among `alarm_ids`.
    """
    tried = _Trial(patterns, accounts)
    samples: dict[str, list[Sample]] = {}
    for sample in required_samples(alarm_id, tried.accounts):
        samples.setdefault(sample.name, []).append(sample)
    since = filter_of(alarm_id).since
    missed: list[Missed] = []
    undecided: list[Missed] = []
    gaps: list[Gap] = []
    for name, ways in samples.items():
        answers = [answer for sample in ways for answer in tried.answers(sample)]
        open_ = [answer for answer in answers if isinstance(answer.seen, Gap)]
        lost = [answer for answer in answers if answer.seen == Known(value=False)]
        gaps += [answer.seen for answer in open_ if isinstance(answer.seen, Gap)]
        if lost:
            hint = tried.only_where(ways) if len(lost) == len(answers) else ""
            missed.append(Missed(name, hint or _when(lost, answers), since.get(name)))
        if open_:
            undecided.append(Missed(name, _when(open_, answers), since.get(name)))
    harmless = harmless_samples(alarm_id, tried.accounts)
    fires_on = [one.name for one in harmless if tried.sees(one.event) == Known(value=True)]
    return Judgement(
        tuple(missed), tuple(undecided), first_gap(gaps) if gaps else None, tuple(dict.fromkeys(fires_on))
    )


def describe(missed: Iterable[Missed]) -> str:
    """In a few words: events that are missed alike are named together."""
    alike: dict[str, list[str]] = {}
    for one in missed:
        alike.setdefault(one.when, []).append(str(one._replace(when="")))
    return "; ".join(" ".join(filter(None, (listed(names), when))) for when, names in alike.items())


class _Answer(NamedTuple):
    way: str
    seen: Reading[bool]


def _when(found: Sequence[_Answer], answers: Sequence[_Answer]) -> str:
    """How those that were found differ from the rest; empty where there is no rest."""
    these = list(dict.fromkeys(answer.way for answer in found))
    others = list(dict.fromkeys(answer.way for answer in answers if answer.way not in these))
    if not others:
        return ""
    return listed(these) if len(these) <= len(others) else f"except {listed(others)}"


class _Trial:
    """The patterns of one alarm, and the fields that they compare."""

    def __init__(self, patterns: Sequence[Reading[Pattern]], accounts: Sequence[str] | None) -> None:
        self._patterns = patterns
        self._all_accounts_known = accounts is not None
        self._tests = [
            test for pattern in patterns if isinstance(pattern, Known) for test in _tests(pattern.value)
        ]
        self.accounts = ACCOUNTS if accounts is None else self._to_try(accounts)

    def _to_try(self, accounts: Sequence[str]) -> tuple[str, ...]:
        """One that the patterns don't name stands for all those."""
        texts = [str(test.value) for test in self._tests if isinstance(test, Compare)]
        named = [account for account in sorted(accounts) if any(account in text for text in texts)]
        unnamed = [account for account in sorted(accounts) if account not in named]
        return (*unnamed[: 1 if named else 2], *named) or ACCOUNTS

    def sees(self, event: Event) -> Reading[bool]:
        return any_of(
            evaluate(pattern.value, event) if isinstance(pattern, Known) else pattern
            for pattern in self._patterns
        )

    def answers(self, sample: Sample) -> Iterator[_Answer]:
        """Whether it is seen; if the plain one is, whether it still is with each compared field changed."""
        seen = self.sees(sample.event)
        yield _Answer(sample.way, seen)
        if not sample.plain or seen == Known(value=False):
            return
        for test in self._tests:
            for label, value in self._changes(test, sample):
                yield _Answer(label, self.sees(with_field(sample.event, _names(test), value)))

    def _changes(self, test: Compare | Exists, sample: Sample) -> Iterator[tuple[str, str]]:
        """What the test's field could hold as well: the value that is shut out, or one that isn't named."""
        names = _names(test)
        dotted = ".".join(names)
        if not names or dotted in sample.settled:
            return
        if self._all_accounts_known and names[-1] in _ACCOUNT_FIELDS:
            return  # each account that is named has samples of its own
        field = spelled(test.path)
        match test:
            case Exists(wanted=False):
                yield f"where {field} exists", "other"
            case Compare(operator=Operator.UNEQUAL):
                value = _value(test)
                if value not in sample.may_exclude.get(dotted, ()):
                    yield f"where {field} is {test.value}", value
            case Compare(operator=Operator.EQUAL):
                value = _text_at(sample.event, names)
                if value:
                    yield f"where {field} is another", f"{value}-other"
            case _:
                return

    def only_where(self, samples: Sequence[Sample]) -> str:
        """The fields without which a filter sees nothing, where those are all it wants."""
        for sample in samples:
            wanted = {
                _names(test): test
                for test in reversed(self._tests)
                if isinstance(test, Compare) and test.operator is Operator.EQUAL and _names(test)
                if ".".join(_names(test)) not in sample.settled
            }
            for tests in (*([one] for one in wanted.values()), list(wanted.values())):
                event = sample.event
                for test in tests:
                    event = with_field(event, _names(test), _value(test))
                if tests and self.sees(event) == Known(value=True):
                    fields = (f"{spelled(test.path)} is {test.value}" for test in tests)
                    return f"except where {listed(fields)}"
        return ""


_ACCOUNT_FIELDS = ("accountId", "recipientAccountId")


def _tests(pattern: Pattern) -> Iterator[Compare | Exists]:
    match pattern:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _tests(part)
        case Compare() | Exists():
            yield pattern
        case _:
            return


def _names(test: Compare | Exists) -> tuple[str, ...]:
    """The way to the field; empty where it leads through an array."""
    names = tuple(step for step in test.path if isinstance(step, str))
    return names if len(names) == len(test.path) else ()


def _value(test: Compare) -> str:
    """A value that fits."""
    return test.value.written if isinstance(test.value, Number) else test.value.core or "any"


def _text_at(event: Event, names: Sequence[str]) -> str:
    value: Any = event
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
