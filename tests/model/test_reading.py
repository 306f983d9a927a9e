from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scanner.model.reading import (
    Gap,
    Known,
    Outcome,
    Reading,
    Unreadable,
    all_of,
    any_of,
    first_gap,
    not_read,
)

DENIED = Gap("no", action="s3:GetBucketAcl", code="AccessDenied", outcome=Outcome.DENIED)
words = st.text("ab", min_size=1, max_size=2)
gaps = st.builds(Gap, words, action=st.none() | words, code=st.none() | words, account=st.none() | words)
readings = st.lists(st.builds(Known, st.booleans()) | gaps, max_size=6)


def test_a_known_value_is_there_when_it_is_required() -> None:
    assert Known(365).require() == 365


def test_that_there_is_none_is_a_fact_too() -> None:
    assert Known(None).require() is None


def test_a_required_gap_is_raised_whole() -> None:
    with pytest.raises(Unreadable) as caught:
        DENIED.require()
    assert caught.value.gap == DENIED


def test_mapping_changes_a_fact_and_leaves_a_gap_alone() -> None:
    def double(value: int) -> int:
        return 2 * value

    assert Known(2).map(double) == Known(4)
    assert DENIED.map(double) is DENIED


def test_a_fact_that_no_check_asked_for_is_a_gap_that_names_the_action() -> None:
    gap = not_read("kms:DescribeKey")
    assert (gap.action, gap.code) == ("kms:DescribeKey", "NotRead")
    assert "kms:DescribeKey" in gap.detail


@given(readings)
def test_any_is_true_if_one_is_known_to_be_else_unknown_if_one_is(them: list[Reading[bool]]) -> None:
    unread = [one for one in them if isinstance(one, Gap)]
    match any_of(them):
        case Known(value=True):
            assert Known(value=True) in them
        case Known():
            assert all(one == Known(value=False) for one in them)
        case Gap() as gap:
            assert Known(value=True) not in them
            assert gap == first_gap(unread)


@given(readings)
def test_all_is_the_mirror_image_of_any(them: list[Reading[bool]]) -> None:
    def inverted(reading: Reading[bool]) -> Reading[bool]:
        return reading.map(lambda value: not value)

    assert all_of(them) == inverted(any_of(inverted(one) for one in them))


@given(readings, st.randoms(use_true_random=False))
def test_order_never_matters(them: list[Reading[bool]], random: Any) -> None:
    shuffled = random.sample(them, len(them))
    assert any_of(shuffled) == any_of(them)
    assert all_of(shuffled) == all_of(them)


def test_of_nothing_any_is_false_and_all_is_true() -> None:
    assert any_of([]) == Known(value=False)
    assert all_of([]) == Known(value=True)


@given(st.lists(gaps, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_same_gap_is_named_in_every_order(several: list[Gap], random: Any) -> None:
    named = first_gap(several)
    assert named in several
    assert first_gap(random.sample(several, len(several))) == named


ADAPTER: TypeAdapter[Reading[int | None]] = TypeAdapter(Reading[int | None])


@pytest.mark.parametrize("reading", [Known(3), Known(None), DENIED])
def test_a_reading_comes_back_from_json_as_it_was(reading: Reading[int | None]) -> None:
    assert ADAPTER.validate_json(ADAPTER.dump_json(reading)) == reading


@pytest.mark.parametrize("text", ['{"value": "many"}', '{"detail": "no", "value": 3}', "{}", "null"])
def test_what_is_neither_fact_nor_gap_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_json(text)
