"""Links in series and side by side."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.alarms.links import HOLDS, Break, Link, State, any_way, broken, in_series
from scanner.model.reading import Gap, Known

GAP: State = Gap("denied")
states = st.one_of(
    st.just(HOLDS),
    st.builds(broken, st.sampled_from(Link), st.sampled_from("ab")),
    st.builds(Gap, st.sampled_from("xy")),
)


def test_in_series_a_known_break_decides_and_the_first_one_is_named() -> None:
    assert in_series((GAP, broken(Link.TOPIC, "late"), broken(Link.TRAIL, "early"))) == Known(
        Break(Link.TRAIL, "early")
    )
    assert in_series((HOLDS, GAP)) == GAP
    assert in_series((HOLDS, HOLDS)) == HOLDS


def test_side_by_side_one_that_holds_is_enough_and_the_furthest_break_is_named() -> None:
    assert any_way((GAP, broken(Link.ALARM, "x"), HOLDS)) == HOLDS
    assert any_way((GAP, broken(Link.ALARM, "x"))) == GAP
    assert any_way((broken(Link.TRAIL, "early"), broken(Link.TOPIC, "late"))) == Known(
        Break(Link.TOPIC, "late")
    )


@given(st.lists(states, min_size=1).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_order_never_matters(both: tuple[list[State], list[State]]) -> None:
    one, other = both
    assert in_series(one) == in_series(other)
    assert any_way(one) == any_way(other)
