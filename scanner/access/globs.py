"""Patterns with `*` and `?`, as actions, resources and condition values use them."""

from collections.abc import Iterator
from functools import lru_cache

ANY = "\ue000" * 48
"""Stands in a text for whatever a `*` leaves open. Only a wildcard matches it, for nobody writes this
character; it is long, so that a row of `?` doesn't."""


def like(pattern: str, text: str) -> bool:
    """Whether the pattern matches the whole text, case counting. In time that grows with their product."""
    i = j = 0
    star = -1
    after = 0
    while j < len(text):
        if i < len(pattern) and pattern[i] == "*":
            star, after = i, j
            i += 1
        elif i < len(pattern) and pattern[i] in ("?", text[j]):
            i, j = i + 1, j + 1
        elif star >= 0:
            after += 1
            i, j = star + 1, after
        else:
            return False
    return not pattern[i:].strip("*")


def is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def filled(pattern: str) -> str:
    """A text that the pattern matches and that only a pattern as wide matches as well."""
    return pattern.replace("*", ANY).replace("?", ANY[0])


@lru_cache(maxsize=10_000)
def meet(one: str, other: str) -> str | None:
    """A text that both patterns match, with `ANY` for what both leave open; None if there is none."""
    if like(one, filled(other)):
        return filled(other)
    if like(other, filled(one)):
        return filled(one)
    seen: set[tuple[int, int]] = set()
    trail = [(0, 0, "")]
    while trail:
        i, j, text = trail.pop()
        if (i, j) == (len(one), len(other)):
            return text
        if (i, j) not in seen:
            seen.add((i, j))
            trail.extend((k, m, text + more) for k, m, more in _steps(one, i, other, j))
    return None


def _steps(one: str, i: int, other: str, j: int) -> Iterator[tuple[int, int, str]]:
    """Where the two patterns can go on from these places, and the text that they pass.

    The last is tried first: a `*` that stands for as little as possible keeps the parts of ARNs apart.
    """
    a, b = one[i : i + 1], other[j : j + 1]
    if a == b == "*":
        yield i + 1, j, ANY
        yield i, j + 1, ANY
    elif a == "*":
        if b:
            yield i, j + 1, filled(b)
        yield i + 1, j, ""
    elif b == "*":
        if a:
            yield i + 1, j, filled(a)
        yield i, j + 1, ""
    elif a and b and (a == b or "?" in (a, b)):
        yield i + 1, j + 1, filled(b if a == "?" else a)
