"""A sample can be drawn again by anybody."""

import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scanner.evidence import draw
from scanner.model.finding import Status
from scanner.model.result import Result
from tests.evidence.records import record
from tests.reports.sample import many, report

RESULT = many(60).result
MANIFEST = "0" * 64


def drawn(result: Result = RESULT, size: int = 25, seed: str = "s") -> list[str]:
    return [one.finding.id for one in draw(result, MANIFEST, size=size, seed=seed).items]


def test_a_sample_is_what_its_method_says() -> None:
    ids = [finding.id for finding in RESULT.findings]
    by_hand = sorted(ids, key=lambda id_: hashlib.sha256(f"2026-q1\n{id_}".encode()).hexdigest())[:25]
    assert drawn(seed="2026-q1") == by_hand


@given(st.randoms(), st.text())
def test_the_order_of_findings_does_not_matter(chance: object, seed: str) -> None:
    findings = list(RESULT.findings)
    getattr(chance, "shuffle")(findings)  # noqa: B009
    mixed = RESULT.model_copy(update={"findings": tuple(findings)})
    assert drawn(mixed, seed=seed) == drawn(seed=seed)


@given(st.integers(1, 70), st.integers(1, 70))
def test_a_smaller_sample_begins_a_larger_one(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert drawn(size=large)[:small] == drawn(size=small)


def test_another_seed_draws_another_sample() -> None:
    assert drawn(seed="a") != drawn(seed="b")


def test_more_than_there_are_brings_all() -> None:
    assert sorted(drawn(size=99)) == sorted(finding.id for finding in RESULT.findings)


def test_the_population_is_recorded_with_its_size_and_hash() -> None:
    sample = draw(report().result, MANIFEST, size=1, seed="s", statuses=[Status.FAIL, Status.PASS])
    chosen = sorted(one.id for one in report().result.findings if one.status in (Status.FAIL, Status.PASS))
    assert sample.population.statuses == (Status.PASS, Status.FAIL)
    assert sample.population.size == len(chosen)
    text = "".join(f"{id_}\n" for id_ in chosen)
    assert sample.population.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (sample.seed, sample.size, sample.manifest) == ("s", 1, MANIFEST)


def test_nothing_is_drawn_from_nothing() -> None:
    sample = draw(RESULT, MANIFEST, size=3, seed="s", statuses=[Status.UNKNOWN])
    assert (sample.items, sample.population.size) == ((), 0)


def test_each_item_brings_the_records_that_it_cites() -> None:
    told = record("cloudtrail:DescribeTrails")
    findings = tuple(replace(one, evidence=(told.id,)) for one in RESULT.findings)
    result = RESULT.model_copy(update={"findings": findings, "evidence": (told,)})
    (item,) = draw(result, MANIFEST, size=1, seed="s").items
    assert (item.number, item.records) == (1, (told,))


def test_a_seed_may_be_any_text() -> None:
    assert len(drawn(seed="\udcff\n")) == 25
