"""What workers of a cluster must have."""

from collections.abc import Callable
from typing import Any

import pytest

from scanner import cluster
from scanner.cluster import everywhere
from scanner.errors import UserError


class Workers:
    """A client whose workers answer this, by address."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers

    def run(self, _function: Callable[..., object], *_arguments: object, on_error: str) -> dict[str, Any]:
        assert on_error == "return"
        return dict(self.answers)


def test_what_each_worker_answers_is_told_by_its_address() -> None:
    assert list(everywhere(Workers(two=2, one=1), len)) == [("one", 1), ("two", 2)]


def test_a_worker_that_has_gone_is_no_trouble() -> None:
    assert list(everywhere(Workers(gone=OSError("connection closed"), there=1), len)) == [("there", 1)]


def test_what_a_person_must_put_right_at_a_worker_comes_with_the_way_out() -> None:
    with pytest.raises(UserError, match="worker at one can't help: no credentials") as problem:
        list(everywhere(Workers(one=UserError("no credentials", hint="sign in")), len))
    assert problem.value.hint == "sign in"


def test_a_worker_that_breaks_is_named() -> None:
    with pytest.raises(UserError, match="worker at one can't help: ModuleNotFoundError: No module"):
        list(everywhere(Workers(one=ModuleNotFoundError("No module named 'scanner'")), len))


@pytest.mark.parametrize(("has", "told"), [(None, "no trailaudit"), ("0.0.9", r"trailaudit 0\.0\.9")])
def test_a_worker_with_another_release_is_refused(
    has: str | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "version", lambda _: "1.0")
    with pytest.raises(UserError, match=rf"worker at one has {told}, this is 1\.0"):
        cluster._require_release(Workers(one=has))
