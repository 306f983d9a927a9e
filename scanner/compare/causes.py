"""Why a subject stands otherwise than before: its configuration, the scope, the rules, or our sight of it."""

from functools import cache, partial

from scanner.compare.sight import Sight
from scanner.model.comparison import OptionChange, Why
from scanner.model.finding import Finding, Status
from scanner.model.result import Absence, Result, Rule

_ABSENT: dict[Absence, tuple[Why, str]] = {
    "account-not-in-scope": ("scope", "the account is not in the scope of {}"),
    "account-skipped": ("scope", "the account was skipped by {}"),
    "region-not-in-scope": ("scope", "the region is not in the scope of {}"),
    "account-unreachable": ("visibility", "the account could not be entered by {}"),
    "not-visible": ("visibility", "{} could not list everything: it may have been there"),
    "check-not-run": ("rules", "the check was no part of {}"),
}


class Run:
    """One of the two runs: what it could see, and by which rules it judged."""

    def __init__(self, result: Result, name: str) -> None:
        self.name = name
        """As it stands in sentences: `the first run`."""
        self.result = result
        self.sight = Sight.of(result)
        self.rules = {rule.id: rule for rule in result.rules}


class Causes:
    """What changed between two runs behind a subject whose verdict differs."""

    def __init__(self, before: Run, after: Run) -> None:
        self._before, self._after = before, after
        self._rules = cache(partial(_rules, before, after))

    def of(self, old: Finding | None, new: Finding | None) -> tuple[Why, str]:
        """The cause, with the same in a sentence."""
        if old is None or new is None:
            return self._came_or_went(old, new)
        for run, finding in ((self._before, old), (self._after, new)):
            if finding.status is Status.UNKNOWN:
                return "visibility", f"{run.name} could not read it"
        if old.status is new.status:
            return "waivers", "the verdict is the same, the waiver is not"
        rules = self._rules(new.check)
        if rules is not None:
            return "configuration-or-rules", rules
        return "configuration", "both runs read it and judged by the same rules"

    def _came_or_went(self, old: Finding | None, new: Finding | None) -> tuple[Why, str]:
        """A subject with a verdict in one of the two runs."""
        runs = (self._before, self._after)
        (blind, seer), one = (runs, new) if old is None else (runs[::-1], old)
        assert one is not None
        absence = blind.sight.absence(one)
        there = blind.sight.elsewhere(one)
        if absence == "filed-elsewhere" and there is not None:
            # A thing is filed under its owner where that could be asked, else under who uses it.
            why: Why = "configuration" if seer.sight.reached(there.account) else "scope"
            return why, f"{blind.name} files it under {there.account} {there.region or ''}".rstrip()
        if absence in _ABSENT:
            reason, words = _ABSENT[absence]
            return reason, words.format(blind.name)
        if one.status is Status.UNKNOWN:
            return "visibility", f"{seer.name} could not read it"
        sentence = (
            "was not there, or nothing referred to it" if old is None else "is gone, or nothing refers to it"
        )
        rules = self._rules(one.check)
        if rules is not None:
            return "configuration-or-rules", f"it {sentence}, or {rules}"
        return "configuration", f"it {sentence}"


def _rules(before: Run, after: Run, check: str) -> str | None:
    """How the rules differ by which a check judged; None where they are the same."""
    then, now = before.result.tool.version, after.result.tool.version
    if then != now:
        return f"trailaudit {then} judged the one, {now} the other"
    old, new = before.rules.get(check), after.rules.get(check)
    if old is None or new is None:
        return "a result does not say how the check was set"
    # The severity of a check decides no verdict.
    changed = [one.name for one in options(old, new) if one.name != "severity"]
    return f"the check is set otherwise ({', '.join(changed)})" if changed else None


def options(old: Rule, new: Rule) -> tuple[OptionChange, ...]:
    """The options that differ, `severity` first."""
    then = {"severity": old.severity.value, **old.options}
    now = {"severity": new.severity.value, **new.options}
    return tuple(
        OptionChange(name=name, before=then.get(name), after=now.get(name))
        for name in {**then, **now}
        if then.get(name) != now.get(name)
    )
