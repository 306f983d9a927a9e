"""What counts as opened, unseen and fixed, in every format alike."""

from reports.comparison.words import KINDS, behind, fixed, headline, others, score, unseen, worse
from scanner.compare import compare
from scanner.model.comparison import Comparison
from scanner.model.finding import Finding
from scanner.model.result import Summary
from tests.compare.worlds import NOT_JUDGED, PASSED, UNREAD, finding, run
from tests.reports.comparison.sample import TOOL, comparison, hostile
from tests.reports.sample import WAIVER


def _between(old: Finding | None, new: Finding | None) -> Comparison:
    return compare([run(*([old] if old else [])), run(*([new] if new else []), quarter=1)], TOOL)


def test_a_new_failure_that_came_with_its_waiver_is_not_open() -> None:
    some = _between(finding(PASSED), finding(waiver=WAIVER))
    assert (worse(some), len(others(some))) == ([], 1)


def test_a_failure_that_is_not_seen_to_pass_is_not_fixed() -> None:
    for after in (finding(UNREAD), finding(NOT_JUDGED), None):
        some = _between(finding(), after)
        assert (len(unseen(some)), fixed(some)) == (1, [])


def test_every_change_is_told_in_one_list() -> None:
    for some in (comparison(), hostile()):
        told = [*worse(some), *unseen(some), *fixed(some), *others(some)]
        assert sorted(one.id for one in told) == sorted(one.id for one in some.changes)


def test_the_worst_come_first() -> None:
    assert [one.severity.value for one in worse(comparison())] == ["critical", "high", "high", "medium"]


def test_what_is_behind_changes_is_counted_in_one_order() -> None:
    assert behind(worse(comparison())) == "configuration 2, scope 1, waivers 1"
    assert behind([]) == "–"


def test_a_score_is_rounded_down() -> None:
    almost = Summary(passed=999, fail=1, unknown=0, not_applicable=0, waived=0, score=0.999)
    assert (score(almost), score(None)) == ("0.99", "–")


def test_one_sentence_says_it_all() -> None:
    assert headline(_between(finding(PASSED), finding())) == (
        "1 verdict changed: 1 failure opened, 0 fixed, 0 no longer seen to fail but not seen to pass."
    )
    assert set(KINDS) >= {one.kind for one in comparison().changes}
